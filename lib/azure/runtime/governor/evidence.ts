import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import type { CleanUpPorts, Found } from '../../../core/governance/clean-up';
import type { JsonObject } from '../../../core/json';
import type { ExpectedAgent } from './expected';

/** Where evidence is kept, and what sweeps of earlier days found is read. */
export type Evidence = Pick<CleanUpPorts<ExpectedAgent>, 'recall' | 'remember'> & {
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
};

const statusOf = (error: unknown): number | undefined => (error as { readonly statusCode?: number }).statusCode;

/** A container whose blobs nobody deletes or writes over. */
export function evidenceIn(container: ContainerClient, fleet: string): Evidence {
  const folder = `governance/${fleet}`;
  const upload = async (name: string, body: object): Promise<void> => {
    const text = JSON.stringify(body);
    await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: '*' } });
  };
  const nameOf = (day: string): string => `${folder}/found/${day}.json`;
  return {
    keep: (kind, body, at) =>
      upload(`${folder}/${at.slice(0, 10)}/${kind}-${at.slice(11).replace(/[:.]/g, '')}-${randomUUID().slice(0, 8)}.json`, body),
    recall: async (day) => {
      try {
        return JSON.parse((await container.getBlobClient(nameOf(day)).downloadToBuffer()).toString('utf8')) as Found;
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    remember: async (day, found) => {
      try {
        await upload(nameOf(day), found);
      } catch (error) {
        // An earlier sweep of the day was there. Azure says so in one way of a blob that is there, and in another of one that is locked.
        if (statusOf(error) !== 409 && statusOf(error) !== 412) throw error;
      }
    },
  };
}
