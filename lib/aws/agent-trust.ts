import type { IAgentIdentity } from './agent-identity';
import { azureWay, gcpWay, kubernetesWay, roleWay, spiffeWay } from './private/trust/clouds';
import { agentWay } from './private/trust/delegation';
import { gitHubWay } from './private/trust/github';
import { oidcWay } from './private/trust/oidc';
import type {
  AgentCoreRuntimeTrustOptions,
  AzureTrustOptions,
  BedrockAgentTrustOptions,
  EcsTaskTrustOptions,
  GcpTrustOptions,
  GitHubTrustOptions,
  IrsaTrustOptions,
  KubernetesTrustOptions,
  LambdaTrustOptions,
  OidcTrustOptions,
  PodIdentityTrustOptions,
  RolesAnywhereTrustOptions,
  RoleTrustOptions,
  SamlTrustOptions,
  SpiffeTrustOptions,
  StepFunctionsTrustOptions,
} from './private/trust/options';
import { irsaWay, podIdentityWay } from './private/trust/pods';
import { rolesAnywhereWay } from './private/trust/roles-anywhere';
import { samlWay } from './private/trust/saml';
import { serviceWay } from './private/trust/services';
import { taskBrokerWay } from './private/trust/task-broker';
import type { BoundTrust, TrustContext, TrustWay } from './private/trust/trust-way';
import type { ITaskAccess } from './task-access';

export type {
  AgentCoreRuntimeTrustOptions,
  AzureTrustOptions,
  BedrockAgentTrustOptions,
  EcsTaskTrustOptions,
  GcpTrustOptions,
  GitHubTrustOptions,
  IrsaTrustOptions,
  KubernetesTrustOptions,
  LambdaTrustOptions,
  OidcTrustOptions,
  PodIdentityTrustOptions,
  RolesAnywhereTrustOptions,
  RoleTrustOptions,
  SamlTrustOptions,
  SpiffeTrustOptions,
  StepFunctionsTrustOptions,
};

/**
 * Who may become the agent. Each way in carries the conditions against a confused deputy that its service is known to
 * support; what each supports, with its source, is in `catalog/trust.json`.
 *
 * Names of functions, runtimes and state machines are literals: those resources refer to the role, so the role's trust
 * cannot refer back to them. Values are checked when the identity is made; those that must match exactly are refused
 * with a wildcard, empty, or as a token.
 */
export class AgentTrust {
  /**
   * Lambda functions of this account, or one of them.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  static lambda(options: LambdaTrustOptions = {}): AgentTrust {
    return new AgentTrust([serviceWay('lambda', { field: 'functionName', name: options.functionName, region: options.region })]);
  }

  /**
   * ECS tasks of this account and region; ECS supports nothing narrower in a trust.
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
   */
  static ecsTask(options: EcsTaskTrustOptions = {}): AgentTrust {
    return new AgentTrust([serviceWay('ecsTask', { field: 'name', region: options.region })]);
  }

  /**
   * Pods of one Kubernetes service account in one cluster, through EKS Pod Identity. The association must keep its session
   * tags (`disableSessionTags` off): they are what the trust matches.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
   */
  static eksPodIdentity(options: PodIdentityTrustOptions): AgentTrust {
    return new AgentTrust([podIdentityWay(options)]);
  }

  /**
   * Pods of one Kubernetes service account, through the cluster's OIDC provider. The issuer must be known at synth, so for a
   * cluster made by the same app use {@link eksPodIdentity}.
   * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
   */
  static irsa(options: IrsaTrustOptions): AgentTrust {
    return new AgentTrust([irsaWay(options)]);
  }

  /**
   * EC2 instances. EC2 sends nothing about the instance, so any one in this account to which the role is passed can become it.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
   */
  static ec2(): AgentTrust {
    return new AgentTrust([serviceWay('ec2', { field: 'name' })]);
  }

  /**
   * Runtimes of Bedrock AgentCore in this account and region, or one of them.
   * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
   */
  static agentCoreRuntime(options: AgentCoreRuntimeTrustOptions = {}): AgentTrust {
    return new AgentTrust([serviceWay('agentCoreRuntime', { field: 'runtimeName', name: options.runtimeName, region: options.region })]);
  }

  /**
   * Bedrock agents of this account and region, or one of them.
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/agents-permissions.html
   */
  static bedrockAgent(options: BedrockAgentTrustOptions = {}): AgentTrust {
    return new AgentTrust([serviceWay('bedrockAgent', { field: 'agentId', name: options.agentId, region: options.region })]);
  }

  /**
   * State machines of this account and region, or one of them.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  static stepFunctions(options: StepFunctionsTrustOptions = {}): AgentTrust {
    const { stateMachineName: name, region } = options;
    return new AgentTrust([serviceWay('stepFunctions', { field: 'stateMachineName', name, region })]);
  }

  /**
   * Who holds a token of an OIDC issuer with exactly this subject and audience.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
   */
  static oidc(options: OidcTrustOptions): AgentTrust {
    return new AgentTrust([oidcWay(options)]);
  }

  /**
   * Runs of GitHub Actions from one repository, and there from one environment, branch or tag. The subject must be GitHub's
   * default one: an organisation that changed its template uses {@link oidc}. Repositories made, renamed or moved since the
   * summer of 2026 have numeric ids in it: give both.
   * @see https://docs.github.com/en/actions/reference/security/oidc
   */
  static gitHubActions(options: GitHubTrustOptions): AgentTrust {
    return new AgentTrust([gitHubWay(options)]);
  }

  /**
   * Who holds an assertion of a SAML provider with exactly these attributes.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html
   */
  static saml(options: SamlTrustOptions): AgentTrust {
    return new AgentTrust([samlWay(options)]);
  }

  /**
   * Who holds a certificate with exactly this subject below one trust anchor, through IAM Roles Anywhere. Makes the profile,
   * which bounds the session to the spec's `maxSession` and, where given, to a session policy.
   * @see https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
   */
  static rolesAnywhere(options: RolesAnywhereTrustOptions): AgentTrust {
    return new AgentTrust([rolesAnywhereWay(options)]);
  }

  /**
   * One service account of Google Cloud, with an identity token of Google's. Make the service account first, and give its unique id.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
   */
  static gcp(options: GcpTrustOptions): AgentTrust {
    return new AgentTrust([gcpWay(options)]);
  }

  /**
   * One managed identity or service principal of Microsoft Entra, with a token for an application of yours. Make the identity first, and give
   * its object id.
   * @see https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens
   */
  static azure(options: AzureTrustOptions): AgentTrust {
    return new AgentTrust([azureWay(options)]);
  }

  /**
   * One service account of any Kubernetes cluster whose issuer can be reached; on EKS use {@link eksPodIdentity} or {@link irsa}.
   * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
   */
  static kubernetes(options: KubernetesTrustOptions): AgentTrust {
    return new AgentTrust([kubernetesWay(options)]);
  }

  /**
   * One SPIFFE id, by a JWT-SVID of SPIRE or any other issuer with OIDC discovery.
   * @see https://spiffe.io/docs/latest/keyless/oidc-federation-aws/
   */
  static spiffe(options: SpiffeTrustOptions): AgentTrust {
    return new AgentTrust([spiffeWay(options)]);
  }

  /**
   * One role, of this account or another, that is no agent. Sessions last one hour at most; a longer `maxSession` is refused.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_aws-accounts.html
   */
  static role(options: RoleTrustOptions): AgentTrust {
    return new AgentTrust([roleWay(options)]);
  }

  /**
   * Another agent, which must list this one in its `delegatesTo`. It may pass on source identity and session tags, so that
   * what this agent does can be traced to it. Sessions last one hour at most; a longer `maxSession` is refused.
   * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
   */
  static agent(parent: IAgentIdentity): AgentTrust {
    return new AgentTrust([agentWay(parent)]);
  }

  /**
   * The broker of a {@link TaskAccess}, which gives out credentials for one task at a time. They last one hour at most; a longer `maxSession` is
   * refused. Where this is the only way in, the agent can do nothing but tasks.
   * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
   */
  static taskBroker(access: ITaskAccess): AgentTrust {
    return new AgentTrust([taskBrokerWay(access)]);
  }

  /** Any of several ways in. */
  static anyOf(...trusts: readonly AgentTrust[]): AgentTrust {
    return new AgentTrust(trusts.flatMap((trust) => trust.ways));
  }

  private constructor(private readonly ways: readonly TrustWay[]) {}

  /**
   * The ways in for one agent, checked.
   * @internal
   */
  bind(context: TrustContext): readonly BoundTrust[] {
    return this.ways.flatMap((way) => way(context));
  }
}
