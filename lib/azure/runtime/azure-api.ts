import type { TokenCredential } from '@azure/identity';

/** An answer that is no success. */
export class AzureError extends Error {
  override readonly name = 'AzureError';

  constructor(
    readonly status: number,
    /** `ResourceNotFound`, `AuthorizationFailed` ... @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What Azure says of a failure; of one that has several causes, each with its own. @see https://learn.microsoft.com/en-us/rest/api/resources/deployments/get */
export interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly ErrorBody[];
}

/** Codes and messages of a failure and of its causes: of a deployment that failed the first says no more than that it did. */
export function errorText({ code, message, details = [] }: ErrorBody): string {
  const own = [code, message].filter((text) => text !== undefined && text !== '').join(': ');
  return [own, ...(details ?? []).map(errorText)].filter((text) => text !== '').join('; ');
}

/** An API that takes tokens of the directory. */
export interface AzureService {
  /** Where it is, without a slash at the end. */
  readonly address: string;
  /** What tokens are asked for. */
  readonly scope: string;
}

export interface AzureCall {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** @default application/json */
  readonly contentType?: string;
}

/** Calls to one API with the identity of the function; bodies go and come as JSON. */
export type AzureApi = <T>(call: AzureCall) => Promise<T>;

/** How often a call is sent, later and later, where it was throttled or the service failed. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 20_000;
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const PATIENCE_MS = 15_000;

export interface AzureApiOptions {
  readonly credential: TokenCredential;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly attempts?: number;
}

/**
 * Every call that is made here changes nothing when it is sent twice, so that it is sent again after any answer that passes.
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export function azureApi({ address, scope }: AzureService, { credential, pause, attempts = ATTEMPTS }: AzureApiOptions): AzureApi {
  return async <T>({ method, path, body, contentType = 'application/json' }: AzureCall): Promise<T> => {
    let last = new AzureError(0, 'Unsent', 'nothing was sent');
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await pause(Math.max(waitOf(last), FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random())));
      const token = await credential.getToken(scope);
      let answer: Response;
      try {
        answer = await fetch(`${address}${path}`, {
          method,
          headers: { authorization: `Bearer ${token?.token ?? ''}`, ...(body ? { 'content-type': contentType } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
      } catch (error) {
        last = new AzureError(0, 'Unreachable', `${method} ${path}: ${(error as Error).message}`);
        continue;
      }
      const text = await answer.text();
      if (answer.ok) return (text === '' ? {} : JSON.parse(text)) as T;
      last = errorOf(answer, text, `${method} ${path}`);
      if (!AGAIN.has(answer.status)) throw last;
    }
    throw last;
  };
}

const WAITS = new WeakMap<AzureError, number>();

/** Milliseconds that the service asked for. */
function waitOf(error: AzureError): number {
  return WAITS.get(error) ?? 0;
}

function errorOf(answer: Response, text: string, call: string): AzureError {
  const { code, message, details } = bodyOf(text);
  const said = [message ?? text.slice(0, 300), ...(details ?? []).map(errorText)].join('; ');
  const error = new AzureError(answer.status, code ?? String(answer.status), `${call}: ${answer.status} ${said}`);
  const seconds = Number(answer.headers.get('retry-after') ?? 0);
  if (seconds > 0) WAITS.set(error, Math.min(seconds * 1000, LONGEST_PAUSE_MS));
  return error;
}

function bodyOf(text: string): ErrorBody {
  try {
    return (JSON.parse(text) as { readonly error?: ErrorBody }).error ?? {};
  } catch {
    return {};
  }
}

/** Undefined for what is not there. */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AzureError && error.status === 404) return undefined;
    throw error;
  }
}
