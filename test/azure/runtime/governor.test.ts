import { type ArmServer, AZURE_API } from './arm-server';
import {
  ACCOUNT,
  AGENT,
  assignment,
  COSMOS,
  CREDENTIAL,
  CREDENTIALS,
  DAY,
  IDENTITY,
  made,
  NOW,
  PRINCIPAL,
  READ,
  RECORD,
  role,
  SECRET,
  SETTING,
  stateOf,
  stopAll,
  WORKSPACE,
} from './governed-subscription';

afterEach(stopAll);

/** What somebody changes by hand, what is said of it, and whether that ended access, put all back as it was, or nothing. */
const CHANGES: Readonly<
  Record<
    string,
    {
      readonly change: (server: ArmServer) => void;
      readonly said: RegExp;
      readonly control: string;
      readonly outcome: 'back' | 'closed' | 'told';
    }
  >
> = {
  'a role is given by hand': {
    change: ({ assignments }) => assignments.set(assignment('owner'), { principalId: PRINCIPAL, roleDefinitionId: role('owner') }),
    said: /assignment .*\/owner of agent reader is undeclared; it is taken away/,
    control: 'access-as-declared',
    outcome: 'back',
  },
  'a condition is taken off': {
    change: ({ assignments }) => assignments.set(assignment('reads'), { principalId: PRINCIPAL, roleDefinitionId: role('r') }),
    said: /assignment .*\/reads of agent reader is changed; it is as it was synthesised/,
    control: 'access-as-declared',
    outcome: 'back',
  },
  'a role is taken away': {
    change: ({ assignments }) => assignments.delete(assignment('more')),
    said: /assignment .*\/more of agent reader is missing; it is as it was synthesised/,
    control: 'access-as-declared',
    outcome: 'back',
  },
  'a role of Cosmos DB is taken away': {
    change: ({ cosmos }) => cosmos.delete(COSMOS),
    said: /assignment .*sqlroleassignments\/one of agent reader is missing; it could not be put back: .*only a deployment/,
    control: 'access-as-declared',
    outcome: 'told',
  },
  'a role holds more': {
    change: ({ roles }) => roles.set(role('r'), { actions: ['*'], dataActions: [READ] }),
    said: /role .*\/r of agent reader is changed; it could not be put back: .*who may write roles/,
    control: 'access-as-declared',
    outcome: 'told',
  },
  'a role is deleted': {
    change: ({ roles }) => roles.delete(role('r')),
    said: /role .*\/r of agent reader is missing/,
    control: 'access-as-declared',
    outcome: 'told',
  },
  'somebody else is let in': {
    change: ({ credentials }) => credentials.set(`${IDENTITY}/federatedidentitycredentials/evil`, CREDENTIALS),
    said: /federation evil of agent reader is undeclared; it lets nobody in/,
    control: 'own-identity',
    outcome: 'back',
  },
  'a way in leads to somebody else': {
    change: ({ credentials }) => credentials.set(CREDENTIAL, CREDENTIALS),
    said: /federation github of agent reader is changed; it lets nobody in any more; the next deployment/,
    control: 'own-identity',
    outcome: 'closed',
  },
  'a way in is gone': {
    change: ({ credentials }) => credentials.delete(CREDENTIAL),
    said: /federation github of agent reader is missing; it could not be put back: .*only a deployment/,
    control: 'own-identity',
    outcome: 'told',
  },
  'the identity is another one': {
    change: ({ identities }) => identities.set(IDENTITY, { properties: { principalId: 'x' }, tags: {} }),
    said: /identity of agent reader is changed/,
    control: 'own-identity',
    outcome: 'told',
  },
  'the identity is gone': {
    change: ({ identities }) => identities.delete(IDENTITY),
    said: /identity of agent reader is missing/,
    control: 'own-identity',
    outcome: 'told',
  },
};

describe('compared with what was synthesised', () => {
  test('nothing is said of what is as it was, in whatever capitals Azure writes it, with roles that come and go by PIM', async () => {
    const { server, handlers, published, kept } = await made();
    server.assignments.set(assignment('pim'), { principalId: PRINCIPAL, roleDefinitionId: role('TIMED'), scope: ACCOUNT.toUpperCase() });
    await handlers.compare();
    await handlers.records();
    expect(published).toEqual([]);
    expect(kept).toEqual([expect.objectContaining({ kind: 'drift', body: expect.objectContaining({ failed: [] }) })]);
  });

  test.each(Object.entries(CHANGES))('%s', async (_name, { change, said, control, outcome }) => {
    const { server, handlers, published } = await made();
    const before = stateOf(server);
    change(server);
    await handlers.compare();
    expect(published.map((one) => one.said)).toEqual([expect.stringMatching(said)]);
    expect(published[0]).toMatchObject({ fleet: 'main', agent: 'reader', control });
    expect(stateOf(server) === before).toBe(outcome === 'back');
    expect(published[0]?.repaired).toBe(outcome !== 'told');
  });

  test('without repair it is told, and left; told again after an hour and not before', async () => {
    const { server, handlers, published, wait } = await made({ repair: false });
    server.assignments.set(assignment('owner'), { principalId: PRINCIPAL, roleDefinitionId: role('owner') });
    const before = stateOf(server);
    await handlers.compare();
    wait(0.5);
    await handlers.compare();
    expect(published.map(({ said }) => said)).toEqual([expect.stringMatching(/undeclared; repair is off/)]);
    wait(0.6);
    await handlers.compare();
    expect(published).toHaveLength(2);
    expect(stateOf(server)).toBe(before);
  });

  test('a role that holds more than it did is not given again', async () => {
    const { server, handlers, published } = await made();
    server.roles.set(role('r'), { actions: ['*'], dataActions: [READ] });
    server.assignments.delete(assignment('more'));
    await handlers.compare();
    expect(server.assignments.has(assignment('more'))).toBe(false);
    expect(published.map(({ said }) => said).join('\n')).toMatch(/its role holds something else/);
  });

  test('an agent that is contained is left alone', async () => {
    const { server, handlers, published, kept } = await made();
    server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: { 'agentic-iam:contained': 'incident' } });
    server.assignments.clear();
    await handlers.compare();
    expect(published).toEqual([]);
    expect(server.assignments.size).toBe(0);
    expect(kept[0]?.body['agents']).toEqual([{ agent: 'reader', drift: 'contained', repaired: [] }]);
  });

  test('an application, of which nobody knows whether it is contained, is given nothing', async () => {
    const { identityId: _, ...application } = AGENT;
    const { server, handlers, published } = await made({ agents: [{ ...application, credentials: [] }] });
    server.assignments.clear();
    await handlers.compare();
    expect(server.assignments.size).toBe(0);
    expect(published).toHaveLength(2);
    expect(published.every(({ repaired }) => !repaired)).toBe(true);
  });

  test('an agent that cannot be read keeps nobody from comparing the others, and is told', async () => {
    const broken = { ...AGENT, name: 'broken', principalId: 'broken' };
    const { server, handlers, published } = await made({ agents: [{ ...broken, identityId: `${IDENTITY}-broken` }, AGENT] });
    server.identities.set(`${IDENTITY}-broken`, { properties: { principalId: 'broken' }, tags: {} });
    server.fault = ({ query }) => (query.get('$filter')?.includes('broken') ? { status: 400, body: {} } : undefined);
    server.assignments.delete(assignment('more'));
    await expect(handlers.compare()).rejects.toThrow(/agents that could not be compared: broken: .*400/);
    expect(published.map(({ agent }) => agent)).toEqual(['reader']);
  });
});

describe('records', () => {
  const ways: Readonly<Record<string, (settings: ArmServer['settings']) => void>> = {
    'is deleted': (settings) => settings.delete(SETTING),
    'sends elsewhere': (settings) => settings.set(SETTING, { ...RECORD.properties, eventHubName: 'other' }),
    'loses a category': (settings) => settings.set(SETTING, { ...RECORD.properties, logs: [{ category: 'Security', enabled: true }] }),
    'is off': (settings) =>
      settings.set(SETTING, { ...RECORD.properties, logs: RECORD.properties.logs.map((one) => ({ ...one, enabled: false })) }),
  };
  test.each(Object.entries(ways))('a setting that %s is written again within the minute, and told', async (_name, change) => {
    const { server, handlers, published, kept } = await made();
    change(server.settings);
    await handlers.records();
    expect(server.settings.get(SETTING)).toEqual(RECORD.properties);
    expect(published).toEqual([
      expect.objectContaining({
        control: 'tampering-answered',
        repaired: true,
        said: expect.stringMatching(/record of .*; it records again/),
      }),
    ]);
    expect(kept.map(({ kind }) => kind)).toEqual(['records']);
  });

  test('more may be recorded than was asked for', async () => {
    const { server, handlers, published } = await made();
    server.settings.set(SETTING, { ...RECORD.properties, logs: [...RECORD.properties.logs, { category: 'Alert', enabled: true }] });
    await handlers.records();
    expect(published).toEqual([]);
  });

  test('without repair it is told once an hour, and not every minute', async () => {
    const { server, handlers, published, wait } = await made({ repair: false });
    server.settings.delete(SETTING);
    for (let minute = 0; minute < 30; minute += 1) {
      await handlers.records();
      wait(1 / 60);
    }
    expect(published).toHaveLength(1);
    expect(server.settings.has(SETTING)).toBe(false);
  });
});

describe('tidying', () => {
  test('what was not used is told with the smaller spec; of what no table shows nothing is said', async () => {
    const { handlers, published, asked } = await made({ used: [READ.toLowerCase()] });
    await handlers.tidy();
    expect(published).toEqual([
      expect.objectContaining({
        control: 'unused-found',
        agent: 'reader',
        said: 'agent reader did not use for 90 days: secrets:read key; ask team@example.com whether the smaller spec will do',
        detail: { patch: [{ op: 'remove', path: '/capabilities/1' }] },
      }),
    ]);
    expect(asked).toEqual([{ method: 'POST', path: `/v1${WORKSPACE}/query`, body: { query: 'calls', timespan: 'P90D' } }]);
  });

  test('an identity of nobody, a window that has passed and a secret that nobody changed are told', async () => {
    const used = AGENT.grants.flatMap(({ actions }) => actions);
    const { server, handlers, published } = await made({ agents: [{ ...AGENT, notAfter: '2026-11-25T00:00:00Z' }], used });
    server.identities.set(`${IDENTITY}-old`, { properties: { principalId: 'x' }, tags: { agent: 'old', fleet: 'main' } });
    server.identities.set(`${IDENTITY}-other`, { properties: { principalId: 'y' }, tags: { agent: 'old', fleet: 'other' } });
    server.secrets.set(SECRET, NOW.getTime() / 1000 - 91 * DAY);
    await handlers.tidy();
    expect(published.map(({ said }) => said)).toEqual([
      `identity ${IDENTITY}-old is of no agent any more`,
      'the access of reader ended on 2026-11-25, and its identity is still there',
      `secret ${SECRET} was not changed for 91 days`,
    ]);
    expect(server.identities.has(`${IDENTITY}-old`)).toBe(true);
  });
});

test('requests are those that Azure publishes, and all of them are made here', () => {
  expect(AZURE_API.count).toBeGreaterThan(50);
  expect(AZURE_API.unusedBy('governor')).toEqual([]);
});
