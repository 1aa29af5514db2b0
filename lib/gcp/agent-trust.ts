import { identityName } from '../core/names';
import { defaultFleet } from '../core/window';
import type { IAgentIdentity } from './agent-identity';
import {
  awsProvider,
  azureProvider,
  gitHubProvider,
  kubernetesProvider,
  oidcProvider,
  spiffeProvider,
  x509Provider,
} from './private/identity/providers';
import type {
  AwsAgentTrustProps,
  AwsTrustProps,
  AzureTrustProps,
  GitHubActionsTrustProps,
  GkeTrustProps,
  KubernetesTrustProps,
  OidcTrustProps,
  SpiffeTrustProps,
  X509TrustProps,
} from './private/identity/trust-props';
import type { TrustWay } from './private/identity/trust-way';

export type {
  AwsAgentTrustProps,
  AwsTrustProps,
  AzureTrustProps,
  GitHubActionsTrustProps,
  GkeTrustProps,
  KubernetesTrustProps,
  OidcTrustProps,
  SpiffeTrustProps,
  X509TrustProps,
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const AWS_ROLE_NAME_LIMIT = 64;

/**
 * Who may become an agent on GCP. Every external workload comes in through a provider of the fleet's workload identity
 * pool that admits exactly one subject; wildcards and empty values are refused when the identity is made.
 */
export class AgentTrust {
  /**
   * The service account is attached to the workload, on any Google service that runs as one. Nothing is made: set
   * `serviceAccountEmail` of the workload to the identity's `email`. Who may attach it holds `iam.serviceAccounts.actAs`.
   *
   * @see https://docs.cloud.google.com/iam/docs/attach-service-accounts
   */
  static attached(): AgentTrust {
    return new AgentTrust([{ form: 'attached', kind: 'attached' }]);
  }

  /**
   * As {@link AgentTrust.attached}, for a service or job of Cloud Run.
   *
   * @see https://docs.cloud.google.com/run/docs/securing/service-identity
   */
  static cloudRun(): AgentTrust {
    return new AgentTrust([{ form: 'attached', kind: 'cloudRun' }]);
  }

  /**
   * One Kubernetes service account of GKE. It is the same principal in every cluster of the project. Annotate it with
   * `iam.gke.io/gcp-service-account`, unless the identity is `AgentIdentity.federated`.
   *
   * @see https://docs.cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  static gke(props: GkeTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'gke', kind: 'gke', props }]);
  }

  /**
   * One environment, branch or tag of a GitHub repository.
   *
   * @see https://docs.github.com/en/actions/reference/security/oidc
   */
  static gitHubActions(props: GitHubActionsTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'gitHubActions', provider: (agent) => gitHubProvider(agent, props) }]);
  }

  /**
   * One subject of any OpenID Connect issuer that Google can reach.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-providers
   */
  static oidc(props: OidcTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'oidc', provider: (agent) => oidcProvider(agent, props) }]);
  }

  /**
   * One service account of any Kubernetes cluster whose issuer Google can reach; on GKE use {@link AgentTrust.gke}.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes
   */
  static kubernetes(props: KubernetesTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'kubernetes', provider: (agent) => kubernetesProvider(agent, props) }]);
  }

  /**
   * One SPIFFE id, by a JWT-SVID of SPIRE or any other issuer with OIDC discovery.
   *
   * @see https://spiffe.io/docs/latest/keyless/
   */
  static spiffe(props: SpiffeTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'spiffe', provider: (agent) => spiffeProvider(agent, props) }]);
  }

  /**
   * Any session of one AWS role.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
   */
  static aws(props: AwsTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'aws', provider: (agent) => awsProvider(agent, props) }]);
  }

  /**
   * Sessions of an agent on AWS: its role is named by its spec, so that neither stack waits for the other.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
   */
  static awsAgent({ agent, accountId, fleet }: AwsAgentTrustProps): AgentTrust {
    const roleName = identityName(fleet ?? defaultFleet(agent.scope.environment), agent.name, AWS_ROLE_NAME_LIMIT);
    return AgentTrust.aws({ accountId, roleName });
  }

  /**
   * One managed identity or service principal of Microsoft Entra.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
   */
  static azure(props: AzureTrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'azure', provider: (agent) => azureProvider(agent, props) }]);
  }

  /**
   * One certificate subject below your own authority.
   *
   * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-x509-certificates
   */
  static x509(props: X509TrustProps): AgentTrust {
    return new AgentTrust([{ form: 'provider', kind: 'x509', provider: (agent) => x509Provider(agent, props) }]);
  }

  /**
   * Another agent, which must name this one in its `delegatesTo`. Nothing is made here: the role of the parent carries
   * the permission to mint tokens of this agent's service account.
   *
   * @see https://docs.cloud.google.com/iam/docs/create-short-lived-credentials-direct
   */
  static agent(parent: IAgentIdentity): AgentTrust {
    return new AgentTrust([{ form: 'agent', kind: 'agent', parent }]);
  }

  /** Any one of several. Each is another way in for an attacker: prefer one. */
  static anyOf(...trusts: AgentTrust[]): AgentTrust {
    return new AgentTrust(trusts.flatMap((trust) => trust.ways));
  }

  private constructor(
    /** @internal */
    readonly ways: readonly TrustWay[],
  ) {
    Object.freeze(ways);
    Object.freeze(this);
  }
}
