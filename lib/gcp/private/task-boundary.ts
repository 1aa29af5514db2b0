import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import { type JsonObject, stableStringify } from '../../core/json';
import { tooMany } from '../../core/native-errors';
import { taskUnbounded } from '../../core/task-access-errors';
import { grantsOfTask, prefixOf } from '../../core/task-offer';
import type { TaskTemplate } from '../../core/task-template';
import tasks from '../catalog/tasks.json';
import type { GcpScope } from './scopes';

/**
 * One rule of a credential access boundary, with `{parameter}` where a request says more.
 * @see https://docs.cloud.google.com/iam/docs/downscoping-short-lived-credentials
 */
export interface BoundaryRule {
  readonly availableResource: string;
  /** `inRole:` and the full name of a role. */
  readonly availablePermissions: readonly string[];
  readonly availabilityCondition?: { readonly title: string; readonly expression: string };
}

/** What a downscoped token is bounded by, as the token exchange takes it. */
export interface AccessBoundary {
  readonly accessBoundary: { readonly accessBoundaryRules: readonly BoundaryRule[] };
}

/** What a rule is for: permissions on the objects, or on the listing, of one bucket below one beginning of names. */
interface Part {
  readonly bucket: string;
  readonly project?: string;
  readonly target: 'objects' | 'listing';
  readonly prefix: string;
  readonly permissions: string[];
}

/** Gives the full name of a role with exactly these permissions, in the project of a bucket. */
export type RoleFor = (permissions: readonly string[], project: string | undefined) => string;

/**
 * The boundary of a task: exactly its permissions, on exactly the part of each bucket that the task is about. An access boundary can bound a
 * listing by its prefix, which a role binding cannot.
 * @throws AgenticIamError `task-unbounded` for access past Cloud Storage, `too-many` for more than ten rules
 */
export function boundaryOf(plan: AccessPlan, task: TaskTemplate, roleFor: RoleFor): AccessBoundary {
  const parts = new Map<string, Part>();
  for (const grant of grantsOfTask(plan, task)) {
    checkKind(plan, task, grant);
    for (const scope of grant.scopes as readonly GcpScope[]) {
      const part = partOf(plan, task, { grant, scope });
      const key = stableStringify([part.bucket, part.target, part.prefix]);
      const known = parts.get(key) ?? part;
      known.permissions.push(...grant.permissions.filter((one) => !known.permissions.includes(one)));
      parts.set(key, known);
    }
  }
  const subject = `task '${task.name}' of agent '${plan.agent.name}'`;
  const limit = tasks.accessBoundary.maxRules;
  if (parts.size > limit) throw tooMany(subject, { what: 'rules of an access boundary', count: parts.size, limit });
  return { accessBoundary: { accessBoundaryRules: [...parts.values()].map((part) => ruleOf(part, roleFor)) } };
}

function checkKind(plan: AccessPlan, task: TaskTemplate, { capability, resource, kind }: PlannedGrant): void {
  if (Object.hasOwn(tasks.kinds, kind)) return;
  const group = capability.split(':')[0] ?? '';
  const gaps: Readonly<Record<string, typeof tasks.gap>> = tasks.gaps;
  const { reason, nearest } = (Object.hasOwn(gaps, group) ? gaps[group] : undefined) ?? tasks.gap;
  throw taskUnbounded(plan.agent.name, task.name, { capability, resource, cloud: 'Google Cloud', reason, nearest });
}

interface Place {
  readonly grant: PlannedGrant;
  readonly scope: GcpScope;
}

function partOf({ agent, grants }: AccessPlan, task: TaskTemplate, { grant, scope }: Place): Part {
  const { resource, target } = grant;
  const { bucket = '', project, managedFolder } = scope;
  // The listing of a bucket that is bound under a prefix takes no condition; the objects' tells of it.
  const conditions = grants.filter((one) => one.resource === resource).flatMap((one) => one.conditions);
  const bound = managedFolder ?? boundPrefix(conditions);
  return {
    bucket,
    ...(project === undefined ? {} : { project }),
    target: target === 'listing' ? 'listing' : 'objects',
    prefix: prefixOf(agent.name, task, { resource, bound }),
    permissions: [],
  };
}

/** The prefix that the bucket is bound under: what the library's own condition says. */
function boundPrefix(conditions: readonly JsonObject[]): string {
  const [prefix = ''] = conditions.flatMap(({ title, expression }) =>
    title === 'prefix' ? [/\/objects\/([^"]*)"\)$/.exec(String(expression))?.[1] ?? ''] : [],
  );
  return prefix;
}

function ruleOf({ bucket, project, target, prefix, permissions }: Part, roleFor: RoleFor): BoundaryRule {
  const expression =
    target === 'objects'
      ? `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${prefix}")`
      : `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("${prefix}")`;
  return {
    availableResource: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
    availablePermissions: [`inRole:${roleFor([...permissions].sort(), project)}`],
    ...(prefix === '' ? {} : { availabilityCondition: { title: target, expression } }),
  };
}
