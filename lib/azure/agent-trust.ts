import type { AgentSpec } from '../core/agent-spec';
import { identityName } from '../core/names';
import { invalidTrust, unresolvedToken } from '../core/native-errors';
import { defaultFleet } from '../core/window';
import { Token } from '../terraform/core';
import type { IAgentIdentity } from './agent-identity';
import { FACTS } from './private/identity/facts';
import {
  awsRoleSubject,
  entraId,
  type GitHubSubject,
  gitHubSubject,
  googleSubject,
  serviceAccountSubject,
  spiffeSubject,
} from './private/identity/subjects';
import { checkFederatedWay, type TrustWay } from './private/identity/way';

/** A Kubernetes service account with workload identity. */
export interface AksTrustProps {
  /** OIDC issuer of the cluster, for example `cluster.oidcIssuerUrl`. */
  readonly issuerUrl: string;
  readonly namespace: string;
  /** Name of the service account; one per agent. */
  readonly serviceAccount: string;
}

/** A workload with a JWT-SVID. */
export interface SpiffeTrustProps {
  /** OIDC discovery provider of the trust domain, an https address. */
  readonly issuer: string;
  /** Whole id: `spiffe://example.org/agents/reader`. */
  readonly spiffeId: string;
  /** The `aud` of the token. @default api://AzureADTokenExchange */
  readonly audience?: string;
}

/** A job of GitHub Actions: exactly one of `environment`, `branch` and `tag`. */
export interface GitHubActionsTrustProps extends GitHubSubject {
  /** `owner/name`, in the case GitHub shows it. */
  readonly repository: string;
  /**
   * Numeric id of the owner; given together with `repositoryId`. GitHub puts both into the subject of repositories made,
   * renamed or moved since 2026-07-15, and of those that opted in; they keep the trust from whoever takes over the name.
   * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-github-immutable-subjects
   * @default - the subject holds names alone
   */
  readonly ownerId?: string;
  /** Numeric id of the repository; given together with `ownerId`. @default - the subject holds names alone */
  readonly repositoryId?: string;
  /** Deployment environment. @default - not bound to an environment */
  readonly environment?: string;
  /** Branch. @default - not bound to a branch */
  readonly branch?: string;
  /** Tag. @default - not bound to a tag */
  readonly tag?: string;
}

/** A token of any issuer that signs RS256. */
export interface OidcTrustProps {
  /** The `iss` of the token, an https address. */
  readonly issuer: string;
  /** The `sub` of the token, exact. */
  readonly subject: string;
  /** The `aud` of the token. @default api://AzureADTokenExchange */
  readonly audience?: string;
}

/** A role of AWS, in an account with outbound identity federation. Its workload asks for a token signed RS256. */
export interface AwsTrustProps {
  /** Issuer of the account, `https://<id>.tokens.sts.global.api.aws`. */
  readonly issuer: string;
  /** ARN of the role. */
  readonly roleArn: string;
}

/** An agent's role on AWS, as this library names it: nothing but the issuer has to be handed from one stack to the other. */
export interface AwsAgentTrustProps {
  /** The declaration that the role was made from. */
  readonly agent: AgentSpec;
  /** 12 digits. */
  readonly accountId: string;
  /** Issuer of the account, `https://<id>.tokens.sts.global.api.aws`: it exists once the account has outbound federation. */
  readonly issuer: string;
  /** Fleet of the role. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
}

/** A service account of Google Cloud. */
export interface GcpTrustProps {
  /** Numeric unique id; the email can be given to another account later, the id cannot. */
  readonly uniqueId: string;
}

/** A user-assigned managed identity of the same tenant. */
export interface ManagedIdentityTrustProps {
  /** Object id of its principal. */
  readonly principalId: string;
  readonly tenantId: string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const AWS_ROLE_NAME_LIMIT = 64;

/**
 * Who may become the agent. Every way names one exact subject and one audience; patterns are refused, although Entra
 * has a preview for them. What is wrong is said when the identity is made, which knows the agent's name.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations
 */
export class AgentTrust {
  /** Resources of Azure (virtual machines, container apps, functions) that the identity is attached to. For managed identities. */
  static azureCompute(): AgentTrust {
    return new AgentTrust([() => ({ kind: 'azureCompute' })]);
  }

  /** Pods of one Kubernetes service account on AKS. */
  static aks(props: AksTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => ({
      kind: 'aks',
      issuer: props.issuerUrl,
      subject: serviceAccountSubject(agent, props.namespace, props.serviceAccount),
    }));
  }

  /** Pods of one Kubernetes service account of any cluster whose issuer Entra can reach. */
  static kubernetes(props: AksTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => ({
      kind: 'kubernetes',
      issuer: props.issuerUrl,
      subject: serviceAccountSubject(agent, props.namespace, props.serviceAccount),
    }));
  }

  /** One SPIFFE id, by a JWT-SVID of SPIRE or any other issuer with OIDC discovery. */
  static spiffe({ spiffeId, ...props }: SpiffeTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => ({ kind: 'spiffe', ...props, subject: spiffeSubject(agent, spiffeId) }));
  }

  /** Jobs of one environment, branch or tag of one GitHub repository. */
  static gitHubActions(props: GitHubActionsTrustProps): AgentTrust {
    const issuer = FACTS.federation.github.value;
    return AgentTrust.federated((agent) => ({ kind: 'gitHubActions', issuer, subject: gitHubSubject(agent, props) }));
  }

  /** One subject of any OIDC issuer. */
  static oidc(props: OidcTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => {
      for (const [field, value] of Object.entries({ subject: props.subject, audience: props.audience ?? '' })) {
        if (Token.isUnresolved(value)) throw unresolvedToken(`agent '${agent}'`, field);
      }
      return { kind: 'oidc', ...props };
    });
  }

  /** One role of an AWS account. */
  static aws(props: AwsTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => ({ kind: 'aws', issuer: props.issuer, subject: awsRoleSubject(agent, props.roleArn) }));
  }

  /** An agent on AWS: its role is named by its spec. Its workload asks for a token signed RS256. */
  static awsAgent({ agent, accountId, issuer, fleet }: AwsAgentTrustProps): AgentTrust {
    const own = fleet ?? defaultFleet(agent.scope.environment);
    const name = identityName(own, agent.name, AWS_ROLE_NAME_LIMIT);
    return AgentTrust.aws({ issuer, roleArn: `arn:aws:iam::${accountId}:role/agentic-iam/${own}/${name}` });
  }

  /** One service account of Google Cloud. */
  static gcp(props: GcpTrustProps): AgentTrust {
    const issuer = FACTS.federation.gcp.value;
    return AgentTrust.federated((agent) => ({ kind: 'gcp', issuer, subject: googleSubject(agent, props.uniqueId) }));
  }

  /** One managed identity of the same tenant. For applications and agent IDs. */
  static managedIdentity(props: ManagedIdentityTrustProps): AgentTrust {
    return AgentTrust.federated((agent) => entraIssued(agent, 'managedIdentity', props));
  }

  /** The agent that delegates to this one, by its managed identity. For applications and agent IDs. */
  static agent(parent: IAgentIdentity): AgentTrust {
    return AgentTrust.federated((agent) => {
      checkParent(agent, parent);
      return entraIssued(agent, 'agent', { principalId: parent.principalId, tenantId: parent.tenantId ?? '' });
    });
  }

  /** Several ways at once; at most 20 of them by federation. */
  static anyOf(...trusts: readonly AgentTrust[]): AgentTrust {
    return new AgentTrust(trusts.flatMap((trust) => trust.ways));
  }

  private static federated(draw: (agent: string) => Draft): AgentTrust {
    return new AgentTrust([(agent) => checkFederatedWay(agent, { entraIssued: false, ...draw(agent) })]);
  }

  private constructor(private readonly ways: readonly ((agent: string) => TrustWay)[]) {}

  /** The ways as checked for one agent. @internal */
  waysFor(agent: string): readonly TrustWay[] {
    return this.ways.map((way) => way(agent));
  }
}

interface Draft {
  readonly kind: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience?: string;
  readonly entraIssued?: boolean;
}

/** @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
function entraIssued(agent: string, kind: string, { principalId, tenantId }: ManagedIdentityTrustProps): Draft {
  const issuer = `https://login.microsoftonline.com/${entraId(agent, 'tenantId', tenantId)}/v2.0`;
  return { kind, issuer, subject: entraId(agent, 'principalId', principalId), entraIssued: true };
}

function checkParent(agent: string, parent: IAgentIdentity): void {
  const name = parent.agent.name;
  if (!parent.agent.delegatesTo.some((child) => child.name === agent)) {
    const reason = 'a delegation that is not declared is missing from every review';
    throw invalidTrust(agent, {
      rule: 'may be taken on only by an agent that delegates to it',
      reason,
      value: name,
      fix: `add it to 'delegatesTo' of '${name}'`,
    });
  }
  if (parent.kind !== 'user-assigned-identity') {
    const reason = 'Entra accepts the token of a user-assigned managed identity and of no other principal';
    const fix = `make '${name}' with new AgentIdentity()`;
    throw invalidTrust(agent, { rule: 'may be taken on only by an agent with a managed identity', reason, value: parent.kind, fix });
  }
  if (parent.tenantId === undefined) {
    const fix = "give 'tenantId' to AgentIdentity.fromIdentityAttributes()";
    throw invalidTrust(agent, { rule: `needs the tenant of '${name}'`, reason: 'it is part of the issuer', value: 'none', fix });
  }
}
