import ts from 'typescript';
import type { Problem, SizeRule } from './check';
import type { SourceFile } from './files';

const MAX_PARAMETERS = 3;

/** What the library's code may not hold: `any`, and functions whose call site cannot be read. */
export const code: SizeRule = (files) => {
  const sources = files.filter(({ path }) => path.startsWith('lib/') && path.endsWith('.ts'));
  const anys = sources.flatMap((file) => visit(file, anyKeyword));
  const wide = sources.flatMap((file) => visit(file, wideSignature));
  return [
    { rule: 'lib: any', limit: '0', found: `${anys.length}`, problems: anys },
    { rule: `lib: over ${MAX_PARAMETERS} positional parameters`, limit: '0', found: `${wide.length}`, problems: wide },
  ];
};

function anyKeyword(node: ts.Node): string | undefined {
  return node.kind === ts.SyntaxKind.AnyKeyword ? "type 'any'; use 'unknown' or say what it is" : undefined;
}

function wideSignature(node: ts.Node): string | undefined {
  if (!ts.isFunctionLike(node) || ts.isTypeNode(node)) return undefined;
  const parameters = node.parameters.filter((one) => !ts.isIdentifier(one.name) || one.name.text !== 'this');
  if (parameters.length <= MAX_PARAMETERS) return undefined;
  const name = ts.isConstructorDeclaration(node) ? 'constructor' : (node.name?.getText() ?? 'function');
  return `${name} has ${parameters.length} positional parameters; group them in an options object`;
}

function visit(file: SourceFile, judge: (node: ts.Node) => string | undefined): Problem[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const problems: Problem[] = [];
  const walk = (node: ts.Node): void => {
    const message = judge(node);
    if (message) problems.push({ where: `${file.path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`, message });
    ts.forEachChild(node, walk);
  };
  walk(source);
  return problems;
}
