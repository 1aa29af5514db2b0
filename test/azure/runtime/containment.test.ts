import type { ContainerClient } from '@azure/storage-blob';
import type { AzureContainment } from '../../../lib/azure/runtime/containment/agent';
import { makeHandlers } from '../../../lib/azure/runtime/containment/handler';
import { personOf } from '../../../lib/azure/runtime/containment/person';
import { recordEntities } from '../../../lib/azure/runtime/containment/record-entities';
import { blobAgents } from '../../../lib/azure/runtime/containment/registry';
import { containmentStory } from '../../core/containment/cloud-story';
import { recordContract } from '../../core/containment/record-contract';
import { type ArmServer, AZURE_API } from './arm-server';
import { ASKED, agentOf, assignment, IDENTITY, made, NATIVE, OTHER, PRINCIPAL, TAGS } from './contained';
import { FakeTable } from './fake-table';

containmentStory('Azure', () => made());
containmentStory('Azure with all that may be asked for', () => made(ASKED));
recordContract('a table', () => recordEntities(new FakeTable().client));

test('what somebody gave past the template is taken away, too, and written down', async () => {
  const cloud = await made();
  cloud.server.assignments.set(assignment('smuggled'), { principalId: PRINCIPAL, roleDefinitionId: 'owner' });
  const outcome = await cloud.ports.handlers['roles']?.(agentOf(NATIVE), { stage: 'restricted' } as never);
  expect(cloud.truth()).toBe('restricted');
  expect(outcome?.receipt.said).toMatch(/1 of them given by nobody of the template; Azure honours that within 10 minutes/);
  expect(outcome?.receipt.facts?.['beyond']).toEqual([assignment('smuggled')]);
  await cloud.stop();
});

test.each<[string, Partial<AzureContainment>, (server: ArmServer) => void]>([
  [
    'an identity with another principal',
    {},
    (server) => server.identities.set(IDENTITY, { properties: { principalId: OTHER }, tags: TAGS }),
  ],
  ['an identity without the tags', {}, (server) => server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: {} })],
  [
    'an identity of another agent',
    {},
    (server) =>
      server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: { ...TAGS, 'agentic-iam:agent': 'writer' } }),
  ],
  ['a principal that is no id', { principalId: "x' or 1 eq 1" }, () => {}],
])('%s is not touched, whatever the registry says', async (_, more, change) => {
  const cloud = await made();
  change(cloud.server);
  const before = [...cloud.server.assignments.keys()];
  await expect(cloud.ports.handlers['roles']?.(agentOf({ ...NATIVE, ...more }), { stage: 'braked' } as never)).resolves.toMatchObject({
    ok: false,
    final: true,
  });
  expect([...cloud.server.assignments.keys()]).toEqual(before);
  await cloud.stop();
});

test('a restore gives what the template says: roles with their conditions, and nothing that was found', async () => {
  const cloud = await made();
  const before = JSON.stringify([...cloud.server.assignments].sort());
  cloud.server.assignments.set(assignment('smuggled'), { principalId: PRINCIPAL, roleDefinitionId: 'owner' });
  for (const step of ['roles', 'federation']) await cloud.ports.handlers[step]?.(agentOf(NATIVE), { stage: 'quarantined' } as never);
  for (const step of ['give-roles']) await cloud.ports.handlers[step]?.(agentOf(NATIVE), { stage: 'quarantined' } as never);
  const after = [...cloud.server.assignments].map(([id, { principalId, roleDefinitionId, condition }]) => [
    id,
    { principalId, roleDefinitionId, ...(condition ? { condition } : {}) },
  ]);
  expect(JSON.stringify(after.sort())).toBe(before);
  await cloud.stop();
});

test.each<[string, Record<string, string>, string | undefined]>([
  [
    'a person',
    { 'x-ms-client-principal-id': PRINCIPAL.toUpperCase(), 'x-ms-client-principal-name': 'ada@example.com' },
    `entra ${PRINCIPAL}`,
  ],
  ['a name that is no id', { 'x-ms-client-principal-id': 'ada' }, undefined],
  ['nobody', {}, undefined],
])('%s', (_, headers, id) => {
  expect(personOf((name) => headers[name] ?? null)?.id).toBe(id);
});

test('events of the queue are heard; what it said itself is no news, and what nobody knows comes again', async () => {
  const heard: string[] = [];
  const responder = {
    trigger: async ({ kind, response }: { kind: string; response: string }) => {
      heard.push(`${kind} ${response}`);
      return { kind: 'told', reason: '' };
    },
    status: async () => undefined,
    sweep: async () => [],
  } as never;
  const handlers = makeHandlers({
    responder,
    agent: async () => ({ responses: {} }) as never,
    now: () => new Date(0),
    log: () => {},
    cloud: 'azure',
  });
  const detection = {
    id: 'd',
    agent: 'a',
    fleet: 'f',
    signal: 'velocity',
    basis: 'exact',
    severity: 'critical',
    time: '',
    rule: 'r',
    summary: 's',
  };
  await handlers.heard({ type: 'AgentDetection', data: detection });
  await handlers.heard(
    JSON.stringify({
      type: 'AgentContainment',
      data: { schemaVersion: 1, id: 'i', agent: 'a', fleet: 'f', cloud: 'gcp', stage: 'quarantined', at: '1970-01-01T00:00:00Z' },
    }),
  );
  await handlers.heard({
    type: 'AgentContainment',
    data: { schemaVersion: 1, id: 'i', agent: 'a', fleet: 'f', cloud: 'azure', stage: 'quarantined', at: '1970-01-01T00:00:00Z' },
  });
  expect(heard).toEqual(['detection brake', 'peer quarantine']);
  await expect(handlers.heard({ type: 'Other' })).rejects.toThrow(/no event that this function knows/);
  expect((await handlers.asked('{}', () => null)).code).toBe(403);
});

test('agents are read by their exact names', async () => {
  const blobs = new Map([['contain/main/reader.json', '{"name":"reader","fleet":"main"}']]);
  const container = {
    getBlobClient: (name: string) => ({
      downloadToBuffer: async () => {
        const text = blobs.get(name);
        if (text === undefined) throw Object.assign(new Error('none'), { statusCode: 404 });
        return Buffer.from(text);
      },
    }),
  } as unknown as ContainerClient;
  const agents = blobAgents(container);
  expect(await agents({ fleet: 'main', agent: 'reader' })).toMatchObject({ name: 'reader' });
  for (const agent of ['nobody', '../x']) expect(await agents({ fleet: 'main', agent })).toBeUndefined();
});

test('the identity says that it is contained, by which deployments fail, until it is restored', async () => {
  const cloud = await made();
  const { handlers } = cloud.ports;
  const tags = () => cloud.server.identities.get(IDENTITY)?.tags;
  const incident = { id: 'i1', stage: 'braked' } as never;
  for (const _ of [1, 2]) expect(await handlers['mark']?.(agentOf(NATIVE), incident)).toMatchObject({ ok: true });
  expect(tags()).toEqual({ ...TAGS, 'agentic-iam:contained': 'i1' });
  for (const _ of [1, 2]) expect(await handlers['unmark']?.(agentOf(NATIVE), incident)).toMatchObject({ ok: true });
  expect(tags()).toEqual(TAGS);
  // Nobody else's identity is written.
  cloud.server.identities.set(IDENTITY, { properties: { principalId: OTHER }, tags: {} });
  expect(await handlers['mark']?.(agentOf(NATIVE), incident)).toMatchObject({ ok: false, final: true });
  expect(tags()).toEqual({});
  const { identityId: _id, ...application } = NATIVE;
  expect((await handlers['mark']?.(agentOf(application), incident))?.receipt.said).toBe(
    'an application has no tags: a deployment is not held up',
  );
  await cloud.stop();
});

test('requests are those that Azure publishes, and all of them are made here', () => {
  expect(AZURE_API.count).toBeGreaterThan(100);
  expect(AZURE_API.unusedBy('containment')).toEqual([]);
});
