import { isPattern } from './named-resources';
import { type BlastRadius, HARM_LEVELS, type HarmLevel } from './result';

const VERBS: Readonly<Record<HarmLevel, string>> = {
  'read-data': 'read data in',
  'read-credentials': 'read credentials in',
  'change-data': 'change',
  destroy: 'delete in',
  grant: 'change who may use',
  'run-code': 'run code on',
};

/** What else must be said for the sentence to be true. */
export interface Reservations {
  /** Whether anything was not understood. */
  readonly unread: boolean;
  /** Whether anything can be looked at that is neither data nor credentials. */
  readonly looks: boolean;
}

/** The blast radius in one sentence a manager understands, and a second one where not everything is known. */
export function sentenceOf(
  name: string,
  { levels, principals, admin }: Omit<BlastRadius, 'sentence'>,
  { unread, looks }: Reservations,
): string {
  const lead = `If ${name} is taken over, an attacker`;
  if (admin) return `${lead} can take full control of everything in the account.`;
  const can = harmsByReach(levels).map(([harms, resources]) => `${join(harms.map((level) => VERBS[level]))} ${countOf(resources)}`);
  const others =
    principals.length === 0 ? [] : [`act as ${principals.length} other ${principals.length === 1 ? 'identity' : 'identities'}`];
  const said = [...can, ...others];
  if (said.length === 0) said.push('read, change and delete nothing');
  else if (!unread && !looks) said.push('nothing else');
  const otherwise = looks && !unread ? ', and otherwise only see how things are set up' : '';
  return `${lead} can ${join(said)}${otherwise}.${unread ? ' Not everything was understood, so it may be more.' : ''}`;
}

/** Levels that reach the same resources are said in one breath. */
function harmsByReach(levels: BlastRadius['levels']): readonly (readonly [readonly HarmLevel[], readonly string[]])[] {
  const groups = new Map<string, readonly [HarmLevel[], readonly string[]]>();
  for (const level of HARM_LEVELS) {
    const { actions, resources } = levels[level];
    if (actions === 0) continue;
    const key = JSON.stringify(resources);
    const group = groups.get(key);
    if (group) group[0].push(level);
    else groups.set(key, [[level], resources]);
  }
  return [...groups.values()];
}

function countOf(resources: readonly string[]): string {
  if (resources.includes('*')) return 'every resource of the kinds it may use';
  const patterns = resources.filter(isPattern).length;
  const named = resources.length - patterns;
  const says = [
    ...(named > 0 ? [named === 1 ? '1 resource' : `${named} resources`] : []),
    ...(patterns > 0 ? [patterns === 1 ? 'all that match 1 pattern' : `all that match ${patterns} patterns`] : []),
  ];
  return says.join(' and ');
}

function join(parts: readonly string[]): string {
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? '');
}
