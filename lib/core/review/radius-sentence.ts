import { type BlastRadius, HARM_LEVELS, type HarmLevel } from './result';

const VERBS: Readonly<Record<HarmLevel, string>> = {
  'read-data': 'read data of',
  'read-credentials': 'read credentials of',
  'change-data': 'change',
  destroy: 'delete',
  grant: 'change who may use',
  'run-code': 'run code on',
};

/** The blast radius in one sentence a manager understands. */
export function sentenceOf(name: string, { levels, principals, admin }: Omit<BlastRadius, 'sentence'>, unread: boolean): string {
  const lead = `If ${name} is taken over, an attacker`;
  if (admin) return `${lead} can take full control of everything in the account.`;
  const can = HARM_LEVELS.flatMap((level) => {
    const { actions, resources } = levels[level];
    return actions > 0 ? [`${VERBS[level]} ${countOf(resources)}`] : [];
  });
  const others =
    principals.length > 0 ? [`act as ${principals.length === 1 ? '1 other identity' : `${principals.length} other identities`}`] : [];
  const said = [...can, ...others];
  const reach = said.length === 0 ? 'can read, change and delete nothing' : `can ${join(said)}${unread ? '' : ', and nothing else'}`;
  return `${lead} ${reach}.${unread ? ' Some of its access could not be read, so it may be more.' : ''}`;
}

function countOf(resources: readonly string[]): string {
  if (resources.includes('*')) return 'everything in the account';
  return resources.length === 1 ? '1 resource' : `${resources.length} resources`;
}

function join(parts: readonly string[]): string {
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? '');
}
