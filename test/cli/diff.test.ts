import { join } from 'node:path';
import { accountDetails, allow, cli, type Ran, template, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const BUCKET = 'arn:aws:s3:::example/*';
const read = allow('s3:GetObject', BUCKET);
let number = 0;

/** Compares two lists of statements of one role. */
function diff(base: readonly object[], head: readonly object[], ...args: readonly string[]): Promise<Ran> {
  number += 1;
  const [before, after] = [bench.write(`base${number}.json`, template(...base)), bench.write(`head${number}.json`, template(...head))];
  return cli(['diff', before, after, ...args]);
}

test.each<[string, readonly object[], readonly object[], number]>([
  ['the same', [read], [read], 0],
  ['the same in other words', [read], [allow(['s3:GetObject', 'S3:getobject'], [BUCKET, `${BUCKET}x`])], 0],
  ['less', [read, allow('s3:PutObject', BUCKET)], [read], 0],
  ['an action more', [read], [read, allow('s3:PutObject', BUCKET)], 1],
  ['a resource more', [read], [read, allow('s3:GetObject', 'arn:aws:s3:::other/*')], 1],
  ['a condition less', [allow('s3:GetObject', BUCKET, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })], [read], 1],
  ['a deny less', [read, { Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example/secret/*' }], [read], 1],
  ['a parameter that may be a pattern', [read], [allow('s3:GetObject', { Ref: 'Anything' })], 1],
])('%s: exit code', async (_title, base, head, expected) => {
  expect((await diff(base, head)).code).toBe(expected);
});

test('a diff says who gained what, and what is new is named on standard error', async () => {
  const { out, err } = await diff([read], [read, allow('s3:DeleteObject', BUCKET)]);
  expect(out).toContain('1 gains access (1 compared).');
  expect(out).toMatch(/\+ delete: s3:DeleteObject on arn:aws:s3:::example\/\*/);
  expect(err).toBe('not allowed: arn:aws:iam::${AWS.AccountId}:role/reader: s3:DeleteObject on arn:aws:s3:::example/*\n');
});

test('of very much new access only the first lines are named, and how much more there is', async () => {
  const { out, err } = await diff([read], [allow('*', '*')]);
  expect(out).toContain('destroy 0 -> all');
  expect(err.trimEnd().split('\n')).toHaveLength(21);
  expect(err).toMatch(/not allowed: \d{5} more, all of them with --json\n$/);
});

test('a policy that can not be read in the head is new access: nobody can say that it gives nothing', async () => {
  const head = template(read);
  const role = head.Resources['Reader'] as { Properties: Record<string, unknown> };
  role.Properties['ManagedPolicyArns'] = ['arn:aws:iam::111122223333:policy/unseen'];
  const args = ['diff', bench.write('seen.json', template(read)), bench.write('unseen.json', head)];
  const { code, err } = await cli(args);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("not understood: The text of managed policy 'arn:aws:iam::111122223333:policy/unseen'"),
  ]);
  const allowed = bench.write('unseen-allowed.json', [{ principal: '*', unknown: '*policy/unseen*', reason: 'reviewed by hand' }]);
  expect((await cli([...args, '--allow', allowed])).code).toBe(0);
});

describe('a list of wanted access', () => {
  const wanted = (...entries: readonly object[]): string => {
    number += 1;
    return bench.write(`wanted${number}.json`, entries);
  };
  const head = [read, allow(['s3:PutObject', 's3:DeleteObject'], BUCKET)];
  const entry = { principal: 'reader', action: 's3:PutObject', resource: BUCKET, reason: 'it writes its notes' };

  test.each<[string, readonly object[], number]>([
    ['all of it', [{ ...entry, action: 's3:*Object' }], 0],
    ['each by itself, in any case of the action', [entry, { ...entry, action: 'S3:deleteobject' }], 0],
    ['any principal, any resource', [{ principal: '*', action: '*', reason: 'an experiment' }], 0],
    ['a part of the actions', [entry], 1],
    ['a part of the resources', [{ ...entry, action: '*', resource: 'arn:aws:s3:::example/notes/*' }], 1],
    ['somebody else', [{ ...entry, action: '*', principal: 'writer' }], 1],
    ['a path instead', [{ principal: 'reader', to: 'admin', reason: 'no' }], 1],
  ])('that covers %s', async (_title, entries, expected) => {
    expect((await diff([read], head, '--allow', wanted(...entries))).code).toBe(expected);
  });

  test('that covers one of two resources of a statement does not cover it', async () => {
    const two = [read, allow('s3:PutObject', [BUCKET, 'arn:aws:s3:::other/*'])];
    expect((await diff([read], two, '--allow', wanted(entry))).code).toBe(1);
    expect((await diff([read], two, '--allow', wanted({ ...entry, resource: 'arn:aws:s3:::*' }))).code).toBe(0);
  });

  test('names the entries that nothing needs', async () => {
    const unused = { ...entry, action: 's3:GetBucketAcl' };
    const { code, err } = await diff([read], [read], '--allow', wanted(unused));
    expect([code, err]).toEqual([0, `unused allowance: ${JSON.stringify(unused)}\n`]);
  });

  test('allows a path by its end', async () => {
    const escalating = [read, allow('iam:AttachRolePolicy')];
    const access = { principal: 'reader', action: 'iam:AttachRolePolicy', reason: 'it deploys' };
    expect((await diff([read], escalating, '--allow', wanted(access))).code).toBe(1);
    const { code, out } = await diff(
      [read],
      escalating,
      '--json',
      '--allow',
      wanted(access, { principal: 'reader', to: '*', reason: 'it deploys' }),
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ newAccess: [{ allowedBy: 'it deploys' }, { allowedBy: 'it deploys' }], unusedAllowances: [] });
  });

  test.each<[string, unknown, RegExp]>([
    ['without a reason', [{ principal: 'x', action: 'y' }], /entry '1' .*'reason' is missing/],
    ['with a blank reason', [{ ...entry, reason: ' ' }], /'reason' must be text/],
    ['with a slip of the pen', [{ ...entry, resources: '*' }], /'resources' is none of its members/],
    ['with two kinds', [{ ...entry, to: 'admin' }], /exactly one of/],
    ['that is no list', entry, /must list objects/],
    ['of text', ['all'], /it is no object/],
  ])('%s is refused: exit code 2', async (_title, content, message) => {
    number += 1;
    const { code, err } = await diff([read], head, '--allow', bench.write(`bad${number}.json`, content));
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('Markdown is printed, or written to a file beside the text', async () => {
  const printed = await diff([read], [read, allow('s3:PutObject', BUCKET)], '--markdown');
  expect(printed.out).toMatch(/^### Access: 1 gains access/);
  const { out } = await diff([read], [read, allow('s3:PutObject', BUCKET)], `--markdown=${join(bench.path, 'comment.md')}`);
  expect([bench.read('comment.md'), out]).toEqual([printed.out, expect.stringMatching(/^1 gains access/)]);
});

test('principals that are asked for may be new, and must be on one of the sides', async () => {
  const base = bench.write('accounts-base.json', accountDetails({ a: [read] }));
  const head = bench.write('accounts-head.json', accountDetails({ a: [read, allow('s3:PutObject')], b: [read] }));
  const both = JSON.parse((await cli(['diff', base, head, '--json'])).out) as { principals: { name: string }[] };
  expect(both.principals.map(({ name }) => name)).toEqual(['a', 'b']);
  const one = JSON.parse((await cli(['diff', base, head, '--json', '--principal', 'b'])).out) as { principals: { name: string }[] };
  expect(one.principals.map(({ name }) => name)).toEqual(['b']);
  expect((await cli(['diff', base, head, '--principal', 'c'])).code).toBe(2);
});

test('a saved review is no side of a diff', async () => {
  const saved = bench.write('saved.json', (await cli(['review', bench.write('t.json', template(read)), '--json'])).out);
  const { code, err } = await cli(['diff', saved, saved]);
  expect([code, err]).toEqual([2, expect.stringContaining('it is a saved review; give the documents that it was made of')]);
});

test('what somebody within reach gains is new access of whoever reaches them', async () => {
  const side = (name: string, statements: readonly object[]): string => {
    const details = accountDetails({ reader: [allow('sts:AssumeRole')], writer: statements, other: [read] }) as Details;
    for (const role of details.RoleDetailList) {
      const Principal = { AWS: `arn:aws:iam::111122223333:role/${role.RoleName === 'writer' ? 'reader' : 'nobody'}` };
      role.AssumeRolePolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
    }
    return bench.write(name, details);
  };
  const base = side('reach-base.json', [allow('s3:PutObject')]);
  const head = side('reach-head.json', [allow(['s3:PutObject', 's3:DeleteObject'])]);
  const args = ['diff', base, head, '--principal', 'reader'];
  const { code, err } = await cli(args);
  expect([code, err]).toEqual([1, expect.stringContaining('more is within reach of those that it can reach: destroy')]);
  const wanted = bench.write('reach.json', [{ principal: 'reader', to: 'reach', reason: 'the writer cleans up' }]);
  expect((await cli([...args, '--allow', wanted])).code).toBe(0);
  expect((await cli(['diff', head, base, '--principal', 'reader'])).code).toBe(0);
});

interface Details {
  readonly RoleDetailList: { readonly RoleName: string; AssumeRolePolicyDocument: object }[];
}
