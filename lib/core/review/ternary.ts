import type { Ternary } from './glob';

/** Kleene's logic: `maybe` where the unknown part decides. */
export function not(value: Ternary): Ternary {
  return value === 'yes' ? 'no' : value === 'no' ? 'yes' : 'maybe';
}

/** The strongest answer of a list; `no` for none. */
export function anyOf<T>(list: readonly T[], ask: (one: T, index: number) => Ternary): Ternary {
  let best: Ternary = 'no';
  for (let index = 0; index < list.length; index++) {
    const answer = ask(list[index] as T, index);
    if (answer === 'yes') return 'yes';
    if (answer === 'maybe') best = 'maybe';
  }
  return best;
}

/** The weakest answer of a list; `yes` for none. */
export function allOf<T>(list: readonly T[], ask: (one: T, index: number) => Ternary): Ternary {
  let worst: Ternary = 'yes';
  for (let index = 0; index < list.length; index++) {
    const answer = ask(list[index] as T, index);
    if (answer === 'no') return 'no';
    if (answer === 'maybe') worst = 'maybe';
  }
  return worst;
}
