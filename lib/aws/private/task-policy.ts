import type { IConstruct } from 'constructs';
import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import { ATTRIBUTION_TAGS, chainText, TASK_ID_LIMIT } from '../../core/attribution';
import type { JsonObject } from '../../core/json';
import { symbol } from '../../core/review/glob';
import { accessWithin, type Proof } from '../../core/review/proof';
import { taskPolicyTooLarge, taskUnnarrowable, taskUnproven } from '../../core/task-errors';
import { placeholdersOf, type TaskTemplate } from '../../core/task-template';
import { fillPattern, longestValue, PLACEHOLDER } from '../../core/task-values';
import { enumerate } from '../../policy/aws/engine';
import { readPolicy } from '../../policy/aws/input/read-policy';
import { sizeIn } from './policy-size';
import { readable, textOf } from './references';
import { everyOneOf } from './resources/shared';
import { documentSize, type Statement } from './statement';
import { translateAccess } from './translate-access';
import { SESSION_POLICY_LIMIT } from './trust/facts';

const DELEGATE = 'agents:delegate';
const LEADING_KEYS = 'dynamodb:LeadingKeys';

/** What a task gets of the agent's plan, each resource cut to the part that the template names. Patterns stay in: `{customerId}`. */
export function narrowPlan(plan: AccessPlan, task: TaskTemplate): AccessPlan {
  const allowed = new Set([
    ...task.capabilities.map(({ id, resource }) => `${id} ${resource}`),
    ...task.delegatesTo.map((child) => `${DELEGATE} ${child}`),
  ]);
  const grants = plan.grants.filter(({ capability, resource }) => allowed.has(`${capability} ${resource}`));
  return { ...plan, grants: grants.map((grant) => narrowGrant(plan.agent.name, task, grant)) };
}

function narrowGrant(agent: string, task: TaskTemplate, grant: PlannedGrant): PlannedGrant {
  const pattern = Object.hasOwn(task.within, grant.resource) ? task.within[grant.resource] : undefined;
  // What objects and rows are encrypted with has no parts; who may use the key may use it for what the rest lets it reach.
  if (pattern === undefined || (grant.via !== undefined && !/^(listing|objects|table|batch|indexes)$/.test(grant.target))) return grant;
  if (grant.kind === 'bucket' && grant.target === 'objects')
    return { ...grant, scopes: grant.scopes.map((scope) => (typeof scope === 'string' ? cut(scope, pattern) : scope)) };
  if (grant.kind === 'bucket' && grant.target === 'listing')
    return { ...grant, conditions: grant.conditions.map((one) => listed(one, pattern)) };
  if (grant.kind === 'table' && /^(table|batch|indexes)$/.test(grant.target) && !bindsPartition(grant))
    return { ...grant, conditions: [...grant.conditions, everyOneOf(LEADING_KEYS, [pattern])] };
  throw taskUnnarrowable(agent, task.name, { resource: grant.resource, kind: grant.kind, pattern });
}

/** `.../invoices/*` to the part below it. */
function cut(scope: string, pattern: string): string {
  return scope.endsWith('*') ? `${scope.slice(0, -1)}${pattern}*` : scope;
}

/** The names that may be listed begin as those that may be read. */
function listed(condition: JsonObject, pattern: string): JsonObject {
  const like = condition['StringLike'] as Readonly<Record<string, string>> | undefined;
  const prefix = like?.['s3:prefix'] ?? '*';
  return { ...condition, StringLike: { ...like, 's3:prefix': cut(prefix, pattern) } };
}

function bindsPartition({ conditions }: PlannedGrant): boolean {
  return conditions.some((condition) => JSON.stringify(condition).includes(LEADING_KEYS));
}

export interface CompiledTask {
  readonly statements: readonly Statement[];
  /** Characters that it takes with the longest values, as STS counts them. */
  readonly size: number;
  /** Characters of its session tags and source identity, with the longest values. */
  readonly tagSize: number;
}

/**
 * The session policy of a task, with `{parameter}` where a request says more. It is proven to allow nothing that the agent's own policies do
 * not, whatever the parameters are, and to fit with the longest of them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */
export function compileTask(plan: AccessPlan, task: TaskTemplate, scope: IConstruct): CompiledTask {
  const text = (value: string): string => textOf(value, scope);
  refuseBraces(plan, task);
  const own = translateAccess(plan, { textOf: text });
  const statements = translateAccess(narrowPlan(plan, task), { textOf: text });
  const agent = plan.agent.name;
  const proof = provenWithin(statements, own, scope);
  if (proof.verdict !== 'proven') throw taskUnproven(agent, task.name, proof.verdict === 'refuted' ? proof.request : proof.reason);
  const longest = Object.fromEntries(Object.entries(task.parameters).map(([name, shape]) => [name, longestValue(shape)]));
  const sizeOf = sizeIn(scope);
  const costs = statements.map((statement) => ({ statement, size: sizeOf(fillStatement(statement, longest)) }));
  const size = documentSize(statements, (one) => costs.find(({ statement }) => statement === one)?.size ?? 0);
  const tagSize = sizeOfTags(agent, task);
  if (size + tagSize > SESSION_POLICY_LIMIT) {
    const parts = costs.sort((a, b) => b.size - a.size).map(({ statement, size: own }) => `${own} for ${shown(statement, scope)}`);
    throw taskPolicyTooLarge(agent, task.name, { size, tagSize, limit: SESSION_POLICY_LIMIT, parts });
  }
  return { statements, size, tagSize };
}

/** What is bound under a name with braces would be filled in like a parameter. */
function refuseBraces(plan: AccessPlan, task: TaskTemplate): void {
  for (const { resource, kind, scopes, conditions } of plan.grants) {
    const found = placeholdersOf(JSON.stringify([scopes, conditions]).replaceAll('${', '')).find((name) =>
      Object.hasOwn(task.parameters, name),
    );
    if (found !== undefined) throw taskUnnarrowable(plan.agent.name, task.name, { resource, kind, pattern: `{${found}}` });
  }
}

/**
 * Keys and values of what every session of the task carries. STS packs policy and tags into one space, and says only afterwards how full it
 * is; counted as they are written they are never smaller.
 */
function sizeOfTags(agent: string, task: TaskTemplate): number {
  const chain = chainText([agent]);
  const id = 'x'.repeat(TASK_ID_LIMIT);
  const tags = [ATTRIBUTION_TAGS.agent, agent, ATTRIBUTION_TAGS.task, id, ATTRIBUTION_TAGS.chain, chain, TEMPLATE_TAG, task.name];
  return tags.reduce((sum, { length }) => sum + length, 0);
}

/** Says which template a session was made from. */
export const TEMPLATE_TAG = 'agentic-iam:template';

export function fillStatement(statement: Statement, values: Readonly<Record<string, string>>): Statement {
  return fillDeep(statement, values) as Statement;
}

function fillDeep(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return fillPattern(value, values);
  if (Array.isArray(value)) return value.map((one) => fillDeep(one, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillDeep(inner, values)]));
}

/** Whether some statements allow nothing that others do not. Each reference and each parameter is one unknown text, whatever it will be. */
export function provenWithin(inner: readonly Statement[], outer: readonly Statement[], scope: IConstruct): Proof {
  const [small, large] = [inner, outer].map((statements) => {
    const document = { Version: '2012-10-17', Statement: symbolic(readable(statements, scope).text) };
    const policy = readPolicy(document, { name: 'the policy', layer: 'identity' });
    return enumerate({ identity: [policy] }, { arn: '*', account: symbol('account'), kind: 'role' });
  });
  const unread = [...(small?.unknowns ?? []), ...(large?.unknowns ?? [])][0];
  if (unread !== undefined) return { verdict: 'not-proven', reason: unread };
  return accessWithin(small?.entries ?? [], large?.entries ?? []);
}

/** References as `${...}` and parameters as `{...}`, both as unknown texts. */
function symbolic(value: unknown): unknown {
  if (typeof value === 'string')
    return value
      .replace(/\$\{([^{}]*)\}/g, (_, name: string) => symbol(name))
      .replace(PLACEHOLDER, (_, name: string) => symbol(`{${name}}`));
  if (Array.isArray(value)) return value.map(symbolic);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, symbolic(inner)]));
}

function shown({ Action = [], Resource = [] }: Statement, scope: IConstruct): string {
  return `${Action.join(', ')} on ${Resource.map((one) => String(readable(one, scope).text)).join(', ')}`;
}

/** Names of parameters that a compiled policy still holds. */
export function parametersIn(statements: readonly Statement[]): readonly string[] {
  return [...new Set(placeholdersOf(JSON.stringify(statements).replaceAll('${', '')))];
}
