import { readFileSync, writeFileSync } from 'node:fs';
import { isColorSupported } from 'picocolors';
import { unreadableInput } from '../core/review-errors';

/** Where a command reads and writes; tests hand in their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** All of standard input. */
  readonly stdin: () => string;
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Whether somebody watches standard error. */
  readonly watched: boolean;
}

/** Width assumed where there is no terminal to ask: a CI log. */
const LOG_WIDTH = 160;

/** The terminal or pipe of this process. */
export function processIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    stdin: () => readFileSync(0, 'utf8'),
    width: process.stdout.columns ?? (Number(process.env['COLUMNS']) || LOG_WIDTH),
    color: isColorSupported,
    watched: process.stderr.isTTY === true,
  };
}

/** Says what is being done, on a terminal only, in a line that the next one takes the place of. */
export function progress(io: Io, text: string): void {
  if (io.watched) io.err(`\r\u001B[K${text}`);
}

/** A document as JSON for other programs. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** What a report that is written to a file looks like, so that a slip of the hand never overwrites something else. */
export interface ReportFile {
  readonly what: string;
  /** Whether a text is an earlier report of that kind. */
  readonly isOne: (text: string) => boolean;
}

/**
 * Writes a report to a file.
 * @throws AgenticIamError where a file of that name is there and is no earlier report, or where it can not be written
 */
export function writeReport(path: string, text: string, { what, isOne }: ReportFile): void {
  const before = existing(path);
  if (before !== undefined && before.trim() !== '' && !isOne(before)) {
    throw unreadableInput(path, {
      rule: `must be a new file or an earlier ${what}`,
      reason: 'it would be overwritten',
      fix: 'choose another name, or delete it first',
    });
  }
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw unreadableInput(path, {
      rule: 'must be a file that can be written',
      reason: (error as NodeJS.ErrnoException).code ?? String(error),
      fix: 'choose another name, or make its folder',
    });
  }
}

function existing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadableInput(path, {
      rule: 'must be a file that can be written',
      reason: (error as NodeJS.ErrnoException).code ?? String(error),
      fix: 'choose another name',
    });
  }
}
