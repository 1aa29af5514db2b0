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
  const can = HARM_LEVELS.flatMap((level) => {
    const { actions, resources } = levels[level];
    return actions > 0 ? [`${VERBS[level]} ${countOf(resources)}`] : [];
  });
  const others =
    principals.length === 0 ? [] : [`act as ${principals.length} other ${principals.length === 1 ? 'identity' : 'identities'}`];
  const said = [...can, ...others];
  const rest = looks ? ', and otherwise only see how things are set up' : said.length > 0 ? ' and nothing else' : '';
  const reach = said.length > 0 ? `can ${join(said)}` : 'can read, change and delete nothing';
  return `${lead} ${reach}${unread ? '' : rest}.${unread ? ' Not everything was understood, so it may be more.' : ''}`;
}

function countOf(resources: readonly string[]): string {
  if (resources.includes('*')) return 'every resource in the account';
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
