import type { ContainerClient } from '@azure/storage-blob';
import { NotContained, sayEach } from '../../../core/containment/step';
import type { ContainableAgent, Incident } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import { setEnabled, type Vaults, versionsOf } from '../key-vault';
import { nativeOf } from './agent';
import { evidenceKey, keepOnce, readKept } from './evidence';

/** What secrets are reached by. */
export interface SecretPorts {
  readonly vaults: Vaults;
  readonly evidence: ContainerClient;
}

/** Versions that were enabled when the agent was quarantined, by the resource id of their secret; written before any of them is disabled. */
interface Kept {
  readonly schemaVersion: 1;
  readonly incident: string;
  readonly secrets: readonly { readonly id: string; readonly versions: readonly string[] }[];
}

/**
 * Disables the versions of the agent's secrets that were enabled when it was quarantined: whoever else reads them is refused, too. One that is made later is no
 * business of this incident, and stays. By the vault's own API, since that of Resource Manager knows the current version alone, and who writes there may also
 * change the value; the rights used here neither read a value nor change one.
 * @see https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/update-secret/update-secret
 */
export async function disableSecrets(
  ports: SecretPorts,
  agent: ContainableAgent,
  incident: Incident,
): Promise<string | { readonly said: string; readonly facts: JsonObject }> {
  const { secrets, disableSecrets: asked } = nativeOf(agent);
  if (!asked)
    return sayEach(
      secrets,
      async (id) => `${id}: make a version that is new, and disable the old one, since the agent may have read it`,
      'no secret is bound to the agent',
    );
  const key = evidenceKey(agent, incident, 'secrets');
  const { secrets: kept } = await keepEnabled(ports, agent, { key, incident: incident.id });
  const count = await setAll(ports, kept, false);
  return {
    said: `${count} versions of ${kept.map(({ id }) => id).join(', ')} are disabled, for whoever else reads them, too: make versions that are new, which stay enabled`,
    facts: { key, disabled: kept } as unknown as JsonObject,
  };
}

/** Enables the versions that were disabled, and none that was disabled before. */
export async function enableSecrets(ports: SecretPorts, agent: ContainableAgent, incident: Incident): Promise<string> {
  const { secrets = [] } = (await keptOf(ports, agent, incident)) ?? {};
  if (secrets.length === 0) return 'no secret was disabled';
  return `${await setAll(ports, secrets, true)} versions of ${secrets.map(({ id }) => id).join(', ')} are enabled again; the agent may have read them`;
}

/** Looks whether what was disabled still is. */
export async function expectDisabled(ports: SecretPorts, agent: ContainableAgent, incident: Incident): Promise<void> {
  if (!nativeOf(agent).disableSecrets) return;
  const kept = await keptOf(ports, agent, incident);
  if (!kept) throw new NotContained('no secret was disabled yet');
  const open = await oddOnes(ports, kept, true);
  if (open.length > 0) throw new NotContained(`can be read: ${open.join(', ')}`);
}

/** Looks whether what was disabled is enabled again. */
export async function expectEnabled(ports: SecretPorts, agent: ContainableAgent, incident: Incident): Promise<void> {
  const kept = await keptOf(ports, agent, incident);
  const shut = kept ? await oddOnes(ports, kept, false) : [];
  if (shut.length > 0) throw new NotContained(`still disabled: ${shut.join(', ')}`);
}

const keptOf = ({ evidence }: SecretPorts, agent: ContainableAgent, incident: Incident): Promise<Kept | undefined> =>
  readKept<Kept>(evidence, evidenceKey(agent, incident, 'secrets'));

/** Keeps what is enabled now; what was kept for this incident before stays. */
async function keepEnabled(
  ports: SecretPorts,
  agent: ContainableAgent,
  { key, incident }: { readonly key: string; readonly incident: string },
): Promise<Kept> {
  const secrets: Kept['secrets'][number][] = [];
  for (const id of new Set(nativeOf(agent).secrets)) {
    const versions = (await versionsOf(ports.vaults, id)).filter(({ enabled }) => enabled).map(({ version }) => version);
    secrets.push({ id, versions: versions.sort() });
  }
  const kept: Kept = { schemaVersion: 1, incident, secrets };
  if (await keepOnce(ports.evidence, key, stableStringify(kept as unknown as JsonObject, 2))) return kept;
  return (await readKept<Kept>(ports.evidence, key)) ?? kept;
}

/** @returns how many there are: one that was deleted meanwhile is none */
async function setAll({ vaults }: SecretPorts, secrets: Kept['secrets'], enabled: boolean): Promise<number> {
  let count = 0;
  for (const { id, versions } of secrets)
    for (const version of versions) if (await setEnabled(vaults, { id, version }, enabled)) count += 1;
  return count;
}

/** Those of what was kept that are as they should not be. */
async function oddOnes(ports: SecretPorts, { secrets }: Kept, odd: boolean): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { id, versions } of secrets)
    for (const { version, enabled } of await versionsOf(ports.vaults, id))
      if (versions.includes(version) && enabled === odd) found.push(`${id} ${version}`);
  return found;
}
