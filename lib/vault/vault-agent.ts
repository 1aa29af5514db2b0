import { Construct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import type { IDuration } from '../core/duration';
import { emptyField } from '../core/errors';
import { checkName, identityName } from '../core/names';
import { invalidVaultToken } from '../core/vault-errors';
import { defaultFleet } from '../core/window';
import { TerraformStack } from '../terraform/core';
import { writeManifestOnSynth } from '../terraform/manifest-writer';
import { DataVaultAuthBackend, IdentityEntity, IdentityEntityAlias } from '../terraform/vault';
import { LONGEST_TOKEN } from './catalog';
import { makeLogin } from './private/make-login';
import type { VaultLogin } from './vault-login';

export interface VaultAgentProps {
  readonly agent: AgentSpec;
  /** How the agent shows who it is. */
  readonly login: VaultLogin;
  /** Name of the fleet. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /** Life of a token; it can not be renewed. From 1 minute to 12 hours, and no longer than the agent's `maxSession`. @default - the agent's `maxSession` */
  readonly tokenTtl?: IDuration;
  /** How often one token may be used. @default - as often as it lives */
  readonly tokenUses?: number;
}

const NAME_LIMIT = 128;
const SHORTEST_TOKEN = 60;

/**
 * An agent as Vault knows it: an entity of its own, one way to log in as it, and tokens that end by themselves. It may read nothing until an
 * `AgentSecret` names it. The mount of the auth method must be there.
 *
 * The entity is the kill switch: with `disabled=true` on `killSwitchPath` every token of the agent is refused at its next use, on whichever
 * cloud it was got. Terraform leaves that field alone, so that the next apply does not turn it back. What the audit log of Vault writes about a request
 * names the entity, and its metadata names agent, fleet and owner.
 *
 * Throws for a token that may live longer than the agent's sessions, and for a login that names more than one principal.
 * @see https://developer.hashicorp.com/vault/docs/concepts/identity
 */
export class VaultAgent extends Construct {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly entity: IdentityEntity;
  /** Name of the role that the agent logs in with. */
  readonly roleName: string;
  /** Path that takes `disabled=true`. */
  readonly killSwitchPath: string;

  constructor(scope: Construct, id: string, { agent, login, fleet, tokenTtl, tokenUses }: VaultAgentProps) {
    super(scope, id);
    if (!login) throw emptyField(`agent '${agent.name}'`, 'login', 'no one could become the agent in Vault');
    this.agent = agent;
    this.fleet = checkName('fleet', fleet ?? defaultFleet(agent.scope.environment));
    this.roleName = identityName(this.fleet, agent.name, NAME_LIMIT);
    const name = `agentic-iam-${this.roleName}`;
    this.killSwitchPath = `identity/entity/name/${name}`;
    this.entity = new IdentityEntity(this, 'Entity', {
      name,
      externalPolicies: true,
      metadata: { agent: agent.name, fleet: this.fleet, owner: agent.owner },
      lifecycle: { ignoreChanges: ['disabled'] },
    });
    const { alias, roleName } = makeLogin(this, login, { agent, name: this.roleName, token: tokenOf(agent, tokenTtl, tokenUses) });
    const mount = new DataVaultAuthBackend(this, 'Mount', { path: login.mount });
    new IdentityEntityAlias(this, 'Alias', {
      name: alias,
      canonicalId: this.entity.id,
      mountAccessor: mount.accessor,
      customMetadata: { agent: agent.name, role: roleName },
    });
    writeManifestOnSynth(TerraformStack.of(this));
  }
}

/** Without the default policy: it lets a token renew itself. @see https://developer.hashicorp.com/vault/docs/concepts/policies#default-policy */
function tokenOf(agent: AgentSpec, ttl: IDuration | undefined, uses: number | undefined) {
  const most = Math.min(agent.maxSessionSeconds, LONGEST_TOKEN);
  const seconds = ttl?.toSeconds() ?? most;
  if (seconds < SHORTEST_TOKEN || seconds > most)
    throw invalidVaultToken(agent.name, {
      rule: `must live from ${SHORTEST_TOKEN} s to ${most} s`,
      reason: 'a token that outlives the sessions of its agent is a credential that nobody asked for',
      value: `${seconds} s`,
      fix: "choose a 'tokenTtl' in between, or raise the agent's maxSession",
    });
  if (uses !== undefined && !(Number.isSafeInteger(uses) && uses > 0))
    throw invalidVaultToken(agent.name, {
      rule: 'must be usable a whole number of times, from 1 on',
      reason: 'Vault takes 0 for without limit',
      value: uses,
      fix: "leave 'tokenUses' out for no limit",
    });
  return {
    tokenType: 'service',
    tokenTtl: seconds,
    tokenMaxTtl: seconds,
    tokenExplicitMaxTtl: seconds,
    tokenNoDefaultPolicy: true,
    ...(uses === undefined ? {} : { tokenNumUses: uses }),
  };
}
