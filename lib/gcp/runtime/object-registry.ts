import type { RegistryPart } from '../../core/detection/registry-parts';
import type { GoogleApi } from './google-api';

interface Listing {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

/**
 * What deployments wrote of their agents: the objects of a bucket whose names begin alike.
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/list
 */
export async function objectsBelow(api: GoogleApi, bucket: string, prefix: string): Promise<readonly RegistryPart[]> {
  const parts: RegistryPart[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ prefix, ...(token === undefined ? {} : { pageToken: token }) });
    const { items = [], nextPageToken } = await api.service('storage').call<Listing>('GET', `/storage/v1/b/${bucket}/o?${query}`);
    for (const { name } of items) parts.push({ name, text: await objectText(api, bucket, name) });
    token = nextPageToken;
  } while (token !== undefined);
  return parts;
}

export function objectText(api: GoogleApi, bucket: string, name: string): Promise<string> {
  return api.service('storage').text(`/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`);
}
