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

/**
 * Whether the responder can do what it knows of the agent: by its account, by deny policies that wait for a tag, by one that it writes, or by its pool; and with its role
 * bindings.
 */
export function rights(output: Output, stopped: Stopped): readonly Point[] {
  // Not parsed: expressions of Terraform in it may hold quotes.
  const content = String(stopped.entry?.values['content'] ?? '');
  return [...switched(output, stopped, content), ...unbound(output, stopped, content)];
}

/** Each place whose policy takes something away from the agent needs a right of the responder to write it. */
function unbound(output: Output, { entry, responder }: Stopped, content: string): readonly Point[] {
  if (!content.includes('"bindings":{"member":')) return [];
  const known = [...content.matchAll(/"right":"(\$\{google_\w+_iam_member\.[^}]+\})"/g)].map(([, value]) => value ?? '');
  const found = known.flatMap((value) => (entry ? output.referred(entry, value) : []).filter((one) => mayWrite(output, one, responder)));
  const what = 'the responder may take its role bindings away';
  return [{ what, by: found.length < known.length ? [] : found.map((one) => shows(one, what)) }];
}

/** Whether a binding of the responder lets it write the policy of a thing, whatever the thing is. */
const mayWrite = (output: Output, member: OutputResource, responder: OutputResource): boolean =>
  isOf(output, member, responder) &&
  output
    .referred(member, member.values['role'])
    .some((role) => JSON.stringify(role.values['permissions'] ?? []).includes('.setIamPolicy"'));

function switched(output: Output, { account, entry, responder }: Stopped, content: string): readonly Point[] {
  const [, kind] = /"identity":\{"kind":"(\w+)"/.exec(content) ?? [];
  if (kind === 'denied') {
    const tags = [...content.matchAll(/"value":"(\$\{google_tags_tag_value\.[^}]+\})"/g)].map(([, value]) => value ?? '');
    return denied(output, { account, entry, responder }, tags);
  }
  if (kind === 'written') {
    const named = entry && account && output.refers(entry, content, account);
    return [{ what: 'the responder may write a deny policy that names it', by: named ? writers(output, responder, content) : [] }];
  }
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

/** Bindings on the organization that the responder knows the agent to be stopped in: no other place takes them. */
function writers(output: Output, responder: OutputResource, content: string): Point['by'] {
  const [, organization] = /"organization":"([^"]+)"/.exec(content) ?? [];
  return output
    .ofType('google_organization_iam_member')
    .filter((one) => isOf(output, one, responder) && one.values['role'] === 'roles/iam.denyAdmin' && one.values['org_id'] === organization)
    .map((one) => shows(one, 'may write them'));
}

/** Each tag that the responder knows needs a policy that waits for it, and leave to use it and to put it on. */
function denied(output: Output, { account, entry, responder }: Stopped, known: readonly string[]): readonly Point[] {
  const binders = onProject(output, responder, 'resourcemanager.hierarchyNodes.createTagBinding');
  const switches = known.map((value) => {
    const tag = entry && output.referred(entry, value).find(({ type }) => type === 'google_tags_tag_value');
    const policy = tag && output.referring(tag, 'google_iam_deny_policy').find((one) => waitsFor(output, one, { tag, account }));
    return {
      policy,
      user: tag && output.referring(tag, 'google_tags_tag_value_iam_member').find((one) => mayUse(output, one, responder)),
      binder: policy && binders.find(({ values }) => values['project'] === attachedTo(policy)),
    };
  });
  const point = (what: string, part: 'policy' | 'user' | 'binder'): Point => {
    const found = switches.flatMap((one) => one[part] ?? []);
    return { what, by: found.length === 0 || found.length < switches.length ? [] : found.map((one) => shows(one, what)) };
  };
  return [
    point('a deny policy waits for its tag', 'policy'),
    point('the responder may use the tag', 'user'),
    point('the responder may put the tag on the project', 'binder'),
  ];
}

function waitsFor(
  output: Output,
  policy: OutputResource,
  { tag, account }: { readonly tag: OutputResource; readonly account: OutputResource | undefined },
): boolean {
  const rules = rowsOf(policy.values['rules']).flatMap((rule) => rowsOf(rule['deny_rule']));
  return (
    output.referred(tag, tag.values['parent']).length > 0 &&
    rules.some(
      (rule) =>
        rule['denial_condition'] !== undefined &&
        output.refers(policy, rule['denial_condition'], tag) &&
        account !== undefined &&
        output.refers(policy, rule['denied_principals'], account),
    )
  );
}

const mayUse = (output: Output, member: OutputResource, responder: OutputResource): boolean =>
  member.values['role'] === 'roles/resourcemanager.tagUser' && isOf(output, member, responder);

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
