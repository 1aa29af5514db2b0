// Writes examples/maturity/scorecards: the answer of the report for each week, as of a fixed day, with receipts of that day before. Checked by test/governance/scorecards.test.ts.
// Run: node --import tsx tools/maturity-scorecards.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorecardOfWeek } from '../test/governance/scorecard-of-week';
import { WEEKS } from '../test/governance/weeks';

const FOLDER = join(__dirname, '..', 'examples', 'maturity', 'scorecards');
mkdirSync(FOLDER, { recursive: true });
for (const [index] of WEEKS.entries()) writeFileSync(join(FOLDER, `week-${index + 1}.md`), scorecardOfWeek(index + 1));
