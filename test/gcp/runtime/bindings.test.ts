import { SCOPES, type ScopeType } from '../../../lib/gcp/catalog';
import policies from '../../../lib/gcp/catalog/policies.json';
import type { GcpContainment, GrantedPlace } from '../../../lib/gcp/runtime/containment/agent';
import { bindingsNow, expectBindings, expectNoBindings, giveBindings, takeBindings } from '../../../lib/gcp/runtime/containment/bindings';
import type { Grant } from '../../../lib/gcp/runtime/policies/grants';
import { failure, GOOGLE_API, GoogleServer } from './google-server';
import { PLACES, PoliciesPart } from './policies-part';

// What quarantine does to role bindings, against policies as Google keeps them: written whole, by who read them last, with conditions only for who asks for them.
const MEMBERS = {
  account: 'serviceAccount:main--reader@p.iam.gserviceaccount.com',
  principal: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/aim-main/subject/s',
};
const OTHER = 'serviceAccount:main--writer@p.iam.gserviceaccount.com';
const TYPES = Object.keys(PLACES) as ScopeType[];
const OWN: Grant = { role: 'projects/p/roles/agentic_iam.main.a' };
const WINDOW = { title: 'agentic-iam: window', expression: 'request.time <= timestamp("2026-12-31T00:00:00Z")' };
const SHARED: Grant = { role: 'roles/bigquery.dataViewer' };

const placeOf = (type: ScopeType, grants: readonly Grant[]): GrantedPlace => ({ type, fields: PLACES[type].fields, grants, right: 'r' });
const agentWith = (member: string, granted: readonly GrantedPlace[]) =>
  ({ name: 'reader', fleet: 'main', native: { bindings: { member, granted } } satisfies Pick<GcpContainment, 'bindings'> }) as never;

async function started(types: readonly ScopeType[]) {
  const part = new PoliciesPart(types);
  const server = new GoogleServer([part.part]);
  return { part, server, api: await server.start() };
}

test('every kind of thing that a role is granted on has a policy that is known', () => {
  expect(Object.keys(policies.types).sort()).toEqual(Object.keys(SCOPES).sort());
});

describe.each(TYPES)('on a %s', (type) => {
  const own: readonly Grant[] = SCOPES[type].conditions ? [OWN, { ...OWN, condition: WINDOW }] : [OWN];

  test.each(Object.entries(MEMBERS))(
    'an agent (%s) is left nothing, gets the same again, and nobody else is touched',
    async (_, member) => {
      const { part, server, api } = await started([type]);
      const agent = agentWith(member, [placeOf(type, own)]);
      // Others have the same roles, and one of their own; one binding is the agent's alone.
      part.give(type, OTHER, SHARED);
      part.give(type, OTHER, OWN);
      for (const grant of own) part.give(type, member, grant);
      const [before, others] = [part.at(type), part.butFor(member)];
      await expect(expectNoBindings(api, agent)).rejects.toThrow(/still given: projects\/p\/roles\/agentic_iam.main.a on /);
      expect(JSON.stringify(await bindingsNow(api, agent))).toContain(OWN.role);
      expect(await takeBindings(api, agent)).toMatch(new RegExp(`^${own.length} roles? on ${type} .* taken away; `));
      expect(part.at(type)).toEqual([`${OWN.role}: ${OTHER}`, `${SHARED.role}: ${OTHER}`].sort());
      await expectNoBindings(api, agent);
      await expect(expectBindings(api, agent)).rejects.toThrow('not given yet');
      expect(await takeBindings(api, agent)).toMatch(/^0 roles on /);
      expect(await giveBindings(api, agent)).toMatch(/given as the template says$/);
      await giveBindings(api, agent);
      expect(part.at(type)).toEqual(before);
      expect(part.butFor(member)).toBe(others);
      await expectBindings(api, agent);
      // Twice is once, and looking writes nothing.
      expect(part.writes).toBe(2);
      await server.stop();
    },
  );
});

describe('what somebody else gave the agent', () => {
  const owner: Grant = { role: 'roles/storage.admin' };
  const agent = agentWith(MEMBERS.account, [placeOf('storage-bucket', [OWN]), placeOf('project', [OWN])]);
  const made = async () => {
    const all = await started(['storage-bucket', 'project']);
    for (const type of ['storage-bucket', 'project'] as const) all.part.give(type, MEMBERS.account, OWN);
    all.part.give('storage-bucket', MEMBERS.account, owner);
    return all;
  };

  test('is taken away, too, and not given again', async () => {
    const { part, server, api } = await made();
    expect(await takeBindings(api, agent)).toContain('2 roles on storage-bucket b/b taken away, 1 of them given by nobody of the template');
    await expectNoBindings(api, agent);
    await giveBindings(api, agent);
    expect(part.at('storage-bucket')).toEqual([`${OWN.role}: ${MEMBERS.account}`]);
    await server.stop();
  });

  test('and the responder may not take away is told, and all else is taken away', async () => {
    const { part, server, api } = await made();
    part.fixed.add(owner.role);
    await expect(takeBindings(api, agent)).rejects.toThrow(
      'on storage-bucket b/b the agent was also given roles/storage.admin, by nobody of the template; the responder may not take that away, and a person must',
    );
    expect([...part.at('storage-bucket'), ...part.at('project')]).toEqual([`${owner.role}: ${MEMBERS.account}`]);
    await expect(expectNoBindings(api, agent)).rejects.toThrow('still given: roles/storage.admin on storage-bucket b/b');
    await server.stop();
  });
});

test('a role that BigQuery calls by its old name is the one that the template gave', async () => {
  const { part, server, api } = await started(['bigquery-dataset']);
  const agent = agentWith(MEMBERS.account, [placeOf('bigquery-dataset', [SHARED])]);
  part.give('bigquery-dataset', MEMBERS.account, SHARED);
  await expectBindings(api, agent);
  expect(await takeBindings(api, agent)).toMatch(/^1 role on bigquery-dataset projects\/p\/datasets\/d taken away; /);
  await giveBindings(api, agent);
  await expectBindings(api, agent);
  await server.stop();
});

test('a policy that somebody changes meanwhile is read again, and what they wrote stays', async () => {
  const { part, server, api } = await started(['secret']);
  const agent = agentWith(MEMBERS.account, [placeOf('secret', [OWN])]);
  part.give('secret', MEMBERS.account, OWN);
  let changes = 0;
  server.fault = ({ path }) => {
    if (!path.endsWith(':setIamPolicy') || changes === 3) return undefined;
    changes += 1;
    part.give('secret', `${OTHER}${changes}`, SHARED);
    return undefined;
  };
  await takeBindings(api, agent);
  expect(part.at('secret')).toEqual([1, 2, 3].map((n) => `${SHARED.role}: ${OTHER}${n}`));
  await server.stop();
});

test('one that changes without end is given up, and tried again later', async () => {
  const { part, server, api } = await started(['secret']);
  part.give('secret', MEMBERS.account, OWN);
  server.fault = ({ path }) => (path.endsWith(':setIamPolicy') ? failure(409, 'ABORTED') : undefined);
  await expect(takeBindings(api, agentWith(MEMBERS.account, [placeOf('secret', [OWN])]))).rejects.toThrow('ABORTED');
  await server.stop();
});

test('what is not there any more is no failure, and keeps nothing else from being done', async () => {
  const { part, server, api } = await started(['secret', 'pubsub-topic']);
  const agent = agentWith(MEMBERS.account, [placeOf('secret', [OWN]), placeOf('pubsub-topic', [OWN])]);
  part.give('pubsub-topic', MEMBERS.account, OWN);
  part.remove('secret');
  expect(await takeBindings(api, agent)).toContain(
    'secret projects/p/secrets/s is not there; 1 role on pubsub-topic projects/p/topics/t taken away',
  );
  await expectNoBindings(api, agent);
  await server.stop();
});

test('one place that refuses keeps the others from nothing, and the evidence says what was not read', async () => {
  const { part, server, api } = await started(['secret', 'pubsub-topic']);
  const agent = agentWith(MEMBERS.account, [placeOf('secret', [OWN]), placeOf('pubsub-topic', [OWN])]);
  for (const type of ['secret', 'pubsub-topic'] as const) part.give(type, MEMBERS.account, OWN);
  server.fault = ({ service }) => (service === 'secretmanager' ? failure(403, 'PERMISSION_DENIED') : undefined);
  expect(await bindingsNow(api, agent)).toMatchObject({
    bindings: [
      { type: 'secret', unread: expect.stringContaining('PERMISSION_DENIED') },
      { type: 'pubsub-topic', grants: [OWN] },
    ],
  });
  await expect(takeBindings(api, agent)).rejects.toThrow('PERMISSION_DENIED');
  expect(part.at('pubsub-topic')).toEqual([]);
  await server.stop();
});

test('who did not ask for it keeps its bindings', async () => {
  const { server, api } = await started([]);
  const agent = { native: {} } as never;
  expect(await bindingsNow(api, agent)).toEqual({});
  expect(await takeBindings(api, agent)).toBe('its role bindings are left as they are: that they be taken away was not asked for');
  expect(await giveBindings(api, agent)).toBe('no role was taken away');
  await expectNoBindings(api, agent);
  await expectBindings(api, agent);
  expect(server.heard).toEqual([]);
  await server.stop();
});

test('requests are those that Google publishes, and all of them are made here', () => {
  expect(GOOGLE_API.unusedBy('bindings')).toEqual([]);
});
