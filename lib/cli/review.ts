import { Severity } from '../core/finding';
import { renderReviewHtml, renderReviewSarif, renderReviewTerminal } from '../core/report';
import type { Review } from '../core/review/result';
import { reviewWorlds } from '../core/review/review';
import { worldsOf } from '../policy/worlds';
import { acceptFindings, acknowledgedIn } from './accepted';
import { type InputOptions, readInputs, sourcesOf } from './inputs';
import { type Io, jsonText, progress, writeReport } from './io';

export interface ReviewCommand extends InputOptions {
  /** Print the review as JSON instead of text. */
  readonly json?: boolean;
  /** A SARIF log: to a file, or instead of the text where it is `true`. */
  readonly sarif?: string | true;
  /** File for the page. */
  readonly html?: string;
}

const SARIF_FILE = { what: 'SARIF log', isOne: (text: string) => /"runs"\s*:/.test(text) && text.includes('sarif') };
const HTML_FILE = { what: 'page of a review', isOne: (text: string) => /^\s*<!doctype html>/i.test(text) };

/** Reviews what the paths hold, prints and writes it; gives the exit code. */
export function review(command: ReviewCommand, io: Io): number {
  progress(io, 'reading');
  const inputs = readInputs(command, io);
  progress(io, `reviewing ${inputs.length} documents`);
  const worlds = worldsOf(inputs);
  const found = reviewWorlds(worlds, { sources: sourcesOf(inputs) });
  const made = acceptFindings(found, { worlds, acknowledged: acknowledgedIn(inputs) });
  progress(io, '');
  print(made, command, io);
  return made.principals.some(({ findings }) => findings.some(({ severity }) => severity === Severity.ERROR)) ? 1 : 0;
}

function print(made: Review, { json, sarif, html }: ReviewCommand, io: Io): void {
  // The files first: what is printed last is what a person sees.
  if (typeof sarif === 'string') writeReport(sarif, sarifText(made), SARIF_FILE);
  if (html !== undefined) writeReport(html, renderReviewHtml(made), HTML_FILE);
  if (json) io.out(jsonText(made));
  else if (sarif === true) io.out(sarifText(made));
  else io.out(renderReviewTerminal(made, { width: io.width, color: io.color }));
}

function sarifText(made: Review): string {
  return jsonText(renderReviewSarif(made, { root: process.cwd().split('\\').join('/') }));
}
