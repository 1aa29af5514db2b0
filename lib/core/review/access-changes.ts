import { AccessLevel } from '../enums';
import { byCodePoint } from '../json';
import type { AccessEntry } from './access';
import type { AccessChange } from './diff-result';
import { showSymbols } from './glob';
import type { AccessWorld } from './world';

/** Mildest first. */
const LEVELS: readonly AccessLevel[] = [
  AccessLevel.LIST,
  AccessLevel.READ,
  AccessLevel.TAGGING,
  AccessLevel.WRITE,
  AccessLevel.DELETE,
  AccessLevel.PERMISSIONS,
];

/** Entries as a reviewer reads them: what has the same resources, conditions and statements is one change. */
export function changesOf(entries: readonly AccessEntry[], world: AccessWorld): readonly AccessChange[] {
  const groups = new Map<string, { readonly actions: Set<string>; readonly entry: AccessEntry; readonly statements: Set<string> }>();
  for (const entry of entries) {
    const { resources, notResources, when } = entry.region;
    const key = JSON.stringify([resources, notResources, when.map(({ text }) => text)]);
    const group = groups.get(key) ?? { actions: new Set(), entry, statements: new Set() };
    for (const action of entry.actions) group.actions.add(action);
    for (const { statement } of entry.origins) group.statements.add(statement);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ actions, entry, statements }) => changeOf([...actions].sort(byCodePoint), entry, { statements: [...statements], world }))
    .sort((a, b) => rank(b) - rank(a) || byCodePoint(a.actions[0] ?? '', b.actions[0] ?? ''));
}

function changeOf(
  actions: readonly string[],
  { region, except }: AccessEntry,
  { statements, world }: { readonly statements: readonly string[]; readonly world: AccessWorld },
): AccessChange {
  const [shortest = ['*']] = [...region.resources].sort((a, b) => a.length - b.length);
  const level = LEVELS.filter((one) => actions.some((action) => world.facts.level(action) === one)).at(-1);
  const conditions = [
    ...region.when.map(({ text }) => text),
    ...(region.notResources.length > 0 ? [`not on ${region.notResources.map(showSymbols).join(', ')}`] : []),
    ...(except.length > 0 ? ['less what is denied'] : []),
  ];
  return {
    actions,
    resources: shortest.map(showSymbols),
    ...(conditions.length > 0 ? { conditions: conditions.map(showSymbols) } : {}),
    ...(level === undefined ? {} : { level }),
    ...(statements.length > 0 ? { statements } : {}),
  };
}

function rank({ level }: AccessChange): number {
  return LEVELS.findIndex((one) => `${one}` === level);
}
