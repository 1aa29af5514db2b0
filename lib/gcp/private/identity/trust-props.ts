import type { AgentSpec } from '../../../core/agent-spec';

/** A Kubernetes service account of GKE, in any cluster of the project. */
export interface GkeTrustProps {
  /** Namespace. */
  readonly namespace: string;
  /** Kubernetes service account; never `default`, which every pod without its own account runs as. */
  readonly serviceAccount: string;
  /** Project id of the clusters. @default - the project of the identity */
  readonly project?: string;
  /** Project number of the clusters; needed where the agent is granted roles directly. @default - none */
  readonly projectNumber?: string;
}

/** One environment, branch or tag of one GitHub repository; exactly one of the three. */
export interface GitHubActionsTrustProps {
  /** `owner/name`, spelled as GitHub spells it. */
  readonly repository: string;
  /** Deployment environment. Its protection rules then guard the agent. @default - none */
  readonly environment?: string;
  /** Branch, without `refs/heads/`. @default - none */
  readonly branch?: string;
  /** Tag, without `refs/tags/`. @default - none */
  readonly tag?: string;
  /**
   * Numeric id of the owner; goes with `repositoryId`. With both, a renamed or re-created repository cannot become the
   * agent. GitHub writes them into the subject of repositories created or renamed since 2026-07-15, or opted in.
   *
   * @default - the subject holds names alone
   * @see https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
   */
  readonly ownerId?: string;
  /** Numeric id of the repository; goes with `ownerId`. @default - the subject holds names alone */
  readonly repositoryId?: string;
  /** Audience of the token. @default - the provider's own resource name, which no other cloud accepts */
  readonly audience?: string;
}

/** One subject of one OpenID Connect issuer. */
export interface OidcTrustProps {
  /** `https` URL that the token's `iss` claim equals. */
  readonly issuer: string;
  /** The token's `sub` claim, whole: up to 127 bytes, no wildcard. */
  readonly subject: string;
  /** The token's `aud` claim, whole: up to 256 characters. */
  readonly audience: string;
}

/** Any session of one AWS role. */
export interface AwsTrustProps {
  /** 12 digits. */
  readonly accountId: string;
  /** Name of the role, without its path. */
  readonly roleName: string;
}

/** Sessions of an agent's role on AWS, as this library names it: nothing has to be handed from one stack to the other. */
export interface AwsAgentTrustProps {
  /** The declaration that the role was made from. */
  readonly agent: AgentSpec;
  /** 12 digits. */
  readonly accountId: string;
  /** Fleet of the role. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
}

/** One managed identity or service principal of one Microsoft Entra tenant. */
export interface AzureTrustProps {
  /** Tenant id, lower case. */
  readonly tenantId: string;
  /** Object id of the principal, lower case: the `principalId` of a managed identity, never its client id. */
  readonly principalId: string;
  /** Application id URI of the application that the token is requested for; its client id with `v2Tokens`. */
  readonly audience: string;
  /** The application asks for version 2 tokens. @default false: the tenant issues version 1 tokens */
  readonly v2Tokens?: boolean;
}

/** One certificate subject below one trust anchor; exactly one of the three names. */
export interface X509TrustProps {
  /** Certificate of the authority, PEM. Never a public one: whoever it certifies would be a candidate. */
  readonly trustAnchorPem: string;
  /** Certificates between leaf and anchor, PEM. @default - the anchor signs the leaf */
  readonly intermediatePems?: readonly string[];
  /** Common name of the subject. @default - none */
  readonly commonName?: string;
  /** First URI of the subject alternative names, for example a SPIFFE id. @default - none */
  readonly uri?: string;
  /** First DNS name of the subject alternative names. @default - none */
  readonly dnsName?: string;
}

/** A Kubernetes service account of any cluster outside GKE. */
export interface KubernetesTrustProps {
  /** `https` URL of the cluster's issuer. */
  readonly issuer: string;
  readonly namespace: string;
  /** Kubernetes service account; never `default`, which every pod without its own account runs as. */
  readonly serviceAccount: string;
  /** The token's `aud` claim. */
  readonly audience: string;
}

/** A workload with a JWT-SVID. For an X.509-SVID use `x509` with its `uri`. */
export interface SpiffeTrustProps {
  /** `https` URL of the trust domain's OIDC discovery provider. */
  readonly issuer: string;
  /** Whole id: `spiffe://example.org/agents/reader`, up to 127 bytes. */
  readonly spiffeId: string;
  /** The token's `aud` claim. */
  readonly audience: string;
}
