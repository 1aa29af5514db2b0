import { existsSync } from 'node:fs';
import type { ReviewInput } from '../core/review/input';
import { unreadableInput } from '../core/review-errors';
import { Folder, isFolder, readText } from '../policy/documents/files';
import { readFolder } from '../policy/documents/folder';
import { parseText } from '../policy/documents/json-text';
import { type DocumentKind, KIND_NAMES, kindOf } from '../policy/documents/kinds';
import type { Io } from './io';

/** Folders that are read where no path is given. */
export const DEFAULT_PATHS: readonly string[] = ['cdk.out', 'cdktf.out'];

/** What a command was given to read. */
export interface InputOptions {
  /** Folders and files, told apart by what is in them. */
  readonly paths: readonly string[];
  readonly accountDetails?: readonly string[];
  readonly resources?: readonly string[];
  /** Ids of principals. */
  readonly principal?: readonly string[];
}

/** Stands for standard input. */
const STDIN = '-';
const STDIN_NAME = 'standard input';

/**
 * Reads everything that a command was given.
 * @throws AgenticIamError for every file that is missing, damaged or not what it was given as; nothing is passed over
 */
export function readInputs(options: InputOptions, io: Io): readonly ReviewInput[] {
  const { accountDetails = [], resources = [], principal = [] } = options;
  if ([...options.paths, ...accountDetails, ...resources].filter((path) => path === STDIN).length > 1) {
    throw unreadableInput(STDIN_NAME, { rule: "can be read once, but '-' is given more than once", fix: 'give files for the others' });
  }
  const inputs = [
    ...pathsOf(options).flatMap((path) => readPath(path, io)),
    ...accountDetails.map((path) => readAs('account-details', path, io)),
    ...resources.map((path) => readAs('resources', path, io)),
  ];
  return principal.length === 0 ? inputs : [...inputs, { kind: 'principals', file: '--principal', json: principal }];
}

/** Names of the files, each once. */
export function sourcesOf(inputs: readonly ReviewInput[]): readonly string[] {
  return [...new Set(inputs.filter(({ kind }) => kind !== 'principals' && kind !== 'governance').map(({ file }) => file))];
}

/** An account alone is an answer: what lies about in the working folder is not mixed into it. */
function pathsOf({ paths, accountDetails = [] }: InputOptions): readonly string[] {
  if (paths.length > 0) return paths;
  if (accountDetails.length > 0) return [];
  const found = DEFAULT_PATHS.filter((path) => existsSync(path));
  if (found.length > 0) return found;
  throw unreadableInput(DEFAULT_PATHS.join("' or '"), {
    rule: 'must be here where no path is given',
    fix: 'run synth first, or give the path of a folder, a template, a plan or the details of an account',
  });
}

function readPath(path: string, io: Io): readonly ReviewInput[] {
  if (path !== STDIN && isFolder(path)) return readFolder(new Folder(path));
  const { file, json } = readDocument(path, io);
  const kind = kindOf(json);
  if (isReadable(kind)) return [{ kind, file, json: kind === 'resources' && !Array.isArray(json) ? [json] : json }];
  throw unreadableInput(file, {
    rule: 'must be a CloudFormation template, terraform show -json output, a stack of cdktf, account details, resources or a manifest',
    reason: `it is ${KIND_NAMES[kind]}`,
    fix: FIXES[kind] ?? 'give one of those, or the folder that synth wrote',
  });
}

type ReadableKind = Exclude<ReviewInput['kind'], 'principals'>;

function isReadable(kind: DocumentKind): kind is ReadableKind {
  return !['terraform-state-file', 'saved-review', 'saved-diff', 'other', 'principals'].includes(kind);
}

const FIXES: Partial<Record<DocumentKind, string>> = {
  'terraform-state-file': 'write its resolved form with: terraform show -json',
  'saved-review': 'give the documents that it was made of: a saved review holds answers, not the policies that give them',
  'saved-diff': 'give the documents that it was made of',
};

const WANTED: Readonly<Record<'account-details' | 'resources', { readonly rule: string; readonly fix: string }>> = {
  'account-details': {
    rule: 'must be the JSON of aws iam get-account-authorization-details',
    fix: 'write it with: aws iam get-account-authorization-details > details.json',
  },
  resources: {
    rule: 'must be JSON Lines, or a JSON list, of objects that each have an arn',
    fix: 'write for example {"arn":"arn:aws:lambda:eu-central-1:111122223333:function:pay","role":"arn:aws:iam::111122223333:role/pay"}',
  },
};

function readAs(kind: 'account-details' | 'resources', path: string, io: Io): ReviewInput {
  if (path !== STDIN && isFolder(path)) throw unreadableInput(path, { ...WANTED[kind], reason: 'it is a folder' });
  const { file, json, lines } = readDocument(path, io, kind === 'resources' ? [] : undefined);
  if (kind === 'resources') {
    const list = Array.isArray(json) ? json : [json];
    list.forEach((line, index) => {
      if (kindOf(line) === 'resources') return;
      throw unreadableInput(lines ? `${file}' line '${lines[index]}` : `${file}' entry '${index + 1}`, { ...WANTED[kind], value: line });
    });
    return { kind, file, json: list };
  }
  const found = kindOf(json);
  if (found !== kind) throw unreadableInput(file, { ...WANTED[kind], reason: `it is ${KIND_NAMES[found]}` });
  return { kind, file, json };
}

interface ReadDocument {
  readonly file: string;
  readonly json: unknown;
  /** Number of the line that each member came from. @default - not JSON Lines */
  readonly lines?: readonly number[];
}

/** One document: JSON, or JSON Lines as a list. `empty` is what an empty file stands for; without it, one is refused. */
export function readDocument(path: string, io: Io, empty?: unknown): ReadDocument {
  const file = path === STDIN ? STDIN_NAME : path;
  const text = path === STDIN ? io.stdin() : readText(path);
  if (empty !== undefined && text.trim() === '') return { file, json: empty };
  const parsed = parseText(file, text);
  return 'json' in parsed
    ? { file, json: parsed.json }
    : { file, json: parsed.lines.map(({ json }) => json), lines: parsed.lines.map(({ line }) => line) };
}
