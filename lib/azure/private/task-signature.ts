import type { AccessPlan, PlannedGrant } from '../../core/access-plan';
import { taskUnbounded } from '../../core/task-access-errors';
import { grantsOfTask, prefixOf } from '../../core/task-offer';
import type { TaskTemplate } from '../../core/task-template';
import tasks from '../catalog/tasks.json';
import type { AccessCondition } from './conditions';

/** A container as signatures name it. */
export interface SignedStore {
  readonly account: string;
  readonly container: string;
  readonly hierarchical: boolean;
}

/**
 * What one signature is for, with `{parameter}` where a request says more.
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/create-user-delegation-sas
 */
export interface SignedPart extends SignedStore {
  /** Name of the resource in the spec. */
  readonly resource: string;
  /** `c` the container, `d` a directory, `b` one blob, which the request names. */
  readonly kind: 'c' | 'd' | 'b';
  /** Begins the names of its blobs; of a directory it ends with a slash. */
  readonly prefix: string;
  /** Letters in the order in which Azure wants them. */
  readonly permissions: string;
}

/** The order in which the letters of permissions must stand. */
const ORDER = 'racwdxltmeop';

interface Wanted {
  readonly grants: PlannedGrant[];
  readonly signs: Set<string>;
}

/**
 * The signatures of a task, one for each container it uses. Gives nothing wider than the task: where there is no directory to sign for, each
 * signature is for one blob.
 * @throws AgenticIamError `task-unbounded` for access past blobs, a listing without directories, or a prefix that is no directory
 */
export function signaturesOf(plan: AccessPlan, task: TaskTemplate, storeOf: (resource: string) => SignedStore): readonly SignedPart[] {
  const wanted = new Map<string, Wanted>();
  for (const grant of grantsOfTask(plan, task)) {
    const { resource } = grant;
    const known = wanted.get(resource) ?? { grants: [], signs: new Set<string>() };
    known.grants.push(grant);
    known.signs.add(signOf(plan, task, grant));
    wanted.set(resource, known);
  }
  return [...wanted].map(([resource, { grants, signs }]) => {
    const store = storeOf(resource);
    const bound = grants.flatMap(({ conditions }) => conditions.flatMap((one) => (one as AccessCondition).prefix ?? []))[0] ?? '';
    const prefix = prefixOf(plan.agent.name, task, { resource, bound });
    const kind = prefix === '' ? 'c' : store.hierarchical ? 'd' : 'b';
    const refuse = (gap: typeof tasks.gap, capability: string): never => {
      throw taskUnbounded(plan.agent.name, task.name, { capability, resource, cloud: 'Azure', ...gapText(gap) });
    };
    if (kind === 'b' && signs.has('l')) refuse(tasks.directories, 'objects:list');
    if (kind === 'd' && !prefix.endsWith('/')) refuse(tasks.beginnings, grants[0]?.capability ?? '');
    return { resource, ...store, kind, prefix, permissions: [...ORDER].filter((sign) => signs.has(sign)).join('') };
  });
}

function signOf(plan: AccessPlan, task: TaskTemplate, { capability, resource }: PlannedGrant): string {
  const signs: Readonly<Record<string, { readonly sign: string }>> = tasks.permissions;
  const found = Object.hasOwn(signs, capability) ? signs[capability] : undefined;
  if (found) return found.sign;
  const gaps: Readonly<Record<string, typeof tasks.gap>> = tasks.gaps;
  const group = capability.split(':')[0] ?? '';
  const gap = (Object.hasOwn(gaps, group) ? gaps[group] : undefined) ?? tasks.gap;
  throw taskUnbounded(plan.agent.name, task.name, { capability, resource, cloud: 'Azure', ...gapText(gap) });
}

function gapText({ reason, nearest }: typeof tasks.gap) {
  return { reason, nearest };
}
