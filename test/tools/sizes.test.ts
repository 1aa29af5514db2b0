import type { Measured, SizeRule } from '../../tools/sizes/check';
import { code } from '../../tools/sizes/code';
import { generated, readme, snapshots } from '../../tools/sizes/documents';
import { lines } from '../../tools/sizes/lines';
import { lock } from '../../tools/sizes/lock';
import { portable } from '../../tools/sizes/portable';

const breaks = (rule: SizeRule, files: Record<string, string>): string[] =>
  measure(rule, files).flatMap((one) => one.problems.map((problem) => problem.where));

function measure(rule: SizeRule, files: Record<string, string>): Measured[] {
  return rule(Object.entries(files).map(([path, text]) => ({ path, text, bytes: Buffer.byteLength(text) })));
}

const CASES: [string, SizeRule, Record<string, string>, string[]][] = [
  ['400 lines in one file of many pass', lines, { 'lib/a.ts': 'x\n'.repeat(400), ...short(20) }, []],
  ['401 lines in one file do not', lines, { 'lib/a.ts': 'x\n'.repeat(401), ...short(20) }, ['lib/a.ts:401']],
  ['long files of tests do not count', lines, { 'test/a.ts': 'x\n'.repeat(999), ...short(3) }, []],
  [
    'a tenth of the files over 300 lines breaks the p90',
    lines,
    { 'lib/a.ts': 'x\n'.repeat(301), 'lib/b.ts': 'x\n'.repeat(301), ...short(9) },
    ['lib/a.ts:301'],
  ],
  ['a median over 120 lines', lines, { 'lib/a.ts': 'x\n'.repeat(121) }, ['lib/a.ts:121']],
  ['three positional parameters pass', code, { 'lib/a.ts': 'export function f(a: 1, b: 2, c: 3) {}' }, []],
  ['four in a function', code, { 'lib/a.ts': '\nexport function f(a: 1, b: 2, c: 3, d: 4) {}' }, ['lib/a.ts:2']],
  ['four in an arrow', code, { 'lib/a.ts': 'const f = (a: 1, b: 2, c: 3, d: 4) => a;' }, ['lib/a.ts:1']],
  ['four in a constructor', code, { 'lib/a.ts': 'class A {\n  constructor(readonly a: 1, b: 2, c: 3, d: 4) {}\n}' }, ['lib/a.ts:2']],
  ['four in a method', code, { 'lib/a.ts': 'class A { m(a: 1, b: 2, c: 3, d: 4) {} }' }, ['lib/a.ts:1']],
  ['any as a type', code, { 'lib/a.ts': 'const a = 1;\nconst b: any = a;' }, ['lib/a.ts:2']],
  ['any in a comment or a string passes', code, { 'lib/a.ts': "// any\nconst b = 'any';" }, []],
  ['a README with code at line 25', readme, { 'README.md': `${'\n'.repeat(24)}\`\`\`ts\n\`\`\`\n` }, []],
  ['a README with code at line 26', readme, { 'README.md': `${'\n'.repeat(25)}\`\`\`ts\n\`\`\`\n` }, ['README.md:26']],
  ['a README of 300 lines', readme, { 'README.md': `\`\`\`ts\n\`\`\`\n${'\n'.repeat(298)}` }, ['README.md:300']],
  ['no README', readme, {}, ['README.md:1']],
  ['a snapshot of 200 KB passes', snapshots, { 'test/a.snap': 'x'.repeat(200 * 1024) }, []],
  ['a larger one does not', snapshots, { 'test/a.snap': 'x'.repeat(200 * 1024 + 1) }, ['test/a.snap:1']],
  ['a generated file that names its source', generated, { 'lib/generated/a.ts': '// Generated from b.json by tools/b.ts\n' }, []],
  ['a generated file without header', generated, { 'lib/generated/a.ts': 'export {};\n' }, ['lib/generated/a.ts:1']],
  ['a generated block without source', generated, { 'README.md': 'a\n<!-- generated -->\n' }, ['README.md:2']],
  ['a generated block that names its source', generated, { 'README.md': '<!-- generated from lib by tools/doc.ts -->\n' }, []],
  ['a path of a machine', portable, { 'docs/a.md': `see\n/${'home'}/me/x` }, ['docs/a.md:2']],
  ['a page whose address holds the same word', portable, { 'docs/a.md': `https://example.com/${'home'}/x` }, []],
  [
    'a registry host in the lock file',
    portable,
    { 'package-lock.json': `"resolved": "https:${'//'}npm.example.com/a.tgz"` },
    ['package-lock.json:1'],
  ],
  [
    'a lock file with every platform',
    lock,
    { 'package-lock.json': lockOf(['a', 'a-linux', 'a-win32'], { 'a-linux': '1.0.0', 'a-win32': '1.0.0' }) },
    [],
  ],
  [
    'a lock file that leaves a platform out',
    lock,
    { 'package-lock.json': lockOf(['a', 'a-linux'], { 'a-linux': '1.0.0', 'a-win32': '1.0.0' }) },
    ['package-lock.json:1'],
  ],
];

test.each(CASES)('%s', (_title, rule, files, expected) => {
  expect(breaks(rule, files)).toEqual(expected);
});

function short(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`lib/short-${index}.ts`, 'x\n']));
}

/** A lock file of these packages, the first of which names optional ones. */
function lockOf([first, ...others]: string[], optionalDependencies: Record<string, string>): string {
  const packages = Object.fromEntries(others.map((name) => [`node_modules/${name}`, { version: '1.0.0' }]));
  return JSON.stringify({ packages: { [`node_modules/${first}`]: { optionalDependencies }, ...packages } });
}
