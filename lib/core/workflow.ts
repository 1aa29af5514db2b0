import { checkName } from './names';
import { invalidAnyOrder, noStepYet, repeatedAnyOrder, stepWithoutAction } from './workflow-errors';

/** How often a step may occur. */
export type StepOccurrence = 'once' | 'optional' | 'repeated' | 'any';

/** One step of a workflow. */
export interface WorkflowStep {
  /** Alternatives, each `resource:verb` as {@link Capability.step} gives it; any one of them is the step. */
  readonly oneOf: readonly string[];
  /** `once`; `optional`: 0 or 1; `repeated`: 1 or more; `any`: 0 or more. */
  readonly occurs: StepOccurrence;
  /** True where the step is all of them, each once and in any order, rather than any one of them. */
  readonly all?: true;
}

/** More in any order would make a machine of hundreds of states, and name no order that is worth watching. */
const MOST_IN_ANY_ORDER = 6;

/**
 * A declared valid order of actions; what does not conform is an unknown sequence. Immutable: each method returns a
 * new workflow.
 */
export class Workflow {
  /** Starts a workflow without steps. */
  static named(name: string): Workflow {
    return new Workflow(checkName('workflow', name), [], []);
  }

  private constructor(
    readonly name: string,
    readonly steps: readonly WorkflowStep[],
    /** Actions that may come in between at any point, any number of times. */
    readonly interleaved: readonly string[],
  ) {
    Object.freeze(steps);
    Object.freeze(interleaved);
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

  /** Adds a step that is all of these actions, each once and in any order; two to six of them. */
  allOf(...actions: string[]): Workflow {
    if (actions.length < 2 || actions.length > MOST_IN_ANY_ORDER || new Set(actions).size < actions.length)
      throw invalidAnyOrder(this.name, actions, MOST_IN_ANY_ORDER);
    return this.with({ oneOf: actions, occurs: 'once', all: true });
  }

  /** These actions may come in between at any point, any number of times, for example calls of a model. */
  anytime(...actions: string[]): Workflow {
    return new Workflow(this.name, this.steps, [...new Set([...this.interleaved, ...actions])]);
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
    return new Workflow(this.name, [...this.steps, Object.freeze({ ...step, oneOf: Object.freeze([...step.oneOf]) })], this.interleaved);
  }

  private changeLast(method: string, next: Record<StepOccurrence, StepOccurrence>): Workflow {
    const last = this.steps.at(-1);
    if (!last) throw noStepYet(this.name, method);
    if (last.all && method === 'repeated') throw repeatedAnyOrder(this.name, last.oneOf);
    return new Workflow(this.name, [...this.steps.slice(0, -1), Object.freeze({ ...last, occurs: next[last.occurs] })], this.interleaved);
  }
}
