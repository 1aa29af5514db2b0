import type { WindowLimit } from './windows';

/** What the statistical rules take for too much. More than `most` within `seconds`. */
export interface DetectionThresholds {
  /** Calls of one session for things that are not there. */
  readonly notFound: WindowLimit;
  /** Calls of one session that no service understands. */
  readonly invalid: WindowLimit;
  /** Different calls of one session that were denied. */
  readonly deniedVariants: WindowLimit;
  /** Different things of one session that are not there and were never named by a call that succeeded. */
  readonly unseen: WindowLimit;
  /** Calls of one agent of the same action on the same resource. */
  readonly loop: WindowLimit;
  /** Throttled calls of one agent. */
  readonly throttled: WindowLimit;
}

/** Chosen so that the recorded work of people and tools stays below them; see `npm run bench:detect`. Not measured on a fleet of agents. */
export const DEFAULT_THRESHOLDS: DetectionThresholds = {
  notFound: { most: 10, seconds: 300 },
  invalid: { most: 5, seconds: 300 },
  deniedVariants: { most: 3, seconds: 300 },
  unseen: { most: 3, seconds: 300 },
  loop: { most: 60, seconds: 60 },
  throttled: { most: 20, seconds: 60 },
};

export interface DetectorOptions {
  /** How long the order of calls stays open, in seconds: calls may come that much later than others that were made after them. @default 300 */
  readonly settleSeconds?: number;
  /** How long calls are counted back, in seconds; calls that come later than that are not counted. @default 1800 */
  readonly keepSeconds?: number;
  /** Ids of records to remember for each session, so that what is read twice counts once. @default 1000 */
  readonly idsPerSession?: number;
  /** Calls of one session that may wait for earlier ones; beyond that the oldest are settled before their time. @default 1000 */
  readonly pendingPerSession?: number;
  /** Different things of one agent to count at a time, such as pairs of action and resource. @default 500 */
  readonly keysPerAgent?: number;
  /** @default DEFAULT_THRESHOLDS */
  readonly thresholds?: Partial<DetectionThresholds>;
}

/** The options with nothing left open. */
export interface DetectorSettings {
  readonly settleSeconds: number;
  readonly keepSeconds: number;
  readonly idsPerSession: number;
  readonly pendingPerSession: number;
  readonly keysPerAgent: number;
  readonly thresholds: DetectionThresholds;
}

export function settingsOf(options: DetectorOptions = {}): DetectorSettings {
  return {
    settleSeconds: options.settleSeconds ?? 300,
    keepSeconds: options.keepSeconds ?? 1800,
    idsPerSession: options.idsPerSession ?? 1000,
    pendingPerSession: options.pendingPerSession ?? 1000,
    keysPerAgent: options.keysPerAgent ?? 500,
    thresholds: { ...DEFAULT_THRESHOLDS, ...options.thresholds },
  };
}
