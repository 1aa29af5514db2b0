import type { AgentSpec } from '../core/agent-spec';
import { checkLiteral, identityName } from '../core/names';
import { invalidVaultLogin } from '../core/vault-errors';
import { defaultFleet } from '../core/window';
import { Token } from '../terraform/core';
import type { LoginKind } from './catalog';

/** How a login is bound, as the construct that makes its role reads it. */
export type LoginBounds =
  | { readonly kind: 'aws'; readonly principalArn: string }
  | { readonly kind: 'gcp'; readonly serviceAccount: string }
  | { readonly kind: 'azure'; readonly objectId: string }
  | { readonly kind: 'kubernetes'; readonly namespace: string; readonly serviceAccount: string; readonly audience: string }
  | { readonly kind: 'jwt'; readonly audience: string; readonly subject: string };

export interface LoginOptions {
  /** Path the auth method is mounted at, without slashes at its ends. @default - the name of the method */
  readonly mount?: string;
}

/** A role of this library on AWS, by the spec of its agent alone. */
export interface AwsLoginProps extends LoginOptions {
  /** Account of the role. 12 digits. */
  readonly accountId: string;
  /** Fleet of the agent there. @default - the environment of its scope, else `main` */
  readonly fleet?: string;
  /** @default 'aws' */
  readonly partition?: string;
}

export interface KubernetesLoginProps extends LoginOptions {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Audience that tokens of the service account must name. */
  readonly audience: string;
}

export interface JwtLoginProps extends LoginOptions {
  /** Audience that tokens must name. */
  readonly audience: string;
  /** The one subject, as the claim `sub` has it. */
  readonly subject: string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const AWS_ROLE_NAME_LIMIT = 64;
const MOUNT = /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*$/;
const ACCOUNT = /^\d{12}$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ADDRESS = /^[a-z0-9-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.gserviceaccount\.com$/;
const LABEL = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * How an agent shows Vault who it is: with the identity it has already, and never with a secret. Each names exactly one principal; patterns, which Vault
 * takes in some of these places, are refused.
 */
export class VaultLogin {
  /** The agent's role on AWS, by its exact ARN: a signed request for its own identity. @see https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method */
  static aws(props: AwsLoginProps): VaultLogin {
    return new VaultLogin('aws', props.mount, (agent) => {
      const accountId = matching('accountId', props.accountId, { shape: ACCOUNT, shown: '12 digits' });
      const fleet = props.fleet ?? defaultFleet(agent.scope.environment);
      const role = identityName(fleet, agent.name, AWS_ROLE_NAME_LIMIT);
      return { kind: 'aws', principalArn: `arn:${props.partition ?? 'aws'}:iam::${accountId}:role/agentic-iam/${fleet}/${role}` };
    });
  }

  /** One service account of Google Cloud. @param email its address; a reference of the template is taken as it is */
  static gcp(props: LoginOptions & { readonly email: string }): VaultLogin {
    return new VaultLogin('gcp', props.mount, () => ({
      kind: 'gcp',
      serviceAccount: matching('email', props.email, { shape: ADDRESS, shown: 'the address of a service account' }),
    }));
  }

  /** One managed identity or service principal of Entra. @param objectId of the service principal; a reference of the template is taken as it is */
  static azure(props: LoginOptions & { readonly objectId: string }): VaultLogin {
    return new VaultLogin('azure', props.mount, () => ({
      kind: 'azure',
      objectId: matching('objectId', props.objectId, { shape: GUID, shown: 'a GUID in lower case' }),
    }));
  }

  /** One service account of a Kubernetes cluster. */
  static kubernetes(props: KubernetesLoginProps): VaultLogin {
    const label = { shape: LABEL, shown: 'the name of one, without wildcards' };
    return new VaultLogin('kubernetes', props.mount, () => ({
      kind: 'kubernetes',
      namespace: matching('namespace', props.namespace, label),
      serviceAccount: matching('serviceAccount', props.serviceAccount, label),
      audience: literal('audience', props.audience),
    }));
  }

  /** One subject of the issuer that the mount trusts: GitHub Actions, SPIFFE, or any other. @see https://developer.hashicorp.com/vault/docs/auth/jwt */
  static jwt(props: JwtLoginProps): VaultLogin {
    return new VaultLogin('jwt', props.mount, () => ({
      kind: 'jwt',
      audience: literal('audience', props.audience),
      subject: literal('subject', props.subject),
    }));
  }

  readonly mount: string;

  private constructor(
    readonly kind: LoginKind,
    mount: string | undefined,
    /** What exactly the agent logs in as; for the constructs of this library. */
    readonly boundsFor: (agent: AgentSpec) => LoginBounds,
  ) {
    this.mount = matching('mount', mount ?? kind, { shape: MOUNT, shown: 'a path such as aws or clusters/one', token: false });
  }
}

function matching(
  field: string,
  value: string,
  { shape, shown, token = true }: { readonly shape: RegExp; readonly shown: string; readonly token?: boolean },
): string {
  if (token && Token.isUnresolved(value)) return value;
  if (typeof value === 'string' && shape.test(value)) return value;
  throw invalidVaultLogin({
    field,
    rule: `must be ${shown}`,
    reason: 'a login names exactly one principal',
    value,
    fix: 'name it exactly',
  });
}

function literal(field: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '' || Token.isUnresolved(value))
    throw invalidVaultLogin({
      field,
      rule: 'must be given as a text of its own',
      reason: 'without it tokens made for others are taken',
      value,
      fix: 'write it out',
    });
  return checkLiteral('login to Vault', field, value);
}
