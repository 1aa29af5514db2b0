import type { ActionTrait, ActionTraits } from './action-traits';
import { Memory, matcherOf } from './patterns';

/** Answers to remember. */
const REMEMBERED = 5_000;

/** Traits by patterns of actions, `*` for any text, in any case: for clouds whose actions say by their last word what they do. */
export function patternTraits(lists: readonly (readonly [ActionTrait, readonly string[]])[]): ActionTraits {
  const matchers = lists.map(([trait, patterns]) => [trait, matcherOf(patterns, { ignoreCase: true })] as const);
  const known = new Memory<readonly ActionTrait[]>(REMEMBERED);
  return { of: (action) => known.get(action, () => matchers.flatMap(([trait, matches]) => (matches(action) ? [trait] : []))) };
}
