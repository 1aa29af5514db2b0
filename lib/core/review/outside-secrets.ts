import type { Manifest } from '../manifest';
import type { WorldSecret } from './world';

/** Stores of secrets that belong to no cloud: what they let an agent read, no policy of a cloud says. */
export const OUTSIDE_STORES: readonly string[] = ['vault'];

/** Secrets of such stores, for the world of any cloud. @param fill puts what is known in place of references */
export function outsideSecrets(manifest: Manifest, fill: (text: string) => string = (text) => text): readonly WorldSecret[] {
  return (manifest.secrets ?? [])
    .filter(({ cloud }) => OUTSIDE_STORES.includes(cloud))
    .map(({ construct, holds, agents }) => ({
      name: construct.split('/').at(-1) ?? construct,
      holds: holds.flatMap((one) => (typeof one === 'string' ? fill(one) : [])),
      readers: agents,
    }));
}
