import { createHash } from 'node:crypto';
import { invalidName, unsafeValue } from './errors';

/**
 * The narrowest name of the three clouds is the id of a GCP service account: 6-30 of `[a-z0-9-]`, first a letter,
 * last no hyphen. A double hyphen is kept for the join of fleet and agent, so that no two pairs give one name.
 * @see https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/create
 */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** The rule in words. */
export const NAME_RULE = 'must be lower-case letters and digits in words joined by single hyphens, first a letter';
const REASON = 'it becomes part of names on every cloud, and a GCP service account allows no more';

/** Limits, in characters, of the names users choose. */
export const NAME_LIMITS = { agent: { min: 2, max: 30 }, fleet: { min: 1, max: 20 }, resource: { min: 1, max: 40 } } as const;

/** Refuses a name that one of the clouds would refuse, and suggests one that all take. */
export function checkName(what: keyof typeof NAME_LIMITS | 'workflow', value: unknown): string {
  const { min, max } = what === 'workflow' ? NAME_LIMITS.resource : NAME_LIMITS[what];
  if (typeof value !== 'string')
    throw invalidName(`the name of ${what === 'agent' ? 'an' : 'a'} ${what}`, {
      rule: 'must be a string',
      reason: REASON,
      value: String(value),
      suggestion: '',
    });
  const subject = `${what} '${value}'`;
  if (value.length < min || value.length > max)
    throw invalidName(subject, {
      rule: `must have a name of ${min} to ${max} characters`,
      reason: REASON,
      value,
      suggestion: suggestName(value, min, max),
    });
  if (!NAME.test(value)) throw invalidName(subject, { rule: NAME_RULE, reason: REASON, value, suggestion: suggestName(value, min, max) });
  return value;
}

function suggestName(value: string, min: number, max: number): string {
  const words = value
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  const cleaned = words
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, max)
    .replace(/-+$/, '');
  return cleaned.length >= min && NAME.test(cleaned) ? cleaned : '';
}

/** Separates fleet from agent in native names; neither can contain it. */
const JOIN = '--';
const HASH_LENGTH = 10;

/**
 * The native name of an agent's identity: `fleet--agent`, or, where that is longer than the cloud allows, its
 * beginning and a hash of the whole. Depends on nothing but fleet and agent, so it stays when constructs move.
 */
export function identityName(fleet: string, agent: string, maxLength: number): string {
  return shortenName(`${fleet}${JOIN}${agent}`, maxLength);
}

/** Cuts a name to a length by replacing its end with a hash of the whole; a name that fits is returned unchanged. */
export function shortenName(full: string, maxLength: number): string {
  if (full.length <= maxLength) return full;
  const head = full
    .slice(0, maxLength - HASH_LENGTH - 1)
    .replace(/-{2,}/g, '-')
    .replace(/-+$/, '');
  return `${head}-${shortHash(full)}`;
}

/** Ten lower-case base-32 characters (50 bits) of the SHA-256 of the parts; the parts cannot run into each other. */
export function shortHash(...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from(digest.subarray(0, HASH_LENGTH), (byte) => alphabet[byte & 31]).join('');
}

/**
 * A name-based UUID (version 5), in the namespace of this library.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.5
 */
export function uuidV5(...parts: readonly string[]): string {
  const namespace = Buffer.from('8f6e0c6a2f0b5d3c9a417d5e3b1c2a90', 'hex');
  const bytes = createHash('sha1').update(namespace).update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const UNSAFE: readonly [RegExp, string, string][] = [
  [/\$\{/, "'${'", 'it would be read as a policy variable or template expression'],
  [/%\{/, "'%{'", 'it would be read as a template directive'],
  [/[*?]/, "'*' or '?'", 'it would be read as a wildcard and widen the grant'],
  [/["'\\`]/, 'quotes or backslashes', 'it would break the document it is written into'],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  [/[\u0000-\u001f\u007f]/, 'control characters', 'it would break the document it is written into'],
];

/**
 * Refuses a literal that a policy would read as more than itself. Values are refused, never altered.
 * The caller passes only resolved literals: a token is not parsed.
 */
export function checkLiteral(subject: string, field: string, value: string): string {
  for (const [pattern, found, reason] of UNSAFE) {
    if (pattern.test(value)) throw unsafeValue(subject, { field, value, found, reason });
  }
  return value;
}
