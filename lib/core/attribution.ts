import { invalidTaskId } from './attribution-errors';
import { checkName } from './names';

/**
 * Keys of the session tags that say at which agent a chain began, for which task, and through which agents it first went. The first is not
 * `agentic-iam:agent`: that is on the identity itself, and says whose it is.
 */
export const ATTRIBUTION_TAGS = { agent: 'agentic-iam:begun-by', task: 'agentic-iam:task', chain: 'agentic-iam:chain' } as const;

/** Longest id of a task: with the longest name of an agent it makes 63 characters, and no cloud takes more than 64. */
export const TASK_ID_LIMIT = 32;

const TASK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
/** Neither a name nor a task id can hold it. */
const AT = '@';
/** Separates the agents of a chain, first to last; no name can hold it. */
const THEN = '/';

/** Who began the work, and the task it belongs to. */
export interface Attribution {
  /** The agent at which the chain begins. */
  readonly agent: string;
  readonly task: string;
}

/** Refuses a task id that not every cloud keeps as it is. A UUID fits without its hyphens. */
export function checkTaskId(value: unknown): string {
  if (typeof value !== 'string' || value.length > TASK_ID_LIMIT || !TASK_ID.test(value)) throw invalidTaskId(value);
  return value;
}

/**
 * What a chain of sessions carries unchanged from its first agent on: `<agent>@<task>`. One agent's work is every identity
 * that begins with `<agent>@`, one task's is exactly one. Throws `invalid-name` or `invalid-task-id`.
 */
export function sourceIdentityOf({ agent, task }: Attribution): string {
  return `${checkName('agent', agent)}${AT}${checkTaskId(task)}`;
}

/** Reads what {@link sourceIdentityOf} wrote; undefined for anything else. */
export function tryReadSourceIdentity(text: string): Attribution | undefined {
  const [agent = '', task = '', ...rest] = text.split(AT);
  if (rest.length > 0 || task.length > TASK_ID_LIMIT || !TASK_ID.test(task)) return undefined;
  try {
    return { agent: checkName('agent', agent), task };
  } catch {
    return undefined;
  }
}

/** The agents of a chain as one tag holds them, first to last: `coordinator/reader`. */
export function chainText(agents: readonly string[]): string {
  return agents.map((agent) => checkName('agent', agent)).join(THEN);
}

/** Reads what {@link chainText} wrote. */
export function readChain(text: string): readonly string[] {
  return text === '' ? [] : text.split(THEN);
}
