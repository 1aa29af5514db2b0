import type { ContainerClient } from '@azure/storage-blob';
import type { AzureContainment } from '../../../lib/azure/runtime/containment/agent';
import { makeHandlers } from '../../../lib/azure/runtime/containment/handler';
import { personOf } from '../../../lib/azure/runtime/containment/person';
import { recordEntities } from '../../../lib/azure/runtime/containment/record-entities';
import { blobAgents } from '../../../lib/azure/runtime/containment/registry';
import { CONTAIN, RESTORE, stepHandlers } from '../../../lib/azure/runtime/containment/steps';
import { type CloudFault, containmentStory, type StoryCloud } from '../../core/containment/cloud-story';
import { recordContract } from '../../core/containment/record-contract';
import { ArmServer, AZURE_API, refusal } from './arm-server';
import { FakeTable } from './fake-table';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
const G = `${SUBSCRIPTION}/resourcegroups/r/providers`;
const PRINCIPAL = '11111111-2222-3333-4444-555555555555';
const OTHER = '99999999-2222-3333-4444-555555555555';
const IDENTITY = `${G}/microsoft.managedidentity/userassignedidentities/main--reader`;
const assignment = (name: string): string =>
  `${G}/microsoft.storage/storageaccounts/a/providers/microsoft.authorization/roleassignments/${name}`;
const COSMOS = `${G}/microsoft.documentdb/databaseaccounts/c/sqlroleassignments/one`;
const TAGS = { 'agentic-iam:agent': 'reader', 'agentic-iam:fleet': 'main' };
const NATIVE: AzureContainment = {
  principalId: PRINCIPAL,
  identityId: IDENTITY,
  tags: TAGS,
  subscription: SUBSCRIPTION,
  assignments: [
    { id: assignment('reads'), roleDefinitionId: 'role-r', reads: true },
    { id: assignment('writes'), roleDefinitionId: 'role-w', condition: 'c', reads: false },
    { id: assignment('more'), roleDefinitionId: 'role-w', reads: false },
    { id: COSMOS, roleDefinitionId: 'role-c', cosmosScope: '/dbs/d', reads: false },
  ],
  work: [
    { kind: 'web-app', id: `${G}/microsoft.web/sites/reader` },
    { kind: 'container-app', id: `${G}/microsoft.app/containerapps/reader` },
    { kind: 'virtual-machine', id: `${G}/microsoft.compute/virtualmachines/reader` },
  ],
  secrets: [],
};

async function made(native: AzureContainment = NATIVE): Promise<StoryCloud & { readonly server: ArmServer }> {
  const server = new ArmServer();
  const arm = await server.start();
  const deploy = (): void => {
    for (const { id, roleDefinitionId, condition, cosmosScope } of NATIVE.assignments) {
      if (cosmosScope === undefined)
        server.assignments.set(id, { principalId: PRINCIPAL, roleDefinitionId, ...(condition ? { condition } : {}) });
      else server.cosmos.add(id);
    }
    server.credentials.set(`${IDENTITY}/federatedidentitycredentials/one`, {
      issuer: 'https://issuer.example.com',
      subject: 's',
      audiences: ['api://AzureADTokenExchange'],
    });
    for (const { id } of NATIVE.work) server.running.add(id);
  };
  deploy();
  // What somebody gave past the template, and what belongs to another.
  server.assignments.set(assignment('theirs'), { principalId: OTHER, roleDefinitionId: 'role-w' });
  server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: { ...TAGS } });
  const evidence = new Map<string, string>();
  const container = {
    getBlockBlobClient: (name: string) => ({
      upload: async (text: string) => {
        if (evidence.has(name)) throw Object.assign(new Error('there'), { statusCode: 409 });
        evidence.set(name, text);
      },
    }),
  } as unknown as ContainerClient;
  let count = 0;
  let plan: { at: number | undefined; fault: CloudFault } = { at: undefined, fault: 'throttled' };
  let always = false;
  server.fault = (call) => {
    count += 1;
    if (always) return refusal(403, 'AuthorizationFailed');
    if (count !== plan.at) return undefined;
    if (plan.fault === 'denied') return refusal(403, 'AuthorizationFailed');
    if (plan.fault === 'lost-answer') server.answerOf(call);
    server.failNext(5);
    return refusal(503, 'ServiceUnavailable');
  };
  return {
    server,
    cloud: 'azure',
    safeMode: true,
    native,
    ports: {
      store: recordEntities(new FakeTable().client),
      contain: CONTAIN,
      restore: RESTORE,
      handlers: stepHandlers({ arm, graph: arm, evidence: container, tellOthers: async () => 'told', now: () => new Date() }),
    },
    truth: () => {
      const own = [...server.assignments].filter(([, { principalId }]) => principalId === PRINCIPAL).map(([id]) => id);
      const isOnlyReads = own.length === 1 && own[0] === assignment('reads') && server.cosmos.size === 0;
      if (isOnlyReads) return 'restricted';
      if (own.length > 0 || server.cosmos.size > 0) return undefined;
      const gone = server.credentials.size === 0 && server.running.size === 0 && server.disabled.has(PRINCIPAL);
      return gone ? 'quarantined' : 'braked';
    },
    others: () => JSON.stringify([...server.assignments].filter(([, { principalId }]) => principalId !== PRINCIPAL)),
    deploy,
    failAt: (at, fault) => {
      count = 0;
      always = at === Number.POSITIVE_INFINITY;
      plan = { at, fault };
    },
    calls: () => count,
    stop: () => server.stop(),
  };
}

containmentStory('Azure', () => made());
recordContract('a table', () => recordEntities(new FakeTable().client));

const agentOf = (native: AzureContainment) => ({ name: 'reader', fleet: 'main', cloud: 'azure', owner: 'o', armed: true, native }) as never;

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
