export { renderReviewHtml } from './html/page';
export { renderReviewTerminal } from './review-terminal';
export { renderReviewSarif, type SarifOptions } from './sarif';
export type { TerminalOptions } from './terminal';
