import type { AccessEntry } from './access';
import { showSymbols } from './glob';
import type { WorldPrincipal } from './world';

/** More conditions than these say nothing to a reader. */
const MOST_CONDITIONS = 5;

/** What holds a principal in, each one phrase: what its cloud says, what its declaration limits, and the conditions on all of its access. */
export function containmentOf({ containedBy = [], agent }: WorldPrincipal, entries: readonly AccessEntry[]): readonly string[] {
  const { identity, ceiling, window } = agent ?? {};
  const declared = [
    ...(ceiling !== undefined && ceiling !== null && containedBy.length === 0 ? ['a ceiling of what was declared'] : []),
    ...(identity ? [`credentials that end after ${durationOf(identity.credentialLifeSeconds)}`] : []),
    ...(window?.notBefore ? [`no access before ${window.notBefore}`] : []),
    ...(window?.notAfter ? [`no access after ${window.notAfter}`] : []),
  ];
  return [...new Set([...containedBy, ...declared, ...sharedConditions(entries)])];
}

/** Conditions that every piece of access has, as they were written. */
function sharedConditions(entries: readonly AccessEntry[]): readonly string[] {
  const [first, ...others] = entries.map(({ region }) => region.when.map(({ text }) => text));
  const shared = (first ?? []).filter((text) => others.every((texts) => texts.includes(text)));
  return [...new Set(shared)].slice(0, MOST_CONDITIONS).map((text) => `only where ${showSymbols(text)}`);
}

function durationOf(seconds: number): string {
  const [amount, unit] =
    seconds % 3600 === 0 ? [seconds / 3600, 'hour'] : seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
