import type { KeyConstraint, ValueTest } from '../../../core/review/access';
import { showSymbols, symbol } from '../../../core/review/glob';
import { splitArn } from './arn';
import { anyAbsence, type CompiledTest } from './condition';
import { isCertain, isImpossible } from './impossible';
import { type Operator, parseMoment, parseNumber, whenAbsent } from './operators';
import { RequestView } from './request';
import { fillTemplate, parseTemplate } from './variables';

/** Keys whose values are ARNs of IAM, where no part but the separators holds a colon, so that a glob says the same as ArnLike. */
const COLONLESS_ARN = /^(aws:principalarn|iam:policyarn|iam:permissionsboundary|sts:rolearn)$/;

/**
 * A condition test as a neutral constraint, or `always` / `never` where who the principal is settles it.
 *
 * @param known a request that carries nothing but the principal, with every other key unknown
 */
export function translateTest(compiled: CompiledTest, known: RequestView, variables: boolean): KeyConstraint | 'always' | 'never' {
  const { operator, test } = compiled;
  const text = showSymbols(compiled.text);
  const canonical = canonicalKey(test.key);
  if (!operator) return { key: canonical, test: { kind: 'opaque', text }, whenAbsent: false, text };
  const settled = compiled.evaluate(known);
  if (settled !== 'maybe') return settled === 'yes' ? 'always' : 'never';
  return constraintOf(compiled, operator, { text, known, variables });
}

function constraintOf(
  { test, key }: CompiledTest,
  operator: Operator,
  { text, known, variables }: { readonly text: string; readonly known: RequestView; readonly variables: boolean },
): KeyConstraint {
  const canonical = canonicalKey(test.key);
  const fill = (value: string, wildcards: boolean): string[] => {
    const template = parseTemplate(value, { wildcards, variables: variables && operator.variables });
    return fillKnown(template, known) ?? [];
  };
  const { quantifier } = operator;
  return {
    key: canonical,
    test: valueTest(operator, { key, values: test.values, text, fill }),
    whenAbsent: operator.compare.kind === 'absence' ? anyAbsence(test.values).includes(true) : whenAbsent(operator),
    ...(quantifier && { quantifier }),
    text,
  };
}

const NOBODY = new RequestView({ principal: { kind: 'anonymous', arn: '*', account: '' }, action: '', resource: '', missing: 'unknown' });

/** What a test says of every request that carries its key with a value that AWS can put there; undefined where that varies. */
export function settledForAll(compiled: CompiledTest, variables: boolean): 'yes' | 'no' | undefined {
  const { operator, test } = compiled;
  if (!operator || (variables && test.values.some((value) => value.includes('${')))) return undefined;
  const constraint = constraintOf(compiled, operator, { text: compiled.text, known: NOBODY, variables });
  return isImpossible(constraint) ? 'no' : isCertain(constraint) ? 'yes' : undefined;
}

/** The globs of a template for a known principal; a variable that only a request can tell becomes a symbol. */
export function fillKnown(template: ReturnType<typeof parseTemplate>, known: RequestView): string[] | undefined {
  const glob = fillTemplate(template, (variable) => {
    const value = known.variable(variable);
    return value === 'unknown' ? symbol(variable.shown) : value;
  });
  return glob === undefined ? undefined : [glob];
}

interface Values {
  readonly key: string;
  readonly values: readonly string[];
  readonly text: string;
  readonly fill: (value: string, wildcards: boolean) => string[];
}

function valueTest({ compare, negated }: Operator, { key, values, text, fill }: Values): ValueTest {
  const globs = (list: readonly string[], ignoreCase: boolean): ValueTest => ({
    kind: negated ? 'none-of' : 'one-of',
    globs: list,
    ignoreCase,
  });
  switch (compare.kind) {
    case 'text':
      return globs(
        values.flatMap((value) => fill(value, compare.wildcards)),
        compare.ignoreCase,
      );
    case 'arn': {
      const list = values.flatMap((value) => fill(value, true));
      const plain = COLONLESS_ARN.test(key) || list.every((one) => !/(?<!\\)[*?]/.test(splitArn(one)?.slice(0, 5).join(':') ?? one));
      // A value of fewer than six parts matches no ARN, unless a reference in it holds the rest.
      return plain ? globs(list, false) : { kind: 'opaque', text };
    }
    case 'network':
      return { kind: 'network', blocks: values, outside: negated };
    case 'absence': {
      const wanted = anyAbsence(values);
      return wanted.includes(false) ? { kind: 'none-of', globs: [], ignoreCase: false } : { kind: 'one-of', globs: [], ignoreCase: false };
    }
    default:
      return ordered({ compare, negated }, values, text);
  }
}

function ordered(
  { compare, negated }: { readonly compare: { readonly kind: 'number' | 'moment'; readonly order: string }; readonly negated: boolean },
  values: readonly string[],
  text: string,
): ValueTest {
  const unit = compare.kind;
  const numbers = values.flatMap((value) => (unit === 'number' ? parseNumber(value) : parseMoment(value)) ?? []);
  // A value that is no number matches nothing, unless it is a reference that is only known later.
  if (numbers.length < values.length && values.some((value) => showSymbols(value) !== value)) return { kind: 'opaque', text };
  if (negated) return { kind: 'not-equal', unit, values: numbers };
  const [first] = numbers;
  if (first === undefined) return { kind: 'one-of', globs: [], ignoreCase: false };
  switch (compare.order) {
    case '<':
      return { kind: 'range', unit, max: Math.max(...numbers), maxOpen: true };
    case '<=':
      return { kind: 'range', unit, max: Math.max(...numbers) };
    case '>':
      return { kind: 'range', unit, min: Math.min(...numbers), minOpen: true };
    case '>=':
      return { kind: 'range', unit, min: Math.min(...numbers) };
    default:
      return numbers.every((one) => one === first) ? { kind: 'range', unit, min: first, max: first } : { kind: 'opaque', text };
  }
}

/** Keys that are often written in another case than AWS gives them. Others stay as written: nothing compares keys by case. */
const CANONICAL: ReadonlyMap<string, string> = new Map(
  [
    'aws:CalledVia',
    'aws:CurrentTime',
    'aws:EpochTime',
    'aws:MultiFactorAuthAge',
    'aws:MultiFactorAuthPresent',
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:PrincipalIsAWSService',
    'aws:PrincipalOrgID',
    'aws:PrincipalOrgPaths',
    'aws:PrincipalServiceName',
    'aws:PrincipalType',
    'aws:RequestedRegion',
    'aws:ResourceAccount',
    'aws:ResourceOrgID',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:SourceIp',
    'aws:SourceVpc',
    'aws:SourceVpce',
    'aws:TagKeys',
    'aws:TokenIssueTime',
    'aws:UserAgent',
    'aws:ViaAWSService',
    'aws:userid',
    'aws:username',
    'iam:PassedToService',
    'iam:PermissionsBoundary',
    'sts:ExternalId',
    'sts:RoleSessionName',
  ].map((key) => [key.toLowerCase(), key]),
);

function canonicalKey(key: string): string {
  return CANONICAL.get(key.toLowerCase()) ?? key;
}
