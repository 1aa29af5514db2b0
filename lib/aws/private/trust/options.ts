import type { IClusterRef } from 'aws-cdk-lib/aws-eks';
import type { IOIDCProviderRef, ISAMLProviderRef, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { ITrustAnchorRef } from 'aws-cdk-lib/aws-rolesanywhere';

/** A Lambda function. */
export interface LambdaTrustOptions {
  /** Literal name of the one function that may become the agent; give the function the same name. @default - any function of the account */
  readonly functionName?: string;
  /** Region of the function. Used only with `functionName`. @default - the region of the role's stack */
  readonly region?: string;
}

/** An ECS task. */
export interface EcsTaskTrustOptions {
  /** Region of the cluster. @default - the region of the role's stack */
  readonly region?: string;
}

/** A pod of EKS, through Pod Identity. */
export interface PodIdentityTrustOptions {
  /** The one cluster; its ARN may be known only at deployment. */
  readonly cluster: IClusterRef;
  /** Kubernetes namespace of the pod. */
  readonly namespace: string;
  /** Kubernetes service account of the pod. */
  readonly serviceAccount: string;
}

/** A pod of EKS, through the cluster's OIDC provider. */
export interface IrsaTrustOptions {
  /** OIDC provider of the cluster. */
  readonly provider: IOIDCProviderRef;
  /** Kubernetes namespace of the pod. */
  readonly namespace: string;
  /** Kubernetes service account of the pod. */
  readonly serviceAccount: string;
  /** Literal issuer, for example `oidc.eks.eu-west-1.amazonaws.com/id/ABC`. @default - taken from the provider's ARN, which must then be a literal */
  readonly issuer?: string;
}

/** A runtime of Bedrock AgentCore. */
export interface AgentCoreRuntimeTrustOptions {
  /** Literal name of the one runtime; AWS adds a suffix to it. @default - any runtime of the account and region */
  readonly runtimeName?: string;
  /** Region of the runtime. @default - the region of the role's stack */
  readonly region?: string;
}

/** An agent of Bedrock. */
export interface BedrockAgentTrustOptions {
  /** Literal id of the one Bedrock agent, known once it exists. @default - any Bedrock agent of the account and region */
  readonly agentId?: string;
  /** Region of the Bedrock agent. @default - the region of the role's stack */
  readonly region?: string;
}

/** A state machine of Step Functions. */
export interface StepFunctionsTrustOptions {
  /** Literal name of the one state machine; give the state machine the same name. @default - any state machine of the account and region */
  readonly stateMachineName?: string;
  /** Region of the state machine. @default - the region of the role's stack */
  readonly region?: string;
}

/** Who holds a token of an OIDC issuer. */
export interface OidcTrustOptions {
  /** The provider in IAM that stands for the issuer. */
  readonly provider: IOIDCProviderRef;
  /** Exact `sub` claim. Wildcards are refused. */
  readonly subject: string;
  /** Exact `aud` claim. Wildcards are refused. */
  readonly audience: string;
  /** Literal issuer, with or without `https://`. @default - taken from the provider's ARN, which must then be a literal */
  readonly issuer?: string;
}

/** A workflow run of GitHub Actions. Exactly one of `environment`, `branch` and `tag` is given. */
export interface GitHubTrustOptions {
  /** The provider in IAM that stands for GitHub. */
  readonly provider: IOIDCProviderRef;
  /** `owner/name`. */
  readonly repository: string;
  /** Deployment environment of the job. @default - not by environment */
  readonly environment?: string;
  /** Branch the workflow runs on, without `refs/heads/`. @default - not by branch */
  readonly branch?: string;
  /** Tag the workflow runs on, without `refs/tags/`. @default - not by tag */
  readonly tag?: string;
  /** Numeric id of the owner, for a repository whose subject holds ids. Given together with `repositoryId`. @default - the subject holds names alone */
  readonly ownerId?: string;
  /** Numeric id of the repository. Given together with `ownerId`. @default - the subject holds names alone */
  readonly repositoryId?: string;
  /** Exact `aud` claim. @default sts.amazonaws.com */
  readonly audience?: string;
  /** Issuer of a GitHub Enterprise. @default token.actions.githubusercontent.com */
  readonly issuer?: string;
}

/** Who holds an assertion of a SAML provider. */
export interface SamlTrustOptions {
  /** The provider in IAM. */
  readonly provider: ISAMLProviderRef;
  /** Exact values by condition key, one of which names the subject: `{ 'saml:sub': 'reader@example.com' }`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Endpoint the assertion is made for. @default https://signin.aws.amazon.com/saml */
  readonly audience?: string;
}

/** Who holds a certificate, through IAM Roles Anywhere. */
export interface RolesAnywhereTrustOptions {
  /** The one trust anchor whose certificates count. */
  readonly trustAnchor: ITrustAnchorRef;
  /** Exact common name of the certificate's subject. */
  readonly commonName: string;
  /** Exact organizational unit of the subject. @default - any */
  readonly organizationalUnit?: string;
  /** Exact organization of the subject. @default - any */
  readonly organization?: string;
  /** Exact common name of the issuer. @default - any issuer below the trust anchor */
  readonly issuerCommonName?: string;
  /** Exact URI among the subject's alternative names, for example a SPIFFE id. @default - any */
  readonly uri?: string;
  /** What a session may do at most, at most 2,048 characters. @default - all that the role may */
  readonly sessionPolicy?: PolicyDocument;
}

/** A service account of Google Cloud. It must exist first: Google chooses its unique id. */
export interface GcpTrustOptions {
  /** Numeric unique id; the email can be given to another account later, the id cannot. */
  readonly uniqueId: string;
  /** Audience that the workload asks its identity token for, for example `sts.amazonaws.com`. */
  readonly audience: string;
}

/** A managed identity or service principal of Microsoft Entra. It must exist first: Entra chooses its object id. */
export interface AzureTrustOptions {
  /** The provider in IAM that stands for the tenant's issuer. */
  readonly provider: IOIDCProviderRef;
  /** Tenant id, lower case. */
  readonly tenantId: string;
  /** Object id of the principal, lower case: the `principalId` of a managed identity, never its client id. */
  readonly principalId: string;
  /** Application that the token is requested for: its id URI; its client id with `v2Tokens`. */
  readonly audience: string;
  /** Whether the application asks for version 2 tokens. @default false: the tenant issues version 1 tokens */
  readonly v2Tokens?: boolean;
}

/** A service account of a Kubernetes cluster outside EKS. */
export interface KubernetesTrustOptions {
  /** The provider in IAM that stands for the cluster's issuer. */
  readonly provider: IOIDCProviderRef;
  readonly namespace: string;
  /** Name of the service account; one per agent. */
  readonly serviceAccount: string;
  /** Audience of the projected token, for example `sts.amazonaws.com`. */
  readonly audience: string;
  /** Literal issuer. @default - taken from the provider's ARN, which must then be a literal */
  readonly issuer?: string;
}

/** A workload with a JWT-SVID. For an X.509-SVID use Roles Anywhere with its `uri`. */
export interface SpiffeTrustOptions {
  /** The provider in IAM that stands for the trust domain's OIDC discovery provider. */
  readonly provider: IOIDCProviderRef;
  /** Whole id: `spiffe://example.org/agents/reader`. */
  readonly spiffeId: string;
  /** Audience that the workload asks its SVID for. */
  readonly audience: string;
  /** Literal issuer. @default - taken from the provider's ARN, which must then be a literal */
  readonly issuer?: string;
}

/** A role, of this account or another. */
export interface RoleTrustOptions {
  /** Exact ARN. */
  readonly roleArn: string;
  /** Organization that the role must belong to, `o-...`. @default - not asked */
  readonly organizationId?: string;
}
