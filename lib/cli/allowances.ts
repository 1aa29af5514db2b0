import { unreadableInput } from '../core/review-errors';
import { fieldsOf } from '../policy/documents/kinds';
import { readDocument } from './inputs';
import type { Io } from './io';

/**
 * New access that is wanted. `principal`, `action` and `resource` are patterns with `*` and `?`. With `action` it is an access, with `to` a
 * path (`resource` is then its end), with `unknown` something that could not be understood.
 */
export interface Allowance {
  /** Id, agent or name of who may gain it. */
  readonly principal: string;
  readonly action?: string;
  readonly to?: string;
  readonly unknown?: string;
  /** @default '*' */
  readonly resource?: string;
  /** Why it is wanted. */
  readonly reason: string;
}

const MEMBERS = ['principal', 'action', 'to', 'unknown', 'resource', 'reason'] as const;
const RULE = "must list objects with 'principal', 'reason' and one of 'action', 'to' and 'unknown'";
const FIX =
  'write for example [{"principal":"invoice-reader","action":"s3:GetObject","resource":"arn:aws:s3:::archive/*","reason":"reads last year, too"}]';

/**
 * The list of new access that is wanted: JSON or JSON Lines.
 * @throws AgenticIamError for an entry that is not understood: a slip must not allow, or fail to allow, in silence
 */
export function readAllowances(path: string, io: Io): readonly Allowance[] {
  const { file, json, lines } = readDocument(path, io);
  if (!Array.isArray(json)) throw unreadableInput(file, { rule: RULE, fix: FIX });
  return json.map((entry, index) => {
    const place = lines ? `${file}' line '${lines[index]}` : `${file}' entry '${index + 1}`;
    const problem = problemOf(entry);
    if (problem !== undefined) throw unreadableInput(place, { rule: RULE, reason: problem, value: entry, fix: FIX });
    return entry as Allowance;
  });
}

function problemOf(entry: unknown): string | undefined {
  const fields = fieldsOf(entry);
  if (!fields) return 'it is no object';
  const strange = Object.keys(fields).find((key) => !(MEMBERS as readonly string[]).includes(key));
  if (strange !== undefined) return `'${strange}' is none of its members`;
  const blank = Object.keys(fields).find((key) => typeof fields[key] !== 'string' || String(fields[key]).trim() === '');
  if (blank !== undefined) return `'${blank}' must be text`;
  for (const key of ['principal', 'reason']) if (fields[key] === undefined) return `'${key}' is missing`;
  return ['action', 'to', 'unknown'].filter((key) => fields[key] !== undefined).length === 1
    ? undefined
    : "it needs exactly one of 'action', 'to' and 'unknown'";
}
