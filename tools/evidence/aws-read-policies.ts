// Writes test/fixtures/aws-read-policies.json: the AWS managed policies that only list and read, and those named ReadOnly or ViewOnly.
// Needs the folder aws/managedpolicies of the data set named below; the folder itself is not part of this project.
//
//   node --import tsx tools/evidence/aws-read-policies.ts <folder of policy files>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const TARGET = resolve(__dirname, '../../test/fixtures/aws-read-policies.json');
const HEADER = {
  generated: 'node --import tsx tools/evidence/aws-read-policies.ts <folder aws/managedpolicies of the source>',
  source: 'https://github.com/iann0036/iam-dataset at commit 2073fa52ac008a45477aa0b1b4580cd99135bf60 of 2026-08-22',
  licence: 'MIT; the policies themselves are published by AWS',
  about: 'managed policies whose actions are all of level List or Read by the data set (reads), and those named ReadOnly or ViewOnly',
};

interface Policy {
  readonly name: string;
  readonly arn: string | null;
  readonly document: unknown;
  readonly access_levels: readonly string[];
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('give the folder of policy files as the only argument');
const policies = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Policy)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const rows = policies.flatMap(({ name, arn, document, access_levels: levels }) => {
  const reads = levels.length > 0 && levels.every((level) => level === 'Read' || level === 'List');
  return reads || /ReadOnly|ViewOnly/i.test(name)
    ? [`  ${JSON.stringify({ name, arn: arn ?? `arn:aws:iam::aws:policy/${name}`, reads, document })}`]
    : [];
});
const head = JSON.stringify(HEADER, null, 1).replace(/\n}$/, '');
writeFileSync(TARGET, `${head},\n "policies": [\n${rows.join(',\n')}\n ]\n}\n`);
process.stdout.write(`${rows.length} policies\n`);
