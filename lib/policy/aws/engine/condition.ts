import { compileGlob, hasSymbol, type Ternary } from '../../../core/review/glob';
import { inBlock } from '../../../core/review/network';
import { allOf, anyOf, not } from '../../../core/review/ternary';
import type { ConditionTest } from '../model';
import { splitArn } from './arn';
import { type Comparison, type Operator, type Order, parseMoment, parseNumber, parseOperator, whenAbsent } from './operators';
import type { RequestView } from './request';
import { fillTemplate, parseTemplate, staticGlob, type Template } from './variables';

/** A condition test, ready to be asked. */
export interface CompiledTest {
  readonly test: ConditionTest;
  /** Key in lower case. */
  readonly key: string;
  /** @default - an operator that does not exist, which neither holds nor fails for sure */
  readonly operator?: Operator;
  /** As it was written, for a person. */
  readonly text: string;
  readonly evaluate: (view: RequestView) => Ternary;
}

/** Whether one value of the request matches one value of the policy. */
type ValueMatch = (value: string, view: RequestView) => Ternary;

/** Compiles one test. `variables` says whether the policy's version knows them. */
export function compileTest(test: ConditionTest, variables: boolean): CompiledTest {
  const operator = parseOperator(test.operator);
  const key = test.key.toLowerCase();
  const text = `${test.operator} ${test.key} ${test.values.join(' or ')}`;
  if (!operator) return { test, key, text, evaluate: () => 'maybe' };
  return { test, key, operator, text, evaluate: evaluator(test, operator, variables) };
}

function evaluator(test: ConditionTest, operator: Operator, variables: boolean): CompiledTest['evaluate'] {
  const key = test.key.toLowerCase();
  const { compare, negated, quantifier } = operator;
  if (compare.kind === 'absence') {
    const wanted = anyAbsence(test.values);
    return (view) => {
      const state = view.get(key);
      if (state === 'unknown') return wanted.length === 2 ? 'yes' : 'maybe';
      return wanted.includes(state === 'absent') ? 'yes' : 'no';
    };
  }
  const absent: Ternary = whenAbsent(operator) ? 'yes' : 'no';
  const matches = test.values.map((value) => compileValue(value, compare, variables && operator.variables));
  return (view) => {
    const values = view.get(key);
    if (values === 'absent') return absent;
    if (values === 'unknown') return 'maybe';
    const one = (value: string): Ternary => {
      const answer = anyOf(matches, (match) => match(value, view));
      return negated ? not(answer) : answer;
    };
    if (values.length === 1) return one(values[0] ?? '');
    // Without a set operator a key of several values is met as a whole: one match is enough, and for a negated operator too many.
    return quantifier === 'every' || (quantifier === undefined && negated) ? allOf(values, one) : anyOf(values, one);
  };
}

/** What a `Null` test wants: whether the key is to be absent. */
export function anyAbsence(values: readonly string[]): readonly boolean[] {
  return [...new Set(values.map((value) => value.toLowerCase() === 'true'))];
}

function compileValue(value: string, compare: Comparison, variables: boolean): ValueMatch {
  switch (compare.kind) {
    case 'text':
      return compileText(parseTemplate(value, { wildcards: compare.wildcards, variables }), compare.ignoreCase);
    case 'arn':
      return compileArn(parseTemplate(value, { wildcards: true, variables }));
    case 'network':
      return (given) => symbolic(given, value) ?? yesNo(inBlock(given, value) === true);
    case 'number':
      return compileOrder(value, parseNumber, compare.order);
    case 'moment':
      return compileOrder(value, parseMoment, compare.order);
    case 'absence':
      return () => 'no';
  }
}

const yesNo = (value: boolean): Ternary => (value ? 'yes' : 'no');

/** Text with a reference in it stands for something that is only known later. */
function symbolic(...texts: readonly string[]): Ternary | undefined {
  return texts.some(hasSymbol) ? 'maybe' : undefined;
}

function compileText(template: Template, ignoreCase: boolean): ValueMatch {
  const fixed = staticGlob(template);
  if (fixed !== undefined) {
    const glob = compileGlob(fixed, ignoreCase);
    return (value) => glob.matches(value);
  }
  return (value, view) => matchTemplate(template, { view, ignoreCase, value });
}

/** Matches text with variables. While a variable's value is unknown it may be anything, so that a match is only possible. */
export function matchTemplate(
  template: Template,
  { view, value, ignoreCase }: { readonly view: RequestView; readonly value: string; readonly ignoreCase: boolean },
): Ternary {
  const { glob, certain } = fillFromRequest(template, view);
  if (glob === undefined) return 'no';
  const answer = compileGlob(glob, ignoreCase).matches(value);
  return answer === 'yes' && !certain ? 'maybe' : answer;
}

function fillFromRequest(template: Template, view: RequestView): { readonly glob: string | undefined; readonly certain: boolean } {
  let certain = true;
  const glob = fillTemplate(template, (variable) => {
    const value = view.variable(variable);
    if (value !== 'unknown') return value;
    certain = false;
    return '*';
  });
  return { glob, certain };
}

function compileArn(template: Template): ValueMatch {
  const fixed = staticGlob(template);
  if (fixed !== undefined) return arnMatcher(fixed);
  return (value, view) => {
    const { glob, certain } = fillFromRequest(template, view);
    if (glob === undefined) return 'no';
    const answer = arnMatcher(glob)(value);
    return answer === 'yes' && !certain ? 'maybe' : answer;
  };
}

/** Each of the six parts of an ARN is matched on its own, so that no wildcard but the last crosses a colon. */
function arnMatcher(pattern: string): (value: string) => Ternary {
  const whole = compileGlob(pattern);
  const parts = splitArn(pattern)?.map((part) => compileGlob(part));
  const fuzzy = hasSymbol(pattern);
  return (value) => {
    if (fuzzy || hasSymbol(value)) {
      // A reference may hold colons. The whole as one glob matches more than the parts do, so its `no` is certain.
      const answer = whole.matches(value);
      return answer === 'yes' && /(?<!\\)[*?]/.test(pattern) ? 'maybe' : answer;
    }
    const given = splitArn(value);
    if (!parts || !given) return 'no';
    return allOf(given, (one, index) => parts[index]?.matches(one) ?? 'no');
  };
}

function compileOrder(value: string, parse: (text: string) => number | undefined, order: Order): ValueMatch {
  const bound = parse(value);
  return (given) => {
    const fuzzy = symbolic(given, value);
    if (fuzzy) return fuzzy;
    const number = parse(given);
    if (bound === undefined || number === undefined) return 'no';
    switch (order) {
      case '=':
        return yesNo(number === bound);
      case '<':
        return yesNo(number < bound);
      case '<=':
        return yesNo(number <= bound);
      case '>':
        return yesNo(number > bound);
      case '>=':
        return yesNo(number >= bound);
    }
  };
}
