import { parse } from '@bufbuild/cel';
import type { AccessRegion, KeyConstraint, ValueTest } from '../../../core/review/access';
import type { Condition } from '../model';

type Expression = NonNullable<ReturnType<typeof parse>['expr']>;

/** Alternatives that one condition may come to before it is kept as a text. */
const MOST_ALTERNATIVES = 32;

/** `exact` where a region that is too large would say too much, as in what is denied. */
interface Reading {
  readonly whole: string;
  readonly exact: boolean;
}

/**
 * A condition of IAM as alternatives, each a region. Tests of the resource's name become patterns of resources, tests of time and of API
 * attributes constraints; whatever else there is stays as a text that is not decided. Where a name can not be told, the region is larger
 * than what is written, unless it has to be exact.
 * @see https://docs.cloud.google.com/iam/docs/conditions-overview
 */
export function readCondition(text: string, exact = false): Condition {
  try {
    const { expr } = parse(text);
    const regions = expr ? alternatives(expr, true, { whole: text, exact }) : [opaque(text)];
    return { text, regions: regions.length > MOST_ALTERNATIVES ? [opaque(text)] : regions };
  } catch {
    // A condition with a reference outside a string is no CEL until Terraform fills it in.
    return { text, regions: [opaque(text)] };
  }
}

const WHOLE: AccessRegion = { resources: [['*']], notResources: [], when: [] };

function opaque(text: string): AccessRegion {
  return { ...WHOLE, when: [{ key: 'condition', test: { kind: 'opaque', text }, whenAbsent: false, text }] };
}

/** What makes an expression true, or false where `holds` is false, as alternatives. */
function alternatives(expression: Expression, holds: boolean, reading: Reading): readonly AccessRegion[] {
  const kind = expression.exprKind;
  if (kind.case === 'constExpr' && kind.value.constantKind.case === 'boolValue')
    return kind.value.constantKind.value === holds ? [WHOLE] : [];
  if (kind.case !== 'callExpr') return [leaf(expression, holds, reading.whole)];
  const { function: name, args } = kind.value;
  if (name === '!_' && args[0]) return alternatives(args[0], !holds, reading);
  const both = name === '_&&_' ? holds : name === '_||_' ? !holds : undefined;
  if (both === undefined) return tested(expression, holds, reading.exact) ?? [leaf(expression, holds, reading.whole)];
  const parts = args.map((arg) => alternatives(arg, holds, reading));
  if (!both) return parts.flat();
  return parts.reduce<readonly AccessRegion[]>((all, part) => all.flatMap((one) => part.map((other) => meet(one, other))), [WHOLE]);
}

function meet(a: AccessRegion, b: AccessRegion): AccessRegion {
  const lists = [...a.resources, ...b.resources].filter((list) => !list.includes('*'));
  return {
    resources: lists.length > 0 ? lists : [['*']],
    notResources: [...a.notResources, ...b.notResources],
    when: [...a.when, ...b.when],
  };
}

/** A part that is not decided; the same part of the same condition is the same test. */
function leaf(expression: Expression, holds: boolean, whole: string): AccessRegion {
  const text = `part ${expression.id} of ${whole}`;
  return {
    ...WHOLE,
    when: [{ key: 'condition', test: { kind: 'opaque', text: holds ? text : `not ${text}` }, whenAbsent: false, text: whole }],
  };
}

function tested(expression: Expression, holds: boolean, exact: boolean): readonly AccessRegion[] | undefined {
  if (expression.exprKind.case !== 'callExpr') return undefined;
  const { function: name, target, args } = expression.exprKind.value;
  if (name === 'startsWith' || name === 'endsWith') {
    const [value] = args.flatMap((arg) => textOf(arg) ?? []);
    if (!target || value === undefined) return undefined;
    const glob = name === 'startsWith' ? `${literal(value)}*` : `*${literal(value)}`;
    return about(target, [glob], { holds, exact });
  }
  const [left, right] = args;
  if (!left || !right) return undefined;
  if (name === '_==_' || name === '_!=_')
    return equality([left, right], (name === '_==_') === holds, exact) ?? equality([right, left], (name === '_==_') === holds, exact);
  if (name === '@in' && right.exprKind.case === 'listExpr') {
    const values = right.exprKind.value.elements.map(textOf);
    return values.every((value) => value !== undefined) ? about(left, values.map(literal), { holds, exact }) : undefined;
  }
  return ordered(name, [left, right], holds);
}

function equality([left, right]: readonly [Expression, Expression], holds: boolean, exact: boolean): readonly AccessRegion[] | undefined {
  const value = textOf(right);
  return value === undefined ? undefined : about(left, [literal(value)], { holds, exact });
}

/** A test of the name of a resource, or of another attribute that is a text. */
function about(
  subject: Expression,
  globs: readonly string[],
  { holds, exact }: { readonly holds: boolean; readonly exact: boolean },
): readonly AccessRegion[] | undefined {
  const path = pathOf(subject);
  if (path === 'resource.name') {
    const names = globs.map(ownName);
    // A name that was made wider can not be taken away, only added.
    if ((exact || !holds) && names.some((name, at) => name !== globs[at] && !globs[at]?.startsWith('projects/_/'))) return undefined;
    return [holds ? { ...WHOLE, resources: [names] } : { ...WHOLE, notResources: names }];
  }
  const attribute = path === 'resource.type' || path === 'resource.service' ? { key: path, absent: '' } : attributeOf(subject);
  if (!attribute) return undefined;
  const whenAbsent = globs.includes(literal(attribute.absent)) === holds;
  const test: ValueTest = { kind: holds ? 'one-of' : 'none-of', globs, ignoreCase: false };
  const text = `${attribute.key} ${holds ? 'is' : 'is not'} ${globs.join(' or ')}`;
  return [constrained({ key: attribute.key, test, whenAbsent, text })];
}

/**
 * Names in conditions have `_` in place of the project of a bucket, the number of a project, or the number of a service account; here each
 * thing is below its project, which is named by its id. What can not be told is any.
 * @see https://docs.cloud.google.com/iam/docs/conditions-resource-attributes
 */
function ownName(glob: string): string {
  if (/^\*./.test(glob))
    return /^\*[^/]*[_\d-]\/(buckets|datasets|databases|instances|locations|secrets|serviceAccounts|subscriptions|topics|zones)\//.test(
      glob,
    ) || /serviceAccounts\/\d+$/.test(glob)
      ? '*'
      : glob;
  const open = /^(projects\/[_\d-]*)\*$/.exec(glob);
  if (open) return 'projects/*';
  const named = glob.replace(/^projects\/(_|-|\d+)\//, 'projects/*/').replace(/^projects\/(_|-|\d+)$/, 'projects/*');
  return named.replace(/\/serviceAccounts\/\d+.*$/, '/serviceAccounts/*');
}

const ORDERS: Readonly<Record<string, string>> = { '_<_': '<', '_<=_': '<=', '_>_': '>', '_>=_': '>=' };
const OPPOSITE: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function ordered(name: string, [left, right]: readonly [Expression, Expression], holds: boolean): readonly AccessRegion[] | undefined {
  const written = ORDERS[name];
  if (written === undefined) return undefined;
  const [moment, subject] = [momentOf(right) ?? momentOf(left), momentOf(right) === undefined ? right : left];
  if (moment === undefined || pathOf(subject) !== 'request.time') return undefined;
  const order = subject === left ? written : (MIRRORED[written] ?? written);
  const said = holds ? order : (OPPOSITE[order] ?? order);
  const open = said === '<' || said === '>';
  const range = said.startsWith('<') ? { max: moment, maxOpen: open } : { min: moment, minOpen: open };
  const text = `request.time ${said} ${new Date(moment).toISOString()}`;
  return [constrained({ key: 'request.time', test: { kind: 'range', unit: 'moment', ...range }, whenAbsent: false, text })];
}

function constrained(constraint: KeyConstraint): AccessRegion {
  return { ...WHOLE, when: [constraint] };
}

function momentOf(expression: Expression): number | undefined {
  const kind = expression.exprKind;
  if (kind.case !== 'callExpr' || kind.value.function !== 'timestamp') return undefined;
  const text = kind.value.args[0] && textOf(kind.value.args[0]);
  const moment = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** `api.getAttribute("name", default)`. */
function attributeOf(expression: Expression): { readonly key: string; readonly absent: string } | undefined {
  const kind = expression.exprKind;
  if (kind.case !== 'callExpr' || kind.value.function !== 'getAttribute') return undefined;
  const [key, absent] = kind.value.args.map(textOf);
  return key !== undefined && absent !== undefined ? { key, absent } : undefined;
}

function pathOf(expression: Expression): string | undefined {
  const kind = expression.exprKind;
  if (kind.case === 'identExpr') return kind.value.name;
  if (kind.case !== 'selectExpr' || kind.value.testOnly || !kind.value.operand) return undefined;
  const operand = pathOf(kind.value.operand);
  return operand === undefined ? undefined : `${operand}.${kind.value.field}`;
}

function textOf(expression: Expression): string | undefined {
  const kind = expression.exprKind;
  return kind.case === 'constExpr' && kind.value.constantKind.case === 'stringValue' ? kind.value.constantKind.value : undefined;
}

function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}
