import { reviewWorlds } from '../../../../lib/core/review/review';
import { worldsOf } from '../../../../lib/policy/worlds';
import effective from './effective.json';
import { type AccountState, inputsOf } from './state';

const { principals, policies } = effective as unknown as Pick<AccountState, 'principals' | 'policies'>;
const review = (start: string) =>
  reviewWorlds(worldsOf(inputsOf({ id: 'effective', start, ends: [], principals, policies })), { sources: [] }).principals[0];

const NAMED = Object.keys(principals).filter((arn) => /isAdmin|notAdmin/.test(arn));

describe('who is an administrator, whatever it takes', () => {
  it('is asked about users and roles', () => expect(NAMED.length).toBeGreaterThan(35));

  it.each(NAMED)('%s', (arn) => {
    expect(review(arn)?.blastRadius.admin).toBe(/isAdmin/.test(arn));
  });
});
