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

/** A value of one key that makes every literal true, `none` where there is certainly none, `maybe` where that is not known. */
export type Solved = { readonly value: KeyValue } | 'none' | 'maybe';

/** Finds a value of one key that makes every literal true. */
export function solveKey(literals: readonly Literal[]): Solved {
  if (fits(literals, 'absent') === 'yes') return { value: 'absent' };
  if (contradict(literals)) return 'none';
  return literals.some(({ constraint }) => constraint.quantifier !== undefined) ? solveList(literals) : solveOne(literals);
}

function fits(literals: readonly Literal[], value: KeyValue): Ternary {
  return allOf(literals, ({ constraint, holds }) => (holds ? holdsFor(constraint, value) : not(holdsFor(constraint, value))));
}

/** A single value, of a key without quantifiers. */
function solveOne(literals: readonly Literal[]): Solved {
  let open = false;
  for (const candidate of candidatesOf(literals)) {
    const answer = candidate === 'unsure' ? 'maybe' : fits(literals, [candidate.value]);
    if (answer === 'yes') return { value: [candidate === 'unsure' ? '' : candidate.value] };
    if (answer === 'maybe') open = true;
  }
  // The candidates are all there are where the tests are of one kind.
  const kinds = new Set(literals.map(({ constraint: { test } }) => familyOf(test)));
  return open || kinds.size > 1 || kinds.has('opaque') ? 'maybe' : 'none';
}

/**
 * Several values, of a key with quantifiers. What holds of every value is asked of each; what holds of some value needs one that also
 * meets what holds of every, so the needs are met one by one and their values put together.
 */
function solveList(literals: readonly Literal[]): Solved {
  const ofOne = ({ constraint: { quantifier: _, ...constraint }, holds }: Literal): Literal => ({
    constraint: { ...constraint, whenAbsent: false },
    holds,
  });
  const isSome = ({ constraint: { quantifier }, holds }: Literal): boolean => quantifier === (holds ? 'some' : 'every');
  const ofEvery = literals.filter((one) => !isSome(one)).map(ofOne);
  const ofSome = literals.filter(isSome).map((one) => [...ofEvery, ofOne(one)]);
  const solved = (ofSome.length > 0 ? ofSome : [ofEvery]).map((needs) => (contradict(needs) ? 'none' : solveOne(needs)));
  const values = solved.flatMap((one) => (typeof one === 'object' && one.value !== 'absent' ? one.value : []));
  const list = [...new Set(values)].sort();
  if (list.length > 0 && fits(literals, list) === 'yes') return { value: list };
  // How a test without a quantifier looks at several values is not said, so nothing is certain beside one.
  const mixed = literals.some(({ constraint }) => constraint.quantifier === undefined);
  return !mixed && solved.includes('none') ? 'none' : 'maybe';
}

/** Tests of one family are decided by the same candidates. */
function familyOf(test: ValueTest): string {
  if (test.kind === 'one-of' || test.kind === 'none-of') return 'text';
  return test.kind === 'range' || test.kind === 'not-equal' ? test.unit : test.kind;
}

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

/** A value that may fit; `unsure` where not every value is among the candidates, or behaves like one of them. */
type Candidate = { readonly value: string } | 'unsure';

/** Values among which there is one that fits, if any single value fits. */
function* candidatesOf(literals: readonly Literal[]): Generator<Candidate> {
  yield* textCandidates(literals);
  yield* orderCandidates(literals.map(({ constraint }) => constraint.test));
  const networks = literals.flatMap(({ constraint: { test } }) => (test.kind === 'network' ? [test.blocks] : []));
  if (networks.length === 0) return;
  const ends = networks.flat().flatMap((block) => (hasSymbol(block) ? [] : firstAndNextOf(block)));
  for (const value of ['0.0.0.0', '203.0.113.7', '::', ...ends]) yield { value };
}

function* textCandidates(literals: readonly Literal[]): Generator<Candidate> {
  const listed = literals.flatMap(({ constraint: { test }, holds }) => {
    const wanted = (test.kind === 'one-of' && holds) || (test.kind === 'none-of' && !holds);
    return wanted && !test.ignoreCase && test.globs.every(isPlain) ? [test.globs] : [];
  })[0];
  // Where a value must be one of a few, these are all there are.
  if (listed) {
    for (const glob of listed) yield { value: readable(glob) };
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
  for (const glob of all.flat()) yield { value: readable(glob) };
  const found = findString({ all: [...all, ['?*']], none });
  if (typeof found === 'object') yield { value: found.found };
  else if (found === 'maybe') yield 'unsure';
  // Nobody would show a request with an empty value as an example, but a tag may have one.
  if (fits(literals, ['']) !== 'no') yield 'unsure';
  if (cases.size > 1) yield 'unsure';
}

function isPlain(glob: string): boolean {
  return !hasSymbol(glob) && !/(?<!\\)[*?]/.test(glob);
}

function* orderCandidates(tests: readonly ValueTest[]): Generator<Candidate> {
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
    const middle = (low: number, high: number): number => (unit === 'moment' ? Math.floor((low + high) / 2) : (low + high) / 2);
    const between = sorted.slice(1).map((end, at) => middle(sorted[at] ?? 0, end));
    for (const value of [last + step, ...sorted, ...between, first - step]) yield showOrdered(value, unit);
  }
}

const DAY = 86_400_000;

/** A number or moment as a request carries it; `unsure` where no text says exactly this one. */
function showOrdered(number: number, unit: Ordered['unit']): Candidate {
  const date = new Date(number);
  const value = unit === 'number' ? String(number) : Number.isNaN(date.getTime()) ? '' : date.toISOString();
  return readNumber(value, unit) === number ? { value } : 'unsure';
}

/** One text that a glob matches, as a person would write an example of it. */
export function readable(glob: string): string {
  return glob.replace(/\\([\s\S])|([*?])/g, (_, literal: string | undefined, wildcard: string | undefined) => {
    return literal ?? (wildcard === '?' ? 'x' : 'example');
  });
}
