import type { EventOutcome } from '../../core/agent-event';
import table from './outcomes.json';

const PATTERNS = table.patterns.map(({ outcome, pattern }) => ({ outcome: outcome as EventOutcome, pattern: new RegExp(pattern) }));

/** What became of a call, by its error code. */
export function outcomeOf(error: string | undefined): EventOutcome {
  if (error === undefined) return 'succeeded';
  return PATTERNS.find(({ pattern }) => pattern.test(error))?.outcome ?? 'failed';
}
