import { execFileSync } from 'node:child_process';
import { signRequest } from '../client/sign';
import { unreadableInput } from '../core/review-errors';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Credentials of whoever runs the command: of the environment, else what the AWS command line gives for a profile. Never printed.
 * @see https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html
 */
export function credentialsOf(profile: string | undefined): Credentials {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  if (profile === undefined && id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
  try {
    const args = ['configure', 'export-credentials', ...(profile === undefined ? [] : ['--profile', profile])];
    const text = execFileSync('aws', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(text) as Readonly<Record<string, string>>;
    if (AccessKeyId && SecretAccessKey)
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, ...(SessionToken ? { sessionToken: SessionToken } : {}) };
  } catch {
    // Said below: what went wrong may hold what must not be printed.
  }
  throw unreadableInput('--profile', {
    rule: 'must lead to credentials',
    value: profile ?? '',
    fix: 'sign in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  });
}

/** What a responder answered. */
export interface UrlAnswer {
  readonly code: number;
  readonly body: unknown;
}

/** Sends a signed request to a function URL. */
export async function callFunctionUrl(url: string, body: string, credentials: Credentials): Promise<UrlAnswer> {
  const region = /\.lambda-url\.([a-z0-9-]+)\./.exec(new URL(url).hostname)?.[1] ?? process.env['AWS_REGION'] ?? 'us-east-1';
  const headers = await signRequest({ url, body, region, credentials });
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  try {
    return { code: answer.status, body: JSON.parse(text) };
  } catch {
    return { code: answer.status, body: { message: text.slice(0, 200) } };
  }
}
