import type { ContainableAgent } from '../../../core/containment/types';

/** Something that works for an agent and is stopped with it. */
export type AgentWork =
  /** A service of Cloud Run: no instance. */
  | { readonly kind: 'cloud-run-service'; readonly name: string }
  /** A virtual machine. `name` is `projects/P/zones/Z/instances/N`. */
  | { readonly kind: 'compute-instance'; readonly name: string }
  /** A job of the scheduler that starts work. */
  | { readonly kind: 'scheduler-job'; readonly name: string };

/** What the responder knows of an agent on Google Cloud; written by its own stack. */
export interface GcpContainment {
  readonly email: string;
  readonly project: string;
  /** As the account was made: what is called otherwise is not touched. */
  readonly displayName: string;
  readonly work: readonly AgentWork[];
  /** Secrets that it reads. */
  readonly secrets: readonly string[];
  /** Where it keeps what it remembers from one run to the next. @default - nowhere */
  readonly memories?: readonly string[];
}

export const nativeOf = (agent: ContainableAgent): GcpContainment => agent.native as unknown as GcpContainment;
