import type { Automaton, MachineState } from './automaton';
import type { SequenceDeviation } from './types';

/** One move of an alignment: the session and the workflow together, the session alone, or the workflow alone. */
interface Move {
  readonly kind: 'both' | 'session' | 'workflow';
  readonly label: string;
  readonly workflow: string;
  /** How many steps of the session came before. */
  readonly at: number;
}

interface Place {
  readonly at: number;
  readonly node: number;
  readonly cost: number;
  readonly from?: Place;
  readonly move?: Move;
}

/** A run of moves in which session and workflow part. */
interface Parting {
  readonly found: readonly string[];
  readonly expected: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly workflow: string;
}

/** Names the way in which a session deviates, at one of its steps or at its end. */
export interface DeviationQuestion {
  /** Where the machine stood before the first of the steps. */
  readonly begin: MachineState;
  /** Steps up to the one in question, and a few after it where they are known. */
  readonly steps: readonly string[];
  /** Which of them did not conform; the number of steps for one that ended too soon. */
  readonly at: number;
}

/**
 * The cheapest way to bring a session into line with a workflow, by conformance alignment, and the name of what had to be changed: the step in
 * question was inserted, repeated, replaced or swapped, or others before it were skipped.
 */
export function nameDeviation(automaton: Automaton, { begin, steps, at }: DeviationQuestion): SequenceDeviation {
  const moves = align(automaton, { begin, steps, toTheEnd: at === steps.length });
  const partings = partingsOf(moves);
  const own = partings.find(({ from, to }) => from <= at && at <= to) ?? partings.at(-1);
  const label = steps[at] ?? '';
  if (!own) return { kind: 'inserted', workflow: '', found: label === '' ? [] : [label], expected: [] };
  const { found, expected, workflow } = own;
  const swap = partings.find((other) => other !== own && isSwap(own, other));
  if (swap) {
    const ends = [...found, ...swap.found];
    return { kind: 'swapped', workflow: workflow || swap.workflow, found: ends, expected: [...expected, ...swap.expected] };
  }
  return { kind: kindOf(own, steps), workflow, found, expected };
}

function kindOf({ found, expected, from }: Parting, steps: readonly string[]): SequenceDeviation['kind'] {
  if (found.length > 0 && expected.length > 0) return sameLabels(found, expected) ? 'swapped' : 'replaced';
  if (found.length === 0) return 'skipped';
  const size = found.length;
  const before = steps.slice(Math.max(0, from - size), from);
  const after = steps.slice(from + size, from + 2 * size);
  return sameOrder(found, before) || sameOrder(found, after) ? 'repeated' : 'inserted';
}

/** What was missing in one place and came in another. */
function isSwap(one: Parting, other: Parting): boolean {
  const [left, right] = one.found.length > 0 ? [one, other] : [other, one];
  return left.expected.length === 0 && right.found.length === 0 && sameOrder(left.found, right.expected);
}

const sameOrder = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, at) => text === b[at]);
const sameLabels = (a: readonly string[], b: readonly string[]): boolean => sameOrder([...a].sort(), [...b].sort());

function partingsOf(moves: readonly Move[]): readonly Parting[] {
  const partings: Parting[] = [];
  let run: Move[] = [];
  const close = (): void => {
    const [first] = run;
    if (first) {
      const found = run.filter(({ kind }) => kind === 'session').map(({ label }) => label);
      const expected = run.filter(({ kind }) => kind === 'workflow').map(({ label }) => label);
      const workflow = run.find((move) => move.workflow !== '')?.workflow ?? '';
      partings.push({ found, expected, from: first.at, to: first.at + Math.max(0, found.length - 1), workflow });
    }
    run = [];
  };
  for (const move of moves) {
    if (move.kind === 'both') close();
    else run.push(move);
  }
  close();
  // Steps that were left out show at the step after them.
  return partings;
}

/** What leaving out a step costs, and a step too many: of two explanations of the same length, that steps were left out is the likelier. */
const COST = { workflow: 4, session: 5 } as const;

/** Cheapest first. Costs are small whole numbers, so that a list for each is a queue. */
function align(
  automaton: Automaton,
  { begin, steps, toTheEnd }: { readonly begin: MachineState; readonly steps: readonly string[]; readonly toTheEnd: boolean },
): readonly Move[] {
  const queues: Place[][] = [begin.nodes.map((node) => ({ at: 0, node, cost: 0 }))];
  const done = new Set<number>();
  for (let cost = 0; cost < queues.length; cost += 1) {
    const queue = queues[cost] ?? [];
    for (let index = 0; index < queue.length; index += 1) {
      const place = queue[index] as Place;
      const key = place.node * (steps.length + 1) + place.at;
      if (done.has(key)) continue;
      done.add(key);
      if (place.at === steps.length && (!toTheEnd || automaton.isRest(place.node))) return movesTo(place);
      for (const next of onward(automaton, place, steps)) {
        queues[next.cost] ??= [];
        (queues[next.cost] as Place[]).push(next);
      }
    }
  }
  return [];
}

function onward(automaton: Automaton, place: Place, steps: readonly string[]): readonly Place[] {
  const { at, node, cost } = place;
  const label = steps[at];
  const workflow = automaton.workflowOf(node);
  const free = automaton.freeOf(node).map((to): Place => ({ at, node: to, cost, from: place }));
  const taken = automaton.edgesOf(node).flatMap(([step, targets]) =>
    targets.flatMap((to): Place[] => {
      const both: Place[] =
        step === label
          ? [{ at: at + 1, node: to, cost, from: place, move: { kind: 'both', label, workflow: automaton.workflowOf(to), at } }]
          : [];
      // A loop that is not taken is nothing left out.
      if (to === node) return both;
      return [
        ...both,
        {
          at,
          node: to,
          cost: cost + COST.workflow,
          from: place,
          move: { kind: 'workflow', label: step, workflow: automaton.workflowOf(to), at },
        },
      ];
    }),
  );
  const alone: Place[] =
    label === undefined
      ? []
      : [{ at: at + 1, node, cost: cost + COST.session, from: place, move: { kind: 'session', label, workflow, at } }];
  return [...free, ...taken, ...alone];
}

function movesTo(place: Place): readonly Move[] {
  const moves: Move[] = [];
  for (let at: Place | undefined = place; at; at = at.from) if (at.move) moves.push(at.move);
  return moves.reverse();
}
