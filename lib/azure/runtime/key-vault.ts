import { NotEligible } from '../../core/containment/step';
import { type AzureApi, azureApi, orNone } from './azure-api';

const API = 'api-version=7.4';
/** Resource id of a secret. */
const SECRET = /\/providers\/Microsoft\.KeyVault\/vaults\/([a-z0-9-]{3,24})\/secrets\/([a-z0-9-]{1,127})$/i;

/** The API of one vault, by the vault's name. */
export type Vaults = (name: string) => AzureApi;

/** A version of a secret, without its value. */
export interface SecretVersion {
  readonly version: string;
  readonly enabled: boolean;
  readonly created: Date;
}
interface Page {
  readonly value?: readonly { readonly id: string; readonly attributes?: { readonly enabled?: boolean; readonly created?: number } }[];
  readonly nextLink?: string | null;
}

/**
 * Vaults of the public cloud, as the function itself.
 * @see https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
 */
export const ownVaults =
  (options: Parameters<typeof azureApi>[1]): Vaults =>
  (name) =>
    azureApi({ address: `https://${name}.vault.azure.net`, scope: 'https://vault.azure.net/.default' }, options);

/** Vault and name of a secret. An id that is none would send the function's token elsewhere, and is refused. */
export function placeOf(id: string): { readonly vault: string; readonly name: string } {
  const [, vault, name] = SECRET.exec(id) ?? [];
  if (vault === undefined || name === undefined) throw new NotEligible(`'${id}' is no secret of a vault.`);
  return { vault, name };
}

/**
 * All versions of a secret; none of a secret that is not there.
 * @param id resource id
 * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions
 */
export async function versionsOf(vaults: Vaults, id: string): Promise<readonly SecretVersion[]> {
  const { vault, name } = placeOf(id);
  const found: SecretVersion[] = [];
  let path: string | undefined = `/secrets/${name}/versions?${API}`;
  while (path !== undefined) {
    const page: Page | undefined = await orNone(vaults(vault)<Page>({ method: 'GET', path }));
    for (const { id: at, attributes: { enabled = true, created = 0 } = {} } of page?.value ?? [])
      found.push({ version: at.split('/').at(-1) ?? '', enabled, created: new Date(created * 1000) });
    path = page?.nextLink?.replace(/^https:\/\/[^/]+/, '') || undefined;
  }
  return found;
}

/**
 * Enables or disables one version; the answer holds no value. @returns false where it is not there any more
 * @param id resource id of the secret
 * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/update-secret/update-secret
 */
export async function setEnabled(
  vaults: Vaults,
  { id, version }: { readonly id: string; readonly version: string },
  enabled: boolean,
): Promise<boolean> {
  const { vault, name } = placeOf(id);
  const path = `/secrets/${name}/${version}?${API}`;
  return (await orNone(vaults(vault)({ method: 'PATCH', path, body: { attributes: { enabled } } }))) !== undefined;
}
