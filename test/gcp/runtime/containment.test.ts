import type {
  GcpContainment,
  GrantedPlace,
  IdentitySwitch,
  OwnAccount,
  OwnDenies,
  SharedPool,
  WrittenDeny,
} from '../../../lib/gcp/runtime/containment/agent';
import { DenyQueue } from '../../../lib/gcp/runtime/containment/deny-queue';
import { makeHandler } from '../../../lib/gcp/runtime/containment/handler';
import { personOf } from '../../../lib/gcp/runtime/containment/person';
import { containedByPool } from '../../../lib/gcp/runtime/containment/pool-mates';
import { recordDocuments } from '../../../lib/gcp/runtime/containment/record-documents';
import { objectAgents } from '../../../lib/gcp/runtime/containment/registry';
import { CONTAIN, RESTORE, stepHandlers } from '../../../lib/gcp/runtime/containment/steps';
import { Collection } from '../../../lib/gcp/runtime/firestore';
import type { GoogleApi } from '../../../lib/gcp/runtime/google-api';
import type { FunctionResponse } from '../../../lib/gcp/runtime/request';
import { type CloudFault, containmentStory, type StoryCloud } from '../../core/containment/cloud-story';
import { recordContract } from '../../core/containment/record-contract';
import { DenyPolicies, PLACE } from './deny-policies';
import { FirestorePart, failure, GOOGLE_API, GoogleServer, objectsPart, type Part } from './google-server';
import { PLACES, PoliciesPart } from './policies-part';

const DATABASE = 'projects/example-finance/databases/agentic-iam';
const SERVICE = 'projects/example-finance/locations/europe-west1/services/reader';
const MACHINE = 'projects/example-finance/zones/europe-west1-b/instances/reader';
const JOB = 'projects/example-finance/locations/europe-west1/jobs/reader';
const ACCOUNT: OwnAccount = {
  kind: 'account',
  email: 'main--reader@example-finance.iam.gserviceaccount.com',
  project: 'example-finance',
  displayName: 'reader of main',
};
const PARENTS = { finance: '//cloudresourcemanager.googleapis.com/projects/1', ledger: '//cloudresourcemanager.googleapis.com/projects/2' };
const DENIES: OwnDenies = {
  kind: 'denied',
  tags: [
    { project: 'example-finance', parent: PARENTS.finance, value: 'tagValues/11', key: 'stop--main--reader' },
    { project: 'example-ledger', parent: PARENTS.ledger, value: 'tagValues/12', key: 'stop--main--reader' },
  ],
};
const POOLS = 'projects/1/locations/global/workloadIdentityPools';
const POOL: SharedPool = { kind: 'pool', name: `${POOLS}/aim-main`, displayName: 'agents of main', sharedWith: ['writer'] };
const WRITTEN: WrittenDeny = {
  kind: 'written',
  place: PLACE,
  organization: '123',
  policy: 'agentic-iam-stop-main-x',
  displayName: 'stops main of example-finance',
  principal: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aim-main/subject/reader',
  permissions: ['storage.googleapis.com/objects.get', 'iam.googleapis.com/serviceAccounts.actAs'],
};
const NATIVE: GcpContainment = {
  identity: ACCOUNT,
  work: [
    { kind: 'cloud-run-service', name: SERVICE },
    { kind: 'compute-instance', name: MACHINE },
    { kind: 'scheduler-job', name: JOB },
  ],
  secrets: ['projects/example-finance/secrets/erp'],
};

/** Accounts and what works for them, as Google keeps them. */
class Project {
  readonly accounts = new Map([
    [ACCOUNT.email, { email: ACCOUNT.email, uniqueId: '1', displayName: 'reader of main', disabled: false }],
    [
      'main--writer@example-finance.iam.gserviceaccount.com',
      { email: 'main--writer@example-finance.iam.gserviceaccount.com', uniqueId: '2', displayName: 'writer of main', disabled: false },
    ],
    [
      'deploy@example-finance.iam.gserviceaccount.com',
      { email: 'deploy@example-finance.iam.gserviceaccount.com', uniqueId: '3', displayName: 'deploys', disabled: false },
    ],
  ]);
  readonly running = new Set([SERVICE, MACHINE, JOB]);
  /** Names of tags, and where they are on. */
  readonly values = new Map([
    ['tagValues/11', 'example-finance/stop--main--reader/stopped'],
    ['tagValues/12', 'example-ledger/stop--main--reader/stopped'],
    ['tagValues/13', 'example-finance/env/prod'],
    ['tagValues/14', 'example-finance/stop--main--writer/stopped'],
  ]);
  readonly bindings = new Set([`${PARENTS.finance} tagValues/13`]);
  readonly pools = new Map([
    [POOL.name, { name: POOL.name, displayName: POOL.displayName, state: 'ACTIVE', disabled: false }],
    [`${POOLS}/builds`, { name: `${POOLS}/builds`, displayName: 'builds', state: 'ACTIVE', disabled: false }],
  ]);

  private readonly tags: Part = ({ method, path, query, body }) => {
    const named = this.values.get(path.slice('/v3/'.length));
    if (named !== undefined) return { body: { namespacedName: named, shortName: named.split('/')[2] } };
    if (path.startsWith('/v3/tagValues/')) return failure(404, 'NOT_FOUND');
    if (method === 'POST') {
      const bound = `${body['parent']} ${body['tagValue']}`;
      if (this.bindings.has(bound)) return failure(409, 'ALREADY_EXISTS');
      this.bindings.add(bound);
      return { body: { done: false, name: 'operations/1' } };
    }
    if (method === 'DELETE') {
      const [, parent = '', value = ''] = /^\/v3\/tagBindings\/(.*)\/(tagValues\/\d+)$/.exec(path) ?? [];
      return this.bindings.delete(`${parent} ${value}`) ? { body: { done: true } } : failure(404, 'NOT_FOUND');
    }
    const parameters = new URLSearchParams(query);
    const on = [...this.bindings].filter((one) => one.startsWith(`${parameters.get('parent')} `));
    // One on each page, so that whoever reads the first alone is wrong.
    const at = Number(parameters.get('pageToken') ?? 0);
    const next = at + 1 < on.length ? { nextPageToken: String(at + 1) } : {};
    return { body: { tagBindings: on.slice(at, at + 1).map((one) => ({ tagValue: one.split(' ')[1] })), ...next } };
  };

  readonly denies = new DenyPolicies();

  constructor() {
    this.denies.put('agentic-iam-stop-main-theirs', 'somebody', []);
    this.denies.put('agentic-iam-stop-other-x', 'stops other of example-finance', []);
  }

  readonly part: Part = (call) => {
    const { service, method, path, body } = call;
    const denied = this.denies.part(call);
    if (denied) return denied;
    if (service === 'cloudresourcemanager') return this.tags(call);
    const pool = this.pools.get(path.slice('/v1/'.length));
    if (service === 'iam' && pool) {
      if (method === 'PATCH') pool.disabled = body['disabled'] === true;
      return { body: pool };
    }
    const [, email = '', verb] = /^\/v1\/projects\/[^/]+\/serviceAccounts\/([^:]+)(?::(\w+))?$/.exec(path) ?? [];
    if (service === 'iam' && email) {
      const account = this.accounts.get(email);
      if (!account) return failure(404, 'NOT_FOUND');
      if (verb === 'getIamPolicy') return { body: { bindings: [], etag: 'e' } };
      if (verb === 'disable' || verb === 'enable') account.disabled = verb === 'disable';
      return { body: verb === undefined ? account : {} };
    }
    if (service === 'run') {
      const { scaling } = body as { scaling?: { scalingMode: string; manualInstanceCount?: number } };
      if (method === 'PATCH') this.set(SERVICE, scaling?.scalingMode !== 'MANUAL');
      return {
        body: this.running.has(SERVICE)
          ? { scaling: { scalingMode: 'AUTOMATIC' } }
          : { scaling: { scalingMode: 'MANUAL', manualInstanceCount: 0 } },
      };
    }
    if (service === 'compute') {
      if (method === 'POST') this.set(MACHINE, path.endsWith('/start'));
      return { body: { status: this.running.has(MACHINE) ? 'RUNNING' : 'TERMINATED' } };
    }
    if (service === 'cloudscheduler') {
      if (method === 'POST') this.set(JOB, path.endsWith(':resume'));
      return { body: { state: this.running.has(JOB) ? 'ENABLED' : 'PAUSED' } };
    }
    return undefined;
  };

  isOff(identity: IdentitySwitch): boolean {
    if (identity.kind === 'account') return this.accounts.get(identity.email)?.disabled === true;
    if (identity.kind === 'pool') return this.pools.get(identity.name)?.disabled === true;
    if (identity.kind === 'written') return this.denies.stops(WRITTEN.policy, identity.principal);
    return identity.tags.every(({ parent, value }) => this.bindings.has(`${parent} ${value}`));
  }

  /** By hand. */
  switch(identity: IdentitySwitch, off: boolean): void {
    const account = identity.kind === 'account' ? this.accounts.get(identity.email) : undefined;
    const pool = identity.kind === 'pool' ? this.pools.get(identity.name) : undefined;
    if (account) account.disabled = off;
    if (pool) pool.disabled = off;
    if (identity.kind === 'written' && !off) this.denies.edit(identity.policy, () => ({ rules: [] }));
    if (identity.kind !== 'denied') return;
    for (const { parent, value } of off ? [] : identity.tags) this.bindings.delete(`${parent} ${value}`);
  }

  /** All but what is the agent's own. */
  butFor(identity: IdentitySwitch): string {
    const own = identity.kind === 'denied' ? identity.tags.map(({ parent, value }) => `${parent} ${value}`) : [];
    return JSON.stringify([
      [...this.accounts].filter(([email]) => identity.kind !== 'account' || email !== identity.email),
      [...this.pools].filter(([name]) => identity.kind !== 'pool' || name !== identity.name),
      [...this.bindings].filter((one) => !own.includes(one)),
      [...this.denies.policies.values()].filter(({ name }) => identity.kind !== 'written' || !name.endsWith(`/${identity.policy}`)),
    ]);
  }

  set(name: string, runs: boolean): void {
    if (runs) this.running.add(name);
    else this.running.delete(name);
  }
}

interface Made extends StoryCloud {
  readonly clock: { now: number };
  readonly api: GoogleApi;
  readonly objects: Map<string, string>;
  readonly project: Project;
  /** Other agents that are contained by the pool. */
  readonly contained: Set<string>;
}

/** One policy with conditions, one without, and one that is a list of access. */
const GRANTED: readonly GrantedPlace[] = (['secret', 'pubsub-topic', 'bigquery-dataset'] as const).map((type) => ({
  type,
  fields: PLACES[type].fields,
  grants: [{ role: 'projects/p/roles/agentic_iam.main.a' }],
  right: 'r',
}));

async function made(identity: IdentitySwitch = ACCOUNT, granted?: readonly GrantedPlace[]): Promise<Made> {
  const member = `serviceAccount:${ACCOUNT.email}`;
  const policies = new PoliciesPart(GRANTED.map(({ type }) => type));
  // What is given is given once, by Terraform as by hand.
  const give = (): void => {
    for (const { type, grants } of granted ?? [])
      for (const grant of grants) if (policies.at(type).every((line) => !line.endsWith(`: ${member}`))) policies.give(type, member, grant);
  };
  give();
  for (const { type } of GRANTED)
    policies.give(type, 'serviceAccount:main--writer@example-finance.iam.gserviceaccount.com', { role: 'roles/viewer' });
  const contained = new Set<string>();
  const project = new Project();
  const objects = new Map<string, string>();
  const firestore = new FirestorePart();
  const clock = { now: Date.parse('2026-11-26T08:00:00Z') / 1000 };
  project.denies.now = () => clock.now;
  const server = new GoogleServer([
    policies.part,
    firestore.part,
    objectsPart(objects, 'evidence'),
    objectsPart(objects, 'registry'),
    project.part,
  ]);
  let count = 0;
  let plan: { at: number | undefined; fault: CloudFault } = { at: undefined, fault: 'throttled' };
  let always = false;
  server.fault = (call) => {
    if (call.service === 'firestore') return undefined;
    count += 1;
    if (always) return failure(403, 'PERMISSION_DENIED');
    if (count !== plan.at) return undefined;
    if (plan.fault === 'denied') return failure(403, 'PERMISSION_DENIED');
    if (plan.fault === 'lost-answer') server.answerOf(call);
    // As often as the caller sends it: a throttle that passes within the call would be no fault.
    server.failNext(5);
    return failure(503, 'UNAVAILABLE');
  };
  const api = await server.start();
  const peers: object[] = [];
  return {
    api,
    objects,
    project,
    contained,
    cloud: 'gcp',
    safeMode: false,
    clock,
    native: { ...NATIVE, identity, ...(granted ? { bindings: { member, granted } } : {}) },
    ports: {
      store: recordDocuments(new Collection(api, DATABASE, 'incidents'), new Collection(api, DATABASE, 'openings'), () => 1_800_000_000),
      contain: CONTAIN,
      restore: RESTORE,
      handlers: stepHandlers({
        api,
        bucket: 'evidence',
        tellOthers: async (event) => `told ${peers.push(event)}`,
        ask: async () => {
          throw new Error('this agent is no canary');
        },
        containedByPool: async (_, agent) => contained.has(agent),
        denials: new DenyQueue({
          api: server.api({ attempts: 1 }),
          wishes: new Collection(api, DATABASE, 'denials'),
          turns: new Collection(api, DATABASE, 'denialTurns'),
          registered: objectAgents(api, 'registry'),
          now: () => clock.now,
        }),
        now: () => new Date(),
      }),
    },
    truth: () => {
      if (!project.isOff(identity)) return undefined;
      const bound = GRANTED.some(({ type }) => policies.at(type).some((line) => line.endsWith(`: ${member}`)));
      return project.running.size === 0 && !bound ? 'quarantined' : 'braked';
    },
    others: () => project.butFor(identity) + policies.butFor(member),
    deploy: () => {
      // Terraform leaves `disabled` alone.
      for (const name of [SERVICE, JOB]) project.set(name, true);
      give();
    },
    failAt: (at, fault) => {
      count = 0;
      always = at === Number.POSITIVE_INFINITY;
      plan = { at, fault };
    },
    calls: () => count,
    stop: () => server.stop(),
  };
}

containmentStory('Google Cloud', made);
containmentStory('Google Cloud, of an agent without an account', () => made(DENIES));
containmentStory('Google Cloud, of an agent with its pool', () => made(POOL));
containmentStory('Google Cloud, of an agent whose role bindings are taken away', () => made(ACCOUNT, GRANTED));
containmentStory('Google Cloud, by a deny policy that is written', () => made(WRITTEN));

describe('records', () => {
  let server: GoogleServer;
  let api: GoogleApi;
  beforeEach(async () => {
    server = new GoogleServer([new FirestorePart().part]);
    api = await server.start();
  });
  afterEach(() => server.stop());
  recordContract('Firestore', () =>
    recordDocuments(new Collection(api, DATABASE, 'incidents'), new Collection(api, DATABASE, 'openings'), () => 1_800_000_000),
  );
});

const agentOf = (identity: IdentitySwitch) =>
  ({ name: 'reader', fleet: 'main', cloud: 'gcp', owner: 'o', armed: true, native: { ...NATIVE, identity } }) as never;
const BRAKED = { stage: 'braked', triggers: [], openedAt: '2026-11-26T08:00:00Z' } as never;

test.each<[string, IdentitySwitch]>([
  ['an account that is named otherwise', { ...ACCOUNT, email: 'deploy@example-finance.iam.gserviceaccount.com' }],
  ['an account of Google itself', { ...ACCOUNT, email: 'service-1@gcp-sa-pubsub.iam.gserviceaccount.com' }],
  ['an account of another fleet', { ...ACCOUNT, email: 'other--reader@example-finance.iam.gserviceaccount.com' }],
  ['the account of another agent', { ...ACCOUNT, email: 'main--writer@example-finance.iam.gserviceaccount.com' }],
  ['an account that is called otherwise', { ...ACCOUNT, displayName: 'somebody' }],
  ['a tag that is none of a brake', { ...DENIES, tags: [{ ...DENIES.tags[0], value: 'tagValues/13' } as never] }],
  ['the tag of another agent', { ...DENIES, tags: [{ ...DENIES.tags[0], value: 'tagValues/14' } as never] }],
  ['a pool that is called otherwise', { ...POOL, name: `${POOLS}/builds` }],
  ['the pool of others by its own name', { ...POOL, name: `${POOLS}/builds`, displayName: 'builds' }],
  ['a deny policy that is called otherwise', { ...WRITTEN, policy: 'agentic-iam-stop-main-theirs' }],
  ['a deny policy of others by its own name', { ...WRITTEN, policy: 'agentic-iam-stop-main-theirs', displayName: 'somebody' }],
  ['the deny policy of another fleet', { ...WRITTEN, policy: 'agentic-iam-stop-other-x', displayName: 'stops other of example-finance' }],
  ['a deny policy somewhere else', { ...WRITTEN, place: 'organizations/123/../9' }],
  ['everybody', { ...WRITTEN, principal: 'principalSet://goog/public:all' }],
  ['what is no pool', { ...POOL, name: `${POOLS}/aim-main/providers/p` }],
])('%s is not touched, whatever the registry says', async (_, identity) => {
  const cloud = await made();
  const before = cloud.project.butFor({ ...DENIES, tags: [] });
  for (const step of ['identity', 'identity-on']) {
    await expect(cloud.ports.handlers[step]?.(agentOf(identity), BRAKED)).resolves.toMatchObject({ ok: false, final: true });
    cloud.clock.now += 60;
  }
  expect(cloud.project.butFor({ ...DENIES, tags: [] })).toBe(before);
  await cloud.stop();
});

test.each<[string, IdentitySwitch]>([
  ['an account', ACCOUNT],
  ['a deny policy', DENIES],
  ['a pool', POOL],
  ['a deny policy that is written', WRITTEN],
])('what somebody did to %s meanwhile is noticed by the check', async (_, identity) => {
  const cloud = await made(identity);
  const step = async (id: string) => {
    for (;;) {
      const done = await cloud.ports.handlers[id]?.(agentOf(identity), BRAKED);
      if (!done || done.ok || done.later === undefined) return done;
      cloud.clock.now += done.later;
    }
  };
  await step('identity');
  await expect(step('verify')).resolves.toMatchObject({ ok: true });
  await expect(step('verify-released')).rejects.toThrow(/still/);
  cloud.project.switch(identity, false);
  // What was read is believed for a minute: reads are as scarce as writes.
  cloud.clock.now += 61;
  await expect(step('verify')).rejects.toThrow(/ not (disabled|on|name)/);
  await expect(step('verify-released')).resolves.toMatchObject({ ok: true });
  await cloud.stop();
});

test('what somebody did to role bindings meanwhile is noticed by the check, and what they were is kept', async () => {
  const cloud = await made(ACCOUNT, GRANTED);
  const agent = { ...(agentOf(ACCOUNT) as object), native: cloud.native } as never;
  const quarantined = { id: 'i', stage: 'quarantined', steps: [], triggers: [], openedAt: '2026-11-26T08:00:00Z' } as never;
  const step = (id: string) => cloud.ports.handlers[id]?.(agent, quarantined);
  await step('evidence');
  expect(JSON.parse([...cloud.objects.values()][0] ?? '')).toMatchObject({
    bindings: GRANTED.map(({ type, grants }) => ({ type, grants })),
  });
  for (const id of ['identity', 'bindings', 'work']) await step(id);
  await expect(step('verify')).resolves.toMatchObject({ ok: true });
  await step('identity-on');
  await expect(step('verify-released')).rejects.toThrow(
    'not given yet: projects/p/roles/agentic_iam.main.a on secret projects/p/secrets/s',
  );
  await step('identity');
  cloud.deploy();
  await step('work');
  await expect(step('verify')).rejects.toThrow('still given: projects/p/roles/agentic_iam.main.a on secret projects/p/secrets/s');
  await step('identity-on');
  await expect(step('verify-released')).resolves.toMatchObject({ ok: true });
  await cloud.stop();
});

test('a project that refuses keeps the agent from being stopped in no other', async () => {
  const cloud = await made(DENIES);
  cloud.project.values.delete('tagValues/11');
  await expect(cloud.ports.handlers['identity']?.(agentOf(DENIES), BRAKED)).rejects.toThrow(/tagValues\/11/);
  expect([...cloud.project.bindings]).toContain(`${PARENTS.ledger} tagValues/12`);
  await cloud.stop();
});

describe('a pool', () => {
  test('stays disabled while another agent is contained by it, and is enabled with the last', async () => {
    const cloud = await made(POOL);
    const step = async (id: string) => (await cloud.ports.handlers[id]?.(agentOf(POOL), BRAKED))?.receipt.said;
    expect(await step('identity')).toBe('agents of main: the pool is disabled, and its tokens are refused, for writer as well');
    cloud.contained.add('writer');
    expect(await step('identity-on')).toBe('the pool stays disabled, since writer is contained by it');
    expect(await step('verify-released')).toBe('the pool is still disabled for writer');
    expect(cloud.project.isOff(POOL)).toBe(true);
    cloud.contained.clear();
    await expect(step('verify-released')).rejects.toThrow('the pool is still disabled');
    expect(await step('identity-on')).toBe('agents of main: the pool is enabled');
    expect(await step('verify-released')).toBe('the pool is enabled');
    await cloud.stop();
  });

  test.each<[string, IdentitySwitch, string | undefined, boolean]>([
    ['by its pool', POOL, 'contained', true],
    ['by its pool, not wholly', POOL, 'needs-person', true],
    ['by its pool, and being restored', POOL, 'restoring', false],
    ['by its pool, once', POOL, 'restored', false],
    ['never', POOL, undefined, false],
    ['by its account', ACCOUNT, 'contained', false],
  ])('knows whether another agent is contained %s', async (_, identity, status, expected) => {
    const load = async () => ({ version: 1, ...(status ? { record: { incident: { status } } as never } : {}) });
    expect(await containedByPool({ agent: async () => agentOf(identity), load })('main', 'writer')).toBe(expected);
    expect(await containedByPool({ agent: async () => undefined, load })('main', 'writer')).toBe(false);
  });
});

const token = (claims: object): string =>
  `Bearer h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.SIGNATURE_REMOVED_BY_GOOGLE`;
test.each<[string, string | undefined, string | undefined]>([
  ['a person', token({ email: 'ada@example.com', email_verified: true, sub: '1' }), 'google 1'],
  ['an address that nobody verified', token({ email: 'ada@example.com', email_verified: false, sub: '1' }), undefined],
  ['no address', token({ sub: '1' }), undefined],
  ['no token', undefined, undefined],
  ['a token that is none', 'Bearer x.y.z', undefined],
])('%s', (_, header, id) => {
  expect(personOf(header)?.id).toBe(id);
});

describe('requests', () => {
  const CALLER = 'caller@example-finance.iam.gserviceaccount.com';
  const heard: string[] = [];
  const status = async () => undefined;
  const responder = {
    trigger: async ({ kind, response }: { kind: string; response: string }) => {
      heard.push(`${kind} ${response}`);
      return { kind: 'told', reason: '' };
    },
    sweep: async () => {
      heard.push('sweep');
      return [];
    },
    status,
  } as never;
  const agent = async () => ({ responses: {} }) as never;
  const handle = makeHandler({ responder, agent, now: () => new Date(0), log: () => {}, caller: CALLER, cloud: 'gcp', safeMode: false });
  const send = async (email: string, body: unknown, path = '/'): Promise<number> => {
    let code = 0;
    const response: FunctionResponse = {
      status: (given) => {
        code = given;
        return response;
      },
      json: () => {},
    };
    await handle({ method: 'POST', path, headers: { authorization: token({ email, email_verified: true, sub: email }) }, body }, response);
    return code;
  };
  const pushed = (type: string, value: object) => ({
    message: { messageId: 'm', attributes: { type }, data: Buffer.from(JSON.stringify(value)).toString('base64') },
  });
  const event = { schemaVersion: 1, id: 'i', agent: 'a', fleet: 'f', at: '1970-01-01T00:00:00Z' };
  beforeEach(() => void heard.splice(0));

  test('of the caller are messages and the time; a containment that it said itself is no news', async () => {
    await send(
      CALLER,
      pushed('Agent Detection', {
        id: 'd',
        agent: 'a',
        fleet: 'f',
        signal: 'velocity',
        basis: 'exact',
        severity: 'critical',
        time: '',
        rule: 'r',
        summary: 's',
      }),
    );
    await send(CALLER, pushed('Agent Containment', { ...event, cloud: 'aws', stage: 'restricted' }));
    await send(CALLER, pushed('Agent Containment', { ...event, cloud: 'gcp', stage: 'braked' }));
    await send(CALLER, {}, '/sweep');
    expect(heard).toEqual(['detection brake', 'peer brake', 'sweep']);
  });

  test('of anybody else are a person asking, and never a message', async () => {
    expect(await send('eve@example.com', pushed('Agent Detection', {}))).toBe(400);
    expect(await send('eve@example.com', {}, '/sweep')).toBe(400);
    expect(heard).toEqual([]);
    expect(
      await send('ada@example.com', { action: 'contain', agent: 'a-1', fleet: 'main', reason: 'r', requestId: 'q', response: 'restrict' }),
    ).toBe(200);
    expect(heard).toEqual(['person brake']);
  });
});

test('agents are read by their exact names', async () => {
  const cloud = await made();
  cloud.objects.set('contain/main/reader.json', JSON.stringify({ name: 'reader', fleet: 'main' }));
  cloud.objects.set('contain/main/odd.json', JSON.stringify({ name: 'other', fleet: 'main' }));
  const agents = objectAgents(cloud.api, 'registry');
  expect(await agents({ fleet: 'main', agent: 'reader' })).toMatchObject({ name: 'reader' });
  for (const agent of ['odd', 'nobody', '../x', 'A']) expect(await agents({ fleet: 'main', agent })).toBeUndefined();
  await cloud.stop();
});

test('requests are those that Google publishes, and all of them are made here', () => {
  expect(GOOGLE_API.count).toBeGreaterThan(100);
  // The detector publishes and lists; who tells other clouds exchanges tokens. Several agents in one policy are in deny-queue.test.ts.
  expect(GOOGLE_API.unusedBy('containment')).toEqual([
    'iam PUT /v2/{+name}',
    'pubsub POST /v1/{+topic}:publish',
    'storage GET /storage/v1/b/{bucket}/o',
    'sts POST /v1/token',
    'securitycenter PATCH /v2/{+name}',
  ]);
});
