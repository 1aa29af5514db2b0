import { expiredWindows, type Leftover, oldSecret, type Unused, unusedIn } from '../../../core/governance/look-after';
import { type GoogleApi, orNone } from '../google-api';
import type { Marks } from './evidence';
import type { ExpectedAgent } from './expected';
import { oldVersions, stateOf } from './put-away';

interface Accounts {
  readonly accounts?: readonly { readonly email: string; readonly displayName?: string; readonly disabled?: boolean }[];
  readonly nextPageToken?: string;
}

/** Identities that no agent owns any more, access whose time has passed, secrets that nobody changed for long. */
export async function leftovers(
  api: GoogleApi,
  agents: readonly ExpectedAgent[],
  {
    fleet,
    project,
    now,
    days,
    marks,
  }: {
    readonly fleet: string;
    readonly project: string;
    readonly now: Date;
    readonly days: number;
    /** @default - nothing is put away: versions of secrets are not looked at */
    readonly marks?: Marks | undefined;
  },
): Promise<readonly Leftover[]> {
  const owned = new Set(agents.map(({ email }) => email));
  const orphans: Leftover[] = [];
  for (const { email, displayName = '', disabled = false } of await accountsOf(api, project))
    if (email.startsWith(`${fleet}--`) && displayName.endsWith(` of ${fleet}`) && !owned.has(email))
      orphans.push({
        kind: 'orphaned-identity',
        what: email,
        said: `account ${email} is of no agent any more`,
        ...(disabled ? { away: true } : {}),
      });
  const ended: Leftover[] = [];
  for (const one of expiredWindows(agents, now)) {
    const agent = agents.find(({ name }) => name === one.what);
    ended.push({ ...one, ...(agent && marks ? await stateOf(api, marks, agent) : {}) });
  }
  const old: Leftover[] = [];
  for (const name of new Set(agents.flatMap(({ secrets }) => secrets))) {
    const version = await orNone(api.service('secretmanager').call<{ readonly createTime?: string }>('GET', `/v1/${name}/versions/latest`));
    const changed = version?.createTime === undefined ? undefined : new Date(version.createTime);
    old.push(...oldSecret(name, changed, { now, days }).map((one) => ({ ...one, stays: 'who issues it makes a new value' })));
    if (marks) old.push(...(await oldVersions(api, name, { now, days })));
  }
  return [...orphans, ...ended, ...old];
}

async function accountsOf(api: GoogleApi, project: string): Promise<NonNullable<Accounts['accounts']>> {
  const found: NonNullable<Accounts['accounts']>[number][] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ pageSize: '100', ...(token === undefined ? {} : { pageToken: token }) });
    const page: Accounts = await api.service('iam').call<Accounts>('GET', `/v1/projects/${project}/serviceAccounts?${query}`);
    found.push(...(page.accounts ?? []));
    token = page.nextPageToken === '' ? undefined : page.nextPageToken;
  } while (token !== undefined);
  return found;
}

/**
 * What of an agent's access was not used for some days, by what the log holds of its calls: one question for each capability, at the pace that the log is asked at.
 * @see https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list
 */
export async function unusedOf(
  api: GoogleApi,
  agent: ExpectedAgent,
  { log, days, now, pause }: { readonly log: string; readonly days: number; readonly now: Date; readonly pause: () => Promise<unknown> },
): Promise<Unused> {
  const since = new Date(now.getTime() - days * 86_400_000).toISOString();
  const idle = new Set<string>();
  for (const { capability, actions } of agent.grants) {
    if (actions.length === 0) continue;
    await pause();
    const wanted = actions.map((action) => JSON.stringify(action)).join(' OR ');
    const { entries = [] } = await api.service('logging').call<{ readonly entries?: readonly unknown[] }>('POST', '/v2/entries:list', {
      resourceNames: [log],
      filter: `${agent.calls} AND protoPayload.authorizationInfo.permission=(${wanted}) AND timestamp>="${since}"`,
      pageSize: 1,
    });
    if (entries.length === 0) idle.add(capability);
  }
  return unusedIn(agent, ({ capability }) => idle.has(capability));
}
