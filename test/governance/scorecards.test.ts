import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorecardOfWeek } from './scorecard-of-week';
import { WEEKS } from './weeks';

test.each(WEEKS.map((_, index) => index + 1))(
  'the scorecard of week %i is the one in the example: node --import tsx tools/maturity-scorecards.ts',
  (week) => {
    const kept = readFileSync(join(__dirname, '../../examples/maturity/scorecards', `week-${week}.md`), 'utf8');
    expect(scorecardOfWeek(week)).toBe(kept);
  },
);
