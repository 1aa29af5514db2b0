import type { GoogleAuth } from 'google-auth-library';

/** An answer that is no success. */
export class GoogleError extends Error {
  override readonly name = 'GoogleError';

  constructor(
    readonly status: number,
    /** `NOT_FOUND`, `PERMISSION_DENIED` ... @see https://cloud.google.com/apis/design/errors */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** One of Google's APIs. */
export interface GoogleService {
  /** One call; the body goes and comes as JSON. */
  readonly call: <T>(method: string, path: string, body?: object) => Promise<T>;
  /** The content of a thing, as text. */
  readonly text: (path: string) => Promise<string>;
  /** Changes parts of a thing, where it is still as it was read. */
  readonly change: (path: string, options: { readonly etag: string; readonly body: object }) => Promise<void>;
}

/** Calls to Google's APIs with the identity of the function. */
export interface GoogleApi {
  /** @param name first part of the host: `iam`, `pubsub` ... */
  readonly service: (name: string) => GoogleService;
}

/** How often a call is sent, later and later, where it was throttled or the service failed. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 200;
const AGAIN: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const PATIENCE_MS = 15_000;

export interface GoogleApiOptions {
  readonly auth: Pick<GoogleAuth, 'getAccessToken'>;
  /** Address of a service. @default - `https://SERVICE.googleapis.com` */
  readonly address?: (service: string) => string;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly attempts?: number;
}

/** What asks for tokens must ask for this scope. */
export const AUTH_SCOPES = [SCOPE];

/**
 * Every call that is made here changes nothing when it is sent twice, or carries the version that it changes, so that it is sent again after any answer that
 * passes.
 */
export function googleApi({ auth, address = addressOf, pause, attempts = ATTEMPTS }: GoogleApiOptions): GoogleApi {
  const send = async (service: string, { method, path, body, etag }: Request): Promise<string> => {
    let last: GoogleError | undefined;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
      let answer: Response;
      try {
        answer = await fetch(`${address(service)}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${(await auth.getAccessToken()) ?? ''}`,
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(etag === undefined ? {} : { 'if-match': etag }),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(PATIENCE_MS),
        });
      } catch (error) {
        last = new GoogleError(0, 'UNAVAILABLE', `${method} ${service}${path}: ${(error as Error).message}`);
        continue;
      }
      const text = await answer.text();
      if (answer.ok) return text;
      last = errorOf(answer.status, text, `${method} ${service}${path}`);
      if (!AGAIN.has(answer.status)) throw last;
    }
    throw last ?? new GoogleError(0, 'UNAVAILABLE', 'nothing was sent');
  };
  return {
    service: (name) => ({
      call: async <T>(method: string, path: string, body?: object): Promise<T> => {
        const text = await send(name, { method, path, ...(body ? { body } : {}) });
        return (text === '' ? {} : JSON.parse(text)) as T;
      },
      text: (path) => send(name, { method: 'GET', path }),
      change: async (path, { etag, body }) => {
        await send(name, { method: 'PATCH', path, body, etag });
      },
    }),
  };
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly etag?: string;
}

const addressOf = (service: string): string => `https://${service}.googleapis.com`;

function errorOf(status: number, text: string, call: string): GoogleError {
  try {
    const parsed = JSON.parse(text) as ErrorBody | readonly ErrorBody[];
    const { error } = (Array.isArray(parsed) ? parsed[0] : parsed) as ErrorBody;
    return new GoogleError(status, error?.status ?? String(status), `${call}: ${error?.message ?? text.slice(0, 300)}`);
  } catch {
    return new GoogleError(status, String(status), `${call}: ${status} ${text.slice(0, 300)}`);
  }
}

interface ErrorBody {
  readonly error?: { readonly status?: string; readonly message?: string };
}

/** Undefined for what is not there. */
export async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GoogleError && error.status === 404) return undefined;
    throw error;
  }
}
