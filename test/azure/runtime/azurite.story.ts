import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { blobsBelow } from '../../../lib/azure/runtime/blob-registry';
import { recordEntities } from '../../../lib/azure/runtime/containment/record-entities';
import { blobAgents } from '../../../lib/azure/runtime/containment/registry';
import { stepHandlers } from '../../../lib/azure/runtime/containment/steps';
import { stateEntities } from '../../../lib/azure/runtime/detector/state-entities';
import { recordContract } from '../../core/containment/record-contract';
import { storeContract } from '../../core/detection/store-contract';
import { ArmServer } from './arm-server';

// Against Azure's own emulator, whose address `npm run test:integration -- azurite` gives.
const ADDRESS = process.env['AZURITE'] ?? '';
const options = { allowInsecureConnection: true };

const PRINCIPAL = '11111111-2222-3333-4444-555555555555';

let made = 0;
const name = (): string => {
  made += 1;
  return `t${process.pid}x${made}`;
};
const tables: Promise<unknown>[] = [];
function table(): TableClient {
  const client = TableClient.fromConnectionString(ADDRESS, name(), options);
  tables.push(client.createTable());
  return client;
}
/** A client that waits for its table, since contracts make stores without waiting. */
const ready = (client: TableClient): TableClient =>
  new Proxy(client, {
    get: (target, key) => {
      const value = Reflect.get(target, key) as unknown;
      if (typeof value !== 'function') return value;
      if (key === 'listEntities')
        return async function* (...rest: unknown[]) {
          await Promise.all(tables);
          yield* (value as (...all: unknown[]) => AsyncIterable<unknown>).apply(target, rest);
        };
      return async (...rest: unknown[]) => {
        await Promise.all(tables);
        return (value as (...all: unknown[]) => unknown).apply(target, rest);
      };
    },
  });

storeContract('Table storage', () => stateEntities(ready(table())));
recordContract('Table storage', () => recordEntities(ready(table())));

describe('blobs', () => {
  const container = async (content: Readonly<Record<string, string>> = {}) => {
    const client = BlobServiceClient.fromConnectionString(ADDRESS).getContainerClient(name());
    await client.create();
    for (const [key, text] of Object.entries(content)) await client.getBlockBlobClient(key).upload(text, Buffer.byteLength(text));
    return client;
  };

  test('of a registry are those whose names begin alike, more than a page of them', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`watch/main/a${at}.json`, `{"at":${at}}`]));
    const parts = await blobsBelow(await container({ ...many, 'watch/other/b.json': '{}' }), 'watch/main/');
    expect(parts.map((part) => part.name).sort()).toEqual(Object.keys(many).sort());
    expect(parts.find((part) => part.name === 'watch/main/a7.json')?.text).toBe('{"at":7}');
  });

  test('of agents are read by exact names, and one that is not there is nobody', async () => {
    const agents = blobAgents(await container({ 'contain/main/reader.json': '{"name":"reader","fleet":"main"}' }));
    expect(await agents({ fleet: 'main', agent: 'reader' })).toEqual({ name: 'reader', fleet: 'main' });
    expect(await agents({ fleet: 'main', agent: 'writer' })).toBeUndefined();
  });

  test('of evidence are written once: the first copy stays', async () => {
    const server = new ArmServer();
    const arm = await server.start();
    const id = '/subscriptions/s1/resourceGroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/main--reader';
    const tags = { 'agentic-iam:agent': 'reader', 'agentic-iam:fleet': 'main' };
    server.identities.set(id.toLowerCase(), { properties: { principalId: PRINCIPAL }, tags });
    const evidence = await container();
    const { evidence: keep } = stepHandlers({
      arm,
      vaults: () => arm,
      evidence,
      tellOthers: async () => '',
      pause: async () => {},
      now: () => new Date(0),
    });
    const native = {
      principalId: PRINCIPAL,
      identityId: id,
      subscription: '/subscriptions/s1',
      tags,
      assignments: [],
      work: [],
      secrets: [],
    };
    const agent = { name: 'reader', fleet: 'main', cloud: 'azure', owner: 'o', armed: true, native } as never;
    const incident = { id: 'i1', stage: 'braked', openedAt: '', triggers: [] } as never;
    const first = await keep?.(agent, incident);
    const second = await keep?.(agent, { ...(incident as object), stage: 'quarantined' } as never);
    await server.stop();
    expect(first?.receipt.facts).toMatchObject({
      key: 'incidents/main/reader/i1/evidence.json',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(second?.receipt.facts).toMatchObject({ kept: 'the first copy' });
    const text = (await evidence.getBlobClient('incidents/main/reader/i1/evidence.json').downloadToBuffer()).toString();
    expect(JSON.parse(text)).toMatchObject({ incident: { stage: 'braked' } });
  });

  test('say which versions of secrets were enabled when the first responder came', async () => {
    const server = new ArmServer();
    const arm = await server.start();
    for (const [version, enabled] of Object.entries({ 'erp/1': true, 'erp/2': false })) server.versions.set(version, enabled);
    const evidence = await container();
    const handlers = stepHandlers({
      arm,
      vaults: () => arm,
      evidence,
      tellOthers: async () => '',
      pause: async () => {},
      now: () => new Date(0),
    });
    const secret = '/subscriptions/s1/resourceGroups/r/providers/Microsoft.KeyVault/vaults/finance/secrets/erp';
    const native = { principalId: PRINCIPAL, assignments: [], work: [], secrets: [secret], disableSecrets: true };
    const agent = { name: 'reader', fleet: 'main', cloud: 'azure', owner: 'o', armed: true, native } as never;
    const incident = { id: 'i1', stage: 'quarantined', openedAt: '', triggers: [] } as never;
    for (const step of ['enable-secrets', 'secrets', 'secrets'])
      expect(await handlers[step]?.(agent, incident)).toMatchObject({ ok: true });
    expect([...server.versions.values()]).toEqual([false, false]);
    const text = (await evidence.getBlobClient('incidents/main/reader/i1/secrets.json').downloadToBuffer()).toString();
    expect(JSON.parse(text)).toMatchObject({ secrets: [{ id: secret, versions: ['1'] }] });
    expect(await handlers['enable-secrets']?.(agent, incident)).toMatchObject({ ok: true });
    expect([...server.versions.values()]).toEqual([true, false]);
    await server.stop();
  });
});
