import { hasSymbol } from '../../../core/review/glob';
import { fieldsOf, listOf, textOf } from './json';
import type { TemplateValues } from './template-values';

/** Whether a condition expression holds; undefined where a reference decides that only deployment knows. */
export function evaluateCondition(values: TemplateValues, expression: unknown): boolean | undefined {
  const [entry, ...others] = Object.entries(fieldsOf(expression) ?? {});
  if (!entry || others.length > 0) return undefined;
  const [operator, operand] = entry;
  const parts = listOf(operand);
  if (operator === 'Condition') return values.condition(textOf(operand) ?? '');
  if (operator === 'Fn::Equals') return equal(values, parts);
  const truths = parts.map((part) => evaluateCondition(values, part));
  if (operator === 'Fn::Not') return truths[0] === undefined ? undefined : !truths[0];
  if (operator === 'Fn::And') return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
  if (operator === 'Fn::Or') return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
  return undefined;
}

function equal(values: TemplateValues, [left, right]: readonly unknown[]): boolean | undefined {
  const a = values.read(left);
  const b = values.read(right);
  if (typeof a.value !== 'string' || typeof b.value !== 'string') return undefined;
  if (hasSymbol(a.value) || hasSymbol(b.value) || a.doubts.length + b.doubts.length > 0) return undefined;
  return a.value === b.value;
}
