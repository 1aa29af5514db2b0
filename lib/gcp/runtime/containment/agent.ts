import type { ContainableAgent } from '../../../core/containment/types';
import type { Grant, PolicyPlace } from '../policies/types';

/** Something that works for an agent and is stopped with it. */
export type AgentWork =
  /** A service of Cloud Run: no instance. */
  | { readonly kind: 'cloud-run-service'; readonly name: string }
  /** A virtual machine. `name` is `projects/P/zones/Z/instances/N`. */
  | { readonly kind: 'compute-instance'; readonly name: string }
  /** A job of the scheduler that starts work. */
  | { readonly kind: 'scheduler-job'; readonly name: string };

/** A tag that a deny policy waits for. */
export interface StopTag {
  /** Id of the project. */
  readonly project: string;
  /** What the tag is put on: `//cloudresourcemanager.googleapis.com/projects/NUMBER`. */
  readonly parent: string;
  /** `tagValues/NUMBER`. */
  readonly value: string;
  /** Short name of its key, which says whom it stops: of a value that is called otherwise nothing is put on. */
  readonly key: string;
}

/** A service account, as it was made: what is called otherwise is not touched. */
export interface OwnAccount {
  readonly kind: 'account';
  readonly email: string;
  readonly project: string;
  readonly displayName: string;
}

/** A deny policy for each project, which holds while its tag is on. */
export interface OwnDenies {
  readonly kind: 'denied';
  readonly tags: readonly StopTag[];
}

/** The pool that an agent comes in by, and others with it. */
export interface SharedPool {
  readonly kind: 'pool';
  /** `projects/NUMBER/locations/global/workloadIdentityPools/ID`. */
  readonly name: string;
  readonly displayName: string;
  /** Other agents that somebody becomes by it. */
  readonly sharedWith: readonly string[];
}

/** A rule of a deny policy that the responder writes. */
export interface WrittenDeny {
  readonly kind: 'written';
  /** What the policy is attached to: `organizations/N`, `folders/N` or `projects/ID`. */
  readonly place: string;
  /** Number of the organization that it is in, on which the responder may write deny policies. */
  readonly organization: string;
  /** Id of the policy: all agents of the fleet that are stopped at this place share it. */
  readonly policy: string;
  /** What the policy is called: one that is called otherwise is not touched. */
  readonly displayName: string;
  /** The agent, as IAM v2 names it. */
  readonly principal: string;
  readonly permissions: readonly string[];
}

/** What of an agent is switched off. */
export type IdentitySwitch = OwnAccount | OwnDenies | SharedPool | WrittenDeny;

/** What an agent was granted at one place by the template. */
export interface GrantedPlace extends PolicyPlace {
  readonly grants: readonly Grant[];
  /** What lets the responder write the policy of the place: nothing to it, but the template is not deployed without. */
  readonly right: string;
}

/** What is taken away from an agent, and given again. */
export interface OwnBindings {
  /** As IAM names it: `serviceAccount:EMAIL` or `principal://...`. */
  readonly member: string;
  readonly granted: readonly GrantedPlace[];
}

/** What the responder knows of an agent on Google Cloud; written by its own stack. */
export interface GcpContainment {
  readonly identity: IdentitySwitch;
  readonly work: readonly AgentWork[];
  /** Secrets that it reads. */
  readonly secrets: readonly string[];
  /** Its role bindings, where quarantine takes them away. @default - they are left as they are */
  readonly bindings?: OwnBindings;
  /** Address of what asks Google, as a canary, what the canary may do. @default - nothing asks */
  readonly probe?: string;
  /** Where it keeps what it remembers from one run to the next. @default - nowhere */
  readonly memories?: readonly string[];
}

export const nativeOf = (agent: ContainableAgent): GcpContainment => agent.native as unknown as GcpContainment;
