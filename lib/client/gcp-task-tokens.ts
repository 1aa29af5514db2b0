import { sourceIdentityOf } from '../core/attribution';
import { AgenticIamError } from '../core/errors';
import { fillPattern, type ParameterShape, readValues } from '../core/task-values';

/** A kind of task, as `TaskAccess.configuration` lists it. */
export interface TokenTemplate {
  readonly agent: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  readonly serviceAccount: string;
  /** Longest life, in seconds. */
  readonly seconds: number;
  readonly accessBoundary: { readonly accessBoundaryRules: readonly unknown[] };
}

/** What is asked for. */
export interface TokenRequest {
  readonly agent: string;
  readonly template: string;
  /** Id of the task; it goes into the audit log. */
  readonly task: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Life, in seconds. @default - the longest the template allows */
  readonly seconds?: number;
}

/** A token that reaches what the task is about and nothing else. */
export interface TaskToken {
  readonly accessToken: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
) => Promise<{ readonly ok: boolean; readonly status: number; readonly json: () => Promise<unknown> }>;

export interface TaskTokensOptions {
  /** Text of `TaskAccess.configuration`. */
  readonly configuration: string;
  /** Access token of the code that asks, for example from the metadata server. */
  readonly ownToken: () => Promise<string>;
  /** Accounts through which the request goes, first to last, each with token creator on the next. @default - straight to the agent's account */
  readonly delegates?: readonly string[];
  /** @default - that of the platform */
  readonly fetch?: Fetch;
  /** @default - the clock of the machine */
  readonly now?: () => Date;
}

/** The exchange is documented for tokens of this scope; what the token reaches is bounded by its boundary. */
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const SHORTEST_SECONDS = 1;

/**
 * Makes tokens for tasks: a token of the agent's service account with the life of the task, exchanged for one with the task's boundary. Only
 * the second leaves this class.
 *
 * @throws AgenticIamError `invalid-parameter`, `unknown-parameter` and `invalid-token-request` before anything is sent, `token-refused` where
 *   Google Cloud says no; neither text holds a token
 * @see https://iamcredentials.googleapis.com/$discovery/rest?version=v1
 * @see https://docs.cloud.google.com/iam/docs/downscoping-short-lived-credentials
 */
export class TaskTokens {
  private readonly templates: readonly TokenTemplate[];
  private readonly fetch: Fetch;
  private readonly now: () => Date;

  constructor(private readonly options: TaskTokensOptions) {
    this.templates = JSON.parse(options.configuration) as readonly TokenTemplate[];
    this.fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.now = options.now ?? (() => new Date());
  }

  async issue(request: TokenRequest): Promise<TaskToken> {
    const template = this.templateOf(request);
    const reason = sourceIdentityOf({ agent: request.agent, task: request.task });
    const values = readValues({ name: template.template, parameters: template.parameters }, request.parameters ?? {});
    const boundary = fill({ accessBoundary: template.accessBoundary }, values);
    const seconds = lifeOf(template, request);
    const whole = await this.impersonate(template, { seconds, reason });
    return this.narrow(whole, boundary);
  }

  private templateOf({ agent, template }: TokenRequest): TokenTemplate {
    const found = this.templates.find((one) => one.agent === agent && one.template === template);
    if (found) return found;
    const known = this.templates.map((one) => `${one.agent} ${one.template}`).join(', ');
    throw invalidRequest(template, { rule: `must be a task that agent '${agent}' offers`, value: known || 'none' });
  }

  private async impersonate(
    { serviceAccount, template }: TokenTemplate,
    { seconds, reason }: { readonly seconds: number; readonly reason: string },
  ): Promise<TaskToken> {
    const { delegates = [] } = this.options;
    const answer = await this.send(template, {
      url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:generateAccessToken`,
      headers: {
        authorization: `Bearer ${await this.options.ownToken()}`,
        'content-type': 'application/json',
        'x-goog-request-reason': reason,
      },
      body: JSON.stringify({
        ...(delegates.length > 0 ? { delegates: delegates.map((email) => `projects/-/serviceAccounts/${email}`) } : {}),
        scope: [SCOPE],
        lifetime: `${seconds}s`,
      }),
    });
    return { accessToken: textOf(template, answer, 'accessToken'), expiresAt: textOf(template, answer, 'expireTime') };
  }

  /** The answer may leave out when the token ends; it never outlives the one it is made from. */
  private async narrow({ accessToken, expiresAt }: TaskToken, boundary: unknown): Promise<TaskToken> {
    const answer = await this.send('the exchange', {
      url: 'https://sts.googleapis.com/v1/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token_type: ACCESS_TOKEN,
        requested_token_type: ACCESS_TOKEN,
        subject_token: accessToken,
        options: JSON.stringify(boundary),
      }).toString(),
    });
    const seconds = answer['expires_in'];
    const own = typeof seconds === 'number' ? this.now().getTime() + seconds * 1000 : Number.POSITIVE_INFINITY;
    return {
      accessToken: textOf('the exchange', answer, 'access_token'),
      expiresAt: new Date(Math.min(own, Date.parse(expiresAt))).toISOString(),
    };
  }

  private async send(
    what: string,
    { url, headers, body }: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
  ): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.fetch(url, { method: 'POST', headers, body });
    const answer = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
    if (!response.ok) throw refused(what, response.status, answer['error']);
    return answer;
  }
}

function lifeOf({ template, seconds: longest }: TokenTemplate, { seconds = longest }: TokenRequest): number {
  if (Number.isSafeInteger(seconds) && seconds >= SHORTEST_SECONDS && seconds <= longest) return seconds;
  throw invalidRequest(template, { rule: `must live ${SHORTEST_SECONDS} to ${longest} whole seconds`, value: seconds });
}

/** String by string, so that no value can change the form of the boundary. */
function fill(boundary: unknown, values: Readonly<Record<string, string>>): unknown {
  return JSON.parse(JSON.stringify(boundary), (_, value: unknown) => (typeof value === 'string' ? fillPattern(value, values) : value));
}

function textOf(what: string, answer: Readonly<Record<string, unknown>>, field: string): string {
  const value = answer[field];
  if (typeof value === 'string' && value !== '') return value;
  throw refused(what, 200, `the answer holds no '${field}'`);
}

function invalidRequest(task: string, { rule, value }: { readonly rule: string; readonly value: unknown }): AgenticIamError {
  return new AgenticIamError({
    code: 'invalid-token-request',
    subject: `a request for task '${task}'`,
    rule,
    value,
    fix: 'correct the request',
  });
}

/** Says what Google Cloud said, without anything that was sent. */
function refused(what: string, status: number, error: unknown): AgenticIamError {
  const { message = error, status: name } = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>;
  return new AgenticIamError({
    code: 'token-refused',
    subject: `a token for '${what}'`,
    rule: 'was not given',
    reason: `Google Cloud answered ${status}${typeof name === 'string' ? ` ${name}` : ''}`,
    value: message ?? null,
    fix: 'check that the caller may make tokens of the service account, and that its bucket has uniform bucket-level access',
  });
}
