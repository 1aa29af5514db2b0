import type { Construct } from 'constructs';
import type { AgentSpec } from '../../core/agent-spec';
import {
  AwsAuthBackendRole,
  AzureAuthBackendRole,
  GcpAuthBackendRole,
  JwtAuthBackendRole,
  KubernetesAuthBackendRole,
} from '../../terraform/vault';
import type { VaultLogin } from '../vault-login';

interface LoginRole {
  /** What Vault will know a login by. */
  readonly alias: string;
  readonly roleName: string;
}

/** Makes the role of an auth method that lets in exactly one principal. What it is known by afterwards is in `catalog/logins.json`. */
export function makeLogin(
  scope: Construct,
  login: VaultLogin,
  { agent, name, token }: { readonly agent: AgentSpec; readonly name: string; readonly token: object },
): LoginRole {
  const bounds = login.boundsFor(agent);
  const backend = login.mount;
  switch (bounds.kind) {
    case 'aws': {
      // Resolved to the role's unique id: a role that is made anew under the same name is another one.
      const role = new AwsAuthBackendRole(scope, 'Login', {
        backend,
        role: name,
        authType: 'iam',
        boundIamPrincipalArns: [bounds.principalArn],
        resolveAwsUniqueIds: true,
        ...token,
      });
      return { alias: role.roleId, roleName: name };
    }
    case 'gcp': {
      const boundServiceAccounts = [bounds.serviceAccount];
      const role = new GcpAuthBackendRole(scope, 'Login', { backend, role: name, type: 'iam', boundServiceAccounts, ...token });
      return { alias: role.roleId, roleName: name };
    }
    case 'azure':
      new AzureAuthBackendRole(scope, 'Login', { backend, role: name, boundServicePrincipalIds: [bounds.objectId], ...token });
      return { alias: bounds.objectId, roleName: name };
    case 'kubernetes':
      new KubernetesAuthBackendRole(scope, 'Login', {
        backend,
        roleName: name,
        boundServiceAccountNames: [bounds.serviceAccount],
        boundServiceAccountNamespaces: [bounds.namespace],
        audience: bounds.audience,
        aliasNameSource: 'serviceaccount_name',
        ...token,
      });
      return { alias: `${bounds.namespace}/${bounds.serviceAccount}`, roleName: name };
    case 'jwt':
      new JwtAuthBackendRole(scope, 'Login', {
        backend,
        roleName: name,
        roleType: 'jwt',
        userClaim: 'sub',
        boundAudiences: [bounds.audience],
        boundSubject: bounds.subject,
        ...token,
      });
      return { alias: bounds.subject, roleName: name };
  }
}
