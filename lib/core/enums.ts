/** The ceiling that an agent's declaration promises; checked when the spec is made and again at synth. */
export enum AgentMode {
  /** May list and read. Never writes, deletes, tags, or changes who may do what; append-only evidence (its own logs, metrics, traces) excepted. */
  READ_ONLY = 'READ_ONLY',
  /** May also write and delete what its capabilities name. */
  READ_WRITE = 'READ_WRITE',
}

/** What kind of change one permission makes. */
export enum AccessLevel {
  LIST = 'list',
  READ = 'read',
  WRITE = 'write',
  DELETE = 'delete',
  /** Changes who may do what. */
  PERMISSIONS = 'permissions',
  TAGGING = 'tagging',
}

/** One of the five anomalies that are watched for. */
export enum Signal {
  PRIVILEGE_ESCALATION = 'privilege-escalation',
  UNEXPECTED_CALL = 'unexpected-call',
  UNKNOWN_SEQUENCE = 'unknown-sequence',
  CROSS_BOUNDARY = 'cross-boundary',
  VELOCITY = 'velocity',
}

/** What is done when an agent shows a signal, mildest first. */
export enum AgentResponse {
  /** Somebody is told. */
  NOTIFY = 'notify',
  /** Safe mode: whatever is above reading is denied, the rest goes on. */
  RESTRICT = 'restrict',
  /** Everything is denied, for live sessions and new ones. */
  BRAKE = 'brake',
  /** The brake, and whatever would let the agent come back. */
  QUARANTINE = 'quarantine',
}

/** The governance maturity ladder, lowest first. */
export enum MaturityLevel {
  LOGGING = 1,
  ALERTING = 2,
  ENFORCEMENT = 3,
  GOVERNANCE = 4,
}

const LEVELS_OF_READ_ONLY: ReadonlySet<AccessLevel> = new Set([AccessLevel.LIST, AccessLevel.READ]);

/** Whether a mode admits an access level. */
export function modeAdmits(mode: AgentMode, level: AccessLevel): boolean {
  if (mode === AgentMode.READ_ONLY) return LEVELS_OF_READ_ONLY.has(level);
  return level !== AccessLevel.PERMISSIONS && level !== AccessLevel.TAGGING;
}
