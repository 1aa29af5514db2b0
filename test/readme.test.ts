import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import packageJson from '../package.json';
import { readCatalogs, withLadder, withRules, withStops, withTables } from '../tools/docs-tables';

const README = readFileSync('README.md', 'utf8');
const TESTING = readFileSync('docs/testing.md', 'utf8');
const GOVERNANCE = readFileSync('docs/governance.md', 'utf8');
const BLOCKS = [...`${README}${TESTING}${GOVERNANCE}`.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

/** What a reader has around a block: the imports of the framework, the spec above it, and what its `with:` line says. */
function inContext(block: string): string {
  const terraform = /agentic-iam\/(gcp|azure)/.test(block);
  const framework = terraform
    ? "import { App, TerraformStack } from 'cdktf';"
    : "import { App, Stack } from 'aws-cdk-lib'; import * as s3 from 'aws-cdk-lib/aws-s3';";
  const spec = block.includes('const reader =') ? '' : "import type { AgentSpec } from 'agentic-iam'; declare const reader: AgentSpec;";
  const setting = /^\/\/ with: (.*)$/m.exec(block)?.[1] ?? '';
  return [framework, spec, setting, block].join('\n');
}

/** Type errors of the README's blocks, and of one block that must fail so that we know errors are seen. */
function errorsOf(blocks: readonly string[]): string[][] {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const files = new Map(blocks.map((block, index) => [join(process.cwd(), `readme-block-${index}.ts`), inContext(block)]));
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
  return [...files.keys()].map((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n')),
  );
}

test('every block of the README and of the pages on tests and governance compiles as a reader would paste it', () => {
  const wrong = "import { AgentTrust } from 'agentic-iam/aws';\nAgentTrust.anyone();";
  const errors = errorsOf([...BLOCKS, wrong]);
  expect(errors.at(-1)).toEqual(["Property 'anyone' does not exist on type 'typeof AgentTrust'."]);
  expect(errors.slice(0, -1)).toEqual(BLOCKS.map(() => []));
}, 60_000);

test('the first code stands in the first 25 lines, and the two commands come first', () => {
  const lines = README.split('\n');
  expect(lines.findIndex((line) => line.startsWith('```ts'))).toBeLessThan(25);
  expect(lines.slice(0, 8).join('\n')).toMatch(/npm ci && npm run synth[\s\S]*npm ci && npm test/);
});

test('the generated tables are what the catalogs say', () => {
  expect(withTables(README, readCatalogs())).toBe(README);
  const detection = readFileSync('docs/detection.md', 'utf8');
  expect(withRules(detection)).toBe(detection);
  const containment = readFileSync('docs/containment.md', 'utf8');
  expect(withStops(containment)).toBe(containment);
  expect(withLadder(GOVERNANCE)).toBe(GOVERNANCE);
});

test('every file the README links to exists, and so does every script it names', () => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1] ?? '');
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
  const scripts = [...README.matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? '');
  expect(scripts.filter((script) => !(script in packageJson.scripts))).toEqual([]);
});

test('each example has a README that says what it shows, its security consideration and its use', () => {
  const stories = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of stories) {
    const text = readFileSync(`examples/${name}/README.md`, 'utf8');
    expect(text).toMatch(/^## What it shows$[\s\S]*^## Security consideration$[\s\S]*^## Use$/m);
    expect(README).toContain(`examples/${name}`);
  }
});
