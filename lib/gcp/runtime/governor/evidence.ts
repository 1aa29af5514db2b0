import { randomUUID } from 'node:crypto';
import type { CleanUpPorts, Found } from '../../../core/governance/clean-up';
import type { JsonObject } from '../../../core/json';
import { type GoogleApi, GoogleError, orNone } from '../google-api';
import { objectText } from '../object-registry';
import type { ExpectedAgent } from './expected';

/** Which accounts the governor itself disabled: containment disables accounts, too, and those it may not enable. */
export interface Marks {
  /** Whether the last that it did was to disable the account. */
  readonly isAway: (email: string) => Promise<boolean>;
  readonly set: (email: string, mark: 'away' | 'back', at: string) => Promise<void>;
}

/** Where evidence is kept, and what sweeps of earlier days found is read. */
export type Evidence = Pick<CleanUpPorts<ExpectedAgent>, 'recall' | 'remember'> & {
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
  readonly marks: Marks;
};

interface Listing {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

const timeOf = (at: string): string => at.replace(/[:.]/g, '');

/** A bucket whose objects nobody deletes or writes over. */
export function evidenceIn(api: GoogleApi, bucket: string, fleet: string): Evidence {
  const folder = `governance/${fleet}`;
  const upload = async (name: string, body: object): Promise<void> => {
    const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' });
    try {
      await api.service('storage').call('POST', `/upload/storage/v1/b/${bucket}/o?${query}`, body);
    } catch (error) {
      // It was sent twice, or an earlier sweep of the day was there.
      if (!(error instanceof GoogleError) || error.status !== 412) throw error;
    }
  };
  const foundOn = (day: string): string => `${folder}/found/${day}.json`;
  const marksOf = (email: string): string => `${folder}/put-away/${email}/`;
  return {
    keep: (kind, body, at) => upload(`${folder}/${at.slice(0, 10)}/${kind}-${timeOf(at.slice(11))}-${randomUUID().slice(0, 8)}.json`, body),
    recall: async (day) => {
      const text = await orNone(objectText(api, bucket, foundOn(day)));
      return text === undefined ? undefined : (JSON.parse(text) as Found);
    },
    remember: (day, found) => upload(foundOn(day), found),
    marks: {
      isAway: async (email) => (await namesBelow(api, bucket, marksOf(email))).sort().at(-1)?.endsWith('-away.json') ?? false,
      set: (email, mark, at) => upload(`${marksOf(email)}${timeOf(at)}-${mark}.json`, { at, email, mark }),
    },
  };
}

async function namesBelow(api: GoogleApi, bucket: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ prefix, ...(token === undefined ? {} : { pageToken: token }) });
    const { items = [], nextPageToken } = await api.service('storage').call<Listing>('GET', `/storage/v1/b/${bucket}/o?${query}`);
    names.push(...items.map(({ name }) => name));
    token = nextPageToken;
  } while (token !== undefined);
  return names;
}
