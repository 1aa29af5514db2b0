import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** The project's root folder. */
export const ROOT = join(__dirname, '..', '..');

/** One import, export-from or require of a file of lib. */
export interface ImportEdge {
  /** Importing file, from the root: `lib/core/json.ts`. */
  readonly from: string;
  readonly line: number;
  /** The specifier as written. */
  readonly specifier: string;
  /** File or folder of lib it leads to, without suffix; undefined for a package. */
  readonly file?: string;
  /** Package it names, `node` for the platform's own; undefined for a file. */
  readonly package?: string;
}

/** Files below a folder of the project with one of these suffixes, from the root, in stable order. */
export function filesBelow(folder: string, ...suffixes: string[]): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && suffixes.some((suffix) => entry.name.endsWith(suffix)))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Parses one file of the project; nothing is resolved or type checked. */
export function parse(path: string, text = readFileSync(join(ROOT, path), 'utf8')): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** Everything the file takes from elsewhere, types too: declarations are shipped and must resolve for users. */
export function importsOf(source: ts.SourceFile): ImportEdge[] {
  const edges: ImportEdge[] = [];
  each(source, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) edges.push(edge(source, node, specifier));
  });
  return edges;
}

/** Calls back for every node of the file. */
export function each(source: ts.SourceFile, callback: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    callback(node);
    ts.forEachChild(node, walk);
  };
  walk(source);
}

/** `file:line` of a node. */
export function place(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  if (ts.isExternalModuleReference(node)) return literal(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const loads = node.expression.kind === ts.SyntaxKind.ImportKeyword || /^require(\.resolve)?$/.test(node.expression.getText());
  return loads ? literal(node.arguments[0]) : undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function edge(source: ts.SourceFile, node: ts.Node, specifier: string): ImportEdge {
  const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const base = { from: source.fileName, line, specifier };
  if (specifier.startsWith('.')) return { ...base, file: posix.normalize(posix.join(dirname(source.fileName), specifier)) };
  if (specifier.startsWith('node:')) return { ...base, package: 'node' };
  const parts = specifier.split('/');
  return { ...base, package: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}
