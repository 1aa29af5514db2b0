import { type ArmServer, AZURE_API, refusal } from './arm-server';
import {
  ACCOUNT,
  AGENT,
  assignment,
  COSMOS,
  CREDENTIALS,
  DAY,
  IDENTITY,
  type Made,
  made,
  NOW,
  PRINCIPAL,
  role,
  SECRET,
  stateOf,
  stopAll,
} from './governed-subscription';

afterEach(stopAll);

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
    ] as const) {
      server.versions.set(`key/${name}`, enabled);
      server.made.set(`key/${name}`, seconds - days * DAY);
    }
    await tidied(fleet, 0);
    expect(await tidied(fleet)).toEqual([
      `secret ${SECRET} was not changed for 92 days; who issues it makes a new value`,
      expect.stringMatching(
        /versions\/first is 301 days old.*; it is disabled; to undo that: az keyvault secret set-attributes --vault-name finance --name key --version first --enabled true/,
      ),
      expect.stringMatching(/versions\/second /),
    ]);
    expect([...server.versions].filter(([, enabled]) => enabled).map(([id]) => id)).toEqual(['key/newest']);
    expect(await tidied(fleet)).toEqual([expect.stringMatching(/who issues it/)]);
  });

  test('without clean-up versions are not asked for', async () => {
    const fleet = await made({ used });
    fleet.server.versions.set('key/first', true);
    fleet.server.versions.set('key/second', true);
    expect(await tidied(fleet)).toEqual([]);
  });
});

test('requests are those that Azure publishes, and all of them are made here', () => {
  expect(AZURE_API.unusedBy('clean-up')).toEqual([]);
});
