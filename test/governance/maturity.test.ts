import type { AgentAssessment } from '../../lib/core/governance/assessment';
import { fallen, mutationsOf, scoreOf, servedBy } from './mutations';
import { receiptsFor, synthesised, WEEKS } from './weeks';

const levels = (agents: readonly AgentAssessment[]): Record<string, number> =>
  Object.fromEntries(agents.map(({ agent, level }) => [agent, level]));

describe.each(WEEKS.map((_, index) => index + 1))('week %i of examples/maturity', (week) => {
  const inputs = synthesised(week);
  const receipts = receiptsFor(inputs);
  const before = scoreOf(inputs, receipts);

  test('every agent stands at the level of the week', () => {
    expect(Object.values(levels(before))).toEqual(before.map(() => week));
  });

  test('without receipts no agent is above logging', () => {
    const bare = scoreOf(inputs, { schemaVersion: 1, receipts: [] });
    expect(Object.values(levels(bare))).toEqual(before.map(() => 1));
  });

  test('whatever is taken out of the output, the score falls, and the right control is named', () => {
    const outcomes = [...mutationsOf(inputs)].map(({ what, path, inputs: mutated }) => ({
      what,
      path,
      names: fallen(before, scoreOf(mutated, receipts)),
    }));
    const missed = outcomes.filter(({ names }) => names.length === 0);
    const wrong = outcomes.filter(({ path, names }) => names.length > 0 && !names.some((name) => servedBy(path).includes(name)));
    expect(outcomes.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
    // At least 98 of 100: what is left out is listed, so that nobody gets used to it.
    expect(missed.map(({ what }) => what)).toEqual([]);
  });
});

test('a governance record that is gone leaves what the templates themselves show', () => {
  const inputs = synthesised(2);
  const receipts = receiptsFor(inputs);
  const bare = inputs.filter(({ kind }) => kind !== 'governance');
  expect(levels(scoreOf(bare, receipts))).toEqual(levels(scoreOf(inputs, receipts)));
});
