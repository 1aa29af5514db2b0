import type { AccessRequest } from '../../../core/review/access';
import { accountOf, nameOf, parseSession } from './arn';
import { literal, type Variable } from './variables';

/** Who makes a request. */
export interface RequestPrincipal {
  /** ARN of the user, role (also for a session of it), federated user or root; the name of a service; `*` for nobody known. */
  readonly arn: string;
  readonly account: string;
  readonly kind: 'user' | 'role' | 'role-session' | 'federated-user' | 'root' | 'service' | 'anonymous';
  /** ARN of the role session. @default - the session of a role is not known, and it may be any */
  readonly sessionArn?: string;
  /** All tags of the principal, so that any other is absent. @default - not known; absent or unknown as the request says */
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of the user who asked for a federated session. @default - not known */
  readonly federatedBy?: string;
  /** Identity provider, as a trust policy names it, for a caller with a web or SAML token. @default - none */
  readonly provider?: string;
}

/** One request to AWS. */
export interface AwsRequest extends AccessRequest {
  readonly principal: RequestPrincipal;
  /** @default - the account in the resource's ARN; without one, that of the principal */
  readonly resourceAccount?: string;
  /** What a condition key is that the request does not carry. @default 'absent' */
  readonly missing?: 'absent' | 'unknown';
}

/** The values of a condition key. */
export type KeyState = readonly string[] | 'absent' | 'unknown';

const PRINCIPAL_TYPES: Readonly<Record<RequestPrincipal['kind'], string>> = {
  user: 'User',
  role: 'AssumedRole',
  'role-session': 'AssumedRole',
  'federated-user': 'FederatedUser',
  root: 'Account',
  service: 'Service',
  anonymous: 'Anonymous',
};

/** The ARN of the role behind a principal that is a role or a session of one. The path of a session's role cannot be told from it. */
export function roleArn(principal: RequestPrincipal): string {
  const session = parseSession(principal.arn);
  return session ? `arn:${session.partition}:iam::${session.account}:role/${session.role}` : principal.arn;
}

/** The ARN of the session, where it is known. */
export function sessionArn(principal: RequestPrincipal): string | undefined {
  return principal.sessionArn ?? (parseSession(principal.arn) ? principal.arn : undefined);
}

/** What is known of a principal without looking at a request: the keys that AWS fills in from who it is. */
export function principalKey(principal: RequestPrincipal, key: string): KeyState | undefined {
  const { kind } = principal;
  const known = kind !== 'service' && kind !== 'anonymous';
  switch (key) {
    case 'aws:principalarn':
      return known ? [kind === 'role' || kind === 'role-session' ? roleArn(principal) : principal.arn] : 'absent';
    case 'aws:principalaccount':
      return known ? [principal.account] : 'absent';
    case 'aws:principaltype':
      return [PRINCIPAL_TYPES[kind]];
    case 'aws:principalisawsservice':
      return [String(kind === 'service')];
    case 'aws:principalservicename':
      return kind === 'service' ? [principal.arn] : 'absent';
    case 'aws:username':
      return kind === 'user' ? [nameOf(principal.arn)] : 'absent';
  }
  if (principal.tags && key.startsWith('aws:principaltag/')) {
    const tag = key.slice('aws:principaltag/'.length);
    const found = Object.keys(principal.tags).find((name) => name.toLowerCase() === tag);
    return found === undefined ? 'absent' : [principal.tags[found] ?? ''];
  }
  return undefined;
}

/** A request as statements see it. Made once for each request; the context is indexed when a condition first asks for it. */
export class RequestView {
  readonly action: string;
  readonly resource: string;
  readonly principal: RequestPrincipal;
  private keys: Map<string, readonly string[]> | undefined;

  constructor(readonly request: AwsRequest) {
    this.action = request.action;
    this.resource = request.resource;
    this.principal = request.principal;
  }

  get resourceAccount(): string {
    return this.request.resourceAccount ?? accountOf(this.resource) ?? this.principal.account;
  }

  /** The values of a key, given in lower case. A key without values is as good as absent. */
  get(key: string): KeyState {
    const given = this.given(key);
    if (given) return given.length > 0 ? given : 'absent';
    const derived = principalKey(this.principal, key);
    if (derived) return derived;
    if (key === 'aws:resourceaccount') {
      const account = this.request.resourceAccount ?? accountOf(this.resource);
      if (account !== undefined) return [account];
    }
    return this.request.missing ?? 'absent';
  }

  private given(key: string): readonly string[] | undefined {
    const { context } = this.request;
    if (!context) return undefined;
    if (!this.keys) {
      this.keys = new Map();
      for (const name in context) {
        const value = context[name];
        if (value !== undefined) this.keys.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
    return this.keys.get(key);
  }

  /** Glob text of a variable; `undefined` where it has no value; `unknown` where that cannot be said. */
  variable({ key, fallback }: Variable): string | undefined | 'unknown' {
    const values = this.get(key);
    if (values === 'unknown') return 'unknown';
    // Only keys of one value are variables.
    const value = values === 'absent' ? fallback : values.length === 1 ? values[0] : undefined;
    return value === undefined ? undefined : literal(value);
  }
}
