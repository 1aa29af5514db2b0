export { renderScoreCsv } from './csv';
export { renderScoreHtml } from './html';
export { type ScorecardDocument, scorecardDocument } from './json';
export { renderScoreMarkdown } from './markdown';
export type { ControlTexts, EarlierScore, Scorecard } from './model';
export { renderScoreOscal } from './oscal';
export { renderScoreSarif } from './sarif';
export { renderScoreTerminal } from './terminal';
