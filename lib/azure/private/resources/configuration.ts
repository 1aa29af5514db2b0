import type { BoundResource } from '../../../core/access-plan';
import type { AppConfiguration, KeyVaultKey, KeyVaultSecret } from '../../../terraform/azurerm';
import { type AzureResourceAttributes, idOf, importedId, isDeclared } from './resource-id';

const VAULT = 'Microsoft.KeyVault/vaults/<name>';

/** The id without version: an assignment at one version would end with its rotation. */
export function keyVaultSecret(secret: KeyVaultSecret | AzureResourceAttributes): BoundResource {
  const scope = isDeclared('keyVaultSecret', secret)
    ? secret.resourceVersionlessId
    : importedId('keyVaultSecret', `${VAULT}/secrets/<name>`, secret.resourceId);
  return { kind: 'key-vault-secret', targets: { secret: { scopes: [scope] } } };
}

export function keyVaultKey(key: KeyVaultKey | AzureResourceAttributes): BoundResource {
  const scope = isDeclared('keyVaultKey', key)
    ? key.resourceVersionlessId
    : importedId('keyVaultKey', `${VAULT}/keys/<name>`, key.resourceId);
  return { kind: 'key-vault-key', targets: { key: { scopes: [scope] } } };
}

export function appConfiguration(store: AppConfiguration | AzureResourceAttributes): BoundResource {
  const scope = idOf('appConfiguration', 'Microsoft.AppConfiguration/configurationStores/<name>', store);
  return { kind: 'app-configuration', targets: { store: { scopes: [scope] } } };
}
