import type { Automaton } from './automaton';

/** What may come after what, as far as two neighbours show it. */
export interface Follows {
  /** Steps that a session may begin with, in order. */
  readonly begins: readonly string[];
  /** Steps that may come directly after each other, in order: `[before, after]`. */
  readonly pairs: readonly (readonly [before: string, after: string])[];
}

/**
 * The neighbours that declared workflows allow, for a log that is asked about without a memory. Every order that conforms has only such neighbours, wherever it is
 * cut; not every order of such neighbours conforms.
 */
export function followsOf(automaton: Automaton): Follows {
  const nodes = new Set(automaton.start.nodes);
  const pairs = new Map<string, readonly [string, string]>();
  // A set grows while it is walked: every node is met once.
  for (const node of nodes)
    for (const [before, reached] of automaton.edgesOf(node))
      for (const next of reached.flatMap((to) => automaton.stateAt(to).nodes)) {
        nodes.add(next);
        for (const [after] of automaton.edgesOf(next)) pairs.set(`${before}\n${after}`, [before, after]);
      }
  return {
    begins: [...new Set(automaton.start.nodes.flatMap((node) => automaton.edgesOf(node).map(([step]) => step)))].sort(),
    pairs: [...pairs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair),
  };
}
