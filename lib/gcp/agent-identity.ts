import { Construct, type IConstruct } from 'constructs';
import type { AgentSpec } from '../core/agent-spec';
import { emptyField } from '../core/errors';
import { shortHash } from '../core/names';
import { resolveTokens } from '../terraform/core';
import { ServiceAccount, ServiceAccountIamMember } from '../terraform/google';
import type { AgentTrust } from './agent-trust';
import { pinAddress } from './private/address';
import { AgentEngineIdentity, type AgentEngineIdentityProps } from './private/identity/agent-engine-identity';
import { bindTrust } from './private/identity/bind-trust';
import { checkProject } from './private/identity/check-project';
import { describeAgent } from './private/identity/description';
import { FederatedIdentity } from './private/identity/federated-identity';
import { type IdentityAttributes, ImportedIdentity } from './private/identity/imported-identity';
import { accountId } from './private/identity/names';
import type { NativeGrant } from './private/identity/native-grant';
import { checkAgent, LIFE, register } from './private/identity/registration';

export type { AgentEngineIdentityProps, IdentityAttributes, NativeGrant };

/** The identity of one agent on GCP. */
export interface IAgentIdentity extends IConstruct {
  readonly agent: AgentSpec;
  readonly fleet: string;
  /** As IAM policies name it: `serviceAccount:EMAIL` or `principal://...`. May be a reference of the template. */
  readonly member: string;
  /** Project the identity belongs to. */
  readonly project: string;
  /** `service-account`, `federated-principal` or `agent-identity`. */
  readonly kind: string;
  /** Address of the service account. @default - the identity has none */
  readonly email?: string;
  /** Records access given past the agent's capabilities, so that the manifest and the review show it. Grants nothing. */
  recordNativeGrant(grant: NativeGrant): void;
}

export interface AgentIdentityProps {
  readonly agent: AgentSpec;
  /** Who may become the agent. */
  readonly trust: AgentTrust;
  /** Project id the identity is made in. */
  readonly project: string;
  /** Name of the fleet. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /**
   * Id of the fleet's workload identity pool: 4-32 of `[a-z0-9-]`. Give a new one where the pool was deleted less than
   * 30 days ago, since its id stays taken that long.
   *
   * @default - derived from fleet and stack
   * @see https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers
   */
  readonly poolId?: string;
  /** Project id of that pool. @default - `project` */
  readonly poolProject?: string;
}

/**
 * An agent's own service account, without keys. External workloads of its trust may take it on, each named exactly.
 *
 * Terraform leaves `disabled` alone: containment disables the account, and the next apply must not undo that.
 * The agent's `maxSession` may be 1 hour at most, the life of an access token. A shorter one is for whoever asks for the
 * token to choose; the manifest says so.
 *
 * @see https://docs.cloud.google.com/iam/docs/best-practices-service-accounts
 */
export class AgentIdentity extends Construct implements IAgentIdentity {
  /**
   * An external workload that is granted roles itself, without a service account in between: one identity less to steal.
   * Its trust is exactly one of `gke`, `gitHubActions`, `oidc`, `aws`, `azure`, `x509`. No agent can delegate to it.
   *
   * @see https://docs.cloud.google.com/iam/docs/federated-identity-supported-services
   */
  static federated(scope: Construct, id: string, props: AgentIdentityProps): IAgentIdentity {
    return new FederatedIdentity(scope, id, props);
  }

  /**
   * The identity that Vertex AI Agent Engine gives an engine of its own: no keys, tokens bound to the runtime, and no
   * one can take it on. Makes the engine; sets the google provider of the stack to a version that knows the field.
   *
   * @see https://docs.cloud.google.com/agent-builder/agent-engine/agent-identity
   */
  static agentEngine(scope: Construct, id: string, props: AgentEngineIdentityProps): IAgentIdentity {
    return new AgentEngineIdentity(scope, id, props);
  }

  /** An identity made elsewhere. Its trust and its other grants are not known here, and the manifest says so. */
  static fromIdentityAttributes(scope: Construct, id: string, attributes: IdentityAttributes): IAgentIdentity {
    return new ImportedIdentity(scope, id, attributes);
  }

  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly member: string;
  readonly project: string;
  readonly kind = 'service-account';
  /** The account, for what this library has no word for. */
  readonly serviceAccount: ServiceAccount;
  private readonly record: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: AgentIdentityProps) {
    super(scope, id);
    const { agent, trust } = props;
    this.agent = agent;
    this.fleet = checkAgent(agent, props.fleet);
    this.project = checkProject(agent.name, 'project', props.project);
    if (trust.ways.length === 0) throw emptyField(`agent '${agent.name}'`, 'trust', 'no one could become the agent');
    const name = accountId(this.fleet, agent.name);
    const bound = bindTrust(this, { ...props, fleet: this.fleet, direct: false });
    this.serviceAccount = new ServiceAccount(this, 'Account', {
      accountId: name,
      displayName: `${agent.name} of ${this.fleet}`,
      description: describeAgent(agent),
      project: this.project,
      lifecycle: { ignoreChanges: ['disabled'] },
    });
    pinAddress(this.serviceAccount, this.fleet, agent.name);
    this.member = this.serviceAccount.member;
    for (const { member } of bound) if (member) this.admit(member);
    const { kind, member, fleet } = this;
    this.record = register(this, { agent, fleet, kind, name, member, trust: bound, life: LIFE.serviceAccount });
  }

  /** Address of the service account. */
  get email(): string {
    return this.serviceAccount.email;
  }

  recordNativeGrant(grant: NativeGrant): void {
    this.record(grant);
  }

  /** Named by who comes in: were it numbered, leaving out the first of two would take the second's grant with it. */
  private admit(member: string): void {
    const id = `admit-${shortHash(String(resolveTokens(this, member)))}`;
    const admitted = new ServiceAccountIamMember(this, id, {
      serviceAccountId: this.serviceAccount.name,
      role: 'roles/iam.workloadIdentityUser',
      member,
    });
    pinAddress(admitted, this.fleet, this.agent.name, id);
  }
}
