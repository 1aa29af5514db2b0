import { Construct } from 'constructs';
import { Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { unresolvedToken } from '../core/native-errors';
import { checkExpiry, checkReaders, checkSecretName } from '../core/secret';
import { invalidSecret } from '../core/secret-errors';
import { type KeyVault, KeyVaultSecret } from '../terraform/azurerm';
import { resolveTokens, TerraformStack, TerraformVariable, Token } from '../terraform/core';
import { writeManifestOnSynth } from '../terraform/manifest-writer';
import type { IAgentIdentity } from './agent-identity';
import { AgentResource } from './agent-resource';
import { CATALOG } from './catalog';
import { importedId } from './private/resources/resource-id';

/** A vault made elsewhere, which uses Azure RBAC. */
export interface KeyVaultAttributes {
  /** `/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V`. */
  readonly resourceId: string;
}

export interface AgentSecretProps {
  /** Agents that read it. Each declares `secrets:read`, and binds this secret's `resource`. */
  readonly agents: readonly IAgentIdentity[];
  /** Name of the secret: 1-127 of letters, digits and `-`. */
  readonly secretName: string;
  /** Vault it lies in. It must use Azure RBAC: access policies name a whole vault, and none is ever made here. */
  readonly vault: KeyVault | KeyVaultAttributes;
  /** When it ends, ISO 8601 in UTC. A vault tells of it before, through Event Grid. */
  readonly expires: string;
  /** When it begins to hold, ISO 8601 in UTC. @default - at once */
  readonly notBefore?: string;
  /** What it is, for people: `password`, `api key` ... @default - not said */
  readonly contentType?: string;
  /** Raised when the value of the variable is to be written again. @default 1 */
  readonly valueVersion?: number;
  /**
   * Native ids of the principals, on any cloud, whose credentials it holds: who reads it can become them, and the review follows that.
   * @default - none that is known
   */
  readonly holds?: readonly string[];
}

const VAULT = 'Microsoft.KeyVault/vaults/<name>';
const SECRET_NAME = /^[A-Za-z0-9-]{1,127}$/;

/**
 * A secret for named agents, in a vault with Azure RBAC. Its value is an ephemeral variable of Terraform, written once and kept neither in
 * the template nor in the state: Terraform 1.11 or newer. Bind its `resource` in the agents' roles: the assignment lies on this secret alone.
 *
 * Throws for agents that do not declare `secrets:read`, a name that is a pattern or a token, an end that is past, a vault with access policies.
 * @see https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-guide
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only
 */
export class AgentSecret extends Construct {
  /** What `ScopedAgentRole` binds the agents' resource name to. */
  readonly resource: AgentResource;
  readonly secret: KeyVaultSecret;
  /** Name of the variable that holds the value: `TF_VAR_<name>`. */
  readonly valueVariable: string;

  constructor(scope: Construct, id: string, props: AgentSecretProps) {
    super(scope, id);
    const readers = checkReaders(
      id,
      props.agents.map(({ agent }) => agent),
    );
    const name = nameOf(id, props.secretName);
    const variable = new TerraformVariable(this, 'Value', {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: `Value of secret ${name}`,
    });
    variable.addOverride('ephemeral', true);
    variable.overrideLogicalId(`secret_${name.replaceAll('-', '_')}`);
    this.valueVariable = `secret_${name.replaceAll('-', '_')}`;
    this.secret = new KeyVaultSecret(this, 'Secret', {
      name,
      keyVaultId: vaultOf(id, props.vault),
      expirationDate: checkExpiry(id, props.expires),
      ...(props.notBefore === undefined ? {} : { notBeforeDate: props.notBefore }),
      ...(props.contentType === undefined ? {} : { contentType: props.contentType }),
      valueWo: variable.stringValue,
      valueWoVersion: props.valueVersion ?? 1,
    });
    this.resource = AgentResource.keyVaultSecret(this.secret);
    Fleets.of(this.node.root).registerSecret(() => ({
      cloud: CATALOG.cloud,
      construct: this.node.path,
      secret: resolveTokens(this, this.secret.resourceVersionlessId) as JsonValue,
      agents: readers,
      holds: (props.holds ?? []).map((one) => resolveTokens(this, one) as JsonValue),
    }));
    writeManifestOnSynth(TerraformStack.of(this));
  }
}

function nameOf(id: string, name: string): string {
  if (Token.isUnresolved(name)) throw unresolvedToken(`secret '${id}'`, 'secretName');
  checkSecretName(id, name);
  if (SECRET_NAME.test(name)) return name;
  const rule = "must have a 'secretName' of 1 to 127 letters, digits and '-'";
  throw invalidSecret(id, { rule, reason: 'Key Vault takes no other', value: name, fix: 'rename it' });
}

/** Of a vault that is made elsewhere only its id is known. */
function vaultOf(id: string, vault: KeyVault | KeyVaultAttributes): string {
  if ('resourceId' in vault) return importedId('keyVault', VAULT, vault.resourceId);
  const usesRoles = vault.rbacAuthorizationEnabledInput === true || vault.enableRbacAuthorizationInput === true;
  if (!usesRoles || vault.accessPolicyInput !== undefined) {
    const reason = 'an access policy lets its holder read every secret of the vault';
    const fix = "set 'rbacAuthorizationEnabled' of the vault, and no access policies";
    throw invalidSecret(id, { rule: 'must lie in a vault that uses Azure RBAC', reason, value: vault.node.path, fix });
  }
  return vault.id;
}
