export type { AwsPeer, AzurePeer } from '../peers/outputs';
export type { AgentProps } from './agent';
export { Agent } from './agent';
export type { AgentContainmentProps, ContainedAgentOptions, DenyPlace, DrillOptions } from './agent-containment';
export { AgentContainment } from './agent-containment';
export type { AgentGovernanceProps } from './agent-governance';
export { AgentGovernance } from './agent-governance';
export type { AgentEngineIdentityProps, AgentIdentityProps, IAgentIdentity, IdentityAttributes, NativeGrant } from './agent-identity';
export { AgentIdentity } from './agent-identity';
export type { AgentMonitoringProps, IAgentMonitoring } from './agent-monitoring';
export { AgentMonitoring } from './agent-monitoring';
export type {
  AgentSessionsOptions,
  BigQueryDatasetReference,
  BigQueryOptions,
  BigQueryTableReference,
  BigtableTableReference,
  BucketOptions,
  BucketReference,
  KeyReference,
  LocatedReference,
  LogViewReference,
  ManagedFolderReference,
  MemoryBankOptions,
  ModelReference,
  NamedReference,
  Owned,
  ParameterOptions,
  ParameterReference,
  ReasoningEngineOptions,
  ReasoningEngineReference,
  RegionalSecretReference,
  SecretReference,
} from './agent-resource';
export { AgentResource } from './agent-resource';
export type { AcknowledgedFinding } from './agent-review';
export { AgentReview } from './agent-review';
export type { AgentSecretProps } from './agent-secret';
export { AgentSecret } from './agent-secret';
export type { TrailOptions } from './agent-trail';
export { AgentTrail } from './agent-trail';
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
} from './agent-trust';
export { AgentTrust } from './agent-trust';
export type { LocatedWork } from './agent-work';
export { AgentWork } from './agent-work';
export { AlertTarget } from './alert-target';
export { PeerResponder } from './peer-responder';
export type { GuardrailProps } from './private/governance/guardrails';
export type { NativeGrantProps, PrincipalAccessBoundaryOptions, ScopedAgentRoleProps } from './scoped-agent-role';
export { ScopedAgentRole } from './scoped-agent-role';
export type { TaskAccessProps, TaskCaller, TaskOffer, TaskTokenTemplate } from './task-access';
export { TaskAccess } from './task-access';
