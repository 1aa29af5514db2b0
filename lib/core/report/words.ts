import type { ClaimId, ClaimVerdict, GraphEdge, HarmLevel, PrincipalReview } from '../review/result';
import { HARM_LEVELS } from '../review/result';
import type { PathEnd } from '../review/world';

/** A claim in its good state, as a person would say it. */
export const CLAIMS: Readonly<Record<ClaimId, string>> = {
  'read-only': 'reads only',
  'no-undeclared-credentials': 'reads no credentials but the declared ones',
  'within-declared': 'reaches nothing but what was declared',
  'no-escalation': 'cannot get further than it was given',
  'within-delegated': 'stays within what was delegated to it',
  'nothing-new': 'may do nothing that it could not do before',
};

/** What can be done at a level of harm. */
export const HARMS: Readonly<Record<HarmLevel, string>> = {
  'read-data': 'read data',
  'read-credentials': 'read credentials',
  'change-data': 'change data',
  destroy: 'destroy',
  grant: 'grant access',
  'run-code': 'run code',
};

/** What an edge of the graph says. */
export const EDGES: Readonly<Record<GraphEdge['kind'], string>> = {
  ...HARMS,
  escalates: 'can become or take over',
  delegates: 'delegates to',
};

/** What a path arrives at. */
export const ENDS: Readonly<Record<PathEnd, string>> = {
  admin: 'full control of the account',
  principal: 'another identity',
  resource: 'a resource it was not given',
  credentials: 'credentials it was not given',
};

/** One mark per verdict; never told by colour alone. */
export const MARKS: Readonly<Record<ClaimVerdict['verdict'], string>> = { proven: '✓', refuted: '✗', 'not-proven': '?' };

/** A verdict in words. */
export const VERDICTS: Readonly<Record<ClaimVerdict['verdict'], string>> = {
  proven: 'proven',
  refuted: 'refuted',
  'not-proven': 'not proven',
};

/** How much attention a principal asks for: something is wrong, something was not decided, or nothing. */
export type Attention = 'wrong' | 'open' | 'quiet';

/** Judges a principal by its paths, findings and verdicts. */
export function attentionOf({ paths, findings, claims }: PrincipalReview): Attention {
  if (paths.length > 0 || findings.some(({ severity }) => severity !== 'info')) return 'wrong';
  if (claims.some(({ verdict }) => verdict === 'refuted')) return 'wrong';
  return claims.some(({ verdict }) => verdict === 'not-proven') ? 'open' : 'quiet';
}

/** The worst level at which anything is reached, or undefined where nothing is. */
export function worstHarm({ blastRadius }: PrincipalReview): HarmLevel | undefined {
  return HARM_LEVELS.filter((level) => blastRadius.levels[level].actions > 0).at(-1);
}

/** The name people know it by: the agent's, where it is one's. */
export function displayName({ agent, name }: PrincipalReview): string {
  return agent ?? name;
}

/** `1 path`, `2 paths`; `1 identity`, `2 identities`. */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number} ${number === 1 ? noun : plural}`;
}
