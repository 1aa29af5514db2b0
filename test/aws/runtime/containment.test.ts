import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { AgentWork } from '../../../lib/aws/runtime/containment/agent';
import { type ContainmentEvent, makeHandler } from '../../../lib/aws/runtime/containment/handler';
import { personOf } from '../../../lib/aws/runtime/containment/person';
import { recordTable } from '../../../lib/aws/runtime/containment/record-table';
import { profileSwitch } from '../../../lib/aws/runtime/containment/roles-anywhere';
import { CONTAIN, RESTORE } from '../../../lib/aws/runtime/containment/steps';
import { isWorkStopped, startWork, stopWork, type WorkClients } from '../../../lib/aws/runtime/containment/work';
import { parameterTemplates, stoppedName } from '../../../lib/aws/runtime/task-broker/adapters';
import { readOperatorRequest } from '../../../lib/core/containment/request';
import { Responder } from '../../../lib/core/containment/responder';
import type { ContainmentRecord } from '../../../lib/core/containment/types';
import { FakeCloud } from '../../core/containment/fake-cloud';
import { stateServer } from './table-server';

describe('records', () => {
  let client: DynamoDBClient;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ client, stop } = await stateServer('records'));
  });
  afterAll(() => stop());
  const KEY = { fleet: 'main', agent: 'reader' };
  const record: ContainmentRecord = { schemaVersion: 1, ...KEY, outbox: ['a'] };
  const store = () => recordTable(client, 'records', () => 1_800_000_000);

  test('are changed only by who read the latest, and found when they are due', async () => {
    expect(await store().load(KEY)).toEqual({ version: 0 });
    const saves = await Promise.all(Array.from({ length: 10 }, () => store().save(record, { version: 0, dueAt: 100 })));
    expect(saves.filter((saved) => saved)).toHaveLength(1);
    expect(await store().load(KEY)).toEqual({ record, version: 1 });
    expect(await store().due(99)).toEqual([]);
    expect(await store().due(100)).toEqual([KEY]);
    expect(await store().save({ ...record, outbox: [] }, { version: 1 })).toBe(true);
    expect(await store().save(record, { version: 1 })).toBe(false);
    expect(await store().due(1_000)).toEqual([]);
  });

  test('count what machines opened, however often it is written', async () => {
    const incident = {
      schemaVersion: 1 as const,
      id: 'i1',
      ...KEY,
      stage: 'braked' as const,
      status: 'containing' as const,
      openedAt: '2027-01-15T08:00:00.000Z',
      automatic: true,
      triggers: [],
      steps: [{ id: 'brake', status: 'pending' as const, attempts: 0, notBefore: 0 }],
      restore: [],
      approvals: [],
    };
    for (const agent of ['a', 'b', 'b']) await store().save({ ...record, agent, incident: { ...incident, id: agent } }, { version: 0 });
    await store().save({ ...record, agent: 'c', incident: { ...incident, id: 'c', automatic: false } }, { version: 0 });
    const opened = Date.parse(incident.openedAt) / 1000;
    expect(await store().opened('main', opened)).toBe(2);
    expect(await store().opened('main', opened + 1)).toBe(0);
    expect(await store().opened('other', opened)).toBe(0);
  });
});

test.each([
  ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ada@example.com', '111122223333 sso ada@example.com'],
  ['arn:aws:sts::111122223333:assumed-role/ops/ada', '111122223333 role ops'],
  ['arn:aws:sts::111122223333:assumed-role/ops/grace', '111122223333 role ops'],
  ['arn:aws:iam::111122223333:user/team/ada', '111122223333 user ada'],
  ['arn:aws:iam::111122223333:root', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is the person %s', (arn, id) => {
  expect(personOf(arn)?.id).toBe(id);
});

const REQUEST = { action: 'contain', agent: 'reader', fleet: 'main', reason: 'r', requestId: 'q' };
test.each<[string, string, RegExp]>([
  ['no JSON', '{', /must be JSON/],
  ['no object', 'null', /must be a JSON object/],
  ['too much', JSON.stringify({ ...REQUEST, reason: 'x'.repeat(5_000) }), /4096 characters at most/],
  ['a long reason', JSON.stringify({ ...REQUEST, reason: 'x'.repeat(501) }), /'reason' must say why/],
  ['an action that is none', JSON.stringify({ ...REQUEST, action: 'delete' }), /'action' must be one of/],
  ['a path as agent', JSON.stringify({ ...REQUEST, agent: '../../other' }), /'agent' must be of the form/],
  ['no id', JSON.stringify({ ...REQUEST, requestId: undefined }), /'requestId' must be of the form/],
  ['a dry run that is a word', JSON.stringify({ ...REQUEST, dryRun: 'no' }), /'dryRun' must be true or false/],
])('a request with %s is refused', (_, body, message) => {
  expect(() => readOperatorRequest(body)).toThrow(message);
});

describe('events', () => {
  let cloud: FakeCloud;
  const responses: Record<string, string> = {};
  const handleOf = () => {
    const ports = cloud.ports(['reader']);
    const agent = async (key: { fleet: string; agent: string }) => {
      const found = await ports.agent(key);
      return found && { ...found, responses };
    };
    return makeHandler({ responder: new Responder(ports), agent, now: () => new Date(cloud.clock * 1000), log: () => {}, cloud: 'aws' });
  };
  beforeEach(() => {
    cloud = new FakeCloud();
    for (const key of Object.keys(responses)) delete responses[key];
  });
  test('an alarm contains the agent that it is about, once for each time it goes off', async () => {
    const handle = handleOf();
    const alarm = {
      id: 'e1',
      at: new Date(cloud.clock * 1000).toISOString(),
      name: 'spend',
      reason: 'too much',
      agent: 'reader',
      fleet: 'main',
      response: 'brake' as const,
    };
    for (const _ of [1, 2]) await handle({ alarm });
    expect(cloud.world('reader').denied).toBe('braked');
    const record = cloud.store.records.get('main/reader')?.record;
    expect(record?.incident?.triggers).toEqual([
      { id: 'alarm e1', kind: 'alarm', by: 'the alarm spend', at: alarm.at, reason: 'too much' },
    ]);
    cloud.armed = false;
    await handle({ alarm: { ...alarm, id: 'e2', response: 'quarantine' } });
    expect(cloud.world('reader').denied).toBe('braked');
  });
  const detection = (more: object): ContainmentEvent => ({
    'detail-type': 'Agent Detection',
    detail: {
      id: 'd',
      agent: 'reader',
      fleet: 'main',
      signal: 'velocity',
      rule: 'r',
      summary: 's',
      basis: 'exact',
      severity: 'critical',
      time: new Date(cloud.clock * 1000).toISOString(),
      ...more,
    },
  });

  test.each([
    ['what is exact and critical brakes', {}, undefined, 'braked'],
    ['what is exact and no more than high is told', { severity: 'high' }, undefined, undefined],
    ['what is statistical is told', { basis: 'statistical' }, undefined, undefined],
    ['the spec says more of a statistical one', { basis: 'statistical', severity: 'low' }, 'quarantine', 'quarantined'],
    ['the spec says less of an exact one', {}, 'notify', undefined],
    ['the spec says safe mode', {}, 'restrict', 'restricted'],
  ] as const)('%s', async (_, more, said, denied) => {
    if (said) responses['velocity'] = said;
    await handleOf()(detection(more));
    expect(cloud.worlds.get('reader')?.denied).toBe(denied);
  });

  test('the calls that a detection rests on are kept with the incident', async () => {
    await handleOf()(
      detection({ broke: 'nothing grants iam:CreateUser', principal: 'arn', events: [{ id: 'e1', action: 'iam:CreateUser' }] }),
    );
    const [first] = cloud.store.records.get('main/reader')?.record.incident?.triggers ?? [];
    expect(first?.facts).toEqual({
      rule: 'r',
      broke: 'nothing grants iam:CreateUser',
      principal: 'arn',
      events: [{ id: 'e1', action: 'iam:CreateUser' }],
    });
  });

  test('a finding that somebody chose the action for contains its agent, armed or not; others are nothing to it', async () => {
    cloud.armed = false;
    const findings = [
      { Id: 'f1', Title: 'Agent reader: velocity', ProductFields: { 'agentic-iam/agent': 'reader', 'agentic-iam/fleet': 'main' } },
      { Id: 'f2', Title: 'a bucket is public' },
    ];
    await handleOf()({ id: 'e', 'detail-type': 'Security Hub Findings - Custom Action', detail: { findings } });
    expect(cloud.world('reader').denied).toBe('braked');
  });

  test('what nobody knows comes again, until somebody looks at it', async () => {
    await expect(handleOf()({ 'detail-type': 'Something Else', detail: {} })).rejects.toThrow(/no event that this function knows/);
  });

  test('a sweep that could not go on says so', async () => {
    cloud.fault = () => 'none';
    await handleOf()(detection({}));
    await cloud.store.save({ schemaVersion: 1, fleet: 'main', agent: 'reader', outbox: ['x'] }, { version: 99 });
    const known = cloud.store.records.get('main/reader');
    if (known) known.record = { ...known.record, outbox: ['x'] };
    if (known) known.dueAt = 0;
    cloud.fault = () => 'throttled';
    await expect(handleOf()({ sweep: true })).rejects.toThrow(/1 incidents could not be gone on with/);
  });
});

test('a kind of task whose workflow is stopped is given out no more, and is again once it may go on', async () => {
  const parameters = new Map([['/t/desk/answer', '{"agent":"desk"}']]);
  const client = {
    send: async ({ input: { Name } }: { readonly input: { readonly Name: string } }) => {
      const Value = parameters.get(Name);
      if (Value === undefined) throw Object.assign(new Error('none'), { name: 'ParameterNotFound' });
      return { Parameter: { Value } };
    },
  } as unknown as SSMClient;
  let clock = 0;
  const templates = parameterTemplates(client, '/t', () => clock);
  expect(await templates('desk', 'answer')).toEqual({ agent: 'desk' });
  parameters.set(stoppedName('/t', 'desk', 'answer'), 'incident');
  clock += 60_001;
  expect(await templates('desk', 'answer')).toBeUndefined();
  parameters.delete(stoppedName('/t', 'desk', 'answer'));
  clock += 60_001;
  expect(await templates('desk', 'answer')).toEqual({ agent: 'desk' });
});

test('every step has a handler, and the proof comes last', () => {
  expect([CONTAIN.at(-1)?.last, RESTORE.at(-1)?.last]).toEqual([true, true]);
  expect([...CONTAIN, ...RESTORE].filter(({ last }) => last)).toHaveLength(2);
});

describe('work', () => {
  const sent: [string, object][] = [];
  const answers: Record<string, object> = {
    ListTasksCommand: { taskArns: ['t1', 't2'] },
    ListExecutionsCommand: { executions: [{ executionArn: 'e1' }] },
    ListEventSourceMappingsCommand: { EventSourceMappings: [{ UUID: 'u1' }] },
    DescribeServicesCommand: { services: [{ desiredCount: 0 }] },
  };
  const client = {
    send: async (command: { constructor: { name: string }; input: object }) => {
      sent.push([command.constructor.name.replace('Command', ''), command.input]);
      const answer = answers[command.constructor.name] ?? {};
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const profiles = {
    set: async (id: string, to: string) => void sent.push([`Profile`, { id, to }]),
    isEnabled: async () => (answers['Profile'] as { readonly enabled: boolean }).enabled,
  };
  const clients = { lambda: client, ecs: client, sfn: client, eks: client, agentCore: client, profiles } as unknown as WorkClients;
  beforeEach(() => sent.splice(0));

  const CASES: readonly (readonly [AgentWork, readonly string[], readonly string[]])[] = [
    [
      { kind: 'lambda', arn: 'fn', reserved: 5 },
      ['PutFunctionConcurrency fn 0', 'ListEventSourceMappings fn', 'UpdateEventSourceMapping u1 false'],
      ['PutFunctionConcurrency fn 5', 'ListEventSourceMappings fn', 'UpdateEventSourceMapping u1 true'],
    ],
    [
      { kind: 'lambda', arn: 'fn' },
      ['PutFunctionConcurrency fn 0', 'ListEventSourceMappings fn', 'UpdateEventSourceMapping u1 false'],
      ['DeleteFunctionConcurrency fn', 'ListEventSourceMappings fn', 'UpdateEventSourceMapping u1 true'],
    ],
    [
      { kind: 'ecs-service', cluster: 'c', service: 's', desired: 3 },
      ['UpdateService c s 0', 'ListTasks c s', 'StopTask c t1 the agent is contained', 'StopTask c t2 the agent is contained'],
      ['DescribeServices c s', 'UpdateService c s 3'],
    ],
    [{ kind: 'state-machine', arn: 'sm' }, ['ListExecutions sm RUNNING', 'StopExecution e1 Contained the agent is contained'], []],
    [{ kind: 'pod-association', cluster: 'c', associationId: 'a' }, ['DeletePodIdentityAssociation c a'], []],
    [{ kind: 'agent-core', arn: 'rt', refusal: 'no' }, ['PutResourcePolicy rt no'], ['DeleteResourcePolicy rt']],
    [{ kind: 'agent-core', arn: 'rt', refusal: 'no', policy: 'yes' }, ['PutResourcePolicy rt no'], ['PutResourcePolicy rt yes']],
    [{ kind: 'roles-anywhere-profile', profileId: 'p' }, ['Profile p disable'], ['Profile p enable']],
  ];
  const shown = () => sent.splice(0).map(([name, input]) => [name, ...Object.values(input)].join(' '));

  test.each(CASES)('is stopped and begun again: %j', async (work, stopped, started) => {
    await stopWork(clients, work);
    expect(shown()).toEqual(stopped);
    await startWork(clients, work);
    expect(shown()).toEqual(started);
  });

  test.each<[AgentWork, string, object | Error, object | Error]>([
    [{ kind: 'lambda', arn: 'fn' }, 'GetFunctionConcurrencyCommand', { ReservedConcurrentExecutions: 0 }, {}],
    [
      { kind: 'ecs-service', cluster: 'c', service: 's', desired: 3 },
      'DescribeServicesCommand',
      { services: [{ desiredCount: 0, runningCount: 0 }] },
      { services: [{ desiredCount: 0, runningCount: 1 }] },
    ],
    [{ kind: 'state-machine', arn: 'sm' }, 'ListExecutionsCommand', { executions: [] }, { executions: [{ executionArn: 'e1' }] }],
    [
      { kind: 'pod-association', cluster: 'c', associationId: 'a' },
      'DescribePodIdentityAssociationCommand',
      Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' }),
      { association: {} },
    ],
    [
      { kind: 'agent-core', arn: 'rt', refusal: '{"a":1,"b":2}' },
      'GetResourcePolicyCommand',
      { policy: '{"b":2,"a":1}' },
      { policy: '{}' },
    ],
    [{ kind: 'roles-anywhere-profile', profileId: 'p' }, 'Profile', { enabled: false }, { enabled: true }],
  ])('is seen to be stopped, or not: %j', async (work, call, stopped, runs) => {
    const before = answers[call];
    answers[call] = stopped;
    expect(await isWorkStopped(clients, work)).toBe(true);
    answers[call] = runs;
    expect(await isWorkStopped(clients, work)).toBe(false);
    answers[call] = before ?? {};
  });

  test('a look that fails is no "stopped"', async () => {
    answers['DescribePodIdentityAssociationCommand'] = Object.assign(new Error('no'), { name: 'ThrottlingException' });
    await expect(isWorkStopped(clients, { kind: 'pod-association', cluster: 'c', associationId: 'a' })).rejects.toThrow('no');
  });
});

describe('profiles of Roles Anywhere, over HTTP', () => {
  let server: Server;
  const heard: string[] = [];
  let enabled = true;
  beforeAll(async () => {
    server = createServer((request, response) => {
      heard.push(
        `${request.method} ${request.url} ${/Credential=[^/]+\/\d+\/eu-central-1\/rolesanywhere\//.test(request.headers.authorization ?? '')}`,
      );
      const known = request.url?.startsWith('/profile/p1');
      if (request.url?.endsWith('/disable')) enabled = false;
      if (request.url?.endsWith('/enable')) enabled = true;
      response.writeHead(known ? 200 : 404, { 'x-amzn-errortype': 'ResourceNotFoundException:x' });
      response.end(JSON.stringify(known ? { profile: { enabled } } : { message: 'none' }));
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('are turned off and on by signed calls, and what is not there is an error', async () => {
    const iam = new IAMClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
    const profiles = profileSwitch(iam, `http://localhost:${(server.address() as AddressInfo).port}`);
    await profiles.set('p1', 'disable');
    expect(await profiles.isEnabled('p1')).toBe(false);
    await profiles.set('p1', 'enable');
    expect(await profiles.isEnabled('p1')).toBe(true);
    await expect(profiles.set('../p2', 'disable')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(heard).toEqual([
      'POST /profile/p1/disable true',
      'GET /profile/p1 true',
      'POST /profile/p1/enable true',
      'GET /profile/p1 true',
      'POST /profile/..%2Fp2/disable true',
    ]);
  });
});
