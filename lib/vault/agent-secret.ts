import { Construct } from 'constructs';
import { Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { shortHash } from '../core/names';
import { checkReaders } from '../core/secret';
import { invalidSecret } from '../core/secret-errors';
import { checkVaultPath } from '../core/vault-secret';
import { resolveTokens } from '../terraform/core';
import { IdentityEntityPolicies, Policy } from '../terraform/vault';
import type { VaultAgent } from './vault-agent';

export interface AgentSecretProps {
  /** Agents that read it. Each declares `secrets:read`, and binds `AgentResource.vaultSecret(secret.path)` on its cloud. */
  readonly agents: readonly VaultAgent[];
  /** What is asked for, mount and all: `secret/data/erp/token` for version 2 of the key-value engine at `secret`. */
  readonly path: string;
  /**
   * Native ids of the principals, on any cloud, whose credentials it holds: who reads it can become them, and the review follows that.
   * @default - none that is known
   */
  readonly holds?: readonly string[];
}

/** Credentials that a secrets engine makes for each request, and takes back when the token ends. */
export interface CloudCredentialsProps {
  readonly agents: readonly VaultAgent[];
  readonly cloud: 'aws' | 'azure' | 'gcp';
  /** Role of the engine; on `gcp` the impersonated account. */
  readonly role: string;
  /** Where the engine is mounted. @default - the name of the cloud */
  readonly mount?: string;
  /** Native ids of the principals whose credentials it gives: the role that is assumed, the service principal, the service account. */
  readonly holds: readonly string[];
}

/** Where engines give out credentials that end by themselves. @see https://developer.hashicorp.com/vault/api-docs/secret/gcp */
const CREDENTIALS: Readonly<Record<CloudCredentialsProps['cloud'], (mount: string, role: string) => string>> = {
  aws: (mount, role) => `${mount}/sts/${role}`,
  azure: (mount, role) => `${mount}/creds/${role}`,
  gcp: (mount, role) => `${mount}/impersonated-account/${role}/token`,
};

/**
 * A secret of HashiCorp Vault for named agents: a policy that reads this one path and nothing else, given to each agent's entity. Neither the secret
 * nor its value is made here, so that no value is ever in a state.
 *
 * Throws for agents that do not declare `secrets:read`, and for a path that a policy would read as more than one.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies
 */
export class AgentSecret extends Construct {
  /**
   * Short-lived credentials of a cloud, made for each request: an assumed role of AWS, a service principal of Azure, a token of Google Cloud. What
   * they may do joins the blast radius by `holds`. The engine and its role must be there.
   * @see https://developer.hashicorp.com/vault/docs/secrets/aws
   */
  static cloudCredentials(scope: Construct, id: string, { agents, cloud, role, mount = cloud, holds }: CloudCredentialsProps): AgentSecret {
    if (holds.length === 0)
      throw invalidSecret(id, {
        rule: "must say whose credentials it gives, in 'holds'",
        reason: 'the review can not follow what it does not know',
        value: holds,
        fix: 'name the role, service principal or service account',
      });
    return new AgentSecret(scope, id, { agents, path: CREDENTIALS[cloud](mount, role), holds });
  }

  /** What agents ask for, and bind with `AgentResource.vaultSecret`. */
  readonly path: string;
  readonly policy: Policy;

  constructor(scope: Construct, id: string, { agents, path, holds = [] }: AgentSecretProps) {
    super(scope, id);
    const readers = checkReaders(
      id,
      agents.map(({ agent }) => agent),
    );
    this.path = checkVaultPath(id, path);
    this.policy = new Policy(this, 'Policy', {
      // Two paths that read alike with hyphens for slashes are told apart by the hash.
      name: `agentic-iam-${path.replaceAll('/', '-').slice(0, 80).toLowerCase()}-${shortHash(this.node.path, path)}`,
      policy: `path "${this.path}" {\n  capabilities = ["read"]\n}\n`,
    });
    agents.forEach(({ entity, fleet, agent }) => {
      const id = `${fleet}--${agent.name}`;
      new IdentityEntityPolicies(this, id, { entityId: entity.id, exclusive: false, policies: [this.policy.name] });
    });
    Fleets.of(this.node.root).registerSecret(() => ({
      cloud: 'vault',
      construct: this.node.path,
      secret: this.path,
      agents: readers,
      holds: holds.map((one) => resolveTokens(this, one) as JsonValue),
    }));
  }
}
