import type { AgentEvent } from '../agent-event';
import type { ManifestWorkflow } from '../manifest';

/** Sessions, steps of one, and different orders that are kept; beyond that there is no order to be seen. */
const MOST_SESSIONS = 2_000;
const MOST_STEPS = 40;
const MOST_WORKFLOWS = 8;
const LEAST_SESSIONS = 3;

interface Order {
  readonly calls: { readonly second: number; readonly id: string; readonly step: string }[];
  tooLong: boolean;
}

/** The orders of steps that sessions had. */
export class SeenOrders {
  private readonly sessions = new Map<string, Order>();
  private tooMany = false;

  add(event: AgentEvent, second: number, step: string): void {
    if (event.outcome !== 'succeeded') return;
    const key = event.task ?? event.credential ?? event.session ?? event.principal;
    const order = this.sessions.get(key) ?? { calls: [], tooLong: false };
    if (!this.sessions.has(key)) {
      if (this.sessions.size >= MOST_SESSIONS) {
        this.tooMany = true;
        return;
      }
      this.sessions.set(key, order);
    }
    if (order.calls.length >= 50 * MOST_STEPS) order.tooLong = true;
    else order.calls.push({ second, id: event.id, step });
  }

  /** Workflows, where the sessions are of few different orders; else none, and why. */
  workflows(): { readonly all: readonly ManifestWorkflow[]; readonly guesses: readonly string[] } {
    const none = (why: string) => ({ all: [], guesses: [`no workflow was drafted, so that any order is valid: ${why}`] });
    if (this.tooMany || [...this.sessions.values()].some(({ tooLong }) => tooLong)) return none('there is too much to see an order in');
    if (this.sessions.size < LEAST_SESSIONS) return none(`of fewer than ${LEAST_SESSIONS} sessions no order can be told`);
    const orders = new Map<string, readonly Step[]>();
    for (const { calls } of this.sessions.values()) {
      const steps = collapse([...calls].sort((a, b) => a.second - b.second || (a.id < b.id ? -1 : 1)).map(({ step }) => step));
      if (steps.length > MOST_STEPS) return none(`a session has more than ${MOST_STEPS} steps`);
      const key = steps.map(({ step }) => step).join(' ');
      const before = orders.get(key);
      orders.set(
        key,
        before ? before.map((one, at) => ({ step: one.step, repeated: one.repeated || steps[at]?.repeated === true })) : steps,
      );
    }
    if (orders.size > MOST_WORKFLOWS) return none(`the sessions have ${orders.size} different orders`);
    const all = [...orders.values()].map(
      (steps, at): ManifestWorkflow => ({
        name: `seen-${at + 1}`,
        steps: steps.map(({ step, repeated }) => ({ oneOf: [step], occurs: repeated ? 'repeated' : 'once' })),
      }),
    );
    return {
      all,
      guesses: [
        `${all.length} workflows are the orders that ${this.sessions.size} sessions had; steps that came twice in a row may be repeated`,
      ],
    };
  }
}

interface Step {
  readonly step: string;
  readonly repeated: boolean;
}

function collapse(steps: readonly string[]): readonly Step[] {
  const collapsed: Step[] = [];
  for (const step of steps) {
    const last = collapsed.at(-1);
    if (last?.step === step) collapsed[collapsed.length - 1] = { step, repeated: true };
    else collapsed.push({ step, repeated: false });
  }
  return collapsed;
}
