export { AgentSecret, type AgentSecretProps, type CloudCredentialsProps } from './agent-secret';
export { VaultAgent, type VaultAgentProps } from './vault-agent';
export {
  type AwsLoginProps,
  type JwtLoginProps,
  type KubernetesLoginProps,
  type LoginOptions,
  VaultLogin,
} from './vault-login';
