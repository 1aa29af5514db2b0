import { NotContained, NotEligible, tryEach } from '../../../core/containment/step';
import type { JsonObject } from '../../../core/json';
import { type GoogleApi, GoogleError, orNone } from '../google-api';
import type { OwnDenies, StopTag } from './agent';
import type { Switch } from './switches';

/** @see https://docs.cloud.google.com/resource-manager/reference/rest/v3/tagValues#TagValue */
interface TagValue {
  readonly shortName?: string;
  /** `PROJECT/KEY/VALUE`. */
  readonly namespacedName?: string;
}
/** @see https://docs.cloud.google.com/resource-manager/reference/rest/v3/tagBindings#TagBinding */
interface Bindings {
  readonly tagBindings?: readonly { readonly tagValue?: string }[];
  readonly nextPageToken?: string;
}

const STOPPED = 'stopped';
export const LAG = 'Google lets a change of access hold within 2 minutes as a rule, and within 7 or more at times';

/**
 * A deny policy that is always there, and holds while a tag is on the project. Putting the tag on stops the agent; tokens that it has are looked at with each call, so that
 * they are stopped, too.
 * @see https://docs.cloud.google.com/iam/docs/deny-overview
 */
export const DENIES: Switch<OwnDenies> = {
  evidence: async ({ tags }, { api }) => ({
    tags: await Promise.all(
      tags.map(async (tag): Promise<JsonObject> => ({ ...tag, on: await isOn(api, tag), is: (await tagOf(api, tag)) as JsonObject })),
    ),
  }),
  off: ({ tags }, { api }) =>
    inEach(tags, async (tag) => {
      await eligible(api, tag);
      try {
        await api.service('cloudresourcemanager').call('POST', '/v3/tagBindings', { parent: tag.parent, tagValue: tag.value });
      } catch (error) {
        if (!(error instanceof GoogleError) || error.status !== 409) throw error;
        return `everything was denied in ${tag.project} already`;
      }
      return `everything is denied in ${tag.project}; ${LAG}`;
    }),
  on: ({ tags }, { api }) =>
    inEach(tags, async (tag) => {
      await eligible(api, tag);
      const name = `${encodeURIComponent(tag.parent)}/${tag.value}`;
      const gone = await orNone(api.service('cloudresourcemanager').call('DELETE', `/v3/tagBindings/${name}`));
      return gone === undefined ? `nothing was denied in ${tag.project}` : `nothing is denied in ${tag.project} any more; ${LAG}`;
    }),
  expectOff: async ({ tags }, { api }) => {
    for (const tag of tags) if (!(await isOn(api, tag))) throw new NotContained(`the tag of the deny policy is not on ${tag.project}`);
    return `the tag of the deny policy is on; ${LAG}`;
  },
  expectOn: async ({ tags }, { api }) => {
    for (const tag of tags) if (await isOn(api, tag)) throw new NotContained(`the tag of the deny policy is still on ${tag.project}`);
    return 'the tag of the deny policy is off';
  },
};

/** One project that refuses keeps the agent from being stopped in none of the others. */
const inEach = (tags: readonly StopTag[], run: (tag: StopTag) => Promise<string>): Promise<string> =>
  tryEach(tags, run, 'no deny policy was registered');

const tagOf = (api: GoogleApi, { value }: StopTag): Promise<TagValue> =>
  api.service('cloudresourcemanager').call<TagValue>('GET', `/v3/${value}`);

/** A tag that is called otherwise may grant or stop anything: it is not put on. */
async function eligible(api: GoogleApi, tag: StopTag): Promise<void> {
  const { shortName, namespacedName = '' } = await tagOf(api, tag);
  if (shortName !== STOPPED || namespacedName.split('/')[1] !== tag.key)
    throw new NotEligible(
      `The tag '${tag.value}' is called '${namespacedName}', and not '${tag.key}/${STOPPED}' as the one that stops the agent.`,
    );
}

async function isOn(api: GoogleApi, { parent, value }: StopTag): Promise<boolean> {
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ parent, pageSize: '300', ...(token === undefined ? {} : { pageToken: token }) });
    const page: Bindings = await api.service('cloudresourcemanager').call<Bindings>('GET', `/v3/tagBindings?${query}`);
    if (page.tagBindings?.some(({ tagValue }) => tagValue === value)) return true;
    token = page.nextPageToken === '' ? undefined : page.nextPageToken;
  } while (token !== undefined);
  return false;
}
