import type { AgentSpec } from '../../../core/agent-spec';
import { valueTooLong } from '../../../core/native-errors';
import { DESCRIPTION_LIMIT, TAG_VALUE_LIMIT } from './facts';

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html */
const TAG_CHARACTER = /[\p{L}\p{Z}\p{N}_.:/+\-@]/u;
/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
const DESCRIPTION_CHARACTER = /[\u0020-\u007e\u00a1-\u00ff]/;

/** Tags by which an agent's role is found and its owner asked. */
export function roleTags(agent: AgentSpec, fleet: string): Readonly<Record<string, string>> {
  const { name, owner, purpose, scope } = agent;
  const values = { agent: name, fleet, owner, purpose, ...(scope.environment === undefined ? {} : { environment: scope.environment }) };
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => {
      const text = encode(value, TAG_CHARACTER);
      if (text.length > TAG_VALUE_LIMIT) throw tooLong(agent, `${field} (as a tag of its role)`, [text.length, TAG_VALUE_LIMIT]);
      return [`agentic-iam:${field}`, text];
    }),
  );
}

/** The purpose, as the description of the role. */
export function roleDescription(agent: AgentSpec): string {
  const text = encode(agent.purpose, DESCRIPTION_CHARACTER);
  if (text.length > DESCRIPTION_LIMIT) throw tooLong(agent, 'purpose (as the description of its role)', [text.length, DESCRIPTION_LIMIT]);
  return text;
}

/**
 * What IAM takes, unchanged; all else as `=` and two hex digits per byte of UTF-8, and so `=` itself: nothing is lost, and
 * any decoder of quoted-printable text reads it back.
 * @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7
 */
function encode(text: string, allowed: RegExp): string {
  return Array.from(text, (character) => (character !== '=' && allowed.test(character) ? character : encodeBytes(character))).join('');
}

function encodeBytes(character: string): string {
  return Array.from(Buffer.from(character, 'utf8'), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function tooLong(agent: AgentSpec, field: string, [length, limit]: readonly [number, number]): Error {
  return valueTooLong(`agent '${agent.name}'`, { field, length, limit, reason: 'IAM takes no more' });
}
