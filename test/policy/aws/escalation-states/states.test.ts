import chains from './chains.json';
import { CLOSINGS } from './closings';
import selfEscalation from './self-escalation.json';
import { type AccountState, type End, endsOf, pathsOf } from './state';
import toAdmin from './to-admin.json';
import toBucket from './to-bucket.json';
import traps from './traps.json';

const STATES = [toAdmin, toBucket, selfEscalation, chains].flatMap(({ states }) => states as unknown as readonly AccountState[]);

const texts = (ends: readonly End[] = []): readonly string[] => ends.map((end) => end.join(' ')).sort();

describe('known ways through an account', () => {
  it.each(STATES.map((state) => [state.id, state] as const))('are found, and nothing else: %s', (_, state) => {
    expect(endsOf(pathsOf(state))).toEqual(texts(state.ends));
  });
});

describe('states that look like something else', () => {
  it.each((traps.states as unknown as readonly AccountState[]).map((state) => [state.id, state] as const))('%s', (_, state) => {
    expect(endsOf(pathsOf(state))).toEqual(texts(state.ends));
  });
});

describe.each(Object.entries(CLOSINGS))('closed by %s', (name, close) => {
  const identitySide = name !== 'a separate deny' && name !== 'targets without privileges';
  const closable = STATES.filter(({ open, givesPrivileges }) =>
    identitySide ? open === undefined : name !== 'targets without privileges' || givesPrivileges === undefined,
  ).flatMap((state) => {
    const closed = close(state);
    return closed ? [[state.id, closed] as const] : [];
  });

  it.each(closable)('lead nowhere: %s', (_, closed) => {
    const left = texts(closed.left);
    expect(endsOf(pathsOf(closed)).filter((end) => !left.includes(end))).toEqual([]);
  });
});
