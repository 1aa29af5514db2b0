import type { PutAway } from '../../../core/governance/clean-up';
import { type Leftover, supersededVersions } from '../../../core/governance/look-after';
import { placeOf, setEnabled, type Vaults, versionsOf } from '../key-vault';

/** Resource id of a secret, and one of its versions. */
const VERSION = /^(.+)\/versions\/([^/]+)$/;

/**
 * Versions of a secret that a newer one replaced, and that are still enabled.
 * @param id resource id of the secret
 */
export async function oldVersions(
  vaults: Vaults,
  id: string,
  { now, days }: { readonly now: Date; readonly days: number },
): Promise<readonly Leftover[]> {
  const enabled = (await versionsOf(vaults, id)).filter((one) => one.enabled);
  return supersededVersions(
    enabled.map(({ version, created }) => ({ what: `${id}/versions/${version}`, created })),
    { now, days },
  );
}

/** Disables one version: it is given to nobody any more, and stays as it is. */
export async function disableVersion(vaults: Vaults, what: string): Promise<PutAway> {
  const [, id = '', version = ''] = VERSION.exec(what) ?? [];
  const { vault, name } = placeOf(id);
  if (!(await setEnabled(vaults, { id, version }, false))) return { said: 'it is gone' };
  return {
    said: `it is disabled; to undo that: az keyvault secret set-attributes --vault-name ${vault} --name ${name} --version ${version} --enabled true`,
  };
}
