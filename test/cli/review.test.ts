import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { accountDetails, allow, cli, template, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const quiet = bench.write('quiet.json', template(allow('s3:GetObject', 'arn:aws:s3:::example/*')));
const loud = bench.write('loud.json', template(allow('iam:AttachRolePolicy')));

test('a review prints text, and exits with 0 where there is nothing to act on', async () => {
  const { code, out, err } = await cli(['review', quiet]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^reviewed +cloud +identity/);
  expect(out).toContain('1 reviewed');
});

test('a path to more access is a finding of severity error: exit code 1', async () => {
  const { code, out } = await cli(['review', loud, '--json']);
  const { principals } = JSON.parse(out) as { principals: { id: string; paths: { to: string; toArn: string; steps: object[] }[] }[] };
  expect(code).toBe(1);
  expect(principals[0]?.paths[0]).toMatchObject({ to: 'admin', steps: [expect.objectContaining({ from: principals[0]?.id })] });
});

test('the JSON has for every principal what it is, what it reaches, how, what is claimed and what was found', async () => {
  const review = JSON.parse((await cli(['review', quiet, '--json'])).out) as { principals: object[] };
  expect(Object.keys(review).sort()).toEqual(['graph', 'library', 'principals', 'schemaVersion', 'sources', 'unknowns']);
  expect(Object.keys(review.principals[0] ?? {})).toEqual(expect.arrayContaining(['id', 'blastRadius', 'paths', 'claims', 'findings']));
});

test('the same input gives the same JSON, to the letter', async () => {
  const [first, second] = [await cli(['review', loud, '--json']), await cli(['review', loud, '--json'])];
  expect(second.out).toBe(first.out);
});

test('SARIF is printed, or written to a file beside the text', async () => {
  const printed = await cli(['review', loud, '--sarif']);
  expect(JSON.parse(printed.out)).toMatchObject({
    version: '2.1.0',
    runs: [{ results: [expect.objectContaining({ ruleId: 'escalation-path' })] }],
  });
  const { out, code } = await cli(['review', loud, `--sarif=${join(bench.path, 'out.sarif')}`, '--html', join(bench.path, 'out.html')]);
  expect([code, bench.read('out.sarif')]).toEqual([1, printed.out]);
  expect(bench.read('out.html')).toMatch(/^<!doctype html>/);
  expect(out).toMatch(/^reviewed/);
});

test('an earlier report is overwritten, and nothing else is: a slip of the hand costs no template', async () => {
  const file = bench.write('mine.json', template());
  const again = join(bench.path, 'again.sarif');
  expect((await cli(['review', quiet, '--sarif', again])).code).toBe(0);
  expect((await cli(['review', quiet, '--sarif', again])).code).toBe(0);
  for (const option of ['--sarif', '--html']) {
    const { code, err } = await cli(['review', quiet, option, file]);
    expect([code, err]).toEqual([2, expect.stringMatching(/mine\.json' must be a new file or an earlier .* would be overwritten/)]);
  }
  expect(JSON.parse(bench.read('mine.json'))).toEqual(template());
});

test('a report that can not be written is an error', async () => {
  const { code, err } = await cli(['review', quiet, '--html', join(bench.path, 'no', 'folder.html')]);
  expect([code, err]).toEqual([2, expect.stringContaining('must be a file that can be written, because ENOENT')]);
});

test('a nested stack whose template is not there leaves claims open and is said', async () => {
  const nested = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } };
  const file = bench.write('nested.json', { Resources: { ...template(allow('s3:GetObject')).Resources, More: nested } });
  const { unknowns, principals } = JSON.parse((await cli(['review', file, '--json'])).out) as {
    unknowns: string[];
    principals: { claims: { verdict: string }[] }[];
  };
  expect(unknowns).toEqual([expect.stringContaining("The template of nested stack 'More'")]);
  expect(principals[0]?.claims.map(({ verdict }) => verdict)).toEqual(['not-proven']);
});

test('what is in an account counts: a role that the reviewed one can assume', async () => {
  const roles = { reader: [allow('sts:AssumeRole')], admin: [allow('*')], other: [allow('s3:GetObject')] };
  const details = accountDetails(roles) as { RoleDetailList: { RoleName: string; AssumeRolePolicyDocument: object }[] };
  for (const role of details.RoleDetailList) {
    role.AssumeRolePolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' } }],
    };
  }
  const { code, out } = await cli(['review', '--account-details', bench.write('account.json', details), '--principal', 'reader', '--json']);
  expect(code).toBe(1);
  expect(out).toContain('"toArn": "arn:aws:iam::111122223333:role/admin"');
});

describe('as a process', () => {
  const main = join(__dirname, '../../lib/cli/main.ts');

  test('the bin gives exit codes and reads standard input', async () => {
    expect(await run(['review', loud, '--json'])).toMatchObject({ code: 1 });
    expect(await run(['review', '/nowhere'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining("'/nowhere'") });
    expect(await run(['review', '-', '--json'], JSON.stringify(template()))).toMatchObject({ code: 0, err: '' });
  }, 60_000);

  test('help loads neither the engine nor its data', async () => {
    const program = `
      const { run } = require(${JSON.stringify(join(__dirname, '../../lib/cli/program.ts'))});
      run(['--help'], { out() {}, err() {}, width: 80 }).then((code) => {
        const heavy = Object.keys(require.cache).filter((path) => /iam-data|policy.aws|ajv|core.review.(?!errors)/.test(path));
        console.log(JSON.stringify({ code, heavy }));
      });`;
    const { out } = await start(['--import', 'tsx', '-e', program]);
    expect(JSON.parse(out)).toEqual({ code: 0, heavy: [] });
  }, 60_000);

  const run = (args: readonly string[], stdin = '') => start(['--import', 'tsx', main, ...args], stdin);

  function start(args: readonly string[], stdin = ''): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [...args], (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      });
      child.stdin?.end(stdin);
    });
  }
});
