import type { Review } from '../../../lib/core/review/result';
import { SIX } from './review-fixture';

/** Values that try to break out of wherever they are put. */
export const HOSTILE_VALUES = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '<!--',
  ']]>',
  '"><img src=x onerror=alert(3)>',
  "' onfocus='alert(4)",
  '| cell | `code` | @octocat #1 https://example.com [x](javascript:alert(5))',
  '\u001b[31mred\u001b[0m\u0007',
  'line one\nline two\r\n# heading\u2028- item\u2029> quote',
  '\u202Edesrever\u202C',
  '&lt;b&gt; &#60; &copy',
  '${REF} {{x}} $& $1 %3Cscript%3E',
  '\uE000Bucket.Arn\uE001/*',
  '__proto__',
];

/** The same data with a hostile text in every place where a name or sentence can stand, keys of a context included. */
export function poison<T>(input: T, value: string): T {
  const each = (inner: unknown, within: string): unknown => {
    if (typeof inner === 'string') return KEEP.has(inner) ? inner : `${value} ${inner}`;
    if (Array.isArray(inner)) return inner.map((one) => each(one, within));
    if (typeof inner !== 'object' || inner === null) return inner;
    const entries = Object.entries(inner).map(([key, one]) => [within === 'context' ? `${value} ${key}` : key, each(one, key)]);
    return Object.fromEntries(entries);
  };
  return each(input, '') as T;
}

/** Six agents, poisoned. */
export function hostileReview(value: string): Review {
  return poison(SIX, value);
}

/** Words that the types fix. */
const KEEP: ReadonlySet<string> = new Set([
  ...['proven', 'refuted', 'not-proven', 'read-only', 'no-undeclared-credentials', 'within-declared', 'no-escalation', 'within-delegated'],
  ...['read-data', 'read-credentials', 'change-data', 'destroy', 'grant', 'run-code', 'escalates', 'delegates', 'nothing-new'],
  ...['agent', 'principal', 'resource', 'credentials', 'admin', 'error', 'warning', 'info'],
]);
