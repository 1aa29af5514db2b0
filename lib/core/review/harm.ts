import { AccessLevel } from '../enums';
import { HARM_LEVELS, type HarmLevel } from './result';
import type { AccessWorld } from './world';

const known = new WeakMap<AccessWorld['facts'], Map<string, readonly HarmLevel[]>>();

/** The harm that one action can do; nothing for a read of how things are set up. Computed once for each action. */
export function harmsOf(action: string, facts: AccessWorld['facts']): readonly HarmLevel[] {
  const cache = known.get(facts) ?? new Map<string, readonly HarmLevel[]>();
  known.set(facts, cache);
  const found = cache.get(action) ?? judge(action, facts);
  cache.set(action, found);
  return found;
}

function judge(action: string, facts: AccessWorld['facts']): readonly HarmLevel[] {
  const level = facts.level(action);
  const reads = facts.reads(action);
  const harms = new Set<HarmLevel>();
  if (reads === 'credentials') harms.add('read-credentials');
  if (reads === 'data') harms.add('read-data');
  // Handing out a credential is counted as what it yields, not as a change.
  if ((level === AccessLevel.WRITE && reads !== 'credentials') || level === AccessLevel.TAGGING) harms.add('change-data');
  if (level === AccessLevel.DELETE) harms.add('destroy');
  if (level === AccessLevel.PERMISSIONS) harms.add('grant');
  if (facts.runsCode(action)) harms.add('run-code');
  return HARM_LEVELS.filter((one) => harms.has(one));
}
