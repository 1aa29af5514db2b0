import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A text file of the project. */
export interface SourceFile {
  /** Path from the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly bytes: number;
}

/** What tools write; git ignores the same. */
const IGNORED = new Set(['.git', '.venv', 'node_modules', 'dist', 'cdk.out', 'cdktf.out', 'coverage']);

/** Every text file below a root, in stable order. */
export function projectFiles(root: string): SourceFile[] {
  const paths = readdirSync(root, { recursive: false, withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    return entry.isDirectory() ? listFiles(join(root, entry.name)) : [join(root, entry.name)];
  });
  return paths.sort().flatMap((path) => readText(root, path));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : entry.isFile() ? [path] : [];
  });
}

function readText(root: string, path: string): SourceFile[] {
  const bytes = statSync(path).size;
  const text = readFileSync(path, 'utf8');
  if (text.includes('\u0000')) return [];
  return [{ path: relative(root, path).split(sep).join('/'), text, bytes }];
}

/** Lines of a file as an editor counts them. */
export function countLines(text: string): number {
  if (text === '') return 0;
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Line number of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
