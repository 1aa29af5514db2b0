// Deep paths only, as for the other providers.
export { AwsAuthBackendRole } from '@cdktf/provider-vault/lib/aws-auth-backend-role';
export { AzureAuthBackendRole } from '@cdktf/provider-vault/lib/azure-auth-backend-role';
export { DataVaultAuthBackend } from '@cdktf/provider-vault/lib/data-vault-auth-backend';
export { GcpAuthBackendRole } from '@cdktf/provider-vault/lib/gcp-auth-backend-role';
export { IdentityEntity } from '@cdktf/provider-vault/lib/identity-entity';
export { IdentityEntityAlias } from '@cdktf/provider-vault/lib/identity-entity-alias';
export { IdentityEntityPolicies } from '@cdktf/provider-vault/lib/identity-entity-policies';
export { JwtAuthBackendRole } from '@cdktf/provider-vault/lib/jwt-auth-backend-role';
export { KubernetesAuthBackendRole } from '@cdktf/provider-vault/lib/kubernetes-auth-backend-role';
export { Policy } from '@cdktf/provider-vault/lib/policy';
