/** How a number or a moment is compared with that of the policy. */
export type Order = '=' | '<' | '<=' | '>' | '>=';

/** What an operator compares, once its prefix, suffix and negation are taken off. */
export type Comparison =
  | { readonly kind: 'text'; readonly wildcards: boolean; readonly ignoreCase: boolean }
  | { readonly kind: 'arn' }
  | { readonly kind: 'number' | 'moment'; readonly order: Order }
  | { readonly kind: 'network' }
  | { readonly kind: 'absence' };

/** An operator of a `Condition` block, taken apart. */
export interface Operator {
  readonly compare: Comparison;
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly quantifier?: 'every' | 'some';
  /** Whether variables are interpreted in its values. */
  readonly variables: boolean;
}

type Base = Pick<Operator, 'compare' | 'negated' | 'variables'>;

const text = (wildcards: boolean, ignoreCase: boolean): Comparison => ({ kind: 'text', wildcards, ignoreCase });
const both = (name: string, not: string, compare: Comparison): [string, Base][] => [
  [name, { compare, negated: false, variables: compare.kind === 'text' || compare.kind === 'arn' }],
  [not, { compare, negated: true, variables: compare.kind === 'text' || compare.kind === 'arn' }],
];
const ordered = (prefix: string, kind: 'number' | 'moment'): [string, Base][] => [
  ...both(`${prefix}equals`, `${prefix}notequals`, { kind, order: '=' }),
  [`${prefix}lessthan`, { compare: { kind, order: '<' }, negated: false, variables: false }],
  [`${prefix}lessthanequals`, { compare: { kind, order: '<=' }, negated: false, variables: false }],
  [`${prefix}greaterthan`, { compare: { kind, order: '>' }, negated: false, variables: false }],
  [`${prefix}greaterthanequals`, { compare: { kind, order: '>=' }, negated: false, variables: false }],
];

/** ArnEquals and ArnLike behave alike, as AWS documents. */
const BASES: ReadonlyMap<string, Base> = new Map([
  ...both('stringequals', 'stringnotequals', text(false, false)),
  ...both('stringequalsignorecase', 'stringnotequalsignorecase', text(false, true)),
  ...both('stringlike', 'stringnotlike', text(true, false)),
  ...ordered('numeric', 'number'),
  ...ordered('date', 'moment'),
  ['bool', { compare: text(false, true), negated: false, variables: true }],
  ['binaryequals', { compare: text(false, false), negated: false, variables: false }],
  ...both('ipaddress', 'notipaddress', { kind: 'network' }),
  ...both('arnequals', 'arnnotequals', { kind: 'arn' }),
  ...both('arnlike', 'arnnotlike', { kind: 'arn' }),
  ['null', { compare: { kind: 'absence' }, negated: false, variables: false }],
]);

const SHAPE = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/;

/**
 * Takes the name of a condition operator apart; undefined for one that does not exist.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function parseOperator(name: string): Operator | undefined {
  const [, set, base = '', ifExists] = SHAPE.exec(name.toLowerCase()) ?? [];
  const found = BASES.get(base);
  if (!found || (found.compare.kind === 'absence' && (set || ifExists))) return undefined;
  return {
    ...found,
    ifExists: ifExists !== undefined,
    ...(set && { quantifier: set === 'forallvalues' ? ('every' as const) : ('some' as const) }),
  };
}

/** What the operator says of a request that does not carry the key. */
export function whenAbsent({ negated, ifExists, quantifier }: Operator): boolean {
  return ifExists || quantifier === 'every' || (negated && quantifier !== 'some');
}

const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;
const SECONDS = /^\d+(\.\d+)?$/;

/** The number that text stands for, or undefined. */
export function parseNumber(value: string): number | undefined {
  return NUMBER.test(value) ? Number(value) : undefined;
}

/** Milliseconds since 1970 of an ISO 8601 date, or of seconds since 1970. */
export function parseMoment(value: string): number | undefined {
  const moment = SECONDS.test(value) ? Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(moment) ? undefined : moment;
}
