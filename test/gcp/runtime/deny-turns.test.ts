import fc from 'fast-check';
import limits from '../../../lib/gcp/catalog/limits.json';
import { applied, digestOf, type PolicyRule, ruleOf, stoppedBy, type Wish } from '../../../lib/gcp/runtime/containment/deny-rules';
import { begun, ended, NO_TURNS, nextTurn, TURNS, type Turns } from '../../../lib/gcp/runtime/containment/deny-turns';

const POLICY = 'organizations/1/p';
const { readsPerMinute, writesPerMinute } = limits.denyPolicies;

test('a minute has fewer turns than Google takes reads or writes, and some of them are kept from those that only look', () => {
  expect(TURNS.most).toBeLessThan(Math.min(readsPerMinute, writesPerMinute));
  expect(TURNS.looks).toBeLessThan(TURNS.most);
  expect(TURNS.writeWithinSeconds).toBeLessThan(TURNS.leaseSeconds);
});

const arrivals = fc.array(
  fc.record({
    after: fc.double({ min: 0, max: 40, noNaN: true }),
    looks: fc.boolean(),
    lasts: fc.constantFrom(0, 0.5, 3, 30, Number.POSITIVE_INFINITY),
  }),
  { minLength: 1, maxLength: 60 },
);

/** Whoever comes takes a turn if there is one; some die in it. */
function play(list: readonly { after: number; looks: boolean; lasts: number }[]): { readonly at: number; readonly looks: boolean }[] {
  let turns: Turns = NO_TURNS;
  let now = 1_800_000_000;
  let over = Number.POSITIVE_INFINITY;
  const taken: { at: number; looks: boolean }[] = [];
  for (const { after, looks, lasts } of list) {
    now += after;
    if (over <= now) {
      turns = ended(turns, { policy: POLICY });
      over = Number.POSITIVE_INFINITY;
    }
    if (nextTurn(turns, now, looks ? TURNS.looks : TURNS.most) > now) continue;
    turns = begun(turns, { now, holder: String(taken.length), policy: POLICY });
    over = now + lasts;
    taken.push({ at: now, looks });
  }
  return taken;
}

test('no minute has more turns than it may, wherever it begins', () => {
  fc.assert(
    fc.property(arrivals, (list) => {
      const taken = play(list);
      for (const { at } of taken) expect(taken.filter((one) => one.at >= at && one.at < at + 60).length).toBeLessThanOrEqual(TURNS.most);
      for (const { at } of taken.filter(({ looks }) => looks))
        expect(taken.filter((one) => one.at <= at && one.at > at - 60).length).toBeLessThanOrEqual(TURNS.looks);
    }),
  );
});

test('two turns are apart, and one that died is waited for until it is surely over', () => {
  fc.assert(
    fc.property(arrivals, (list) => {
      const dying = list.map((one) => ({ ...one, lasts: Number.POSITIVE_INFINITY }));
      const gaps = (taken: readonly { at: number }[]): number[] => taken.slice(1).map(({ at }, index) => at - (taken[index]?.at ?? 0));
      expect(gaps(play(list)).every((gap) => gap >= TURNS.apartSeconds)).toBe(true);
      expect(gaps(play(dying)).every((gap) => gap >= TURNS.leaseSeconds)).toBe(true);
    }),
  );
});

test('whoever is told when to come finds a turn then, and never waits for more than a minute', () => {
  fc.assert(
    fc.property(arrivals, fc.boolean(), (list, looks) => {
      const most = looks ? TURNS.looks : TURNS.most;
      const taken = play(list).map(({ at }) => at);
      const now = taken.at(-1) ?? 0;
      const turns: Turns = { ...NO_TURNS, taken: taken.slice(-TURNS.most) };
      const next = nextTurn(turns, now, most);
      expect(nextTurn(turns, next, most)).toBe(next);
      expect(next - now).toBeLessThanOrEqual(60);
    }),
  );
});

test('a clock that is far ahead stops nobody for long', () => {
  const turns = begun(NO_TURNS, { now: 1_800_100_000, holder: 'a', policy: POLICY });
  expect(nextTurn(turns, 1_800_000_000)).toBe(1_800_000_000);
});

test('what was seen holds until a turn begins, and again when one ends with it', () => {
  const seen = { at: 1, rules: {}, others: 0 };
  const first = ended(begun(NO_TURNS, { now: 1, holder: 'a', policy: POLICY }), { policy: POLICY, seen, alone: 50 });
  expect(first).toEqual({ taken: [1], seen: { [POLICY]: seen }, alone: { [POLICY]: 50 } });
  const second = begun(first, { now: 20, holder: 'b', policy: POLICY });
  expect([second.seen, second.alone]).toEqual([{}, { [POLICY]: 50 }]);
  expect(begun(first, { now: 60, holder: 'b', policy: 'another' })).toMatchObject({ seen: { [POLICY]: seen }, alone: {} });
});

const agents = fc.constantFrom('a', 'b', 'c', 'd');
const rule = (agent: string, fleet = 'main', permissions = ['x.googleapis.com/y.z']): PolicyRule =>
  ruleOf({ agent, fleet, principal: `principal://${agent}`, permissions });
const wish: fc.Arbitrary<Wish> = fc
  .record({ agent: agents, wanted: fc.boolean() })
  .map(({ agent, wanted }) => (wanted ? { agent, rule: rule(agent) } : { agent }));
const rules: fc.Arbitrary<readonly PolicyRule[]> = fc.array(
  fc.oneof(
    agents.map((agent) => rule(agent)),
    agents.map((agent) => rule(agent, 'main', ['changed.googleapis.com/y.z'])),
    agents.map((agent) => rule(agent, 'other')),
    fc.constantFrom<PolicyRule>(
      {},
      { description: 'ours', denyRule: { deniedPrincipals: ['p'] } },
      { description: 'stops everything of main now' },
    ),
  ),
  { maxLength: 8 },
);
const isForeign = (one: PolicyRule): boolean => !/^stops \S+ of main$/.test(one.description ?? '');

test('each wish is in or out afterwards, the last of an agent wins, and all else stays as it is', () => {
  fc.assert(
    fc.property(rules, fc.array(wish, { maxLength: 8 }), (before, wishes) => {
      const after = applied(before, wishes, 'main');
      const { rules: stopped, others } = stoppedBy(after, 'main');
      for (const { agent } of wishes) {
        const last = wishes.filter((one) => one.agent === agent).at(-1);
        expect(stopped[agent]).toBe(last?.rule && digestOf(last.rule));
      }
      expect(after.filter(isForeign)).toEqual(before.filter(isForeign));
      expect(others).toBe(before.filter(isForeign).length);
      const asked = new Set(wishes.map(({ agent }) => agent));
      const unasked = (list: readonly PolicyRule[]) =>
        list.filter((one) => !isForeign(one) && !asked.has(one.description?.split(' ')[1] ?? ''));
      expect(unasked(after)).toEqual(unasked(before));
      expect(applied(after, wishes, 'main')).toEqual(after);
    }),
  );
});

test.each<[string, Partial<NonNullable<PolicyRule['denyRule']>>, boolean]>([
  ['its lists in another order', { deniedPermissions: ['a', 'b'] }, true],
  ['nothing excepted, said so', { exceptionPrincipals: [], exceptionPermissions: [] }, true],
  ['a permission less', { deniedPermissions: ['b'] }, false],
  ['somebody else', { deniedPrincipals: ['q'] }, false],
  ['the agent excepted', { exceptionPrincipals: ['p'] }, false],
  ['a permission excepted', { exceptionPermissions: ['a'] }, false],
  ['a condition', { denialCondition: { expression: 'false' } }, false],
])('a rule with %s', (_, change, same) => {
  const denyRule = { deniedPrincipals: ['p'], deniedPermissions: ['b', 'a'] };
  expect(digestOf({ denyRule: { ...denyRule, ...change } }) === digestOf({ denyRule })).toBe(same);
});

test('an agent that two rules are of is stopped by neither as it should be', () => {
  expect(stoppedBy([rule('a'), rule('a')], 'main').rules['a']).not.toBe(digestOf(rule('a')));
});
