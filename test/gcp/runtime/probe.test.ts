import { Responder } from '../../../lib/core/containment/responder';
import type { RegisteredAgent } from '../../../lib/core/containment/service';
import type { ScopeType } from '../../../lib/gcp/catalog';
import { probeAsker } from '../../../lib/gcp/runtime/containment/probe';
import { recordDocuments } from '../../../lib/gcp/runtime/containment/record-documents';
import { CONTAIN, RESTORE, stepHandlers } from '../../../lib/gcp/runtime/containment/steps';
import { Collection } from '../../../lib/gcp/runtime/firestore';
import { permissionsAt } from '../../../lib/gcp/runtime/policies/permissions';
import type { ProbeAnswer, ProbedPlace } from '../../../lib/gcp/runtime/probe/answer';
import { makeProbe } from '../../../lib/gcp/runtime/probe/handler';
import type { FunctionResponse } from '../../../lib/gcp/runtime/request';
import { FirestorePart, failure, GOOGLE_API, GoogleServer, objectsPart } from './google-server';
import { PLACES, PoliciesPart } from './policies-part';

// A canary asks Google itself what it may do: before it is stopped, while it is, and after it.
const CANARY = 'serviceAccount:main--canary@p.iam.gserviceaccount.com';
const ROLE = 'projects/p/roles/agentic_iam.main.a';
const TYPES = (Object.keys(PLACES) as ScopeType[]).filter((type) => type !== 'bigquery-dataset');
const placeOf = (type: ScopeType, permissions: readonly string[]): ProbedPlace => ({ type, fields: PLACES[type].fields, permissions });

test.each(TYPES)('what the caller may do with a %s', async (type) => {
  const part = new PoliciesPart([type]);
  part.caller = CANARY;
  part.holds.set(
    ROLE,
    Array.from({ length: 150 }, (_, at) => `a.b.${at}`),
  );
  part.give(type, CANARY, { role: ROLE });
  const server = new GoogleServer([part.part]);
  const api = await server.start();
  // More than one question takes.
  const asked = Array.from({ length: 250 }, (_, at) => `a.b.${at}`);
  expect(await permissionsAt(api, placeOf(type, asked), asked)).toEqual(asked.slice(0, 150));
  expect(server.heard).toHaveLength(3);
  part.caller = 'serviceAccount:somebody@p.iam.gserviceaccount.com';
  expect(await permissionsAt(api, placeOf(type, asked), asked)).toEqual([]);
  await server.stop();
});

async function probed(places: readonly ProbedPlace[], { token = async () => 'token' as unknown } = {}) {
  const part = new PoliciesPart(['secret', 'storage-bucket']);
  part.caller = CANARY;
  part.holds.set(ROLE, ['secretmanager.versions.access', 'storage.objects.get']);
  for (const type of ['secret', 'storage-bucket'] as const) part.give(type, CANARY, { role: ROLE });
  const server = new GoogleServer([part.part]);
  const handle = makeProbe({ api: await server.start(), token, places });
  const ask = async (): Promise<{ code: number; body: unknown }> => {
    const answer = { code: 0, body: undefined as unknown };
    const response: FunctionResponse = {
      status: (code) => {
        answer.code = code;
        return response;
      },
      json: (body) => {
        answer.body = body;
      },
    };
    await handle({ method: 'POST', path: '/', headers: {}, body: {} }, response);
    return answer;
  };
  return { part, server, ask };
}
const BOTH = [
  placeOf('secret', ['secretmanager.versions.access', 'secretmanager.versions.add']),
  placeOf('storage-bucket', ['storage.objects.get']),
];

describe('the probe', () => {
  test('says what the canary may do of what it was granted', async () => {
    const { server, ask } = await probed(BOTH);
    expect(await ask()).toEqual({
      code: 200,
      body: {
        asked: 3,
        has: ['secretmanager.versions.access on secret projects/p/secrets/s', 'storage.objects.get on storage-bucket b/b'],
        refused: [],
      },
    });
    await server.stop();
  });

  test.each<[string, number, string]>([
    ['a token that Google does not take', 401, 'UNAUTHENTICATED'],
    ['a place that refuses it', 403, 'PERMISSION_DENIED'],
  ])('says so of %s', async (_, status, code) => {
    const { server, ask } = await probed(BOTH);
    server.fault = ({ service }) => (service === 'storage' ? failure(status, code) : undefined);
    expect(await ask()).toMatchObject({
      code: 200,
      body: {
        asked: 3,
        has: ['secretmanager.versions.access on secret projects/p/secrets/s'],
        refused: [expect.stringMatching(/^storage-bucket b\/b: .*UNA|^storage-bucket b\/b: .*PERM/)],
      },
    });
    await server.stop();
  });

  test('says that no token was given', async () => {
    const { server, ask } = await probed(BOTH, { token: () => Promise.reject(Object.assign(new Error('disabled'), { status: 403 })) });
    expect(await ask()).toMatchObject({
      code: 200,
      body: { has: [], refused: ['secret projects/p/secrets/s: no token: disabled', 'storage-bucket b/b: no token: disabled'] },
    });
    expect(server.heard).toEqual([]);
    await server.stop();
  });

  test.each<[string, () => Promise<unknown>]>([
    ['no answer', async () => 'token'],
    ['no way to a token', () => Promise.reject(new Error('metadata is not reached'))],
  ])('calls %s no refusal', async (_, token) => {
    const { server, ask } = await probed(BOTH, { token });
    server.fault = () => failure(503, 'UNAVAILABLE');
    expect((await ask()).code).toBe(503);
    await server.stop();
  });
});

/** A canary with its probe, its responder and Google. */
async function drilled() {
  const account = { email: 'main--canary@p.iam.gserviceaccount.com', displayName: 'canary of main', disabled: false };
  const { part, server, ask } = await probed(BOTH);
  const state = { account, holds: true, comesBack: true, silent: false };
  const firestore = new FirestorePart();
  const kept = new Map<string, string>();
  server.parts.push(firestore.part, objectsPart(kept, 'evidence'), ({ service, path }) => {
    const [, verb] = /serviceAccounts\/[^:]+(?::(\w+))?$/.exec(path) ?? [];
    if (service !== 'iam' || !path.includes('serviceAccounts')) return undefined;
    if (verb === 'getIamPolicy') return { body: {} };
    if (verb === 'disable') {
      account.disabled = true;
      if (state.holds) part.off.add(CANARY);
    } else if (verb === 'enable') {
      account.disabled = false;
      if (state.comesBack) part.off.clear();
    }
    return { body: account };
  });
  const api = server.api();
  const clock = { now: Date.parse('2026-11-26T08:00:00Z') / 1000 };
  const agent = {
    name: 'canary',
    fleet: 'main',
    cloud: 'gcp',
    owner: 'o',
    armed: true,
    canary: true,
    responses: {},
    native: { identity: { kind: 'account', project: 'p', ...account }, work: [], secrets: [], probe: 'https://probe.example.com' },
  } as unknown as RegisteredAgent;
  const told: string[] = [];
  const responder = new Responder({
    agent: async () => agent,
    store: recordDocuments(
      new Collection(api, 'projects/p/databases/d', 'incidents'),
      new Collection(api, 'projects/p/databases/d', 'openings'),
      () => clock.now,
    ),
    contain: CONTAIN,
    restore: RESTORE,
    handlers: stepHandlers({
      api,
      bucket: 'evidence',
      tellOthers: async () => 'told',
      containedByPool: async () => false,
      denials: undefined as never,
      ask: async () => {
        if (state.silent) throw new Error('the probe of the canary answers 503: no instance');
        return (await ask()).body as ProbeAnswer;
      },
      now: () => new Date(clock.now * 1000),
    }),
    tell: async (text) => void told.push(text),
    now: () => clock.now,
    pause: async (seconds) => {
      clock.now += seconds;
    },
  });
  const run = async () => {
    const at = new Date(clock.now * 1000).toISOString();
    await responder.trigger({
      id: 'd',
      kind: 'drill',
      agent: 'canary',
      fleet: 'main',
      at,
      response: 'quarantine',
      by: 'the schedule',
      reason: 'a drill',
    });
    for (let minute = 0; minute < 10; minute += 1) {
      clock.now += 60;
      await responder.sweep();
    }
    const incident = (await responder.status({ fleet: 'main', agent: 'canary' }))?.incident;
    const said = (id: string): string | undefined =>
      [...(incident?.steps ?? []), ...(incident?.restore ?? [])].find((one) => one.id === id)?.receipt?.said;
    return { status: incident?.status, said, evidence: [...kept.values()].join() };
  };
  return { part, server, state, run };
}

describe('a drill', () => {
  test('shows that a token that is there is refused, and taken again', async () => {
    const { server, run } = await drilled();
    const { status, said, evidence } = await run();
    expect(status).toBe('restored');
    expect(said('verify')).toBe(
      'the account is disabled; with its own token the canary has none of 3 permissions, and nothing works for it',
    );
    expect(said('verify-released')).toBe('the account is enabled; with its own token the canary has 2 permissions again');
    expect(JSON.parse(evidence)).toMatchObject({
      probe: { asked: 3, has: expect.arrayContaining(['storage.objects.get on storage-bucket b/b']) },
    });
    await server.stop();
  });

  test('is not misled by evidence that is kept only after the canary was stopped', async () => {
    const { server, run } = await drilled();
    let failures = 0;
    server.fault = ({ path }) => {
      // As often as one attempt sends it.
      if (!path.startsWith('/upload/') || failures === 6) return undefined;
      failures += 1;
      return failure(503, 'UNAVAILABLE');
    };
    const { status, evidence } = await run();
    expect([failures, status]).toEqual([6, 'restored']);
    expect(JSON.parse(evidence)).not.toHaveProperty('probe');
    await server.stop();
  });

  test('fails where an account that is disabled is still let in, and says what to', async () => {
    const { server, state, run } = await drilled();
    state.holds = false;
    const { status, said } = await run();
    expect(status).toBe('needs-person');
    expect(said('verify')).toBe(
      'NotContained: with its own token the canary still has secretmanager.versions.access on secret projects/p/secrets/s, storage.objects.get on storage-bucket b/b',
    );
    await server.stop();
  });

  test('fails where the canary had nothing before', async () => {
    const { part, server, run } = await drilled();
    part.holds.clear();
    const { status, said } = await run();
    expect([status, said('verify')]).toEqual([
      'needs-person',
      'NotContained: the canary had nothing before it was stopped, so that its drill shows nothing',
    ]);
    await server.stop();
  });

  test('fails where the canary does not get back what it had', async () => {
    const { server, state, run } = await drilled();
    state.comesBack = false;
    const { status, said } = await run();
    expect(status).toBe('needs-person');
    expect(said('verify-released')).toMatch(
      /^NotContained: with its own token the canary is still refused 3 of 3 permissions \(secret .*UNAUTHENTICATED/,
    );
    await server.stop();
  });

  test('fails where nobody can ask: that is no proof', async () => {
    const { server, state, run } = await drilled();
    state.silent = true;
    const { status, said } = await run();
    expect([status, said('verify')]).toEqual(['needs-person', 'Error: the probe of the canary answers 503: no instance']);
    await server.stop();
  });
});

test('the probe is asked with a token for it, and what it says besides an answer is an error', async () => {
  const heard: [string, RequestInit | undefined][] = [];
  const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, options) => {
    heard.push([String(url), options]);
    return heard.length === 1 ? new Response('{"asked":1,"has":[],"refused":[]}') : new Response('{"said":"x"}', { status: 503 });
  });
  const ask = probeAsker(async (audience) => `token for ${audience}`);
  expect(await ask('https://probe.example.com')).toEqual({ asked: 1, has: [], refused: [] });
  await expect(ask('https://probe.example.com')).rejects.toThrow('the probe of the canary answers 503: {"said":"x"}');
  expect(heard[0]).toMatchObject([
    'https://probe.example.com',
    { method: 'POST', headers: { authorization: 'Bearer token for https://probe.example.com' } },
  ]);
  fetched.mockRestore();
});

test('requests are those that Google publishes, and all of them are made here', () => {
  expect(GOOGLE_API.unusedBy('probe')).toEqual([]);
});
