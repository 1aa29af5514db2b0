import type { Automaton, MachineState } from './automaton';
import type { SequenceDeviation } from './types';

/** Names the way in which a session deviates at one of its steps. */
export interface DeviationQuestion {
  /** Where the machine stood before the first of the steps; those before the one in question conform from there. */
  readonly begin: MachineState;
  /** Steps up to the one in question, and a few after it where they are known. */
  readonly steps: readonly string[];
  /** Which of them did not conform. */
  readonly at: number;
}

interface Explanation extends SequenceDeviation {
  /** How much had to be assumed; of several explanations the smallest is taken. */
  readonly size: number;
}

/** Longest fragment that is looked for, how far before the step in question one may begin, and how many steps may have been left out. */
const FRAGMENT = 3;
const BACK = 6;
const LEFT_OUT = 8;

/**
 * The smallest single deviation that explains a step which did not conform: with it undone, everything up to that step and as much as possible of
 * what follows conforms. The five deviations are those of conformance checking; where several of the same size explain it, repeated and
 * swapped go before skipped, and that before inserted and replaced.
 * @see https://arxiv.org/abs/2505.22041
 */
export function nameDeviation(automaton: Automaton, question: DeviationQuestion): SequenceDeviation {
  const { steps, at } = question;
  for (let known = steps.length; known > at; known = at + 1 + Math.floor((known - at - 1) / 2)) {
    const found = explanationsOf(automaton, { ...question, steps: steps.slice(0, known) });
    const [best] = [...found].sort((a, b) => a.size - b.size);
    if (best) {
      const { size: _size, ...deviation } = best;
      return deviation;
    }
    if (known === at + 1) break;
  }
  return { kind: 'inserted', workflow: '', found: steps.slice(at, at + 1), expected: [] };
}

/** The fewest steps that bring a session to the end of a workflow. */
export function stepsToRest(automaton: Automaton, from: MachineState): { readonly workflow: string; readonly steps: readonly string[] } {
  const found = pathTo(automaton, from.nodes, { most: 64, isThere: (node) => automaton.stateAt(node).atRest });
  return { workflow: automaton.workflowOf(from.nodes.find((node) => !automaton.isRest(node)) ?? 0), steps: found ?? [] };
}

function* explanationsOf(automaton: Automaton, { begin, steps, at }: DeviationQuestion): Generator<Explanation> {
  const states = statesBefore(automaton, begin, steps.slice(0, at));
  for (let from = Math.max(0, at - BACK); from <= at; from += 1) {
    const state = states[from] as MachineState;
    const workflow = nameOf(automaton, state);
    for (let size = 1; size <= FRAGMENT && from + size <= steps.length; size += 1) {
      const found = steps.slice(from, from + size);
      const rest = steps.slice(from + size);
      if (from >= size && same(found, steps.slice(from - size, from)) && alive(automaton, state, rest))
        yield { kind: 'repeated', workflow, found, expected: [], size: size - 0.3 };
      for (let other = 1; other <= FRAGMENT && other <= rest.length && from + size + other > at; other += 1) {
        const moved = [...rest.slice(0, other), ...found, ...rest.slice(other)];
        if (!same(moved, [...found, ...rest]) && alive(automaton, state, moved))
          yield {
            kind: 'swapped',
            workflow,
            found: [...found, ...rest.slice(0, other)],
            expected: moved.slice(0, size + other),
            size: (size + other) / 2 - 0.2,
          };
      }
      if (from + size <= at) continue;
      if (alive(automaton, state, rest)) yield { kind: 'inserted', workflow, found, expected: [], size };
      const stood = leftOut(automaton, state, rest);
      if (stood) yield { kind: 'replaced', workflow, found, expected: stood, size: Math.max(size, stood.length) + 0.1 };
    }
    if (from < at) continue;
    const expected = leftOut(automaton, state, steps.slice(from));
    if (expected) yield { kind: 'skipped', workflow, found: [], expected, size: expected.length - 0.1 };
  }
}

/** The fewest steps after which everything that follows conforms. */
function leftOut(automaton: Automaton, from: MachineState, rest: readonly string[]): readonly string[] | undefined {
  return pathTo(automaton, from.nodes, { most: LEFT_OUT, isThere: (node) => alive(automaton, automaton.stateAt(node), rest) });
}

function pathTo(
  automaton: Automaton,
  nodes: readonly number[],
  { most, isThere }: { readonly most: number; readonly isThere: (node: number) => boolean },
): readonly string[] | undefined {
  let edge = nodes.map((node): { readonly node: number; readonly path: readonly string[] } => ({ node, path: [] }));
  const seen = new Set(nodes);
  for (let length = 1; length <= most && edge.length > 0; length += 1) {
    const next: typeof edge = [];
    for (const { node, path } of edge) {
      for (const [label, targets] of automaton.edgesOf(node)) {
        for (const to of targets.filter((target) => !seen.has(target))) {
          seen.add(to);
          const longer = { node: to, path: [...path, label] };
          if (isThere(to)) return longer.path;
          // What is reached for nothing is reached by the same steps; the end of a workflow is no way around.
          next.push(
            longer,
            ...automaton
              .freeOf(to)
              .filter((free) => !automaton.isRest(free) && !seen.has(free))
              .map((free) => ({ ...longer, node: free })),
          );
        }
      }
    }
    edge = next;
  }
  return undefined;
}

function statesBefore(automaton: Automaton, begin: MachineState, steps: readonly string[]): readonly MachineState[] {
  const states = [begin];
  for (const step of steps) {
    const last = states.at(-1) as MachineState;
    states.push(automaton.next(last, step) ?? automaton.recover(last, step));
  }
  return states;
}

function alive(automaton: Automaton, from: MachineState, steps: readonly string[]): boolean {
  let at: MachineState | undefined = from;
  for (const step of steps) {
    at = automaton.next(at, step);
    if (!at) return false;
  }
  return true;
}

function nameOf(automaton: Automaton, state: MachineState): string {
  return state.nodes.map((node) => automaton.workflowOf(node)).find((name) => name !== '') ?? '';
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, index) => text === b[index]);
