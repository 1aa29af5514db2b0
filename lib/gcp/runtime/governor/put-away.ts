import type { Leftover, PutAway } from '../../../core/governance/clean-up';
import { supersededVersions } from '../../../core/governance/look-after';
import { type GoogleApi, GoogleError, orNone } from '../google-api';
import type { Marks } from './evidence';
import type { ExpectedAgent } from './expected';

interface Versions {
  readonly versions?: readonly { readonly name: string; readonly createTime?: string }[];
  readonly nextPageToken?: string;
}

/** Whether the account of an agent gives nothing any more, or why it is left as it is. */
export async function stateOf(api: GoogleApi, marks: Marks, { project, email }: ExpectedAgent): Promise<Pick<Leftover, 'away' | 'stays'>> {
  if (email === undefined) return { stays: 'it has no account that could be disabled' };
  const path = `/v1/projects/${project}/serviceAccounts/${email}`;
  const account = await orNone(api.service('iam').call<{ readonly disabled?: boolean }>('GET', path));
  if (!account) return { away: true };
  if (!account.disabled) return {};
  return (await marks.isAway(email)) ? { away: true } : { stays: 'it is contained, and left alone' };
}

export interface PutAwayPorts {
  readonly api: GoogleApi;
  readonly marks: Marks;
  /** Where accounts are that no agent owns. */
  readonly project: string;
  readonly now: () => Date;
}

/**
 * Puts one thing away.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/disable
 */
export async function putAway(ports: PutAwayPorts, { kind, what }: Leftover, agents: readonly ExpectedAgent[]): Promise<PutAway> {
  const { api, marks } = ports;
  if (kind === 'old-version') return disableVersion(api, what);
  const agent = kind === 'expired-window' ? agents.find(({ name }) => name === what) : undefined;
  const email = agent?.email ?? what;
  const project = agent?.project ?? ports.project;
  try {
    await api.service('iam').call('POST', `/v1/projects/${project}/serviceAccounts/${email}:disable`, {});
  } catch (error) {
    if (!(error instanceof GoogleError) || error.status !== 403) throw error;
    throw new Error(
      `the governor may disable accounts that it was given, and no others; do it yourself: gcloud iam service-accounts disable ${email} --project ${project}`,
    );
  }
  // After it: a mark without it would have the governor enable what containment disabled.
  await marks.set(email, 'away', ports.now().toISOString());
  const undone = agent ? 'deploy it with a window that is not over' : 'declare its agent again';
  return { said: `${email} is disabled, and its tokens are refused; to undo that, ${undone}: the governor then enables it` };
}

/**
 * Enables an account that is declared, and that the governor disabled.
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/enable
 */
export async function giveBack({ api, marks, now }: PutAwayPorts, { project, email = '' }: ExpectedAgent): Promise<string> {
  if (!(await marks.isAway(email))) throw new Error('the governor did not disable it');
  await api.service('iam').call('POST', `/v1/projects/${project}/serviceAccounts/${email}:enable`, {});
  await marks.set(email, 'back', now().toISOString());
  return 'it was put away, is declared, and is enabled again';
}

/**
 * Versions of a secret that a newer one replaced, and that are still enabled.
 * @see https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/list
 */
export async function oldVersions(
  api: GoogleApi,
  secret: string,
  { now, days }: { readonly now: Date; readonly days: number },
): Promise<readonly Leftover[]> {
  const found: { readonly what: string; readonly created: Date }[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ filter: 'state:ENABLED', ...(token === undefined ? {} : { pageToken: token }) });
    const page: Versions | undefined = await orNone(api.service('secretmanager').call<Versions>('GET', `/v1/${secret}/versions?${query}`));
    found.push(...(page?.versions ?? []).map(({ name, createTime = '' }) => ({ what: name, created: new Date(createTime) })));
    token = page?.nextPageToken === '' ? undefined : page?.nextPageToken;
  } while (token !== undefined);
  return supersededVersions(found, { now, days });
}

/** @see https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/disable */
async function disableVersion(api: GoogleApi, name: string): Promise<PutAway> {
  await api.service('secretmanager').call('POST', `/v1/${name}:disable`, {});
  const [, project, , secret, , version] = name.split('/');
  return { said: `it is disabled; to undo that: gcloud secrets versions enable ${version} --secret ${secret} --project ${project}` };
}
