import type { ManifestWorkflow } from '../manifest';

/** A node of the machine: where it may go on a step, and where without one. */
interface Node {
  readonly workflow: string;
  readonly steps: Map<string, number[]>;
  readonly free: number[];
}

/** One set of nodes the machine may be in, with what follows from it. */
export interface MachineState {
  readonly id: number;
  readonly nodes: readonly number[];
  /** True where a workflow may end here, or none was begun. */
  readonly atRest: boolean;
}

const START = 0;
/** Distinct sets of nodes to remember; workflows of ordinary size make tens. */
const STATE_LIMIT = 10_000;

/**
 * Accepts what any of the workflows allows, one after the other, any number of times. Sets of nodes are made into states as they are met, so
 * that one step of a conforming session costs one look-up.
 */
export class Automaton {
  static of(workflows: readonly ManifestWorkflow[]): Automaton {
    const automaton = new Automaton();
    for (const workflow of workflows) automaton.add(workflow);
    return automaton;
  }

  readonly labels = new Set<string>();
  private readonly nodes: Node[] = [{ workflow: '', steps: new Map(), free: [] }];
  private readonly states = new Map<string, MachineState>();
  private readonly moves = new Map<string, MachineState | undefined>();

  private constructor() {}

  get start(): MachineState {
    return this.stateOf([START]);
  }

  /** Where a step leads; undefined where none of the workflows allows it here. */
  next(state: MachineState, label: string): MachineState | undefined {
    const key = `${state.id} ${label}`;
    if (this.moves.has(key)) return this.moves.get(key);
    const reached = this.reachedBy(state.nodes, label);
    const made = reached.length > 0 ? this.stateOf(reached) : undefined;
    if (this.moves.size >= STATE_LIMIT) this.moves.clear();
    this.moves.set(key, made);
    return made;
  }

  /** Where a session may stand after a step that was not allowed: it was one too many, or stood for another, or others were left out before it. */
  recover(state: MachineState, label: string): MachineState {
    const replaced = state.nodes.flatMap((at) => [...(this.nodes[at]?.steps.values() ?? [])].flat());
    return this.stateOf([...state.nodes, ...replaced, ...this.reachedBy(this.ahead(state.nodes), label)]);
  }

  /** The state of nodes that were kept; undefined where the machine has no such nodes. */
  revive(nodes: readonly number[]): MachineState | undefined {
    return nodes.length > 0 && nodes.every((node) => this.nodes[node]) ? this.stateOf(nodes) : undefined;
  }

  /** The state of one node and all that it leads to for nothing. */
  stateAt(node: number): MachineState {
    return this.stateOf([node]);
  }

  /** Steps of one node, each with where it leads, for those who search. */
  edgesOf(node: number): readonly (readonly [string, readonly number[]])[] {
    return [...(this.nodes[node]?.steps ?? [])];
  }

  freeOf(node: number): readonly number[] {
    return this.nodes[node]?.free ?? [];
  }

  workflowOf(node: number): string {
    return this.nodes[node]?.workflow ?? '';
  }

  isRest(node: number): boolean {
    return node === START;
  }

  private add(workflow: ManifestWorkflow): void {
    const first = this.nodes.length;
    let at = this.node(workflow.name);
    this.nodes[START]?.free.push(at);
    for (const step of workflow.steps) {
      const to = this.node(workflow.name);
      if (step.all) this.inAnyOrder(workflow.name, { from: at, to, labels: step.oneOf });
      else for (const label of step.oneOf) this.edge(at, label, to);
      if (step.occurs === 'optional' || step.occurs === 'any') this.nodes[at]?.free.push(to);
      if (step.occurs === 'repeated' || step.occurs === 'any') for (const label of step.oneOf) this.edge(to, label, to);
      at = to;
    }
    for (const label of workflow.anytime ?? []) for (let node = first; node < this.nodes.length; node += 1) this.edge(node, label, node);
    this.nodes[at]?.free.push(START);
  }

  /** One node for each set of the steps that were taken already. */
  private inAnyOrder(
    workflow: string,
    { from, to, labels }: { readonly from: number; readonly to: number; readonly labels: readonly string[] },
  ): void {
    const all = 2 ** labels.length - 1;
    const nodes = new Map<number, number>([
      [0, from],
      [all, to],
    ]);
    for (let taken = 1; taken < all; taken += 1) nodes.set(taken, this.node(workflow));
    for (let taken = 0; taken < all; taken += 1)
      labels.forEach((label, bit) => {
        const after = taken | (2 ** bit);
        if (after !== taken) this.edge(nodes.get(taken) ?? from, label, nodes.get(after) ?? to);
      });
  }

  private node(workflow: string): number {
    this.nodes.push({ workflow, steps: new Map(), free: [] });
    return this.nodes.length - 1;
  }

  private edge(from: number, label: string, to: number): void {
    this.labels.add(label);
    const steps = this.nodes[from]?.steps;
    const known = steps?.get(label) ?? [];
    if (!known.includes(to)) steps?.set(label, [...known, to]);
  }

  private reachedBy(nodes: readonly number[], label: string): number[] {
    return nodes.flatMap((node) => this.nodes[node]?.steps.get(label) ?? []);
  }

  /** Every node that lies ahead, whatever is left out. */
  private ahead(nodes: readonly number[]): number[] {
    const seen = new Set(nodes);
    for (const node of seen) {
      for (const to of [...(this.nodes[node]?.steps.values() ?? [])].flat()) seen.add(to);
      // Not over the end into the next workflow: all of them lie ahead of that.
      for (const to of this.freeOf(node)) if (to !== START) seen.add(to);
    }
    return [...seen];
  }

  private stateOf(nodes: readonly number[]): MachineState {
    const closed = new Set(nodes);
    for (const node of closed) for (const to of this.freeOf(node)) closed.add(to);
    const sorted = [...closed].sort((a, b) => a - b);
    const key = sorted.join(' ');
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= STATE_LIMIT) {
      this.states.clear();
      this.moves.clear();
    }
    const made = { id: ++this.made, nodes: sorted, atRest: closed.has(START) };
    this.states.set(key, made);
    return made;
  }

  private made = 0;
}
