import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { checkName, identityName } from '../../../core/names';
import { defaultFleet } from '../../../core/window';
import type { IAgentIdentity } from '../../agent-identity';
import { enrol, type NativeGrant } from './enrol';
import { type AgentIdentityKind, FACTS } from './facts';
import { entraId } from './subjects';

/** An identity that exists already. */
export interface AgentIdentityAttributes {
  /** The agent it is the identity of. */
  readonly agent: AgentSpec;
  /** Object id of the principal: of the service principal, where it is an application. */
  readonly principalId: string;
  readonly clientId: string;
  /** @default user-assigned-identity */
  readonly kind?: AgentIdentityKind;
  /** Needed where another agent trusts this one. @default - not known */
  readonly tenantId?: string;
  /** @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /** Its native name, for the manifest. @default - the name the library would have given it */
  readonly name?: string;
}

/** An identity made elsewhere: nothing is synthesised, but its role, its grants and the manifest know it. */
export class ImportedIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind: AgentIdentityKind;
  readonly principalId: string;
  readonly clientId: string;
  readonly tenantId?: string;
  readonly recordNativeGrant: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, attributes: AgentIdentityAttributes) {
    super(scope, id);
    const { agent } = attributes;
    this.agent = agent;
    this.fleet = checkName('fleet', attributes.fleet ?? defaultFleet(agent.scope.environment));
    this.kind = attributes.kind ?? 'user-assigned-identity';
    this.principalId = entraId(agent.name, 'principalId', attributes.principalId);
    this.clientId = entraId(agent.name, 'clientId', attributes.clientId);
    if (attributes.tenantId !== undefined) this.tenantId = entraId(agent.name, 'tenantId', attributes.tenantId);
    const name = attributes.name ?? identityName(this.fleet, agent.name, FACTS.limits.identityName.max);
    this.recordNativeGrant = enrol(this, { name, trust: [{ kind: 'imported', bounds: {} }], imported: true });
  }
}
