import { existsSync, readFileSync } from 'node:fs';
import { missingManifest } from '../core/errors';
import { Severity } from '../core/finding';
import { type ReceiptBook, readReceipts } from '../core/governance/receipts';
import { type Manifest, readManifest } from '../core/manifest';
import {
  type EarlierScore,
  renderScoreCsv,
  renderScoreHtml,
  renderScoreMarkdown,
  renderScoreOscal,
  renderScoreSarif,
  renderScoreTerminal,
  type Scorecard,
  scorecardDocument,
} from '../core/report/scorecard';
import { renderTerminal } from '../core/report/terminal';
import type { ReviewInput } from '../core/review/input';
import { unreadableInput } from '../core/review-errors';
import { VERSION } from '../core/version';
import { controlTexts } from '../policy/control-texts';
import { isFolder, readJson } from '../policy/documents/files';
import { fieldsOf } from '../policy/documents/kinds';
import { scorecardOf } from '../policy/scorecard';
import { readInputs, sourcesOf } from './inputs';
import { type Io, jsonText, progress, type ReportFile, writeReport } from './io';

export interface ReportCommand {
  readonly paths: readonly string[];
  /** Receipts of drills and recertifications. @default - none */
  readonly receipts?: string;
  /** Earlier output folders, or what `--json` printed then; oldest first. */
  readonly since?: readonly string[];
  /** Day that it is taken to be: `2026-11-26`. @default - today */
  readonly on?: string;
  readonly json?: boolean;
  readonly html?: string;
  readonly markdown?: string | true;
  readonly sarif?: string | true;
  readonly oscal?: string | true;
  readonly csv?: string | true;
}

/** Formats that go to a file, or to standard output where none is named. */
const FORMATS: Readonly<Record<'markdown' | 'sarif' | 'oscal' | 'csv', ReportFile & { readonly render: (card: Scorecard) => string }>> = {
  markdown: { what: 'scorecard in Markdown', isOne: (text) => text.startsWith('# Agent governance'), render: renderScoreMarkdown },
  sarif: {
    what: 'SARIF log',
    isOne: (text) => /"runs"\s*:/.test(text) && text.includes('sarif'),
    render: (card) => jsonText(renderScoreSarif(card, process.cwd().split('\\').join('/'))),
  },
  oscal: {
    what: 'OSCAL document',
    isOne: (text) => text.includes('"assessment-results"'),
    render: (card) => jsonText(renderScoreOscal(card)),
  },
  csv: { what: 'matrix of controls', isOne: (text) => text.startsWith('frame,version,reference'), render: renderScoreCsv },
};
const HTML_FILE = { what: 'scorecard page', isOne: (text: string) => /^\s*<!doctype html>/i.test(text) };
const NO_RECEIPTS: ReceiptBook = { schemaVersion: 1, receipts: [] };

/** Says where every agent stands, prints and writes it; gives the exit code. */
export function report(command: ReportCommand, io: Io): number {
  progress(io, 'reading');
  const inputs = read(command.paths, io);
  const now = dayOf(command.on);
  const receipts = command.receipts === undefined ? NO_RECEIPTS : receiptsIn(command.receipts);
  progress(io, `judging ${inputs.length} documents`);
  const card: Scorecard = {
    assessment: scorecardOf(inputs, { receipts, now }),
    at: now.toISOString(),
    library: VERSION,
    sources: sourcesOf(inputs),
    earlier: (command.since ?? []).map((path) => earlierIn(path, { receipts, now, io })),
    textsOf: controlTexts,
  };
  progress(io, '');
  const manifests = inputs.filter(({ kind }) => kind === 'manifest').map(({ file, json }) => readManifest(file, JSON.stringify(json)));
  print(card, manifests, { command, io });
  const behind = card.assessment.agents.some(({ level, target }) => target !== undefined && level < target);
  const wrong = manifests.some(({ agents }) => agents.some(({ findings }) => findings.some(({ severity }) => severity === Severity.ERROR)));
  return behind || wrong ? 1 : 0;
}

/** Paths that are missing are passed over where another is there, so that one call serves apps on any of the clouds. */
function read(paths: readonly string[], io: Io): readonly ReviewInput[] {
  const there = paths.filter((path) => path === '-' || existsSync(path));
  const inputs = there.length === 0 ? [] : readInputs({ paths: there }, io);
  if (!inputs.some(({ kind }) => kind === 'manifest')) throw missingManifest(paths);
  return inputs;
}

function print(
  card: Scorecard,
  manifests: readonly Manifest[],
  { command, io }: { readonly command: ReportCommand; readonly io: Io },
): void {
  // The files first: what is printed last is what a person sees.
  if (command.html !== undefined) writeReport(command.html, renderScoreHtml(card), HTML_FILE);
  const formats = Object.entries(FORMATS).map(([name, format]) => ({ ...format, target: command[name as keyof typeof FORMATS] }));
  for (const { target, render, what, isOne } of formats) if (typeof target === 'string') writeReport(target, render(card), { what, isOne });
  const printed = formats.find(({ target }) => target === true);
  if (command.json) io.out(jsonText(scorecardDocument(card)));
  else if (printed) io.out(printed.render(card));
  else {
    io.out(`${renderScoreTerminal(card, { width: io.width, color: io.color })}\n`);
    io.out(`${renderTerminal(manifests, { width: io.width, color: io.color })}\n`);
    for (const file of card.sources.filter((one) => one.endsWith('manifest.json'))) io.out(`manifest: ${file}\n`);
  }
}

function dayOf(on: string | undefined): Date {
  if (on === undefined) return new Date();
  const day = new Date(`${on}T12:00:00Z`);
  if (!Number.isNaN(day.getTime()) && day.toISOString().startsWith(on)) return day;
  throw unreadableInput('--on', { rule: 'must be a day', value: on, fix: "write it like '2026-11-26'" });
}

/** The book of receipts in a file. */
export function receiptsIn(path: string): ReceiptBook {
  if (existsSync(path)) return readReceipts(path, readFileSync(path, 'utf8'));
  throw unreadableInput(path, {
    rule: 'must be a file of receipts',
    reason: 'there is none of that name',
    fix: 'give a file that --receipts of drill or recertify wrote',
  });
}

/** A scorecard that was saved, or what synth wrote then, judged as of now. */
function earlierIn(
  path: string,
  { receipts, now, io }: { readonly receipts: ReceiptBook; readonly now: Date; readonly io: Io },
): EarlierScore {
  if (!isFolder(path)) {
    const saved = fieldsOf(readJson(path));
    if (saved?.['scorecard'] === true && Array.isArray(saved['agents']))
      return { label: String(saved['at']).slice(0, 10), agents: saved['agents'] as EarlierScore['agents'] };
  }
  return { label: path, agents: scorecardOf(read([path], io), { receipts, now }).agents };
}
