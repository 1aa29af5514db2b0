import { expiredWindows, type Leftover, oldSecret, type Unused, unusedIn } from '../../../core/governance/look-after';
import { type AzureApi, orNone } from '../azure-api';
import type { Vaults } from '../key-vault';
import type { ExpectedAgent } from './expected';
import { type Identity, orphanOf, stateOf, stateOfAgent } from './put-away';
import { oldVersions } from './versions';

const IDENTITY = '2023-01-31';
const VAULT = '2023-07-01';

interface Identities {
  readonly value?: readonly Identity[];
  readonly nextLink?: string;
}
interface Secret {
  /** Seconds since 1970. */
  readonly properties?: { readonly attributes?: { readonly created?: number; readonly updated?: number } };
}
/** @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/response-format */
interface Rows {
  readonly tables?: readonly { readonly rows?: readonly (readonly unknown[])[] }[];
}

/** Identities that no agent owns any more, access whose time has passed, secrets that nobody changed for long. */
export async function leftovers(
  arm: AzureApi,
  agents: readonly ExpectedAgent[],
  {
    fleet,
    now,
    days,
    vaults,
  }: {
    readonly fleet: string;
    readonly now: Date;
    readonly days: number;
    /** @default - versions of secrets are not looked at */
    readonly vaults?: Vaults | undefined;
  },
): Promise<readonly Leftover[]> {
  const owned = new Set(agents.flatMap(({ identityId }) => identityId?.toLowerCase() ?? []));
  const orphans: Leftover[] = [];
  for (const subscription of new Set(agents.map((one) => one.subscription)))
    for (const identity of await identitiesOf(arm, subscription)) {
      const { id, tags } = identity;
      if (tags?.['agent'] === undefined || tags['fleet'] !== fleet || owned.has(id.toLowerCase())) continue;
      const said = `identity ${id} is of no agent any more`;
      orphans.push({ kind: 'orphaned-identity', what: id, said, ...(await stateOf(arm, orphanOf(identity), tags)) });
    }
  const ended: Leftover[] = [];
  for (const one of expiredWindows(agents, now)) {
    const agent = agents.find(({ name }) => name === one.what);
    ended.push({ ...one, ...(agent ? await stateOfAgent(arm, agent) : {}) });
  }
  const old: Leftover[] = [];
  for (const id of new Set(agents.flatMap(({ secrets }) => secrets))) {
    const { created, updated } =
      (await orNone(arm<Secret>({ method: 'GET', path: `${id}?api-version=${VAULT}` })))?.properties?.attributes ?? {};
    const changed = updated ?? created;
    const found = oldSecret(id, changed === undefined ? undefined : new Date(changed * 1000), { now, days });
    old.push(...found.map((secret) => ({ ...secret, stays: 'who issues it makes a new value' })));
    if (vaults) old.push(...(await oldVersions(vaults, id, { now, days })));
  }
  return [...orphans, ...ended, ...old];
}

async function identitiesOf(arm: AzureApi, subscription: string): Promise<NonNullable<Identities['value']>> {
  const found: NonNullable<Identities['value']>[number][] = [];
  let path: string | undefined = `${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=${IDENTITY}`;
  while (path !== undefined) {
    const page: Identities = await arm<Identities>({ method: 'GET', path });
    found.push(...(page.value ?? []));
    path = page.nextLink?.replace(/^https:\/\/[^/]+/, '');
  }
  return found;
}

/**
 * What of an agent's access was not used for some days, by what the workspace holds of its calls. Of operations that no table shows nothing is said.
 * @param logs API of log queries. @param workspace resource id
 * @see https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/azure-resource-queries
 */
export async function unusedOf(
  logs: AzureApi,
  workspace: string,
  { agent, days }: { readonly agent: ExpectedAgent; readonly days: number },
): Promise<Unused> {
  const asked = agent.grants.some(({ actions }) => actions.length > 0);
  if (!asked) return unusedIn(agent, () => false);
  const { tables = [] } = await logs<Rows>({
    method: 'POST',
    path: `/v1${workspace}/query`,
    body: { query: agent.used, timespan: `P${days}D` },
  });
  const used = new Set((tables[0]?.rows ?? []).map(([operation]) => String(operation).toLowerCase()));
  return unusedIn(agent, ({ actions }) => !actions.some((action) => used.has(action)));
}
