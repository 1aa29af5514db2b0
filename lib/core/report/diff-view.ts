import type { AccessChange, DiffView, PrincipalChange } from '../review/diff-result';
import { type BlastRadius, HARM_LEVELS, type HarmLevel } from '../review/result';
import { count, ENDS, HARMS } from './words';

/** Whether someone got more access, or a path to it. */
export function gains({ gained, newPaths }: PrincipalChange): boolean {
  return gained.length > 0 || newPaths.length > 0;
}

/** Worst first: new paths, then gains, then losses; the order of the diff otherwise. */
export function worstFirst(principals: readonly PrincipalChange[]): readonly PrincipalChange[] {
  const rank = (one: PrincipalChange): number => (one.newPaths.length > 0 ? 0 : one.gained.length > 0 ? 1 : 2);
  return [...principals].sort((a, b) => rank(a) - rank(b));
}

/** `changed`, `new` or `gone`; `changed, was NAME` where it got another name. */
export function stateOf({ before, after, was }: PrincipalChange): string {
  if (!before) return 'new';
  if (!after) return 'gone';
  return was === undefined ? 'changed' : `changed, was ${was}`;
}

/** The name people know it by. */
export function nameOf({ agent, name }: PrincipalChange): string {
  return agent ?? name;
}

/** How many distinct actions a list of changes names. */
export function actionsOf(changes: readonly AccessChange[]): number {
  return new Set(changes.flatMap(({ actions }) => actions)).size;
}

/** The worst level reached, in words. */
export function worstOf(radius: BlastRadius | undefined): string {
  if (!radius) return 'nothing';
  if (radius.admin) return 'full control';
  const worst = HARM_LEVELS.filter((level) => radius.levels[level].actions > 0).at(-1);
  return worst ? HARMS[worst] : 'nothing';
}

/** Levels whose count of actions changed, worst first; full control is every action of each. */
export function levelChanges({
  before,
  after,
}: PrincipalChange): readonly { readonly level: HarmLevel; readonly from: number | 'all'; readonly to: number | 'all' }[] {
  const countOf = (radius: BlastRadius | undefined, level: HarmLevel): number | 'all' =>
    radius?.admin ? 'all' : (radius?.levels[level].actions ?? 0);
  return [...HARM_LEVELS].reverse().flatMap((level) => {
    const [from, to] = [countOf(before, level), countOf(after, level)];
    return from === to ? [] : [{ level, from, to }];
  });
}

/** The whole change in one sentence. */
export function diffHeadline({ principals, compared }: DiffView): string {
  const gaining = principals.filter(gains).length;
  const losing = principals.filter((one) => !gains(one) && (one.lost.length > 0 || one.closedPaths.length > 0)).length;
  const paths = principals.flatMap((one) => one.newPaths);
  const [first] = paths.some(({ to }) => to === 'admin') ? paths.filter(({ to }) => to === 'admin') : paths;
  const said = [
    ...(gaining > 0 ? [`${gaining} ${gaining === 1 ? 'gains' : 'gain'} access`] : []),
    ...(losing > 0 ? [`${losing} only ${losing === 1 ? 'loses' : 'lose'} access`] : []),
    ...(first
      ? [`${count(paths.length, 'new path')}${paths.length === 1 ? ` to ${ENDS[first.to]}` : `, the worst to ${ENDS[first.to]}`}`]
      : []),
  ];
  if (said.length === 0) return `No access changed (${compared} compared).`;
  return `${said.join('; ')} (${compared} compared).`;
}
