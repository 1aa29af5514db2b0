import type { IConstruct } from 'constructs';
import { checkAcknowledgement } from '../core/review/acknowledgements';
import { recordAcknowledgement } from '../terraform/acknowledgements';

/** A finding of the review that is accepted. */
export interface AcknowledgedFinding {
  /** Id as synth prints it, for example `escalation-path[k3v9d2m7qa]`; `agentic-iam::` before it may be left out. */
  readonly id: string;
  /** Why it is accepted. The manifest keeps it. */
  readonly reason: string;
}

/**
 * What the review at synth is told. Every synth of a stack with agents proves what their specs promise, looks for ways to more, and stops
 * on an error; context `agentic-iam:review` (`off`, `warn`, `fail`) on an app or stack changes that.
 */
export class AgentReview {
  /**
   * Accepts single findings about the agents below a scope. The id of a finding changes with what it is about, so a different one that
   * comes later is reported.
   *
   * @throws AgenticIamError `invalid-acknowledgement` for an id that names no single finding, `empty-field` without a reason
   */
  static acknowledge(scope: IConstruct, ...findings: AcknowledgedFinding[]): void {
    for (const one of findings) recordAcknowledgement(scope, checkAcknowledgement(one), one.reason);
  }

  private constructor() {}
}
