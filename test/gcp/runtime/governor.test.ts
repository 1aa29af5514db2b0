import { failure, GOOGLE_API } from './google-server';
import {
  AGENT,
  BUCKET,
  CALLER,
  DAY,
  EMAIL,
  KEY,
  MEMBER,
  made,
  NOW,
  PROJECT,
  type Project,
  ROLE,
  SCHEDULER,
  SECRET,
  SINK,
  stopAll,
  TOPIC,
  tokenOf,
} from './governed-project';

afterEach(stopAll);

/** What somebody changes by hand, and what is said of it. */
const CHANGES: Readonly<Record<string, { readonly change: (project: Project) => void; readonly said: RegExp; readonly control: string }>> =
  {
    'a role is given by hand': {
      change: ({ policies }) =>
        policies.set('//cloudresourcemanager.googleapis.com/projects/9', [{ role: 'roles/owner', members: [MEMBER] }]),
      said: /^binding roles\/owner on \S+ of agent reader is undeclared; it could not be put back: .*who may write a policy/,
      control: 'access-as-declared',
    },
    'a role is taken away': {
      change: ({ policies }) => policies.set(TOPIC.replace(PROJECT, '123456'), []),
      said: /^binding roles\/pubsub.publisher on \S+ of agent reader is missing; .*only a deployment/,
      control: 'access-as-declared',
    },
    'a role holds more': {
      change: ({ roles }) => roles.get(ROLE)?.includedPermissions.push('storage.objects.delete'),
      said: /^role \S+ of agent reader is changed; /,
      control: 'access-as-declared',
    },
    'a role is deleted': {
      change: ({ roles }) => {
        const role = roles.get(ROLE);
        if (role) role.deleted = true;
      },
      said: /^role \S+ of agent reader is missing; /,
      control: 'access-as-declared',
    },
    'a role is gone': {
      change: ({ roles }) => roles.clear(),
      said: /^role \S+ of agent reader is missing; /,
      control: 'access-as-declared',
    },
    'somebody else may become it': {
      change: ({ trust }) => trust.push({ role: 'roles/iam.serviceAccountTokenCreator', members: ['user:evil@example.com'] }),
      said: /^trust roles\/iam.serviceAccountTokenCreator of user:evil@example.com of agent reader is undeclared; /,
      control: 'own-identity',
    },
    'the way in is closed': {
      change: ({ trust }) => trust.splice(0),
      said: /^trust roles\/iam.workloadIdentityUser of \S+ of agent reader is missing; /,
      control: 'own-identity',
    },
    'the account is gone': {
      change: (project) => {
        project.account = undefined;
      },
      said: /^account of agent reader is missing; /,
      control: 'own-identity',
    },
  };

describe('compared with what was synthesised', () => {
  test('nothing is said of what is as it was, by number or by id of the project', async () => {
    const { call, published, kept } = await made();
    expect(await call('/compare')).toBe(200);
    expect(await call('/sweep')).toBe(200);
    expect(published).toEqual([]);
    expect(kept).toEqual([expect.objectContaining({ kind: 'drift', body: expect.objectContaining({ failed: [] }) })]);
  });

  test.each(Object.entries(CHANGES))('%s', async (_name, { change, said, control }) => {
    const { call, project, published } = await made();
    change(project);
    await call('/compare');
    expect(published).toEqual([
      expect.objectContaining({ fleet: 'main', agent: 'reader', control, repaired: false, said: expect.stringMatching(said) }),
    ]);
  });

  test('a condition that is taken off is a role given by hand, and one that is missing', async () => {
    const { call, project, published } = await made();
    project.policies.set(BUCKET, [{ role: ROLE, members: [MEMBER] }]);
    await call('/compare');
    expect(published.map(({ said }) => said.split(';')[0])).toEqual([
      `binding ${ROLE} on ${BUCKET} of agent reader is undeclared`,
      `binding ${ROLE} on ${BUCKET} of agent reader is missing`,
    ]);
  });

  test('a key that somebody made is disabled, so that it opens nothing, and told', async () => {
    const { call, project, published } = await made();
    project.keys.set(KEY, false);
    await call('/compare');
    await call('/compare');
    expect(project.keys.get(KEY)).toBe(true);
    expect(published).toEqual([
      expect.objectContaining({ control: 'own-identity', repaired: true, said: expect.stringMatching(/keys\/abc .* it is disabled/) }),
    ]);
  });

  test('without repair it is told, and left; told again after an hour and not before', async () => {
    const { call, project, published, wait } = await made({ repair: false });
    project.keys.set(KEY, false);
    await call('/compare');
    wait(0.5);
    await call('/compare');
    expect(published.map(({ said }) => said)).toEqual([expect.stringMatching(/undeclared; repair is off/)]);
    wait(0.6);
    await call('/compare');
    expect(published).toHaveLength(2);
    expect(project.keys.get(KEY)).toBe(false);
  });

  test('an agent that is contained is left alone', async () => {
    const { call, project, published, kept } = await made();
    project.account = { disabled: true };
    project.policies.clear();
    project.keys.set(KEY, false);
    await call('/compare');
    expect(published).toEqual([]);
    expect(kept[0]?.body['agents']).toEqual([{ agent: 'reader', drift: 'contained', repaired: [] }]);
  });

  test('an agent without an account is compared by what it was given', async () => {
    const { email: _, ...federated } = AGENT;
    const { call, project, published } = await made({ agents: [{ ...federated, trust: [] }] });
    project.policies.set(BUCKET, []);
    await call('/compare');
    expect(published.map(({ said }) => said)).toEqual([expect.stringMatching(/^binding \S+ on \S+ of agent reader is missing/)]);
  });

  test('an agent that cannot be read keeps nobody from comparing the others, and fails the call', async () => {
    const { call, project, server, published } = await made({ agents: [{ ...AGENT, name: 'broken', project: 'broken' }, AGENT] });
    server.fault = ({ path }) => (path.includes('/broken/') ? failure(403, 'PERMISSION_DENIED') : undefined);
    project.keys.set(KEY, false);
    await expect(call('/compare')).rejects.toThrow(/could not be compared: broken: /);
    expect(published.map(({ agent }) => agent)).toEqual(['reader']);
  });
});

describe('records', () => {
  const ways: Readonly<Record<string, object>> = {
    'is switched off': { disabled: true },
    'sends elsewhere': { destination: 'storage.googleapis.com/other' },
    'chooses less': { filter: 'severity=ERROR' },
    'leaves something out': { exclusions: [{ name: 'x', filter: 'true' }] },
  };
  test.each(Object.entries(ways))('a sink that %s is written again, and told', async (_name, change) => {
    const { call, project, published, kept } = await made();
    project.sinks.set(SINK.name, { ...SINK, ...change });
    await call('/sweep');
    await call('/sweep');
    expect(project.sinks.get(SINK.name)).toEqual({ ...SINK, disabled: false, exclusions: [] });
    expect(published).toEqual([
      expect.objectContaining({ control: 'tampering-answered', repaired: true, said: expect.stringMatching(/^sink .*; it records again/) }),
    ]);
    expect(kept.map(({ kind }) => kind)).toEqual(['records']);
  });

  test('an exclusion that is switched off leaves nothing out', async () => {
    const { call, project, published } = await made();
    project.sinks.set(SINK.name, { ...SINK, exclusions: [{ name: 'x', filter: 'true', disabled: true }] });
    await call('/sweep');
    expect(published).toEqual([]);
  });

  test('a sink that is gone is told: one that is made again writes with an account that only a deployment lets in', async () => {
    const { call, project, published } = await made();
    project.sinks.clear();
    await call('/sweep');
    expect(published).toEqual([
      expect.objectContaining({ repaired: false, said: expect.stringMatching(/^sink .* is missing; .*only a deployment/) }),
    ]);
    expect(project.sinks.size).toBe(0);
  });

  test.each<[string, object[]]>([
    ['nothing', []],
    ['less', [{ service: 'storage.googleapis.com', auditLogConfigs: [{ logType: 'DATA_WRITE' }] }]],
    [
      'nothing of somebody',
      [
        {
          service: 'allServices',
          auditLogConfigs: ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'].map((logType) => ({ logType, exemptedMembers: [MEMBER] })),
        },
      ],
    ],
  ])('a service of which %s is logged is told, and its policy left to a deployment', async (_name, auditConfigs) => {
    const { call, project, published } = await made();
    project.auditConfigs = auditConfigs;
    await call('/sweep');
    expect(published).toEqual([
      expect.objectContaining({
        control: 'tampering-answered',
        repaired: false,
        said: expect.stringMatching(/^log of storage.googleapis.com is changed; .*who may write a policy/),
      }),
    ]);
  });

  test('nothing written down of what is recorded is told, not taken for nothing to do', async () => {
    const { call, published } = await made({ writtenDown: false });
    await call('/sweep');
    expect(published).toEqual([expect.objectContaining({ said: expect.stringMatching(/^what is recorded is missing/), repaired: false })]);
  });
});

describe('tidying', () => {
  test('what was not used is told with the smaller spec; of what the log cannot show nothing is said', async () => {
    const { call, project, published, server } = await made();
    project.used = ['storage.objects.get'];
    await call('/tidy');
    expect(published).toEqual([
      expect.objectContaining({
        control: 'unused-found',
        agent: 'reader',
        said: 'agent reader did not use for 90 days: queues:send approvals; ask team@example.com whether the smaller spec will do',
        detail: { patch: [{ op: 'remove', path: '/capabilities/1' }] },
      }),
    ]);
    expect(server.heard.filter(({ path }) => path === '/v2/entries:list').map(({ body }) => body)).toEqual([
      {
        resourceNames: [`projects/${PROJECT}`],
        filter: `${AGENT.calls} AND protoPayload.authorizationInfo.permission=("storage.objects.get" OR "storage.objects.list") AND timestamp>="2026-08-28T12:00:00.000Z"`,
        pageSize: 1,
      },
      {
        resourceNames: [`projects/${PROJECT}`],
        filter: `${AGENT.calls} AND protoPayload.authorizationInfo.permission=("pubsub.topics.publish") AND timestamp>="2026-08-28T12:00:00.000Z"`,
        pageSize: 1,
      },
    ]);
  });

  test('an account of nobody, a window that has passed and a secret that nobody changed are told', async () => {
    const { call, project, published } = await made({ agents: [{ ...AGENT, notAfter: '2026-11-25T00:00:00Z' }] });
    project.used = ['storage.objects.get', 'pubsub.topics.publish'];
    const orphan = `main--old@${PROJECT}.iam.gserviceaccount.com`;
    project.accounts.push({ email: orphan, displayName: 'old of main' });
    project.accounts.push({ email: `main--x@${PROJECT}.iam.gserviceaccount.com`, displayName: 'of somebody else' });
    project.secretChanged = new Date(NOW.getTime() - 91 * DAY);
    await call('/tidy');
    expect(published.map(({ said }) => said)).toEqual([
      `account ${orphan} is of no agent any more`,
      'the access of reader ended on 2026-11-25, and its identity is still there',
      `secret ${SECRET} was not changed for 91 days`,
    ]);
  });
});

describe('a change that the inventory tells of', () => {
  const at = (hours: number): object => ({
    message: { messageId: '1', publishTime: new Date(NOW.getTime() + hours * 3_600_000).toISOString(), data: 'e30=' },
  });
  const MINUTE = 1 / 60;

  test('is compared at once; what was told before that is done with it, and what is told just after comes again', async () => {
    const { call, project, kept, wait } = await made();
    project.keys.set(KEY, false);
    expect(await call('/', SCHEDULER, at(0))).toBe(200);
    expect(project.keys.get(KEY)).toBe(true);
    expect(await call('/', SCHEDULER, at(-MINUTE))).toBe(200);
    expect(kept).toHaveLength(1);
    expect(await call('/', SCHEDULER, at(MINUTE / 2))).toBe(429);
    expect(kept).toHaveLength(1);
    wait(2 * MINUTE);
    expect(await call('/', SCHEDULER, at(MINUTE / 2))).toBe(200);
    expect(kept).toHaveLength(2);
  });

  test('is compared when it comes again, where comparing failed', async () => {
    const { call, server, kept } = await made();
    server.fault = () => failure(403, 'PERMISSION_DENIED');
    await expect(call('/', SCHEDULER, at(0))).rejects.toThrow(/could not be compared/);
    server.fault = () => undefined;
    expect(await call('/', SCHEDULER, at(0))).toBe(200);
    expect(kept).toHaveLength(2);
  });

  test('is compared though nobody said when; what is no message is nothing', async () => {
    const { call, kept } = await made();
    expect(await call('/', SCHEDULER, { message: { messageId: '1' } })).toBe(200);
    expect(await call('/', SCHEDULER, {})).toBe(404);
    expect(await call('/', tokenOf({ email: EMAIL, email_verified: true, sub: '2' }), at(0))).toBe(403);
    expect(kept).toHaveLength(1);
  });
});

describe('who may call', () => {
  test.each([
    ['nobody', ''],
    ['somebody else', tokenOf({ email: EMAIL, email_verified: true, sub: '2' })],
    ['a name that nobody verified', tokenOf({ email: CALLER, sub: '3' })],
  ])('%s has nothing done', async (_name, authorization) => {
    const { call, project, server } = await made();
    project.keys.set(KEY, false);
    expect(await call('/compare', authorization)).toBe(403);
    expect(server.heard).toEqual([]);
  });

  test('a call that nobody knows is answered so, and logged', async () => {
    const { call, lines } = await made();
    expect(await call('/constructor')).toBe(404);
    expect(lines).toEqual([expect.objectContaining({ severity: 'ERROR', path: '/constructor' })]);
  });
});

test('requests are those that Google publishes, and all of them are made here', () => {
  expect(GOOGLE_API.count).toBeGreaterThan(50);
  expect(GOOGLE_API.unusedBy('governor')).toEqual([]);
});
