import type { ExpectedAgent } from '../../../lib/gcp/runtime/governor/expected';
import { failure, GOOGLE_API } from './google-server';
import { AGENT, DAY, KEY, made, NOW, PROJECT, SECRET, stopAll } from './governed-project';

afterEach(stopAll);

describe('cleaning up', () => {
  const OLD = `main--old@${PROJECT}.iam.gserviceaccount.com`;
  const OVER = '2026-11-25T00:00:00Z';
  type World = Awaited<ReturnType<typeof made>>;
  const world = async (agents: ExpectedAgent[] = [AGENT]): Promise<World> => {
    const one = await made({ cleanUp: true, agents });
    one.project.used = ['storage.objects.get', 'pubsub.topics.publish'];
    return one;
  };
  const said = async ({ call, published, wait }: World, path: string, hours = 24): Promise<readonly string[]> => {
    wait(hours);
    published.length = 0;
    await call(path);
    return published.map((one) => one.said);
  };
  /** Ended, found, and put away. */
  const putAway = async (): Promise<World> => {
    const one = await world([{ ...AGENT, notAfter: OVER }]);
    await said(one, '/tidy', 0);
    await said(one, '/tidy');
    expect(one.project.account?.disabled).toBe(true);
    return one;
  };

  test('an account of no agent is disabled a day later, with how that is undone; then no more is said of it', async () => {
    const one = await world();
    one.project.accounts.push({ email: OLD, displayName: 'old of main' });
    expect(await said(one, '/tidy', 0)).toEqual([expect.stringMatching(/of no agent any more; it is put away if it is still so tomorrow/)]);
    expect(await said(one, '/tidy')).toEqual([
      expect.stringMatching(/is disabled, and its tokens are refused; to undo that, declare its agent again: the governor then enables it/),
    ]);
    expect(one.published[0]).toMatchObject({ control: 'credentials-tidied', repaired: true });
    expect(one.project.accounts.map(({ disabled }) => disabled)).toEqual([undefined, undefined, true]);
    expect(await said(one, '/tidy')).toEqual([]);
  });

  test('an account that the governor was not given is told, with what to do', async () => {
    const one = await world();
    one.project.accounts.push({ email: OLD, displayName: 'old of main' });
    one.server.fault = ({ path }) => (path.endsWith(':disable') ? failure(403, 'PERMISSION_DENIED') : undefined);
    await said(one, '/tidy', 0);
    expect(await said(one, '/tidy')).toEqual([
      expect.stringMatching(`do it yourself: gcloud iam service-accounts disable ${OLD} --project ${PROJECT}`),
    ]);
    expect(one.published[0]?.repaired).toBe(false);
    expect([...one.objects.keys()].filter((name) => name.includes('put-away'))).toEqual([]);
  });

  test('declared again, it is enabled, once', async () => {
    const one = await putAway();
    expect(await said(one, '/compare', 1)).toEqual([]);
    one.agents.splice(0, 1, AGENT);
    expect(await said(one, '/compare', 1)).toEqual([
      'account of agent reader is changed; it was put away, is declared, and is enabled again',
    ]);
    expect(one.project.account?.disabled).toBe(false);
    expect(await said(one, '/compare', 1)).toEqual([]);
  });

  test('what is done to an agent that is put away is still told', async () => {
    const one = await putAway();
    one.project.keys.set(KEY, false);
    one.project.policies.clear();
    expect(await said(one, '/compare', 1)).toEqual([expect.stringMatching(/^key .* is disabled/)]);
  });

  test.each<[string, (one: World) => Promise<unknown> | undefined]>([
    ['that it never disabled', () => undefined],
    [
      'that it disabled once, and somebody enabled since',
      async (one) => {
        one.agents.splice(0, 1, { ...AGENT, notAfter: OVER });
        await said(one, '/tidy', 0);
        await said(one, '/tidy');
        one.agents.splice(0, 1, AGENT);
        // By hand, before the governor did.
        one.project.account = {};
        await said(one, '/compare', 1);
      },
    ],
    [
      'that it disabled and enabled itself',
      async (one) => {
        one.agents.splice(0, 1, { ...AGENT, notAfter: OVER });
        await said(one, '/tidy', 0);
        await said(one, '/tidy');
        one.agents.splice(0, 1, AGENT);
        await said(one, '/compare', 1);
      },
    ],
  ])('containment keeps an account %s', async (_name, before) => {
    const one = await world();
    await before(one);
    one.project.account = { disabled: true };
    const from = one.server.heard.length;
    expect(await said(one, '/compare', 1)).toEqual([]);
    expect(one.project.account).toEqual({ disabled: true });
    expect(one.server.heard.slice(from).filter(({ path }) => path.endsWith(':enable'))).toEqual([]);
    // Nor is it put away: it is somebody's.
    one.agents.splice(0, 1, { ...AGENT, notAfter: OVER });
    await said(one, '/tidy');
    expect(await said(one, '/tidy')).toEqual([expect.stringMatching(/it is contained, and left alone/)]);
  });

  test('an account that could not be marked is not enabled by the governor: somebody else might have disabled it', async () => {
    const one = await world([{ ...AGENT, notAfter: OVER }]);
    await said(one, '/tidy', 0);
    one.server.fault = ({ method, query }) =>
      method === 'POST' && query.includes('put-away') ? failure(403, 'PERMISSION_DENIED') : undefined;
    expect(await said(one, '/tidy')).toEqual([expect.stringMatching(/it could not be put away: GoogleError/)]);
    one.server.fault = () => undefined;
    one.agents.splice(0, 1, AGENT);
    await said(one, '/compare', 1);
    expect(one.project.account).toEqual({ disabled: true });
  });

  test('versions that a newer one replaced are disabled, and never the newest; the secret is told', async () => {
    const one = await world();
    for (const [number, days] of [
      ['1', 300],
      ['2', 200],
      ['3', 91],
    ] as const)
      one.project.versions.set(`${SECRET}/versions/${number}`, { created: new Date(NOW.getTime() - days * DAY), enabled: true });
    one.project.secretChanged = new Date(NOW.getTime() - 91 * DAY);
    await said(one, '/tidy', 0);
    expect(await said(one, '/tidy')).toEqual([
      `secret ${SECRET} was not changed for 92 days; who issues it makes a new value`,
      expect.stringMatching(
        /versions\/1 is 301 days old.*to undo that: gcloud secrets versions enable 1 --secret erp --project example-finance$/,
      ),
      expect.stringMatching(/versions\/2 is 201 days old/),
    ]);
    expect([...one.project.versions.values()].map(({ enabled }) => enabled)).toEqual([false, false, true]);
    expect(await said(one, '/tidy')).toEqual([expect.stringMatching(/who issues it/)]);
  });

  test('of several sweeps of a day the first is kept', async () => {
    const one = await world();
    await said(one, '/tidy', 0);
    const first = one.objects.get('governance/main/found/2026-11-26.json');
    one.project.accounts.push({ email: OLD, displayName: 'old of main' });
    await said(one, '/tidy', 1);
    expect(one.objects.get('governance/main/found/2026-11-26.json')).toBe(first);
    expect(await said(one, '/tidy')).toEqual([expect.stringMatching(/if it is still so tomorrow/)]);
  });
});

test('requests are those that Google publishes, and all of them are made here', () => {
  expect(GOOGLE_API.unusedBy('clean-up')).toEqual([]);
});
