import { renderScoreMarkdown, type Scorecard } from '../../lib/core/report/scorecard';
import { controlTexts } from '../../lib/policy/control-texts';
import { scorecardOf } from '../../lib/policy/scorecard';
import { NOW, receiptsFor, synthesised } from './weeks';

/** The whole scorecard of one week of examples/maturity, as of a fixed day. */
export function cardOfWeek(week: number): Scorecard {
  const inputs = synthesised(week);
  return {
    assessment: scorecardOf(inputs, { receipts: receiptsFor(inputs), now: NOW }),
    at: NOW.toISOString(),
    library: '0.0.0',
    sources: inputs.map(({ file }) => file),
    earlier: [],
    textsOf: controlTexts,
  };
}

/** It in Markdown, as the example keeps it. */
export const scorecardOfWeek = (week: number): string => renderScoreMarkdown(cardOfWeek(week));
