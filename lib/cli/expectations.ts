import type { AccessRequest, Effect } from '../core/review/access';
import { unreadableInput } from '../core/review-errors';
import { fieldsOf } from '../policy/documents/kinds';
import { readDocument } from './inputs';
import type { Io } from './io';

/** What may be expected of a request. `denied` is either denial. */
export const EXPECTED = ['allowed', 'denied', 'explicitly-denied', 'implicitly-denied', 'depends'] as const;

/** One line of access expectations. */
export interface Expectation {
  /** Where it was written, for people: `access.jsonl line 3`. */
  readonly place: string;
  /** Id, agent or name. */
  readonly principal: string;
  readonly request: AccessRequest;
  readonly expect: (typeof EXPECTED)[number];
}

const RULE = "must list objects with 'principal', 'action', 'resource' and 'expect', and may give a 'context'";
const FIX =
  'write for example {"principal":"invoice-reader","action":"s3:DeleteObject","resource":"arn:aws:s3:::invoices/a","expect":"denied"}';
const MEMBERS = ['principal', 'action', 'resource', 'context', 'expect', 'reason'];

/**
 * Expectations from a file: JSON or JSON Lines.
 * @throws AgenticIamError with the line or entry that is not understood
 */
export function readExpectations(path: string, io: Io): readonly Expectation[] {
  const { file, json, lines } = readDocument(path, io);
  const list = Array.isArray(json) ? json : [json];
  if (list.length === 0) throw unreadableInput(file, { rule: RULE, reason: 'it lists none', fix: FIX });
  return list.map((entry, index) => {
    const [unit, number] = lines ? ['line', lines[index]] : ['entry', index + 1];
    const refuse = (reason: string): Error =>
      unreadableInput(`${file}' ${unit} '${number}`, { rule: RULE, reason, value: entry, fix: FIX });
    return readOne(entry, `${file} ${unit} ${number}`, refuse);
  });
}

function readOne(entry: unknown, place: string, refuse: (reason: string) => Error): Expectation {
  const fields = fieldsOf(entry);
  if (!fields) throw refuse('it is no object');
  const strange = Object.keys(fields).find((key) => !MEMBERS.includes(key));
  if (strange !== undefined) throw refuse(`'${strange}' is none of its members`);
  const text = (key: string): string => {
    const value = fields[key];
    if (typeof value !== 'string' || value === '') throw refuse(`'${key}' must be text that is not empty`);
    return value;
  };
  const expect = EXPECTED.find((one) => one === fields['expect']);
  if (!expect) throw refuse(`'expect' must be one of ${EXPECTED.join(', ')}`);
  const action = text('action');
  if (/[*?]/.test(action)) throw refuse("'action' must be one exact action: a pattern is not a request");
  const context = contextOf(fields['context'], refuse);
  return { place, principal: text('principal'), request: { action, resource: text('resource'), ...(context ? { context } : {}) }, expect };
}

/** Numbers and truth values are what the cloud compares as text. */
function contextOf(value: unknown, refuse: (reason: string) => Error): AccessRequest['context'] {
  if (value === undefined) return undefined;
  const fields = fieldsOf(value);
  if (!fields) throw refuse("'context' must be an object of condition keys");
  return Object.fromEntries(
    Object.entries(fields).map(([key, one]) => {
      const values = Array.isArray(one) ? one : [one];
      if (!values.every((each) => ['string', 'number', 'boolean'].includes(typeof each))) {
        throw refuse(`the value of '${key}' must be text, a number, true, false, or a list of them`);
      }
      return [key, Array.isArray(one) ? one.map(String) : String(one)];
    }),
  );
}

/** Whether what became of a request is what was expected. */
export function isExpected(expect: Expectation['expect'], effect: Effect): boolean {
  return expect === effect || (expect === 'denied' && (effect === 'explicitly-denied' || effect === 'implicitly-denied'));
}
