import { noStepYet, stepWithoutAction } from './errors';
import { checkName } from './names';

/** How often a step may occur. */
export type StepOccurrence = 'once' | 'optional' | 'repeated' | 'any';

/** One step of a workflow. */
export interface WorkflowStep {
  /** Alternatives, each `resource:verb` as {@link Capability.step} gives it; any one of them is the step. */
  readonly oneOf: readonly string[];
  /** `once`; `optional`: 0 or 1; `repeated`: 1 or more; `any`: 0 or more. */
  readonly occurs: StepOccurrence;
}

/**
 * A declared valid order of actions; what does not conform is an unknown sequence. Immutable: each method returns a
 * new workflow.
 */
export class Workflow {
  /** Starts a workflow without steps. */
  static named(name: string): Workflow {
    return new Workflow(checkName('workflow', name), []);
  }

  private constructor(
    readonly name: string,
    readonly steps: readonly WorkflowStep[],
  ) {
    Object.freeze(steps);
    Object.freeze(this);
  }

  /** Adds a step, for example `invoices:read`. */
  step(action: string): Workflow {
    return this.with({ oneOf: [action], occurs: 'once' });
  }

  /** Adds a step that any one of these actions is. */
  oneOf(...actions: string[]): Workflow {
    return this.with({ oneOf: actions, occurs: 'once' });
  }

  /** The last step may occur once or more (or, if it was optional, any number of times). */
  repeated(): Workflow {
    return this.changeLast('repeated', { once: 'repeated', optional: 'any', repeated: 'repeated', any: 'any' });
  }

  /** The last step may be left out. */
  optional(): Workflow {
    return this.changeLast('optional', { once: 'optional', optional: 'optional', repeated: 'any', any: 'any' });
  }

  private with(step: WorkflowStep): Workflow {
    if (step.oneOf.length === 0) throw stepWithoutAction(this.name);
    return new Workflow(this.name, [...this.steps, Object.freeze({ ...step, oneOf: Object.freeze([...step.oneOf]) })]);
  }

  private changeLast(method: string, next: Record<StepOccurrence, StepOccurrence>): Workflow {
    const last = this.steps.at(-1);
    if (!last) throw noStepYet(this.name, method);
    return new Workflow(this.name, [...this.steps.slice(0, -1), Object.freeze({ ...last, occurs: next[last.occurs] })]);
  }
}
