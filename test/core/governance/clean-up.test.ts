import type { Found, Leftover } from '../../../lib/core/governance/clean-up';
import {
  type CarePorts,
  Caretaker,
  type Drift,
  type GovernanceEvent,
  type LookedAfter,
  supersededVersions,
} from '../../../lib/core/governance/look-after';
import type { JsonObject } from '../../../lib/core/json';

const NOON = Date.parse('2026-11-26T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const agent = (name: string, more: Partial<LookedAfter> = {}): LookedAfter => ({ name, owner: 'team@example.com', grants: [], ...more });
const orphan = (what: string): Leftover => ({ kind: 'orphaned-identity', what, said: `${what} is of no agent any more` });
const old = (what: string, more: Partial<Leftover> = {}): Leftover => ({
  kind: 'old-secret',
  what,
  said: `secret ${what} is old`,
  ...more,
});

/** A fleet with a clock, whose cloud keeps what it is told to put away. */
class Fleet {
  agents: LookedAfter[] = [agent('reader')];
  left: Leftover[] = [];
  partial: string[] = [];
  drift: readonly Drift[] | 'contained' = [];
  now = NOON;
  readonly away: string[] = [];
  readonly days = new Map<string, Found>();
  readonly published: GovernanceEvent[] = [];
  readonly kept: { readonly kind: string; readonly body: JsonObject }[] = [];
  readonly ended: boolean[] = [];
  refuses: string | undefined;
  broken: string | undefined;

  ports(cleanUp = true): CarePorts<LookedAfter> {
    return {
      fleet: 'main',
      repair: true,
      unusedDays: 90,
      agents: async () => this.agents,
      driftOf: async (_, ended) => {
        this.ended.push(ended);
        return this.drift;
      },
      putBack: async (_, found) => found.map((drift) => ({ drift, done: true, said: 'it is back' })),
      leftovers: async () => this.left.map((one) => ({ ...one, ...(this.away.includes(one.what) ? { away: true } : {}) })),
      unusedOf: async ({ name }) => ({ agent: name, capabilities: [], patch: [] }),
      publish: async (event) => void this.published.push(event),
      keep: async (kind, body) => void this.kept.push({ kind, body }),
      now: () => new Date(this.now),
      ...(cleanUp
        ? {
            cleanUp: {
              recall: async (day: string) => {
                if (this.broken !== undefined) throw new Error(this.broken);
                return this.days.get(day);
              },
              remember: async (day: string, found: Found) => void (this.days.has(day) || this.days.set(day, found)),
              partial: async () => this.partial,
              putAway: async ({ what }: Leftover) => {
                if (what === this.refuses) throw new Error('403');
                this.away.push(what);
                return { said: 'it is put away; undo it so', detail: { what } };
              },
            },
          }
        : {}),
    };
  }

  /** What the sweep of a later time says. */
  async sweep(later = 0, cleanUp = true): Promise<readonly string[]> {
    this.now += later;
    this.published.length = 0;
    await new Caretaker(this.ports(cleanUp)).tidy();
    return this.published.map(({ said }) => said);
  }
}

test('without clean-up it is told, and nothing is kept of what was found', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  expect(await fleet.sweep(0, false)).toEqual(['one is of no agent any more']);
  expect(await fleet.sweep(2 * DAY, false)).toEqual(['one is of no agent any more']);
  expect([fleet.away, [...fleet.days]]).toEqual([[], []]);
});

test('a day after it was found it is put away, with how that is undone; then no more is said of it', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  expect(await fleet.sweep()).toEqual(['one is of no agent any more; it is put away if it is still so tomorrow']);
  expect(fleet.away).toEqual([]);
  expect(await fleet.sweep(DAY)).toEqual(['one is of no agent any more; it is put away; undo it so']);
  expect(fleet.published).toEqual([
    expect.objectContaining({ control: 'credentials-tidied', repaired: true, detail: { kind: 'orphaned-identity', what: 'one' } }),
  ]);
  expect(fleet.kept.map(({ kind }) => kind)).toEqual(['tidy', 'cleared', 'tidy']);
  expect(await fleet.sweep(DAY)).toEqual([]);
  expect(fleet.away).toEqual(['one']);
});

test('what is found twice on one day, however late and early, is not found for long enough', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  fleet.now = Date.parse('2026-11-26T23:50:00Z');
  await fleet.sweep();
  await fleet.sweep(20 * 60_000);
  expect(fleet.away).toEqual([]);
  await fleet.sweep(20 * HOUR);
  expect(fleet.away).toEqual(['one']);
});

test('a day without a sweep, or two, does not begin it again; more do', async () => {
  for (const [gap, away] of [
    [3, ['one']],
    [4, []],
  ] as const) {
    const fleet = new Fleet();
    fleet.left = [orphan('one')];
    await fleet.sweep();
    await fleet.sweep(gap * DAY);
    expect(fleet.away).toEqual(away);
  }
});

test('what a deployment declared in the meantime is left, and begins again when it is found once more', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  await fleet.sweep();
  fleet.left = [];
  await fleet.sweep(DAY);
  fleet.left = [orphan('one')];
  expect(await fleet.sweep(DAY)).toEqual([expect.stringContaining('if it is still so tomorrow')]);
  expect(fleet.away).toEqual([]);
});

test.each([
  [5, 5],
  [6, 0],
])('of %s identities that are due at once %s are put away', async (count, away) => {
  const fleet = new Fleet();
  fleet.left = [...Array.from({ length: count }, (_, at) => orphan(`o${at}`)), old('s')];
  await fleet.sweep();
  const said = await fleet.sweep(DAY);
  expect(fleet.away).toHaveLength(away + 1);
  // What is no identity is put away in any case.
  expect(fleet.away).toContain('s');
  if (away === 0) expect(said[0]).toMatch(/nothing is put away, since more than 5 identities are due at once/);
});

test('those that are put away already do not count', async () => {
  const fleet = new Fleet();
  fleet.left = Array.from({ length: 5 }, (_, at) => orphan(`o${at}`));
  await fleet.sweep();
  await fleet.sweep(DAY);
  fleet.left.push(orphan('late'));
  await fleet.sweep(DAY);
  await fleet.sweep(DAY);
  expect(fleet.away).toHaveLength(6);
});

test.each<[string, (fleet: Fleet) => void, RegExp]>([
  ['of no agent anything', (fleet) => void fleet.agents.splice(0), /no agent of the fleet is written down/],
  ['of some agent a part', (fleet) => void fleet.partial.push('writer'), /only a part is written down of writer/],
])('nothing is put away where %s is written down', async (_name, change, said) => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  change(fleet);
  await fleet.sweep();
  expect(await fleet.sweep(DAY)).toEqual([expect.stringMatching(said)]);
  expect(fleet.away).toEqual([]);
});

test('what nobody but a person can change is told with the reason, every day', async () => {
  const fleet = new Fleet();
  fleet.left = [old('s', { stays: 'nothing rotates it' })];
  for (let day = 0; day < 3; day += 1) expect(await fleet.sweep(DAY)).toEqual(['secret s is old; nothing rotates it']);
  expect(fleet.away).toEqual([]);
});

test('one that could not be put away keeps nobody from the next, and is tried again', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one'), orphan('two')];
  fleet.refuses = 'one';
  await fleet.sweep();
  expect(await fleet.sweep(DAY)).toEqual(['one is of no agent any more; it could not be put away: Error: 403', expect.any(String)]);
  expect(fleet.published.map(({ repaired }) => repaired)).toEqual([false, true]);
  fleet.refuses = undefined;
  await fleet.sweep(DAY);
  expect(fleet.away).toEqual(['two', 'one']);
});

test('what was found earlier cannot be read: nothing is put away, all is told, and the sweep fails', async () => {
  const fleet = new Fleet();
  fleet.left = [orphan('one')];
  await fleet.sweep();
  fleet.broken = 'no such bucket';
  await expect(fleet.sweep(DAY)).rejects.toThrow('no such bucket');
  expect(fleet.published.map(({ said }) => said)).toEqual(['one is of no agent any more; nothing is put away: no such bucket']);
  expect(fleet.away).toEqual([]);
});

describe('an agent whose time is over', () => {
  const MISSING: Drift = { what: 'policy', problem: 'missing', control: 'access-as-declared' };
  const UNDECLARED: Drift = { what: 'other', problem: 'undeclared', control: 'access-as-declared' };
  const compared = async (notAfter: string, cleanUp = true): Promise<Fleet> => {
    const fleet = new Fleet();
    fleet.agents = [agent('reader', { notAfter })];
    fleet.drift = [MISSING, UNDECLARED];
    await new Caretaker(fleet.ports(cleanUp)).compare();
    return fleet;
  };

  test('is given nothing back, and loses what it was given since', async () => {
    const { published, ended } = await compared('2026-11-25T00:00:00Z');
    expect(ended).toEqual([true]);
    expect(published.map(({ said }) => said)).toEqual([expect.stringMatching(/^other/)]);
  });

  test.each([
    ['on its last day', '2026-11-26T00:00:00Z', true],
    ['without clean-up', '2026-11-25T00:00:00Z', false],
  ])('gets back what is missing %s', async (_name, notAfter, cleanUp) => {
    const { published, ended } = await compared(notAfter, cleanUp);
    expect(ended).toEqual([false]);
    expect(published).toHaveLength(2);
  });
});

test.each<[string, readonly number[], readonly number[]]>([
  ['none', [], []],
  ['the only one, however old', [900], []],
  ['what was replaced and is too old', [91, 90, 10], [91]],
  ['what was replaced, where the newest is too old, too', [900, 300], [900]],
])('of versions this is left over: %s', (_name, ages, old) => {
  const now = new Date(NOON);
  const enabled = ages.map((days) => ({ what: `v${days}`, created: new Date(NOON - days * DAY) }));
  const found = supersededVersions(enabled, { now, days: 90 });
  expect(found).toEqual(
    old.map((days) => ({
      kind: 'old-version',
      what: `v${days}`,
      said: `version v${days} is ${days} days old, was replaced, and can still be read`,
    })),
  );
});
