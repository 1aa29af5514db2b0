import { AgentState, SessionState } from '../../../lib/core/detection/state';
import type { StateStore } from '../../../lib/core/detection/state-store';

const KEY = { agent: 'main/reader', session: 'principal://x/y subject #1' };
const states = (latest: number) => {
  const agent = new AgentState(10);
  agent.latest = latest;
  const session = new SessionState(KEY.session, 10);
  session.latest = latest;
  return { agent: agent.toRecord(), session: session.toRecord() };
};

/** What every store of states must hold, whatever it is made of. */
export function storeContract(name: string, storeOf: () => StateStore): void {
  describe(`${name} keeps states`, () => {
    test('of nobody there is nothing, and what was saved is there', async () => {
      const store = storeOf();
      const none = await store.load(KEY);
      expect(none).toEqual({ agentVersion: 0, sessionVersion: 0 });
      expect(await store.save(KEY, states(7), { read: none, forgetAt: 2_000 })).toBe(true);
      const { agent, session } = await store.load(KEY);
      expect([agent?.latest, session?.latest]).toEqual([7, 7]);
    });

    test('of two who read the same, one writes', async () => {
      const store = storeOf();
      const [a, b] = [await store.load(KEY), await store.load(KEY)];
      expect(await store.save(KEY, states(1), { read: a, forgetAt: 2_000 })).toBe(true);
      expect(await store.save(KEY, states(2), { read: b, forgetAt: 2_000 })).toBe(false);
      const [c, d] = [await store.load(KEY), await store.load(KEY)];
      expect(await store.save(KEY, states(3), { read: c, forgetAt: 2_000 })).toBe(true);
      expect(await store.save(KEY, states(4), { read: d, forgetAt: 2_000 })).toBe(false);
      expect((await store.load(KEY)).session?.latest).toBe(3);
    });

    test('of ten who write at once, none is lost and none is counted twice', async () => {
      const store = storeOf();
      const add = async (): Promise<void> => {
        for (;;) {
          const read = await store.load(KEY);
          if (await store.save(KEY, states((read.session?.latest ?? 0) + 1), { read, forgetAt: 2_000 })) return;
        }
      };
      await Promise.all(Array.from({ length: 10 }, add));
      expect((await store.load(KEY)).session?.latest).toBe(10);
    });

    test('what waits is found when it is due, the longest overdue first, and no more once nothing waits', async () => {
      const store = storeOf();
      for (const [session, dueAt] of [
        ['late', 200],
        ['early', 100],
        ['never', undefined],
      ] as const) {
        const key = { ...KEY, session };
        await store.save(key, states(1), { read: await store.load(key), forgetAt: 2_000, ...(dueAt === undefined ? {} : { dueAt }) });
      }
      const names = async (now: number, most = 10) => (await store.due(now, most)).map(({ session }) => session);
      expect(await names(99)).toEqual([]);
      expect(await names(100)).toEqual(['early']);
      expect(await names(500)).toEqual(['early', 'late']);
      expect(await names(500, 1)).toEqual(['early']);
      const key = { ...KEY, session: 'early' };
      await store.save(key, states(2), { read: await store.load(key), forgetAt: 2_000 });
      expect(await names(500)).toEqual(['late']);
    });
  });
}
