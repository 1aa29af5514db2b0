import type { ContainmentStore } from '../../../lib/core/containment/responder';
import type { ContainmentRecord } from '../../../lib/core/containment/types';

const KEY = { fleet: 'main', agent: 'reader' };
const record: ContainmentRecord = { schemaVersion: 1, ...KEY, outbox: ['a'] };
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

/** What every store of records must hold, whatever it is made of. */
export function recordContract(name: string, storeOf: () => ContainmentStore): void {
  describe(`${name} keeps records`, () => {
    test('that are changed only by who read the latest, and found when they are due', async () => {
      const store = storeOf();
      expect(await store.load(KEY)).toEqual({ version: 0 });
      const saves = await Promise.all(Array.from({ length: 10 }, () => store.save(record, { version: 0, dueAt: 100 })));
      expect(saves.filter((saved) => saved)).toHaveLength(1);
      const { version, record: read } = await store.load(KEY);
      expect(read).toEqual(record);
      expect(await store.due(99)).toEqual([]);
      expect(await store.due(100)).toEqual([KEY]);
      expect(await store.save({ ...record, outbox: [] }, { version })).toBe(true);
      expect(await store.save(record, { version })).toBe(false);
      expect(await store.due(1_000)).toEqual([]);
    });

    test('of a workflow apart from those of its agent', async () => {
      const store = storeOf();
      await store.save({ ...record, workflow: 'answer' }, { version: 0, dueAt: 5 });
      expect(await store.load(KEY)).toEqual({ version: 0 });
      expect(await store.due(5)).toEqual([{ ...KEY, workflow: 'answer' }]);
    });

    test('and count what machines opened, however often it is written', async () => {
      const store = storeOf();
      for (const agent of ['a', 'b', 'b']) await store.save({ ...record, agent, incident: { ...incident, id: agent } }, { version: 0 });
      await store.save({ ...record, agent: 'c', incident: { ...incident, id: 'c', automatic: false } }, { version: 0 });
      const opened = Date.parse(incident.openedAt) / 1000;
      expect(await store.opened('main', opened)).toBe(2);
      expect(await store.opened('main', opened + 1)).toBe(0);
      expect(await store.opened('other', opened)).toBe(0);
    });
  });
}
