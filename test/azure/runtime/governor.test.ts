import type { ExpectedAgent, ExpectedSetting } from '../../../lib/azure/runtime/governor/expected';
import { makeHandlers } from '../../../lib/azure/runtime/governor/handler';
import type { Found } from '../../../lib/core/governance/clean-up';
import type { GovernanceEvent } from '../../../lib/core/governance/look-after';
import type { JsonObject } from '../../../lib/core/json';
import { ArmServer, AZURE_API, refusal } from './arm-server';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
const G = `${SUBSCRIPTION}/resourcegroups/r/providers`;
const PRINCIPAL = '11111111-2222-3333-4444-555555555555';
const IDENTITY = `${G}/microsoft.managedidentity/userassignedidentities/main--reader`;
const ACCOUNT = `${G}/microsoft.storage/storageaccounts/a`;
const assignment = (name: string): string => `${ACCOUNT}/providers/microsoft.authorization/roleassignments/${name}`;
const role = (name: string): string => `${SUBSCRIPTION}/providers/microsoft.authorization/roledefinitions/${name}`;
const READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const WORKSPACE = `${G}/microsoft.operationalinsights/workspaces/calls`;
const SECRET = `${G}/microsoft.keyvault/vaults/v/secrets/key`;
const COSMOS = `${G}/microsoft.documentdb/databaseaccounts/c/sqlroleassignments/one`;
const CREDENTIAL = `${IDENTITY}/federatedidentitycredentials/github`;
const SETTING = `${SUBSCRIPTION}/providers/microsoft.insights/diagnosticsettings/agentic-iam-main-calls`;
const NOW = new Date('2026-11-26T12:00:00Z');
const DAY = 86_400;

const AGENT: ExpectedAgent = {
  name: 'reader',
  fleet: 'main',
  owner: 'team@example.com',
  principalId: PRINCIPAL,
  identityId: IDENTITY,
  subscription: SUBSCRIPTION,
  assignments: [
    { id: assignment('reads'), roleDefinitionId: role('r'), condition: 'only in/' },
    { id: assignment('more'), roleDefinitionId: role('r') },
    { id: COSMOS, roleDefinitionId: 'role-c', cosmosScope: '/dbs/d' },
  ],
  scheduled: [{ scope: ACCOUNT, roleDefinitionId: role('timed') }],
  roles: [{ id: role('r'), actions: [], dataActions: [READ] }],
  credentials: [{ name: 'github', issuer: 'https://issuer.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] }],
  secrets: [SECRET],
  grants: [
    { capability: 'objects:read invoices', index: 0, actions: [READ.toLowerCase()] },
    { capability: 'secrets:read key', index: 1, actions: ['keyvault:secretget'] },
    { capability: 'models:invoke gpt', index: 2, actions: [] },
  ],
  used: 'calls',
};
const RECORD: ExpectedSetting = {
  target: SUBSCRIPTION,
  name: 'agentic-iam-main-calls',
  properties: {
    workspaceId: WORKSPACE,
    eventHubAuthorizationRuleId: `${G}/microsoft.eventhub/namespaces/n/authorizationrules/logs-in`,
    eventHubName: 'calls',
    logs: [
      { category: 'Administrative', enabled: true },
      { category: 'Security', enabled: true },
    ],
  },
};

interface Made {
  readonly server: ArmServer;
  readonly published: GovernanceEvent[];
  readonly kept: { readonly kind: string; readonly body: JsonObject }[];
  readonly asked: object[];
  readonly handlers: ReturnType<typeof makeHandlers>;
  readonly agents: ExpectedAgent[];
  /** Hours later. */
  wait(hours: number): void;
}

const servers: ArmServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

async function made({ repair = true, cleanUp = false, agents: given = [AGENT], used = [] as string[] } = {}): Promise<Made> {
  const agents = [...given];
  const days = new Map<string, Found>();
  const server = new ArmServer();
  servers.push(server);
  const arm = await server.start();
  deploy(server);
  const published: GovernanceEvent[] = [];
  const kept: Made['kept'] = [];
  const asked: object[] = [];
  let hours = 0;
  const handlers = makeHandlers({
    fleet: 'main',
    repair,
    unusedDays: 90,
    secretDays: 90,
    arm,
    logs: async <T>(call: object) => {
      asked.push(call);
      return { tables: [{ rows: used.map((one) => [one]) }] } as T;
    },
    workspace: WORKSPACE,
    agents: async () => agents,
    settings: async () => [RECORD],
    ...(cleanUp
      ? {
          cleanUp: {
            recall: async (day: string) => days.get(day),
            remember: async (day: string, found: Found) => void (days.has(day) || days.set(day, found)),
            vaults: () => arm,
          },
        }
      : {}),
    publish: async (event) => void published.push(event),
    keep: async (kind, body) => void kept.push({ kind, body }),
    now: () => new Date(NOW.getTime() + hours * 3_600_000),
  });
  return {
    server,
    published,
    kept,
    asked,
    handlers,
    agents,
    wait: (more) => {
      hours += more;
    },
  };
}

/** As the deployment leaves it; Azure writes ids in its own capitals. */
function deploy(server: ArmServer): void {
  server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL.toUpperCase() }, tags: { agent: 'reader', fleet: 'main' } });
  server.assignments.set(assignment('reads'), { principalId: PRINCIPAL, roleDefinitionId: role('r').toUpperCase(), condition: 'only in/' });
  server.assignments.set(assignment('more'), { principalId: PRINCIPAL, roleDefinitionId: role('r') });
  server.cosmos.add(COSMOS);
  server.roles.set(role('r'), { actions: [], dataActions: [READ] });
  server.credentials.set(CREDENTIAL, {
    issuer: 'https://issuer.example.com',
    subject: 's',
    audiences: ['api://AzureADTokenExchange'],
  });
  server.settings.set(SETTING, { ...RECORD.properties });
  server.secrets.set(SECRET, NOW.getTime() / 1000 - 10 * DAY);
}

function stateOf({ assignments, cosmos, identities, roles, credentials }: ArmServer): string {
  const given = [...assignments].map(([id, one]) => [id, one.principalId, one.roleDefinitionId.toLowerCase(), one.condition]).sort();
  return JSON.stringify([given, [...cosmos], [...identities], [...roles], [...credentials]]);
}

const CREDENTIALS = { issuer: 'https://evil.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] };

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

describe('cleaning up', () => {
  const OLD = `${IDENTITY}-old`;
  const OWNER = assignment('foreign');
  const ENDED = { ...AGENT, notAfter: '2026-11-25T00:00:00Z' };
  const used = AGENT.grants.flatMap(({ actions }) => actions);
  /** An identity that no agent owns, with two roles of the fleet and a way in. */
  const orphan = (server: ArmServer, tags: Record<string, string> = {}): void => {
    server.identities.set(OLD, { properties: { principalId: 'old' }, tags: { agent: 'old', fleet: 'main', ...tags } });
    for (const name of ['one', 'two', 'three'])
      server.assignments.set(assignment(name), { principalId: 'old', roleDefinitionId: role('r') });
    server.credentials.set(`${OLD}/federatedidentitycredentials/x`, CREDENTIALS);
  };
  const tidied = async ({ handlers, published, wait }: Made, hours = 24): Promise<readonly string[]> => {
    wait(hours);
    published.length = 0;
    await handlers.tidy();
    return published.map(({ said }) => said);
  };
  const rolesOf = ({ assignments }: ArmServer, principal: string): readonly string[] =>
    [...assignments].filter(([, { principalId }]) => principalId === principal).map(([id]) => id);

  test('an identity of no agent loses the roles of the fleet a day later; what it had is kept before, and is said no more of after', async () => {
    const fleet = await made({ cleanUp: true, used });
    const { server, kept, published } = fleet;
    orphan(server);
    expect(await tidied(fleet, 0)).toEqual([`identity ${OLD} is of no agent any more; it is put away if it is still so tomorrow`]);
    expect(rolesOf(server, 'old')).toHaveLength(3);
    expect(await tidied(fleet)).toEqual([
      expect.stringMatching(/3 roles were taken away.*to undo that, declare its agent again, and deploy it/),
    ]);
    expect(rolesOf(server, 'old')).toEqual([]);
    expect(published[0]?.repaired).toBe(true);
    // It is nobody's way in any more that matters, and the governor may not close it.
    expect(server.credentials.has(`${OLD}/federatedidentitycredentials/x`)).toBe(true);
    expect(kept.map(({ kind }) => kind)).toEqual(['tidy', 'put-away', 'cleared', 'tidy']);
    expect(JSON.stringify(kept[1]?.body)).toContain(assignment('one'));
    expect(await tidied(fleet)).toEqual([]);
  });

  test('what the governor may not take is left, and named each day', async () => {
    const fleet = await made({ cleanUp: true, used });
    const { server } = fleet;
    orphan(server);
    server.assignments.set(OWNER, { principalId: 'old', roleDefinitionId: role('owner') });
    server.fault = ({ method, path }) => (method === 'DELETE' && path === OWNER ? refusal(403, 'AuthorizationFailed') : undefined);
    await tidied(fleet, 0);
    for (const taken of [3, 0])
      expect(await tidied(fleet)).toEqual([
        expect.stringMatching(new RegExp(`${taken} roles were taken away; of these .* none: ${OWNER}$`)),
      ]);
    expect(rolesOf(server, 'old')).toEqual([OWNER]);
    expect(fleet.published[0]?.repaired).toBe(false);
  });

  test('an identity that is contained is left alone, of an agent or of none', async () => {
    const fleet = await made({ cleanUp: true, used, agents: [ENDED] });
    const { server } = fleet;
    orphan(server, { 'agentic-iam:contained': 'incident' });
    server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: { 'agentic-iam:contained': 'incident' } });
    const before = stateOf(server);
    await tidied(fleet, 0);
    expect(await tidied(fleet)).toEqual([
      expect.stringMatching(/contained, and left alone/),
      expect.stringMatching(/contained, and left alone/),
    ]);
    expect(stateOf(server)).toBe(before);
  });

  test('an agent whose window has passed loses its roles and ways in, gets none back, and all roles with a longer window', async () => {
    const { assignments, ...rest } = ENDED;
    const agent = { ...rest, assignments: assignments.filter(({ cosmosScope }) => cosmosScope === undefined) };
    const fleet = await made({ cleanUp: true, used, agents: [agent] });
    const { server, handlers, published, agents } = fleet;
    server.assignments.set(assignment('byhand'), { principalId: PRINCIPAL, roleDefinitionId: role('owner') });
    server.assignments.set(assignment('pim'), { principalId: PRINCIPAL, roleDefinitionId: role('timed'), scope: ACCOUNT });
    await tidied(fleet, 0);
    expect(await tidied(fleet)).toEqual([
      expect.stringMatching(/ended on 2026-11-25.*; 3 roles and 1 ways in were taken away.*deploy it with a window that is not over/),
    ]);
    expect(rolesOf(server, PRINCIPAL)).toEqual([assignment('pim')]);
    expect(server.credentials.size).toBe(0);
    published.length = 0;
    await handlers.compare();
    expect([published, rolesOf(server, PRINCIPAL)]).toEqual([[], [assignment('pim')]]);
    agents.splice(0, 1, { ...agent, notAfter: '2027-11-25T00:00:00Z' });
    await handlers.compare();
    expect([...rolesOf(server, PRINCIPAL)].sort()).toEqual([assignment('more'), assignment('pim'), assignment('reads')]);
    // The deployment that made the window longer makes it again.
    expect(published.find(({ repaired }) => !repaired)?.said).toMatch(/federation github .*only a deployment/);
  });

  test('what it was given inside of Cosmos DB only a deployment takes', async () => {
    const fleet = await made({ cleanUp: true, used, agents: [ENDED] });
    await tidied(fleet, 0);
    expect(await tidied(fleet)).toEqual([expect.stringMatching(new RegExp(`3 roles were taken away; .*none: ${COSMOS}$`))]);
    expect(fleet.server.cosmos.has(COSMOS)).toBe(true);
  });

  test('versions that a newer one replaced are disabled, and never the newest, however old; the secret is told', async () => {
    const fleet = await made({ cleanUp: true, used });
    const { server } = fleet;
    const seconds = NOW.getTime() / 1000;
    server.secrets.set(SECRET, seconds - 91 * DAY);
    for (const [name, days, enabled] of [
      ['gone', 400, false],
      ['first', 300, true],
      ['second', 200, true],
      ['newest', 91, true],
    ] as const)
      server.versions.set(`/secrets/key/${name}`, { created: seconds - days * DAY, enabled });
    await tidied(fleet, 0);
    expect(await tidied(fleet)).toEqual([
      `secret ${SECRET} was not changed for 92 days; who issues it makes a new value`,
      expect.stringMatching(
        /versions\/first is 301 days old.*; it is disabled; to undo that: az keyvault secret set-attributes --vault-name v --name key --version first --enabled true/,
      ),
      expect.stringMatching(/versions\/second /),
    ]);
    expect([...server.versions].filter(([, { enabled }]) => enabled).map(([id]) => id)).toEqual(['/secrets/key/newest']);
    expect(await tidied(fleet)).toEqual([expect.stringMatching(/who issues it/)]);
  });

  test('without clean-up versions are not asked for', async () => {
    const fleet = await made({ used });
    fleet.server.versions.set('/secrets/key/first', { created: 0, enabled: true });
    fleet.server.versions.set('/secrets/key/second', { created: 1, enabled: true });
    expect(await tidied(fleet)).toEqual([]);
  });
});

test('requests are those that Azure publishes, and all of them are made here', () => {
  expect(AZURE_API.count).toBeGreaterThan(50);
  expect(AZURE_API.unusedBy('governor')).toEqual([]);
});
