import type { KeyConstraint, ValueTest } from './access';
import { compileGlob, findString, hasSymbol, type Ternary } from './glob';
import { firstAndNextOf, inBlock } from './network';
import { allOf, anyOf, not } from './ternary';

/** What a condition key of one request is. */
export type KeyValue = 'absent' | readonly string[];

/** A constraint that must hold, or must not. */
export interface Literal {
  readonly constraint: KeyConstraint;
  readonly holds: boolean;
}

/** Whether a constraint holds for a value of its key. */
export function holdsFor(constraint: KeyConstraint, value: KeyValue): Ternary {
  if (constraint.test.kind === 'opaque') return 'maybe';
  if (value === 'absent' || value.length === 0) return constraint.whenAbsent ? 'yes' : 'no';
  const ask = (one: string): Ternary => passes(constraint.test, one);
  if (constraint.quantifier === 'every') return allOf(value, ask);
  if (constraint.quantifier === 'some') return anyOf(value, ask);
  // Without a quantifier the key has one value; of several, a cloud may look at any.
  const [every, some] = [allOf(value, ask), anyOf(value, ask)];
  return every === some ? every : 'maybe';
}

/** Whether one value passes a test. */
function passes(test: ValueTest, value: string): Ternary {
  switch (test.kind) {
    case 'one-of':
      return matchesOne(test, value);
    case 'none-of':
      return not(matchesOne(test, value));
    case 'network': {
      const inside = anyOf(test.blocks, (block) => {
        if (hasSymbol(block) || hasSymbol(value)) return 'maybe';
        return inBlock(value, block) ? 'yes' : 'no';
      });
      return test.outside ? not(inside) : inside;
    }
    case 'opaque':
      return 'maybe';
    default: {
      if (hasSymbol(value)) return 'maybe';
      const number = readNumber(value, test.unit);
      if (number === undefined) return test.kind === 'not-equal' ? 'maybe' : 'no';
      return inOrder(test, number) ? 'yes' : 'no';
    }
  }
}

function matchesOne({ globs, ignoreCase }: { readonly globs: readonly string[]; readonly ignoreCase: boolean }, value: string): Ternary {
  return anyOf(globs, (glob) => compileGlob(glob, ignoreCase).matches(value));
}

type Ordered = Extract<ValueTest, { readonly kind: 'range' | 'not-equal' }>;

function inOrder(test: Ordered, value: number): boolean {
  if (test.kind === 'not-equal') return !test.values.includes(value);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, minOpen, maxOpen } = test;
  return (minOpen ? value > min : value >= min) && (maxOpen ? value < max : value <= max);
}

function readNumber(value: string, unit: Ordered['unit']): number | undefined {
  const text = value.trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text) * (unit === 'moment' ? 1000 : 1);
  const moment = unit === 'moment' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** A value of one key that makes every literal true; `none` where there is certainly none, `maybe` where that is not known. */
export function solveKey(literals: readonly Literal[]): { readonly value: KeyValue } | 'none' | 'maybe' {
  const fits = (value: KeyValue): Ternary =>
    allOf(literals, ({ constraint, holds }) => (holds ? holdsFor(constraint, value) : not(holdsFor(constraint, value))));
  if (fits('absent') === 'yes') return { value: 'absent' };
  if (contradict(literals)) return 'none';
  let open = false;
  const tests = literals.map(({ constraint }) => constraint.test);
  for (const candidate of candidatesOf(literals)) {
    if (candidate === 'unsure') {
      open = true;
      continue;
    }
    const answer = fits([candidate]);
    if (answer === 'yes') return { value: [candidate] };
    if (answer === 'maybe') open = true;
  }
  // One value tells all where no quantifier looks at several, and the candidates are all there are where the tests are of one kind.
  const several = literals.some(({ constraint }) => constraint.quantifier !== undefined);
  const kinds = new Set(tests.map(({ kind }) => FAMILY[kind]));
  return open || several || kinds.size > 1 || kinds.has('opaque') ? 'maybe' : 'none';
}

const FAMILY: Readonly<Record<ValueTest['kind'], string>> = {
  'one-of': 'text',
  'none-of': 'text',
  range: 'order',
  'not-equal': 'order',
  network: 'network',
  opaque: 'opaque',
};

/** Whether one constraint must hold and must not. */
function contradict(literals: readonly Literal[]): boolean {
  const known = new Map<string, boolean>();
  return literals.some(({ constraint: { test, whenAbsent, quantifier }, holds }) => {
    const key = JSON.stringify([test, whenAbsent, quantifier]);
    const other = known.get(key);
    known.set(key, holds);
    return other !== undefined && other !== holds;
  });
}

/** Values among which there is one that fits, if any single value fits; `unsure` where that is not promised. */
function* candidatesOf(literals: readonly Literal[]): Generator<string> {
  yield* textCandidates(literals);
  yield* orderCandidates(literals.map(({ constraint }) => constraint.test));
  const blocks = literals.flatMap(({ constraint: { test } }) => (test.kind === 'network' ? test.blocks : []));
  if (blocks.length > 0)
    yield* ['0.0.0.0', '203.0.113.7', '::', ...blocks.flatMap((block) => (hasSymbol(block) ? [] : firstAndNextOf(block)))];
}

function* textCandidates(literals: readonly Literal[]): Generator<string> {
  const listed = literals.flatMap(({ constraint: { test }, holds }) => {
    const wanted = (test.kind === 'one-of' && holds) || (test.kind === 'none-of' && !holds);
    return wanted && !test.ignoreCase && test.globs.every(isPlain) ? [test.globs] : [];
  })[0];
  // Where a value must be one of a few, these are all there are.
  if (listed) {
    yield* listed.map(readable);
    return;
  }
  const all: (readonly string[])[] = [];
  const none: string[] = [];
  const cases = new Set<boolean>();
  for (const { constraint, holds } of literals) {
    const { test } = constraint;
    if (test.kind !== 'one-of' && test.kind !== 'none-of') continue;
    cases.add(test.ignoreCase);
    const globs = test.ignoreCase ? test.globs.map((glob) => glob.toLowerCase()) : test.globs;
    if ((test.kind === 'one-of') === holds) all.push(globs);
    else none.push(...globs);
  }
  if (cases.size === 0) return;
  for (const glob of all.flat()) yield readable(glob);
  // A value has one character at least: the clouds carry no key without one.
  const found = findString({ all: [...all, ['?*']], none });
  if (typeof found === 'object') yield found.found;
  else if (found === 'maybe') yield 'unsure';
  if (cases.size > 1) yield 'unsure';
}

function isPlain(glob: string): boolean {
  return !hasSymbol(glob) && !/(?<!\\)[*?]/.test(glob);
}

function* orderCandidates(tests: readonly ValueTest[]): Generator<string> {
  for (const unit of ['number', 'moment'] as const) {
    const ends = tests.flatMap((test) => {
      if (test.kind === 'not-equal' && test.unit === unit) return test.values;
      return test.kind === 'range' && test.unit === unit ? [test.min ?? [], test.max ?? []].flat() : [];
    });
    if (ends.length === 0 && !tests.some((test) => (test.kind === 'not-equal' || test.kind === 'range') && test.unit === unit)) continue;
    const sorted = [...new Set(ends)].sort((a, b) => a - b);
    const [first = 0] = sorted;
    const last = sorted.at(-1) ?? 0;
    const step = unit === 'moment' ? DAY : 1;
    const between = sorted.slice(1).map((end, at) => ((sorted[at] ?? 0) + end) / 2);
    for (const value of [last + step, ...sorted, ...between, first - step]) yield unit === 'moment' ? showMoment(value) : String(value);
  }
}

const DAY = 86_400_000;

function showMoment(value: number): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? 'unsure' : date.toISOString();
}

/** One text that a glob matches, as a person would write an example of it. */
export function readable(glob: string): string {
  return glob.replace(/\\([\s\S])|([*?])/g, (_, literal: string | undefined, wildcard: string | undefined) => {
    return literal ?? (wildcard === '?' ? 'x' : 'example');
  });
}
