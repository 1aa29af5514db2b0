import { type ManifestAgent, type ManifestGrant, type ManifestSecret, readManifest } from '../../../core/manifest';
import { hasSymbol } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { outsideSecrets } from '../../../core/review/outside-secrets';
import type { DeclaredGrant } from '../../../core/review/world';
import { enumerate } from '../engine';
import type { AwsSecret } from '../model';
import { readPrincipalArn } from './arn';
import type { EstateDraft, PrincipalDraft } from './estate-draft';
import { type Fields, fieldsOf, listOf } from './json';
import { readPolicy } from './read-policy';
import type { TemplateReading } from './template';
import type { TemplateValues } from './template-values';

/**
 * Joins each agent of a manifest to the role that was made for it, and what it declares to that role.
 * @throws AgenticIamError where the input is no manifest
 */
export function readAgents(input: ReviewInput, templates: readonly TemplateReading[], draft: EstateDraft): void {
  const manifest = readManifest(input.file, JSON.stringify(input.json) ?? '');
  const roles = new Map<string, PrincipalDraft>();
  for (const agent of manifest.agents) {
    if (agent.cloud !== 'aws') continue;
    const found = findRole(agent, templates, draft);
    if (!found) {
      draft.unknowns.add(
        `Agent '${agent.name}' of '${input.file}' has no role in the templates that were read, so its access is not reviewed.`,
      );
      continue;
    }
    found.role.agent = agent;
    found.role.construct ??= agent.construct;
    found.role.declared = declaredOf(agent, { role: found.role, values: found.template?.values, source: input.file });
    roles.set(`${agent.fleet} ${agent.name}`, found.role);
  }
  for (const secret of manifest.secrets ?? []) if (secret.cloud === 'aws') draft.secrets.push(...secretsOf(secret, templates));
  draft.outsideSecrets.push(...outsideSecrets(manifest));
  for (const role of roles.values()) role.declared = [...(role.declared ?? []), ...handedOver(role, roles, input.file)];
}

/**
 * Hand-overs that an agent declares and that no capability of it grants, since it has no scoped role: in the same account the trust of the
 * sub-agent is enough to allow them.
 */
function handedOver(role: PrincipalDraft, roles: ReadonlyMap<string, PrincipalDraft>, source: string): readonly DeclaredGrant[] {
  const { agent } = role;
  const granted = new Set(
    listOf(agent?.access).flatMap((grant) => (fieldsOf(grant)?.['capability'] === DELEGATE ? [fieldsOf(grant)?.['resource']] : [])),
  );
  return (agent?.delegatesTo ?? []).flatMap((child) => {
    const found = granted.has(child) ? undefined : roles.get(`${agent?.fleet} ${child}`);
    if (!found) return [];
    const grant = {
      capability: DELEGATE,
      resource: child,
      kind: 'agent',
      level: 'read',
      permissions: HAND_OVER,
      scopes: [found.arn],
      conditions: [],
    };
    return [{ grant, entries: entriesOf(grant, `delegation to '${child}'`, { role, source }) }];
  });
}

/** A secret means something in the template that makes it; where none does, it is given by its ARN. */
function secretsOf(
  { construct, secret, holds, agents: readers }: ManifestSecret,
  templates: readonly TemplateReading[],
): readonly AwsSecret[] {
  const [first = ''] = construct.split('/');
  const likely = [...templates].sort(
    (a, b) => Number(b.values.scope.name.startsWith(first)) - Number(a.values.scope.name.startsWith(first)),
  );
  const textOf = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : likely.map(({ values }) => values.text(value)).find((text) => text !== undefined);
  const arn = textOf(secret);
  if (arn === undefined) return [];
  return [{ arn, name: construct.split('/').at(-1) ?? construct, holds: holds.flatMap((one) => textOf(one) ?? []), readers }];
}

const DELEGATE = 'agents:delegate';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html */
const HAND_OVER = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];

interface FoundRole {
  readonly role: PrincipalDraft;
  /** @default - a role that no template makes */
  readonly template?: TemplateReading;
}

/** By what the manifest calls the principal; that reference means something in the agent's own stack only. */
function findRole(agent: ManifestAgent, templates: readonly TemplateReading[], draft: EstateDraft): FoundRole | undefined {
  const { principal } = agent.identity;
  const likely = [...templates].sort((a, b) => rank(agent, b) - rank(agent, a));
  const texts = likely.map((template) => ({ template, arn: template.values.text(principal) ?? '' }));
  for (const { template, arn } of texts) {
    const role = draft.principals.get(arn);
    if (role && (typeof principal === 'string' || template.ofType('AWS::IAM::Role').some(({ physical }) => physical.arn === arn))) {
      return { role, template };
    }
  }
  for (const { template, arn } of texts) {
    const role = byNameAlone(arn, draft);
    if (role) return { role, template };
  }
  const role = typeof principal === 'string' ? (draft.principals.get(principal) ?? byNameAlone(principal, draft)) : undefined;
  return role && { role };
}

/** A role that is made elsewhere is attached to by its name, so that its path, or the stack's account, may not be known. */
function byNameAlone(arn: string, draft: EstateDraft): PrincipalDraft | undefined {
  const named = readPrincipalArn(arn);
  const likely = [...draft.principals.values()].filter(
    ({ kind, name, account }) => kind === 'role' && name === named?.name && (account === named.account || hasSymbol(account)),
  );
  return likely.length === 1 ? likely[0] : undefined;
}

/** How surely the agent's identity is made in this template. */
function rank(agent: ManifestAgent, template: TemplateReading): number {
  const below = `${agent.construct}/`;
  if (template.ofType('AWS::IAM::Role').some(({ construct }) => construct?.startsWith(below))) return 2;
  const [first = ''] = agent.construct.split('/');
  return template.values.scope.name.startsWith(first) ? 1 : 0;
}

interface DeclaredBy {
  readonly role: PrincipalDraft;
  readonly values?: TemplateValues;
  readonly source: string;
}

function declaredOf(agent: ManifestAgent, by: DeclaredBy): readonly DeclaredGrant[] {
  const grants = listOf(agent.access) as readonly ManifestGrant[];
  return [
    ...grants.map((grant) => ({ grant, entries: entriesOf(grant, `capability ${grant.capability} on '${grant.resource}'`, by) })),
    ...listOf(agent.native).map((native) => {
      const grant = native as ManifestAgent['native'][number];
      return { entries: entriesOf(grant, `native grant of ${grant.origin}`, by) };
    }),
  ];
}

type Grant = Pick<ManifestGrant, 'permissions' | 'scopes' | 'conditions'>;

/** What a grant means, by the same rules as a policy that says it. */
function entriesOf(grant: Grant, name: string, { role, values, source }: DeclaredBy): DeclaredGrant['entries'] {
  const statement = {
    Effect: 'Allow',
    Action: grant.permissions,
    Resource: listOf(grant.scopes).flatMap((scope) => (fieldsOf(scope) && !isReference(scope) ? Object.values(scope as object) : [scope])),
    Condition: mergeConditions(grant.conditions),
  };
  const document = { Version: '2012-10-17', Statement: [statement] };
  const policy = readPolicy(values ? values.read(document).value : document, {
    layer: 'declaration',
    source,
    name,
    construct: role.construct,
  });
  return enumerate({ identity: [policy] }, { arn: role.arn, account: role.account, kind: 'role' }).entries;
}

function isReference(scope: unknown): boolean {
  const [key, ...others] = Object.keys(fieldsOf(scope) ?? {});
  return others.length === 0 && key !== undefined && (key === 'Ref' || key.startsWith('Fn::'));
}

/** All of a grant's conditions hold at once. */
function mergeConditions(conditions: readonly unknown[]): Fields | undefined {
  const merged = new Map<string, Fields>();
  for (const [operator, demands] of listOf(conditions).flatMap((condition) => Object.entries(fieldsOf(condition) ?? {}))) {
    merged.set(operator, { ...merged.get(operator), ...fieldsOf(demands) });
  }
  return merged.size > 0 ? Object.fromEntries(merged) : undefined;
}
