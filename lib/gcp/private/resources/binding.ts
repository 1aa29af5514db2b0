import type { BoundResource, ResourceTarget } from '../../../core/access-plan';
import type { CelCondition } from '../conditions';
import { type GcpScope, type Owned, projectOf, safe, scope } from '../scopes';

/** What a binding is told when the role is made. */
export interface BindingContext {
  /** The agent's own project. */
  readonly project: string;
  /** Whether the access is bounded in time, which a condition says. */
  readonly timed: boolean;
}

/** Gives the parts of a resource that roles are granted on. */
export type Binding = (context: BindingContext) => BoundResource;

/** A target at one place, under a condition or none. */
export const at = (place: GcpScope, condition?: CelCondition): ResourceTarget =>
  condition ? { scopes: [place], conditions: condition } : { scopes: [place], ...(place.type === 'project' ? { wide: true } : {}) };

/** A resource whose parts do not depend on the agent. */
export const fixed =
  (kind: string, targets: Readonly<Record<string, ResourceTarget>>): Binding =>
  () => ({ kind, targets });

/** A thing that is reached through its project. */
export interface InProject {
  readonly of: Owned;
  /** Which thing is wanted, for the reader; it limits nothing. @default - not said */
  readonly meant?: string;
}

/** The policy of a thing's project: for things without a policy of their own. */
export const inProject = (kind: string, { of, meant }: InProject, context: BindingContext): GcpScope =>
  scope('project', { project: safe(kind, 'project', projectOf(of, context.project)), meant });

/** A resource that can only be reached through the whole project. */
export const projectWide =
  (kind: string, of: Owned, meant?: string): Binding =>
  (context) => ({
    kind,
    targets: { project: at(inProject(kind, { of, ...(meant === undefined ? {} : { meant: safe(kind, 'name', meant) }) }, context)) },
  });
