export type { AzurePeer, GcpPeer } from '../peers/outputs';
export type { AgentProps } from './agent';
export { Agent } from './agent';
export type { AgentContainmentProps, ContainedAgentOptions } from './agent-containment';
export { AgentContainment } from './agent-containment';
export type { AgentGovernanceProps, ContinuousProps, GuardrailProps } from './agent-governance';
export { AgentGovernance } from './agent-governance';
export type { AgentIdentityAttributes, AgentIdentityProps, AgentIdentityRoleArn, IAgentIdentity } from './agent-identity';
export { AgentIdentity } from './agent-identity';
export type { AgentMonitoringProps, IAgentMonitoring, WatchOptions } from './agent-monitoring';
export { AgentMonitoring } from './agent-monitoring';
export type {
  AgentRuntimeOptions,
  BucketOptions,
  CredentialProviderOptions,
  EncryptedOptions,
  EventBusOptions,
  InferenceProfileOptions,
  KeyOptions,
  LogGroupOptions,
  MemoryOptions,
  ModelOptions,
  TableOptions,
  VectorIndexOptions,
  WorkgroupOptions,
} from './agent-resource';
export { AgentResource } from './agent-resource';
export type { AcknowledgedFinding } from './agent-review';
export { AgentReview } from './agent-review';
export type { AgentSecretProps } from './agent-secret';
export { AgentSecret } from './agent-secret';
export type { AgentTrailOptions } from './agent-trail';
export { AgentTrail } from './agent-trail';
export { AgentTrust } from './agent-trust';
export type { WorkAccess } from './agent-work';
export { AgentWork } from './agent-work';
export type { AgentCoreHardeningProps } from './agentcore-hardening';
export { AgentCoreHardening } from './agentcore-hardening';
export type { AlertRoute } from './alert-target';
export { AlertTarget } from './alert-target';
export { PeerResponder } from './peer-responder';
export type { IrremovableOptions } from './private/containment/irremovable';
export type { GuardrailDocument, GuardrailOptions } from './private/governance/guardrails';
export type { ToolAccess } from './private/governance/tools';
export type { OutboundIssuer } from './private/outbound-issuer';
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
} from './private/trust/options';
export type { ScopedAgentRoleProps } from './scoped-agent-role';
export { ScopedAgentRole } from './scoped-agent-role';
export type { ITaskAccess, TaskAccessAttributes, TaskAccessProps, TaskOffer } from './task-access';
export { TaskAccess } from './task-access';
