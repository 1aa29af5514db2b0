import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { unreadableInput } from '../core/review-errors';

/** A record of a log, or why a piece of it is none. */
export type LogRecord = { readonly record: unknown } | { readonly unread: string };

/** Folders that AWS writes beside the log files, and that hold no events. */
const NO_LOGS: ReadonlySet<string> = new Set(['CloudTrail-Digest', 'CloudTrail-Insight', 'CloudTrail-Aggregated']);
/** Longest record that is kept in memory, in characters; CloudTrail writes at most 256 KB. */
const LONGEST = 4_000_000;

/**
 * The log files of paths: files as they are, folders with everything below that ends in `.json`, `.jsonl` or those with `.gz`.
 * @throws AgenticIamError where nothing is there
 */
export async function* logFiles(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if (isFolder(path)) yield* filesBelow(path);
    else yield path;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw cannotRead(path, error);
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NO_LOGS.has(entry.name)) yield* filesBelow(path);
    } else if (/\.(json|jsonl)(\.gz)?$/.test(entry.name)) yield path;
  }
}

/**
 * The records of one file, one at a time: CloudTrail's own files, `aws cloudtrail lookup-events` output, a JSON list, or JSON Lines, each of
 * them gzipped or not. A piece that is no JSON is told, and the rest is read.
 * @throws AgenticIamError where the file itself can not be read
 */
export async function* recordsOf(path: string): AsyncGenerator<LogRecord> {
  const splitter = new RecordSplitter();
  const file = createReadStream(path);
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe hands on no errors of the file itself.
  file.on('error', (error) => bytes.destroy(error));
  bytes.setEncoding('utf8');
  try {
    for await (const chunk of bytes) for (const text of splitter.push(String(chunk))) yield parse(text);
  } catch (error) {
    throw cannotRead(path, error);
  }
  for (const text of splitter.end()) yield parse(text);
}

function cannotRead(path: string, error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is none of that name',
    Z_DATA_ERROR: 'it is no gzip file',
    Z_BUF_ERROR: 'it ends too early',
  };
  return unreadableInput(path, {
    rule: 'must be a log file or a folder of them',
    reason: reasons[code ?? ''] ?? code ?? message,
    fix: 'give what CloudTrail wrote to its bucket, copied to a folder',
  });
}

function parse(text: string): LogRecord {
  try {
    return { record: unwrap(JSON.parse(text)) };
  } catch {
    return { unread: 'it is no JSON' };
  }
}

/** A record may come in the envelope of what carried it. */
function unwrap(value: unknown): unknown {
  const { CloudTrailEvent: looked, detail, 'detail-type': type } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof looked === 'string') return JSON.parse(looked);
  return typeof type === 'string' && typeof detail === 'object' ? detail : value;
}

/** Cuts text into the objects of a log without ever holding more than one of them. */
class RecordSplitter {
  private text = '';
  private readonly stack: string[] = [];
  private inString = false;
  private escaped = false;
  private isInWrapper = false;

  /** The objects that end in this piece of text. */
  *push(chunk: string): Generator<string> {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const sign = chunk[at] ?? '';
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (sign === '\\') this.escaped = true;
        else if (sign === '"') this.inString = false;
      } else if (sign === '"') this.inString = true;
      else if (sign === '{' || sign === '[') {
        if (this.isBetween()) {
          this.text = '';
          from = at;
        }
        this.stack.push(sign);
        if (sign === '[' && this.startsRecords(this.text + chunk.slice(from, at))) {
          this.isInWrapper = true;
          this.text = '';
          from = at + 1;
        }
      } else if (sign === '}' || sign === ']') {
        this.stack.pop();
        if (this.isBetween() && sign === '}') {
          const whole = this.text + chunk.slice(from, at + 1);
          if (!this.isInWrapper || this.stack.length > 0) yield whole;
          this.text = '';
          from = at + 1;
        }
        if (this.stack.length === 0) this.isInWrapper = false;
      }
    }
    if (this.text.length < LONGEST) this.text += chunk.slice(from);
  }

  /** What is left where the text ended in the middle of something. */
  *end(): Generator<string> {
    if (this.stack.length > 0 || (this.text.trim() !== '' && !/^[\s\]},]*$/.test(this.text))) yield this.text;
  }

  /** Where a record may begin or has just ended: at the top, in a list at the top, or in the list of a file of CloudTrail. */
  private isBetween(): boolean {
    const { length } = this.stack;
    return length === 0 || (length === 1 && this.stack[0] === '[') || (length === 2 && this.isInWrapper);
  }

  private startsRecords(before: string): boolean {
    return this.stack.length === 2 && this.stack[0] === '{' && /"([Rr]ecords|Events)"\s*:\s*$/.test(before.slice(-40));
  }
}
