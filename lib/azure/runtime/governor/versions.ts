import type { PutAway } from '../../../core/governance/clean-up';
import { type Leftover, supersededVersions } from '../../../core/governance/look-after';
import { type AzureApi, orNone } from '../azure-api';

const SECRETS = '7.4';

/** The API of one vault, by the vault's name. */
export type Vaults = (name: string) => AzureApi;

interface Version {
  /** `https://VAULT.vault.azure.net/secrets/NAME/VERSION` */
  readonly id: string;
  /** Seconds since 1970. */
  readonly attributes?: { readonly enabled?: boolean; readonly created?: number };
}
interface Page {
  readonly value?: readonly Version[];
  readonly nextLink?: string;
}

/** `vaults/V/secrets/NAME` of a resource id, with a version where there is one. */
const PLACE = /\/vaults\/([^/]+)\/secrets\/([^/]+)(?:\/versions\/([^/]+))?$/i;

/**
 * Versions of a secret that a newer one replaced, and that are still enabled.
 * @param id resource id of the secret
 * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/get-secret-versions/get-secret-versions
 */
export async function oldVersions(
  vaults: Vaults,
  id: string,
  { now, days }: { readonly now: Date; readonly days: number },
): Promise<readonly Leftover[]> {
  const [, vault = '', name = ''] = PLACE.exec(id) ?? [];
  const found: Version[] = [];
  let path: string | undefined = `/secrets/${name}/versions?api-version=${SECRETS}`;
  while (path !== undefined) {
    const page: Page | undefined = await orNone(vaults(vault)<Page>({ method: 'GET', path }));
    found.push(...(page?.value ?? []));
    path = page?.nextLink?.replace(/^https:\/\/[^/]+/, '');
  }
  const enabled = found
    .filter(({ attributes }) => attributes?.enabled !== false)
    .map((one) => ({ what: `${id}/versions/${one.id.split('/').at(-1)}`, created: new Date((one.attributes?.created ?? 0) * 1000) }));
  return supersededVersions(enabled, { now, days });
}

/**
 * Disables one version: it is given to nobody any more, and stays as it is. The answer holds no value.
 * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/update-secret/update-secret
 */
export async function disableVersion(vaults: Vaults, what: string): Promise<PutAway> {
  const [, vault = '', name = '', version = ''] = PLACE.exec(what) ?? [];
  await vaults(vault)({
    method: 'PATCH',
    path: `/secrets/${name}/${version}?api-version=${SECRETS}`,
    body: { attributes: { enabled: false } },
  });
  return {
    said: `it is disabled; to undo that: az keyvault secret set-attributes --vault-name ${vault} --name ${name} --version ${version} --enabled true`,
  };
}
