export { COMMENT_LIMIT, type MarkdownOptions, renderDiffMarkdown } from './diff-markdown';
export { renderDiffTerminal } from './diff-terminal';
export { renderReviewHtml } from './html/page';
export { renderReviewTerminal } from './review-terminal';
export { renderReviewSarif, type SarifOptions } from './sarif';
export type { TerminalOptions } from './terminal';
