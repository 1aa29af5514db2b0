import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkAcknowledgement } from '../core/review/acknowledgements';

/** A finding of the review that is accepted. */
export interface AcknowledgedFinding {
  /** Id as synth prints it, for example `escalation-path[k3v9d2m7qa]`; `agentic-iam::` before it may be left out. */
  readonly id: string;
  /** Why it is accepted. The manifest keeps it. */
  readonly reason: string;
}

/**
 * What the review at synth is told. Every synth of an app with agents proves what their specs promise, looks for ways to more, and stops
 * on an error; context `agentic-iam:review` (`off`, `warn`, `fail`) on an app, stage or stack changes that.
 */
export class AgentReview {
  /**
   * Accepts single findings about the agents below a scope. The id of a finding changes with what it is about, so a different one that
   * comes later is reported. On AWS it is the same as `Validations.of(scope).acknowledge()`, which takes the id with `agentic-iam::`.
   *
   * @throws AgenticIamError `invalid-acknowledgement` for an id that names no single finding, `empty-field` without a reason
   */
  static acknowledge(scope: IConstruct, ...findings: AcknowledgedFinding[]): void {
    Validations.of(scope).acknowledge(...findings.map((one) => ({ id: checkAcknowledgement(one), reason: one.reason })));
  }

  private constructor() {}
}
