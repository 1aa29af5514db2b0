import type { Detection } from '../../lib/core/detection/types';
import { promotionOf } from '../../lib/core/governance/promotion';

const DAYS = ['2026-11-24', '2026-11-25', '2026-11-26'];
const SEEN = new Map(DAYS.map((day) => [day, 100]));
const detection = (more: Partial<Detection>): Detection =>
  ({ id: 'one', fingerprint: 'same', time: '2026-11-25T10:00:00Z', mayAct: true, response: 'brake', ...more }) as Detection;
const ask = (detections: readonly Detection[], more: { confirmed?: readonly string[]; seen?: ReadonlyMap<string, number> } = {}) =>
  promotionOf({ detections, confirmed: new Set(more.confirmed ?? []), days: 3, last: '2026-11-26', seen: more.seen ?? SEEN });

test('an agent that nothing would have stopped is ready', () => {
  expect(ask([])).toMatchObject({
    ready: true,
    said: 'Ready: of 300 calls from 2026-11-24 to 2026-11-26, armed containment would have stopped 0, each of them confirmed.',
  });
});

test('a detection that would have acted, and nobody confirmed, is a false block', () => {
  expect(ask([detection({})])).toMatchObject({
    ready: false,
    falseBlocks: [{ id: 'one' }],
    said: expect.stringContaining('1 of 1 detections'),
  });
});

test.each([['one'], ['same']])('one that was confirmed by %s is none', (confirmed) => {
  expect(ask([detection({})], { confirmed: [confirmed] })).toMatchObject({ ready: true, falseBlocks: [] });
});

test.each<[string, Partial<Detection>]>([
  ['is only told', { response: 'notify' }],
  ['waits for a person', { mayAct: false }],
  ['is of before', { time: '2026-11-23T23:59:59Z' }],
])('one that %s stops nobody', (_, more) => {
  expect(ask([detection(more)])).toMatchObject({ ready: true });
});

test('a day without calls proves nothing', () => {
  const seen = new Map([...SEEN].filter(([day]) => day !== '2026-11-25'));
  expect(ask([], { seen })).toMatchObject({ ready: false, silentDays: ['2026-11-25'], said: expect.stringMatching(/on 1 of 3 days/) });
});
