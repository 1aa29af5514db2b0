import type { ContainerClient } from '@azure/storage-blob';
import { evidenceIn } from '../../../lib/azure/runtime/governor/evidence';

const DAY = '2026-11-26';
const FOUND = { at: '2026-11-26T05:00:00.000Z', keys: ['orphaned-identity x'] };

/** A container as far as evidence is written and read; what is there already is answered with `status`. */
function containerOf(blobs: Map<string, string>, status = 409): ContainerClient {
  const fail = (statusCode: number): never => {
    throw Object.assign(new Error(String(statusCode)), { statusCode });
  };
  return {
    getBlockBlobClient: (name: string) => ({
      upload: async (text: string, length: number, { conditions }: { conditions: { ifNoneMatch?: string } }) => {
        expect([length, conditions]).toEqual([Buffer.byteLength(text), { ifNoneMatch: '*' }]);
        if (blobs.has(name)) fail(status);
        blobs.set(name, text);
      },
    }),
    getBlobClient: (name: string) => ({ downloadToBuffer: async () => Buffer.from(blobs.get(name) ?? fail(404)) }),
  } as unknown as ContainerClient;
}

test('what a day found is read back; of a day without a sweep nothing is', async () => {
  const blobs = new Map<string, string>();
  const { recall, remember } = evidenceIn(containerOf(blobs), 'main');
  expect(await recall(DAY)).toBeUndefined();
  await remember(DAY, FOUND);
  expect([...blobs.keys()]).toEqual(['governance/main/found/2026-11-26.json']);
  expect(await recall(DAY)).toEqual(FOUND);
});

test.each([409, 412])('a second sweep of a day changes nothing of it (%s)', async (status) => {
  const { recall, remember } = evidenceIn(containerOf(new Map(), status), 'main');
  await remember(DAY, FOUND);
  await remember(DAY, { ...FOUND, keys: [] });
  expect(await recall(DAY)).toEqual(FOUND);
});

test('a container that refuses is no day without a sweep', async () => {
  const { recall, remember } = evidenceIn(containerOf(new Map([['governance/main/found/2026-11-26.json', '']]), 403), 'main');
  await expect(remember(DAY, FOUND)).rejects.toThrow('403');
  const denied = {
    getBlobClient: () => ({ downloadToBuffer: async () => Promise.reject(Object.assign(new Error('403'), { statusCode: 403 })) }),
  };
  await expect(evidenceIn(denied as unknown as ContainerClient, 'main').recall(DAY)).rejects.toThrow('403');
  await expect(recall(DAY)).rejects.toThrow();
});

test('each thing that is kept is a blob of its own', async () => {
  const blobs = new Map<string, string>();
  const { keep } = evidenceIn(containerOf(blobs), 'main');
  await keep('tidy', { a: 1 }, FOUND.at);
  await keep('tidy', { a: 2 }, FOUND.at);
  expect([...blobs.values()].sort()).toEqual(['{"a":1}', '{"a":2}']);
  for (const name of blobs.keys()) expect(name).toMatch(/^governance\/main\/2026-11-26\/tidy-050000000Z-[0-9a-f]{8}\.json$/);
});
