/** How carefully agents are contained and restored. */
export interface ContainmentSettings {
  /** Automatic containments of a fleet in an hour; beyond it people decide. @default 10 */
  readonly mostPerHour?: number;
  /** Seconds after a restore in which no automatism contains the agent again. @default 900 */
  readonly cooldownSeconds?: number;
  /** Seconds that an agent stays contained at least. @default 900 */
  readonly restoreAfterSeconds?: number;
  /** Seconds after which a responder has surely ended: its function's time limit. @default 60 */
  readonly longestStepSeconds?: number;
  /** Seconds between two looks at an agent that is contained: what a deployment or a person undid is done again. @default 300 */
  readonly recheckSeconds?: number;
  /** How often a step is tried before a person is asked. @default 5 */
  readonly attempts?: number;
  /** Seconds before the second attempt; each further one waits twice as long. @default 2 */
  readonly retrySeconds?: number;
  /** Seconds that a step may wait for its turn before a person is asked. @default 3600 */
  readonly queueSeconds?: number;
}

export const DEFAULT_SETTINGS: Required<ContainmentSettings> = {
  mostPerHour: 10,
  cooldownSeconds: 900,
  restoreAfterSeconds: 900,
  longestStepSeconds: 60,
  recheckSeconds: 300,
  attempts: 5,
  retrySeconds: 2,
  queueSeconds: 3_600,
};
