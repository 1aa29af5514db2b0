import type { Detection } from '../detection/types';

/** Whether an agent may go from alerting to enforcement. */
export interface Promotion {
  readonly ready: boolean;
  /** One sentence: why, or why not. */
  readonly said: string;
  /** Detections of these days that would have stopped the agent, and that nobody confirmed. */
  readonly falseBlocks: readonly Detection[];
  /** Days of the span on which no call was recorded. */
  readonly silentDays: readonly string[];
}

const DAY = 86_400_000;

/**
 * Whether armed containment would have stopped an agent for nothing. Only what acts by itself counts: a detection that is told stops nobody.
 * @param seen calls that were recorded, by day; a day without any proves nothing
 * @param last last day of the span: `2026-11-26`
 */
export function promotionOf({
  detections,
  confirmed,
  days,
  last,
  seen,
}: {
  readonly detections: readonly Detection[];
  readonly confirmed: ReadonlySet<string>;
  readonly days: number;
  readonly last: string;
  readonly seen: ReadonlyMap<string, number>;
}): Promotion {
  const span = Array.from({ length: days }, (_, index) => new Date(Date.parse(last) - (days - 1 - index) * DAY).toISOString().slice(0, 10));
  const within = new Set(span);
  const acting = detections.filter(({ time, mayAct, response }) => within.has(time.slice(0, 10)) && mayAct && response !== 'notify');
  const falseBlocks = acting.filter(({ id, fingerprint }) => !confirmed.has(id) && !confirmed.has(fingerprint));
  const silentDays = span.filter((day) => !seen.has(day));
  const calls = span.reduce((sum, day) => sum + (seen.get(day) ?? 0), 0);
  const from = `${span[0] ?? last} to ${last}`;
  const said =
    silentDays.length > 0
      ? `Not ready: no call was recorded on ${silentDays.length} of ${days} days, ${silentDays[0]} first; what did not happen proves nothing.`
      : falseBlocks.length > 0
        ? `Not ready: ${falseBlocks.length} of ${acting.length} detections from ${from} would have stopped it, and nobody confirmed them.`
        : `Ready: of ${calls} calls from ${from}, armed containment would have stopped ${acting.length}, each of them confirmed.`;
  return { ready: silentDays.length === 0 && falseBlocks.length === 0, said, falseBlocks, silentDays };
}
