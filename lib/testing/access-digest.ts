import { AccessLevel } from '../core/enums';
import { byCodePoint } from '../core/json';
import { shortHash } from '../core/names';
import type { AccessEntry, AccessRegion } from '../core/review/access';
import { showSymbols } from '../core/review/glob';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
import { readSubject } from './access-subject';

/** How many actions of one line are written out. */
const MOST_ACTIONS = 8;

/** What each principal of a subject can really do, as text in stable order. */
export function digestOf(subject: unknown): string {
  return readSubject(subject)
    .worlds.flatMap((world) => world.principals.map((principal) => digestOne(principal, world)))
    .sort(byCodePoint)
    .join('\n\n');
}

function digestOne({ id, kind, agent, name }: WorldPrincipal, world: AccessWorld): string {
  const { entries, unknowns } = world.access(id);
  const lines = linesOf(entries, world);
  return [
    `${agent?.name ?? name} (${kind})`,
    ...(lines.length === 0 ? [unknowns.length === 0 ? '  nothing' : '  nothing that was understood'] : lines.map((line) => `  ${line}`)),
    ...[...unknowns].sort(byCodePoint).map((unknown) => `  not understood: ${showSymbols(unknown)}`),
  ].join('\n');
}

/** Entries on the same resources, under the same conditions, are one line for each level. */
function linesOf(entries: readonly AccessEntry[], { facts }: AccessWorld): readonly string[] {
  const groups = new Map<string, Set<string>>();
  for (const { actions, region, except } of entries) {
    const where = placeOf(region, except);
    for (const action of actions) {
      const key = `${facts.level(action) ?? 'other'}\u0000${where}`;
      groups.set(key, (groups.get(key) ?? new Set()).add(action));
    }
  }
  return [...groups]
    .map(([key, actions]) => {
      const [level = '', where = ''] = key.split('\u0000');
      return { level, text: `${level} ${listActions([...actions].sort(byCodePoint))} ${where}` };
    })
    .sort((a, b) => rank(a.level) - rank(b.level) || byCodePoint(a.text, b.text))
    .map(({ text }) => text);
}

function placeOf({ resources, notResources, when }: AccessRegion, except: readonly AccessRegion[]): string {
  const inside = resources.map((globs) => [...globs].sort(byCodePoint).join(', ')).sort(byCodePoint);
  const tests = [...new Set(when.map(({ text }) => text))].sort(byCodePoint);
  const denied = except.map((one) => placeOf(one, [])).sort(byCodePoint);
  const parts = [
    `on ${inside.join(' and also ')}`,
    ...(notResources.length > 0 ? [`but not ${[...notResources].sort(byCodePoint).join(', ')}`] : []),
    ...(tests.length > 0 ? [`if ${tests.join(' and ')}`] : []),
    ...(denied.length > 0 ? [`denied ${denied.join('; ')}`] : []),
  ];
  return showSymbols(parts.join(' '));
}

function listActions(actions: readonly string[]): string {
  if (actions.length <= MOST_ACTIONS) return actions.join(', ');
  return `${actions.slice(0, MOST_ACTIONS).join(', ')} and ${actions.length - MOST_ACTIONS} more #${shortHash(...actions)}`;
}

const LEVELS: readonly string[] = [
  AccessLevel.LIST,
  AccessLevel.READ,
  AccessLevel.TAGGING,
  AccessLevel.WRITE,
  AccessLevel.DELETE,
  AccessLevel.PERMISSIONS,
];

function rank(level: string): number {
  const at = LEVELS.indexOf(level);
  return at < 0 ? LEVELS.length : at;
}
