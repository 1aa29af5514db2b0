import { accountDetails, allow, cli, template, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const details = bench.write('details.json', accountDetails({ reader: [allow('s3:GetObject')], other: [allow('s3:ListBucket')] }));

test.each<[string, string, unknown, RegExp]>([
  ['an empty file', 'empty.json', '', /'.*empty\.json' must hold JSON, because it is empty/],
  ['a damaged file', 'damaged.json', '{"Resources": {', /must be JSON, because the parser says/],
  [
    'YAML',
    'template.yaml',
    'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Role:\n    Type: AWS::IAM::Role\n',
    /YAML is not read; give the template/,
  ],
  [
    'a state file',
    'terraform.tfstate',
    { version: 4, terraform_version: '1.9.0', resources: [] },
    /Terraform's own state file; write .* terraform show -json/,
  ],
  [
    'a saved review',
    'review.json',
    { schemaVersion: 1, principals: [], graph: {} },
    /a saved review; give the documents that it was made of/,
  ],
  ['something else', 'package.json', { name: 'x' }, /must be a CloudFormation template, .* because it is something else/],
  ['a list of nothing', 'list.json', [], /because it is something else/],
  [
    'a template without resources',
    'template.json',
    { AWSTemplateFormatVersion: '2010-09-09', Resources: [] },
    /because it is something else/,
  ],
])('review refuses %s, says what is wrong and what to do, and exits with 2', async (_title, name, content, message) => {
  const path = bench.write(`refused/${name}`, content);
  const { code, out, err } = await cli(['review', path]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(err).toContain(path);
});

test.each<[string, readonly string[], RegExp]>([
  ['a path that is not there', ['review', '/nowhere/at-all'], /'\/nowhere\/at-all' must be a file or folder that exists/],
  ['a folder that nobody synthesised', ['review', bench.path], /must be a folder that cdk synth or cdktf synth wrote/],
  [
    'account details that are not there',
    ['review', '--account-details', '/nowhere.json'],
    /'\/nowhere\.json' must be a file or folder that exists/,
  ],
  [
    'a template as account details',
    ['review', '--account-details', bench.write('t.json', template())],
    /must be the JSON of aws iam .* because it is a CloudFormation template/,
  ],
  ['details as resources', ['review', details, '--resources', details], /entry '1' must be JSON Lines/],
  ['standard input twice', ['review', '-', '--account-details', '-'], /can be read once/],
  [
    'an unknown principal',
    ['review', details, '--principal', 'arn:aws:iam::111122223333:role/raeder'],
    /must be in one of the files.*did you mean 'arn:aws:iam::111122223333:role\/reader'/,
  ],
  ['two documents on one output', ['review', details, '--json', '--sarif'], /--json and --sarif both print/],
  ['an unknown option', ['review', '--jsn'], /unknown option '--jsn'/],
  ['an unknown command', ['reveiw'], /Did you mean review/],
  ['no command', [], /Usage: agentic-iam/],
])('%s is wrong use: exit code 2 and a message on standard error', async (_title, args, message) => {
  const { code, out, err } = await cli(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('a damaged line of a list of resources is named by its number', async () => {
  const path = bench.write('resources.jsonl', '{"arn":"arn:aws:s3:::one"}\n\n{"arn":"arn:aws:s3:::two"\n{"arn":"arn:aws:s3:::three"}\n');
  const { code, err } = await cli(['review', details, '--resources', path]);
  expect(code).toBe(2);
  expect(err).toContain("resources.jsonl' line '3'");
});

test('a line that is JSON and no resource is named by its number, too', async () => {
  const path = bench.write('resources2.jsonl', '{"arn":"arn:aws:s3:::one"}\n\n{"name":"two"}\n');
  expect((await cli(['review', details, '--resources', path])).err).toContain("resources2.jsonl' line '3'");
});

test.each<[string, unknown]>([
  ['one line', '{"arn":"arn:aws:s3:::one"}\n'],
  ['lines', '{"arn":"arn:aws:s3:::one"}\r\n{"arn":"arn:aws:s3:::two"}'],
  ['a list', [{ arn: 'arn:aws:s3:::one' }]],
  ['nothing', ''],
  ['a mark of byte order', '\uFEFF[{"arn":"arn:aws:s3:::one"}]'],
])('resources may be %s', async (_title, content) => {
  const path = bench.write('resources3.jsonl', content);
  const { code, err } = await cli(['review', '--account-details', details, '--resources', path]);
  expect([code, err]).toEqual([0, '']);
});

test.each<[string, unknown, readonly string[]]>([
  ['a template', template(allow('s3:GetObject')), ['arn:aws:iam::${AWS.AccountId}:role/reader']],
  ['account details', accountDetails({ reader: [allow('s3:GetObject')] }), ['arn:aws:iam::111122223333:role/reader']],
  [
    'a plan of Terraform',
    {
      format_version: '1.2',
      planned_values: {
        root_module: {
          resources: [
            {
              address: 'aws_iam_role.reader',
              mode: 'managed',
              type: 'aws_iam_role',
              name: 'reader',
              values: { name: 'reader', assume_role_policy: '{}' },
            },
          ],
        },
      },
    },
    ['arn:aws:iam::${AWS.AccountId}:role/reader'],
  ],
  [
    'a stack of cdktf',
    { resource: { aws_iam_role: { reader: { name: 'reader', assume_role_policy: '{}' } } } },
    ['arn:aws:iam::${AWS.AccountId}:role/reader'],
  ],
])('%s is known by its content, from a file and from standard input', async (_title, content, ids) => {
  const path = bench.write('some.file', content);
  for (const { out } of [await cli(['review', path, '--json']), await cli(['review', '-', '--json'], JSON.stringify(content))]) {
    expect(principalsOf(out)).toEqual(ids);
  }
});

test('where account details are given and no path, what lies in the working folder is not read', async () => {
  const { out } = await cli(['review', '--account-details', details, '--json']);
  expect((JSON.parse(out) as { sources: string[] }).sources).toEqual([details]);
});

test('several accounts are one world', async () => {
  const more = bench.write('more.json', accountDetails({ writer: [allow('s3:PutObject')] }, '444455556666'));
  const { out } = await cli(['review', '--account-details', details, '--account-details', more, '--json']);
  expect(principalsOf(out)).toEqual([
    'arn:aws:iam::111122223333:role/other',
    'arn:aws:iam::111122223333:role/reader',
    'arn:aws:iam::444455556666:role/writer',
  ]);
});

test.each([
  ['its ARN', 'arn:aws:iam::111122223333:role/reader'],
  ['a session of it', 'arn:aws:sts::111122223333:assumed-role/reader/session'],
  ['its name', 'reader'],
])('a principal is reviewed alone where it is named by %s', async (_title, name) => {
  const { out } = await cli(['review', '--account-details', details, '--principal', name, '--json']);
  expect(principalsOf(out)).toEqual(['arn:aws:iam::111122223333:role/reader']);
});

function principalsOf(out: string): readonly string[] {
  return (JSON.parse(out) as { principals: { id: string }[] }).principals.map(({ id }) => id).sort();
}
