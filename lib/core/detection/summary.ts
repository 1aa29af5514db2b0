import { Signal } from '../enums';
import { byCodePoint } from '../json';
import { DETECTION_SEVERITIES } from './rules';
import type { Detection, DetectionSeverity } from './types';

/** One behaviour of one agent, with how often it was seen. */
export interface Behaviour {
  readonly latest: Detection;
  readonly first: string;
  readonly last: string;
  readonly occurrences: number;
}

/** When an agent would have been stopped, and by what. */
export interface WouldContain {
  readonly agent: string;
  readonly fleet: string;
  readonly cloud: string;
  readonly at: string;
  readonly response: Detection['response'];
  readonly because: Detection;
}

/** What a run over recorded events found. */
export interface DetectionSummary {
  readonly behaviours: readonly Behaviour[];
  readonly bySignal: Readonly<Record<Signal, number>>;
  readonly wouldContain: readonly WouldContain[];
  readonly total: number;
}

/** Gathers detections one at a time; what it keeps grows with the number of different behaviours only. */
export class SummaryBuilder {
  private readonly behaviours = new Map<string, { latest: Detection; first: string; last: string; occurrences: number }>();
  private readonly signals = new Map<Signal, number>();
  private readonly stops = new Map<string, WouldContain>();
  private total = 0;

  add(detection: Detection): void {
    this.total += 1;
    this.signals.set(detection.signal, (this.signals.get(detection.signal) ?? 0) + 1);
    const known = this.behaviours.get(detection.fingerprint);
    if (!known)
      this.behaviours.set(detection.fingerprint, { latest: detection, first: detection.time, last: detection.time, occurrences: 1 });
    else {
      known.occurrences += 1;
      if (detection.time < known.first) known.first = detection.time;
      if (detection.time >= known.last) {
        known.last = detection.time;
        known.latest = detection;
      }
    }
    this.stop(detection);
  }

  finish(): DetectionSummary {
    const bySignal = Object.fromEntries(Object.values(Signal).map((signal) => [signal, this.signals.get(signal) ?? 0]));
    return {
      behaviours: [...this.behaviours.values()].sort(worstFirst),
      bySignal: bySignal as Readonly<Record<Signal, number>>,
      wouldContain: [...this.stops.values()].sort((a, b) => byCodePoint(a.at, b.at) || byCodePoint(a.agent, b.agent)),
      total: this.total,
    };
  }

  private stop(because: Detection): void {
    const { agent, fleet, cloud, response, time: at } = because;
    if (!because.mayAct || response === 'notify') return;
    const key = `${cloud}/${fleet}/${agent}`;
    const before = this.stops.get(key);
    if (!before || at < before.at) this.stops.set(key, { agent, fleet, cloud, at, response, because });
  }
}

/** How bad it is, as a number: 0 is lowest. */
export function degreeOf(severity: DetectionSeverity): number {
  return DETECTION_SEVERITIES.indexOf(severity);
}

function worstFirst(a: Behaviour, b: Behaviour): number {
  return (
    degreeOf(b.latest.severity) - degreeOf(a.latest.severity) || byCodePoint(a.first, b.first) || byCodePoint(a.latest.id, b.latest.id)
  );
}
