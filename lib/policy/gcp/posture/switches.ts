import { type Output, type OutputResource, shows } from '../../../core/governance/output';
import type { Point } from '../../../core/governance/posture';
import { rowsOf } from '../../../core/json-fields';

/** What stops an agent, and who is to do it. */
export interface Stopped {
  readonly account: OutputResource | undefined;
  /** What the responder knows of the agent. */
  readonly entry: OutputResource | undefined;
  readonly responder: OutputResource;
}

/** Whether the responder can do what it knows of the agent: by its account, by deny policies that wait for a tag, or by its pool. */
export function rights(output: Output, { account, entry, responder }: Stopped): readonly Point[] {
  const kind = /"kind":"(account|denied|pool)"/.exec(String(entry?.values['content'] ?? ''))?.[1] ?? 'account';
  if (kind === 'denied') return denied(output, { account, responder });
  if (kind === 'pool')
    return [
      {
        what: 'the responder may disable its pool',
        by: onProject(output, responder, 'iam.googleapis.com/workloadIdentityPools.update').map((one) => shows(one, 'may disable it')),
      },
    ];
  const by = account
    ? output
        .referring(account, 'google_service_account_iam_member')
        .filter(
          (one) => output.refers(one, one.values['service_account_id'], account) && permits(output, one, 'iam.serviceAccounts.disable'),
        )
    : [];
  return [{ what: 'the responder may disable its account', by: by.map((one) => shows(one, 'may disable it')) }];
}

function denied(output: Output, { account, responder }: Pick<Stopped, 'account' | 'responder'>): readonly Point[] {
  const policies = account
    ? output
        .referring(account, 'google_iam_deny_policy')
        .filter((one) =>
          rowsOf(one.values['rules']).some((rule) => rowsOf(rule['deny_rule']).some((deny) => deny['denial_condition'] !== undefined)),
        )
    : [];
  const tags = policies.flatMap((policy) =>
    output.referred(policy, policy.values['rules']).filter(({ type }) => type === 'google_tags_tag_value'),
  );
  const users = tags.map((tag) =>
    output
      .referring(tag, 'google_tags_tag_value_iam_member')
      .filter((one) => one.values['role'] === 'roles/resourcemanager.tagUser' && isOf(output, one, responder)),
  );
  const binders = onProject(output, responder, 'resourcemanager.hierarchyNodes.createTagBinding');
  const bound = policies.map((policy) => binders.filter(({ values }) => values['project'] === attachedTo(policy)));
  return [
    { what: 'a deny policy waits for its tag', by: policies.map((one) => shows(one, 'denies everything while the tag is on')) },
    // Each tag needs somebody who may use it.
    {
      what: 'the responder may use the tag',
      by: users.some((each) => each.length === 0) ? [] : users.flat().map((one) => shows(one, 'may use it')),
    },
    {
      what: 'the responder may put the tag on the project',
      by: bound.some((each) => each.length === 0) ? [] : [...new Set(bound.flat())].map((one) => shows(one, 'may put it on')),
    },
  ];
}

/** Bindings of the responder on projects whose role holds a permission. */
function onProject(output: Output, responder: OutputResource, permission: string): readonly OutputResource[] {
  return output.ofType('google_project_iam_member').filter((one) => isOf(output, one, responder) && permits(output, one, permission));
}

function permits(output: Output, member: OutputResource, permission: string): boolean {
  return output
    .referred(member, member.values['role'])
    .some((role) => JSON.stringify(role.values['permissions'] ?? []).includes(JSON.stringify(permission)));
}

/** Whether a member of a binding is whom a function runs as. */
function isOf(output: Output, member: OutputResource, responder: OutputResource): boolean {
  const accounts = rowsOf(responder.values['service_config']).flatMap((config) =>
    output.referred(responder, config['service_account_email']),
  );
  return accounts.some((account) => output.refers(member, member.values['member'], account));
}

/** Project of a deny policy, whose parent is encoded by the library or by the template. */
function attachedTo({ values }: OutputResource): string {
  const last =
    String(values['parent'] ?? '')
      .split('%2F')
      .at(-1) ?? '';
  return decodeURIComponent(last.replace(/^\$\{urlencode\((.*)\)\}$/, (_, reference: string) => `\${${reference}}`));
}
