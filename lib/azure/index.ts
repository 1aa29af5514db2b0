export type { AwsPeer, GcpPeer } from '../peers/outputs';
export type { AgentProps } from './agent';
export { Agent } from './agent';
export type { AgentContainmentProps, ContainedAgentOptions } from './agent-containment';
export { AgentContainment } from './agent-containment';
export type { AgentGovernanceProps } from './agent-governance';
export { AgentGovernance } from './agent-governance';
export type {
  AgentIdentityAttributes,
  AgentIdentityProps,
  AgentIdIdentityProps,
  AgentSponsors,
  ApplicationIdentityProps,
  IAgentIdentity,
  NativeGrant,
  ResourceGroupRef,
} from './agent-identity';
export { AgentIdentity } from './agent-identity';
export type { AgentMonitoringProps, IAgentMonitoring } from './agent-monitoring';
export { AgentMonitoring } from './agent-monitoring';
export type {
  AzureResourceAttributes,
  FoundryAgentOptions,
  LogAnalyticsWorkspaceOptions,
  ModelAccount,
  SearchIndexOptions,
  StorageContainerOptions,
} from './agent-resource';
export { AgentResource } from './agent-resource';
export type { AcknowledgedFinding } from './agent-review';
export { AgentReview } from './agent-review';
export type { AgentSecretProps, KeyVaultAttributes } from './agent-secret';
export { AgentSecret } from './agent-secret';
export type { TrailOptions } from './agent-trail';
export { AgentTrail } from './agent-trail';
export type {
  AksTrustProps,
  AwsAgentTrustProps,
  AwsTrustProps,
  GcpTrustProps,
  GitHubActionsTrustProps,
  ManagedIdentityTrustProps,
  OidcTrustProps,
  SpiffeTrustProps,
} from './agent-trust';
export { AgentTrust } from './agent-trust';
export type { WorkReference } from './agent-work';
export { AgentWork } from './agent-work';
export { AlertTarget } from './alert-target';
export { PeerResponder } from './peer-responder';
export type { GuardrailProps } from './private/governance/guardrails';
export type { NativeGrantProps, ScopedAgentRoleProps } from './scoped-agent-role';
export { ScopedAgentRole } from './scoped-agent-role';
export type { TaskAccessProps, TaskOffer, TaskSignatureTemplate, TaskStore } from './task-access';
export { TaskAccess } from './task-access';
