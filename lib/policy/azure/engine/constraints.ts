import type { KeyConstraint, ValueTest } from '../../../core/review/access';
import { bare, matchesName } from '../facts/names';
import type { AbacExpression } from './abac';

/** Constraints that all hold. */
export type Alternative = readonly KeyConstraint[];

/** Alternatives that one condition may come to before it is kept as a text. */
const MOST = 64;
/** The key that tells the parts of one operation apart, such as listing blobs from reading one. */
export const SUB_OPERATION = 'SubOperation';

/** The key that tells which of the operations it is that no catalog names. */
export const OPERATION = 'Operation';

/** What must hold for an action to pass a condition, as alternatives; none where it cannot. */
export function alternativesFor(condition: AbacExpression, action: string): readonly Alternative[] {
  const found = alternatives(condition, true, action).filter((one) => !one.some(isImpossible));
  if (found.length <= MOST) return found;
  return [
    [{ key: 'condition', test: { kind: 'opaque', text: JSON.stringify(condition) }, whenAbsent: false, text: 'a condition of many parts' }],
  ];
}

/**
 * Azure knows no word for false, so that a condition which is to hold nowhere asks for a container of a name that none can have.
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
 */
function isImpossible({ key, test }: KeyConstraint): boolean {
  return test.kind === 'one-of' && /containers:name\]$/.test(key) && test.globs.every((glob) => glob.length < 3 && !glob.includes('*'));
}

function alternatives(expression: AbacExpression, holds: boolean, action: string): readonly Alternative[] {
  switch (expression.kind) {
    case 'not':
      return alternatives(expression.part, !holds, action);
    case 'action':
      return named(expression.patterns, holds, action);
    case 'and':
    case 'or': {
      const parts = expression.parts.map((part) => alternatives(part, holds, action));
      if ((expression.kind === 'or') === holds) return parts.flat();
      return parts.reduce<readonly Alternative[]>((all, part) => all.flatMap((one) => part.map((other) => [...one, ...other])), [[]]);
    }
    case 'sub-operation':
      return [[subOperation(expression.patterns, holds)]];
    case 'test':
      return [[constraintOf(expression, holds)]];
    default:
      return [
        [
          {
            key: 'condition',
            test: { kind: 'opaque', text: `${holds ? '' : 'not '}${expression.text}` },
            whenAbsent: false,
            text: expression.text,
          },
        ],
      ];
  }
}

/** Of an operation that is not named it is asked which one it is. */
function named(patterns: readonly string[], holds: boolean, action: string): readonly Alternative[] {
  const name = bare(action);
  if (name.includes('*')) return [[operation(patterns, holds)]];
  return patterns.some((pattern) => matchesName(pattern, name)) === holds ? [[]] : [];
}

/** Which operation it is, where only what it does is named. */
export function operation(patterns: readonly string[], holds: boolean): KeyConstraint {
  const globs = patterns.map((pattern) => pattern.replace(/[\\?]/g, '\\$&'));
  const test: ValueTest = { kind: holds ? 'one-of' : 'none-of', globs, ignoreCase: true };
  return { key: OPERATION, test, whenAbsent: !holds, text: `the operation is ${holds ? '' : 'not '}${patterns.join(' or ')}` };
}

/** A call of which no part is told is of none of them. */
export function subOperation(patterns: readonly string[], holds: boolean): KeyConstraint {
  const test: ValueTest = { kind: holds ? 'one-of' : 'none-of', globs: patterns.map(literal), ignoreCase: false };
  return { key: SUB_OPERATION, test, whenAbsent: !holds, text: `the suboperation is ${holds ? '' : 'not '}${patterns.join(' or ')}` };
}

type Test = Extract<AbacExpression, { readonly kind: 'test' }>;

function constraintOf({ attribute, operator, values, text }: Test, holds: boolean): KeyConstraint {
  const quantified = /^(ForA\w+):(\w+)$/.exec(operator);
  const [name, quantifier] = [quantified?.[2] ?? operator, quantified?.[1]];
  // Over several values of the request every one must be among those that are listed; the other forms ask for one.
  const every = quantifier === 'ForAllOfAnyValues';
  const plain = testOf(
    name.replace(/^bool(not)?equals$/i, (_, not: string | undefined) => `Bool${not ? 'Not' : ''}Equals`),
    values,
  );
  const test = plain && (holds ? plain : negated(plain));
  const shown = `${holds ? '' : 'not '}${text}`;
  if (!test || (every && !holds)) return { key: attribute, test: { kind: 'opaque', text: shown }, whenAbsent: false, text: shown };
  const absent = /Not/.test(name) === holds;
  return { key: attribute, test, whenAbsent: absent, ...(every ? { quantifier: 'every' as const } : {}), text: shown };
}

function testOf(operator: string, values: readonly string[]): ValueTest | undefined {
  const [, not, base = '', ignore] =
    /^(?:String|Guid|Bool|Numeric|DateTime)?(Not)?(Equals|Like|StartsWith|GreaterThan|GreaterThanEquals|LessThan|LessThanEquals)(IgnoreCase)?$/.exec(
      operator.replace(/^(String|Guid|Bool|Numeric|DateTime)/, ''),
    ) ?? [];
  if (/^(Numeric|DateTime)/.test(operator)) return ordered(operator, values);
  const guid = operator.startsWith('Guid');
  const globs = values.map((value) => globOf(guid ? guidText(value) : value, base));
  if (!['Equals', 'Like', 'StartsWith'].includes(base)) return undefined;
  return { kind: not ? 'none-of' : 'one-of', globs, ignoreCase: guid || ignore !== undefined || operator.startsWith('Bool') };
}

function globOf(value: string, base: string): string {
  if (base === 'Like') return value;
  return base === 'StartsWith' ? `${literal(value)}*` : literal(value);
}

/** GUIDs are written with and without hyphens. */
export function guidText(value: string): string {
  const bare = value.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(bare) ? bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : value;
}

function ordered(operator: string, values: readonly string[]): ValueTest | undefined {
  const unit = operator.startsWith('DateTime') ? 'moment' : 'number';
  const [value] = values.map((one) => (unit === 'moment' ? Date.parse(one) : Number(one)));
  if (value === undefined || Number.isNaN(value) || values.length !== 1) return undefined;
  const order = operator.replace(/^(Numeric|DateTime)/, '');
  if (order === 'Equals') return { kind: 'range', unit, min: value, max: value };
  if (order === 'NotEquals') return { kind: 'not-equal', unit, values: [value] };
  if (order.startsWith('Greater')) return { kind: 'range', unit, min: value, minOpen: order === 'GreaterThan' };
  return order.startsWith('Less') ? { kind: 'range', unit, max: value, maxOpen: order === 'LessThan' } : undefined;
}

function negated(test: ValueTest): ValueTest | undefined {
  if (test.kind === 'one-of') return { ...test, kind: 'none-of' };
  if (test.kind === 'none-of') return { ...test, kind: 'one-of' };
  if (test.kind !== 'range' || (test.min !== undefined && test.max !== undefined)) return undefined;
  return test.min === undefined
    ? { kind: 'range', unit: test.unit, min: test.max ?? 0, minOpen: !test.maxOpen }
    : { kind: 'range', unit: test.unit, max: test.min, maxOpen: !test.minOpen };
}

function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}
