import { headline } from '../../../lib/core/report/headline';
import type { PrincipalReview, Review } from '../../../lib/core/review/result';
import { fleetReview, SIX } from './review-fixture';

const of = (agents: readonly string[], changes: Partial<PrincipalReview> = {}): Review => ({
  ...SIX,
  unknowns: [],
  principals: SIX.principals.filter(({ agent }) => agents.includes(agent ?? '')).map((one) => ({ ...one, ...changes })),
});
const OPEN = { claims: [{ claim: 'read-only', verdict: 'not-proven', reason: 'r' }] } as const;

test.each<[string, Review]>([
  [
    '4 of 6 agents need attention: 1 can take full control, 1 can get credentials not meant for it, 1 can act as another identity and 1 breaks a claim.',
    SIX,
  ],
  ['12 of 200 agents need attention: 12 can act as another identity. 9 more could not be decided.', fleetReview(200)],
  ['1 of 1 agent needs attention: 1 can take full control.', of(['deploy-helper'])],
  ['2 agents reviewed, and nothing to report.', of(['invoice-reader', 'ticket-triage'])],
  [
    '1 agent reviewed, and nothing to report. 1 thing in the files could not be understood.',
    { ...of(['invoice-reader']), unknowns: ['x'] },
  ],
  ['1 of 1 agent could not be decided; nothing was found against the others.', of(['invoice-reader'], OPEN)],
  ['1 identity reviewed, and nothing to report.', of(['invoice-reader'], { agent: undefined })],
  ['Nothing was reviewed: no agent and no identity was found.', of([])],
])('%s', (sentence, review) => expect(headline(review)).toBe(sentence));
