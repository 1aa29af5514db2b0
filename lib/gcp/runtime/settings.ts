import { setTimeout } from 'node:timers/promises';
import { GoogleAuth } from 'google-auth-library';
import { AUTH_SCOPES, type GoogleApi, googleApi } from './google-api';

/** A setting that the function must have. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

/** Google's APIs as the function itself. @param options.attempts how often a call is sent where it was throttled or the service failed */
export function ownApi(options: { readonly attempts?: number } = {}): GoogleApi {
  const auth = new GoogleAuth({ scopes: AUTH_SCOPES });
  return googleApi({ auth, pause: (milliseconds) => setTimeout(milliseconds), ...options });
}

/** A token of Google for somebody else, by which the function shows who it is. @see https://docs.cloud.google.com/run/docs/securing/service-identity#identity_tokens */
export async function ownToken(audience: string): Promise<string> {
  const { idTokenProvider } = await new GoogleAuth().getIdTokenClient(audience);
  return idTokenProvider.fetchIdToken(audience);
}

/** One line of the log, as JSON with its severity. @see https://docs.cloud.google.com/logging/docs/structured-logging */
export function log(line: object): void {
  process.stdout.write(`${JSON.stringify({ severity: 'INFO', ...line })}\n`);
}
