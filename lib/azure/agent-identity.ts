import { Construct, type IConstruct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import { emptyField } from '../core/errors';
import { FederatedIdentityCredential, UserAssignedIdentity } from '../terraform/azurerm';
import type { AgentTrust } from './agent-trust';
import { pinAddress } from './private/identity/address';
import { AgentIdIdentity, type AgentIdIdentityProps, type AgentSponsors } from './private/identity/agent-id-identity';
import { ApplicationIdentity, type ApplicationIdentityProps } from './private/identity/application-identity';
import { enrol, type NativeGrant } from './private/identity/enrol';
import type { AgentIdentityKind } from './private/identity/facts';
import { type AgentIdentityAttributes, ImportedIdentity } from './private/identity/imported-identity';
import { planIdentity, writeInTurn } from './private/identity/plan';
import { identityTags } from './private/identity/tags';

export type { AgentIdentityAttributes, AgentIdentityKind, AgentIdIdentityProps, AgentSponsors, ApplicationIdentityProps, NativeGrant };

/** The machine identity of one agent on Azure, made here or elsewhere. */
export interface IAgentIdentity extends IConstruct {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind: AgentIdentityKind;
  /** Object id of the principal: what role assignments name. */
  readonly principalId: string;
  /** Client id: what the workload asks for tokens with. */
  readonly clientId: string;
  /** Tenant of the principal. Known for managed identities; needed where other agents trust this one. @default - not known */
  readonly tenantId?: string;
  /** Writes down access that was granted to the principal past the library; the manifest shows it, and reviews count it. */
  recordNativeGrant(grant: NativeGrant): void;
}

/** Where a managed identity lives. A `ResourceGroup` of the azurerm provider, or its data source, qualifies as it is. */
export interface ResourceGroupRef {
  readonly name: string;
  readonly location: string;
}

/** What every kind of identity is made of. */
export interface IdentityBaseProps {
  readonly agent: AgentSpec;
  /** Who may become the agent. */
  readonly trust: AgentTrust;
  /** Agents of one fleet share a name space, and containment. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
}

/** A managed identity. */
export interface AgentIdentityProps extends IdentityBaseProps {
  readonly resourceGroup: ResourceGroupRef;
  /** Further tags; those of the library win. @default - agent, owner, purpose, fleet and environment */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The machine identity of one agent: a user-assigned managed identity, to be attached to the compute the agent runs on
 * or taken on by federation. It is created without any access; `ScopedAgentRole` grants that.
 *
 * Its Terraform address depends on fleet and agent alone, so that it stays, grants and all, when constructs move.
 *
 * @throws AgenticIamError `open-trust` or `invalid-trust` for a trust that is not exact or does not fit, `too-many` for
 *   more than 20 federated credentials, `duplicate-agent` for a second identity of the agent in its fleet
 * @see https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
 */
export class AgentIdentity extends Construct implements IAgentIdentity {
  /**
   * An application with service principal, for an agent outside Azure, for one that another agent delegates to, or where
   * credentials must die within 90 minutes. Needs the hashicorp/azuread provider, which joins the stack unless declared.
   */
  static application(scope: Construct, id: string, props: ApplicationIdentityProps): IAgentIdentity {
    return new ApplicationIdentity(scope, id, props);
  }

  /**
   * An Entra Agent ID: known to Entra as an agent, with a person or group who answers for it. Needs the
   * microsoft/msgraph provider, which joins the stack unless declared.
   * @see https://learn.microsoft.com/en-us/entra/agent-id/create-blueprint
   */
  static agentId(scope: Construct, id: string, props: AgentIdIdentityProps): IAgentIdentity {
    return new AgentIdIdentity(scope, id, props);
  }

  /** An identity that exists already. It joins its fleet and the manifest; its trust stays as it is. */
  static fromIdentityAttributes(scope: Construct, id: string, attributes: AgentIdentityAttributes): IAgentIdentity {
    return new ImportedIdentity(scope, id, attributes);
  }

  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind = 'user-assigned-identity';
  readonly principalId: string;
  readonly clientId: string;
  readonly tenantId: string;
  /** Resource id: what compute lists among its identities. */
  readonly identityId: string;
  private readonly record: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: AgentIdentityProps) {
    super(scope, id);
    checkResourceGroup(props);
    const plan = planIdentity(this, this.kind, props);
    this.agent = props.agent;
    this.fleet = plan.fleet;
    const identity = new UserAssignedIdentity(this, 'Identity', {
      name: plan.name,
      resourceGroupName: props.resourceGroup.name,
      location: props.resourceGroup.location,
      tags: identityTags(this.agent, this.fleet, props.tags),
    });
    pinAddress(identity, this.fleet, this.agent.name);
    this.identityId = identity.id;
    this.principalId = identity.principalId;
    this.clientId = identity.clientId;
    this.tenantId = identity.tenantId;

    writeInTurn<FederatedIdentityCredential>(plan.credentials, ({ name, issuer, subject, audience }, dependsOn) => {
      const credential = new FederatedIdentityCredential(this, name, {
        name,
        parentId: identity.id,
        resourceGroupName: props.resourceGroup.name,
        issuer,
        subject,
        audience: [audience],
        ...(dependsOn.length > 0 ? { dependsOn: [...dependsOn] } : {}),
      });
      pinAddress(credential, this.fleet, this.agent.name, name);
      return credential;
    });
    this.record = enrol(this, plan);
  }

  recordNativeGrant(grant: NativeGrant): void {
    this.record(grant);
  }
}

function checkResourceGroup({ agent, resourceGroup: { name, location } }: AgentIdentityProps): void {
  for (const [field, value] of Object.entries({ name, location })) {
    if (value.trim() === '') throw emptyField(`agent '${agent.name}'`, `resourceGroup.${field}`, 'the identity would have no place');
  }
}
