import type { Person } from '../../../core/containment/service';

interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly sub?: string;
}

/**
 * Who called: Cloud Run lets nobody in whose token it did not check, and hands the token on without its signature. A service account is one person, whoever uses it.
 * @see https://docs.cloud.google.com/run/docs/authenticating/service-to-service
 */
export function personOf(authorization: string | readonly string[] | undefined): Person | undefined {
  const [, payload] = /^Bearer [^.]+\.([^.]+)\./i.exec(String(authorization ?? '')) ?? [];
  if (payload === undefined) return undefined;
  try {
    const { email, email_verified, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
    if (typeof email !== 'string' || email_verified !== true || typeof sub !== 'string') return undefined;
    return { id: `google ${sub}`, shown: email };
  } catch {
    return undefined;
  }
}
