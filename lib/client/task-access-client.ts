import { randomUUID } from 'node:crypto';
import { signRequest } from './sign';

/** Credentials of AWS, in the form its SDK takes. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Credentials of one task. */
export interface TaskCredentials extends AwsCredentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** A task that credentials are wanted for. */
export interface TaskFor {
  /** Name of the agent. */
  readonly agent: string;
  /** Name of its task template. */
  readonly template: string;
  /** Id of this task: 1 to 32 letters, digits, `.`, `_` and `-`. Every call of the task carries it. */
  readonly task: string;
  /** What the template asks for. @default - nothing */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Life of the credentials in seconds. @default - the longest of the template */
  readonly seconds?: number;
}

export interface TaskAccessClientOptions {
  /** Address of the broker: `url` of `TaskAccess`. */
  readonly url: string;
  /** Region of the broker. @default - that in its address */
  readonly region?: string;
  /** Credentials of the caller, whom the broker must know: a provider of the SDK, for example `fromNodeProviderChain()`. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** How often a request is sent. @default 5 */
  readonly attempts?: number;
  /** How requests are sent. @default - the global fetch */
  readonly fetch?: typeof fetch;
  /** The time, in milliseconds. @default - Date.now */
  readonly now?: () => number;
  /** Waits this many milliseconds. @default - a timer */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** The broker gave out nothing. */
export class TaskAccessError extends Error {
  constructor(
    /** Stable code of the broker: `not-allowed`, `invalid-parameter`, `task-revoked` ... */
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(`${message} [${code}]`);
    this.name = 'TaskAccessError';
  }
}

/** Credentials are renewed when they have less than this left. */
const RENEW_MS = 120_000;
/** Credentials with less than this left are not handed out: the call that uses them takes time too. */
const SHORTEST_MS = 15_000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** What another attempt may change. */
const PASSING = /^(throttled|in-progress|failed)$/;

interface Kept {
  readonly credentials: TaskCredentials;
  /** When they end, by the clock of this machine. */
  readonly endsAt: number;
}

/**
 * Asks a broker for the credentials of tasks, for the code that runs them. They are kept in memory and renewed before they end; none that
 * has ended is ever handed out, also where this machine's clock is wrong. Many that ask for one task at once wait for one request.
 */
export class TaskAccessClient {
  private readonly kept = new Map<string, Kept>();
  private readonly pending = new Map<string, Promise<Kept>>();
  private readonly now: () => number;

  constructor(private readonly options: TaskAccessClientOptions) {
    this.now = options.now ?? Date.now;
  }

  /** A provider for a client of the SDK: `new S3Client({ credentials: tasks.provider({ ... }) })`. */
  provider(task: TaskFor): () => Promise<TaskCredentials> {
    return () => this.credentials(task);
  }

  /** Credentials of a task that are good for at least 15 seconds. @throws TaskAccessError where the broker refuses */
  async credentials(task: TaskFor): Promise<TaskCredentials> {
    const key = keyOf(task);
    const kept = this.kept.get(key);
    const left = kept ? kept.endsAt - this.now() : 0;
    if (kept && left > RENEW_MS) return kept.credentials;
    try {
      return (await this.renew(key, task)).credentials;
    } catch (error) {
      // What is still good for a while is good enough while the broker cannot be reached; not where it refuses.
      if (kept && kept.endsAt - this.now() > SHORTEST_MS && !isRefusal(error)) return kept.credentials;
      throw error;
    }
  }

  /** Forgets what is kept of a task, or of all. */
  forget(task?: TaskFor): void {
    if (task) this.kept.delete(keyOf(task));
    else this.kept.clear();
  }

  private renew(key: string, task: TaskFor): Promise<Kept> {
    const running = this.pending.get(key);
    if (running) return running;
    const made = this.ask(task)
      .then((kept) => {
        if (kept.endsAt - this.now() <= SHORTEST_MS)
          throw new TaskAccessError('expired', 0, 'The broker gave out credentials that have ended by the clock of this machine.');
        this.kept.set(key, kept);
        return kept;
      })
      .catch((error: unknown) => {
        if (isRefusal(error)) this.kept.delete(key);
        throw error;
      })
      .finally(() => this.pending.delete(key));
    this.pending.set(key, made);
    return made;
  }

  private async ask(task: TaskFor): Promise<Kept> {
    const attempts = this.options.attempts ?? 5;
    let requestId = newId();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.send({ ...task, requestId });
      } catch (error) {
        const code = error instanceof TaskAccessError ? error.code : 'failed';
        if (attempt >= attempts || !(PASSING.test(code) || code === 'already-issued')) throw error;
        // The answer to the first one was lost, and credentials are kept nowhere.
        if (code === 'already-issued') requestId = newId();
        else await this.wait(Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt));
      }
    }
  }

  private async send(request: TaskFor & { readonly requestId: string }): Promise<Kept> {
    const { url, credentials, fetch: send = fetch } = this.options;
    const region = this.options.region ?? /\.lambda-url\.([a-z0-9-]+)\./.exec(url)?.[1] ?? '';
    const body = JSON.stringify(request);
    const signed = await signRequest({ url, body, region, credentials: await credentials() });
    const sent = this.now();
    const answer = await send(url, { method: 'POST', headers: signed, body });
    const fields = fieldsOf(await answer.text());
    const { code, message } = fields;
    if (!answer.ok)
      throw new TaskAccessError(
        code ?? codeOf(answer.status),
        answer.status,
        message ?? `The broker answered with status ${answer.status}.`,
      );
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = fields;
    if (!accessKeyId || !secretAccessKey || !sessionToken || !expiresAt)
      throw new TaskAccessError('unreadable', answer.status, 'The broker answered without credentials.');
    const expiration = new Date(expiresAt);
    // How long they last is told by the broker's clock alone.
    const date = Date.parse(answer.headers.get('date') ?? '');
    const life = expiration.getTime() - (Number.isNaN(date) ? sent : date);
    return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(sent + life) }, endsAt: sent + life };
  }

  private wait(milliseconds: number): Promise<void> {
    if (this.options.wait) return this.options.wait(milliseconds);
    return new Promise((done) => {
      setTimeout(done, milliseconds);
    });
  }
}

function keyOf({ agent, template, task, parameters = {}, seconds }: TaskFor): string {
  return JSON.stringify([agent, template, task, Object.entries(parameters).sort(), seconds ?? null]);
}

function newId(): string {
  return randomUUID();
}

/** What Lambda itself answers has no code of the broker. */
function codeOf(status: number): string {
  return status === 429 || status >= 500 ? 'failed' : 'not-allowed';
}

function isRefusal(error: unknown): boolean {
  return error instanceof TaskAccessError && !PASSING.test(error.code);
}

function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}
