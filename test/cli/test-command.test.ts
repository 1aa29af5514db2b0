import { accountDetails, allow, cli, type Ran, template, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const BUCKET = 'arn:aws:s3:::example/*';
const OBJECT = 'arn:aws:s3:::example/a';
const MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };
const templateFile = bench.write(
  'template.json',
  template(
    allow('s3:GetObject', BUCKET),
    allow('s3:PutObject', BUCKET, MFA),
    allow('s3:ListBucket', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } } }),
    allow('ec2:StopInstances', '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } } }),
    allow('s3:GetBucketAcl', '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } } }),
    allow('s3:GetBucketTagging', '*', { Condition: { Bool: { 'aws:SecureTransport': true } } }),
    { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' },
  ),
);
let number = 0;

function check(expectations: unknown, ...args: readonly string[]): Promise<Ran> {
  number += 1;
  return cli(['test', bench.write(`expect${number}.json`, expectations), ...(args.length > 0 ? args : ['--in', templateFile])]);
}

const about = (action: string, expect: string, more: object = {}): object => ({
  principal: 'reader',
  action,
  resource: OBJECT,
  expect,
  ...more,
});

test.each<[object, string]>([
  [about('s3:GetObject', 'allowed'), 'allowed'],
  [about('S3:getobject', 'allowed'), 'allowed'],
  [about('s3:GetObject', 'implicitly-denied', { resource: 'arn:aws:s3:::other/a' }), 'implicitly-denied'],
  [about('s3:GetObject', 'denied', { resource: 'arn:aws:s3:::other/a' }), 'implicitly-denied'],
  [about('s3:DeleteObject', 'denied'), 'explicitly-denied'],
  [about('s3:DeleteObject', 'explicitly-denied'), 'explicitly-denied'],
  [about('s3:PutObject', 'denied'), 'implicitly-denied'],
  [about('s3:PutObject', 'depends'), 'depends'],
  [about('s3:PutObject', 'allowed', { context: { 'aws:MultiFactorAuthPresent': true } }), 'allowed'],
  [about('s3:PutObject', 'allowed', { context: { 'AWS:multifactorauthpresent': 'true' } }), 'allowed'],
  [about('ec2:StopInstances', 'allowed', { resource: 'arn:aws:ec2:eu-central-1:${AWS.AccountId}:instance/i-1' }), 'allowed'],
  [about('ec2:StopInstances', 'denied', { resource: 'arn:aws:ec2:us-east-1:${AWS.AccountId}:instance/i-1' }), 'implicitly-denied'],
  [about('s3:ListBucket', 'allowed', { resource: 'arn:aws:s3:::a', context: { 'aws:RequestedRegion': 'eu-central-1' } }), 'allowed'],
  [about('s3:GetBucketAcl', 'depends', { resource: 'arn:aws:s3:::a' }), 'depends'],
  [about('s3:GetBucketTagging', 'allowed', { resource: 'arn:aws:s3:::a' }), 'allowed'],
  [about('s3:GetBucketTagging', 'denied', { resource: 'arn:aws:s3:::a', context: { 'aws:SecureTransport': false } }), 'implicitly-denied'],
])('%j is as expected', async (expectation, effect) => {
  const { code, out } = await check([expectation], '--in', templateFile, '--json');
  expect(JSON.parse(out)).toMatchObject({ passed: 1, failed: 0, results: [{ effect, passed: true }] });
  expect(code).toBe(0);
});

test.each<[string, object, string]>([
  ['a deny that was expected to be silent', about('s3:DeleteObject', 'implicitly-denied'), 'explicitly-denied'],
  ['access that was expected to be denied', about('s3:GetObject', 'denied'), 'allowed'],
  ['access that was expected to be allowed', about('s3:PutObject', 'allowed'), 'implicitly-denied'],
  // The moment of a request is never absent: it is not known, and that is no denial.
  ['a date that decides', about('s3:GetBucketAcl', 'denied', { resource: 'arn:aws:s3:::a' }), 'depends'],
  ['a region that decides', about('s3:ListBucket', 'denied', { resource: 'arn:aws:s3:::a' }), 'depends'],
])('%s fails: exit code 1', async (_title, expectation, effect) => {
  const { code, out } = await check([about('s3:GetObject', 'allowed'), expectation], '--in', templateFile, '--json');
  expect(JSON.parse(out)).toMatchObject({ passed: 1, failed: 1, results: [{ passed: true }, { effect, passed: false }] });
  expect(code).toBe(1);
});

test('each line is printed with its verdict, the statement that decided, and where a failing one was written', async () => {
  const lines = [about('s3:GetObject', 'allowed'), about('s3:GetObject', 'denied')].map((one) => JSON.stringify(one)).join('\n\n');
  const { out } = await check(lines);
  const place = `${bench.path}/expect${number}.json line 3`;
  expect(out.replaceAll(place, 'PLACE').replaceAll(templateFile, 'TEMPLATE')).toMatchInlineSnapshot(`
"ok   arn:aws:iam::\${AWS.AccountId}:role/reader s3:GetObject on arn:aws:s3:::example/a: allowed
       by inline policy 'Read' of role 'reader' statement 1 (identity), in TEMPLATE
FAIL arn:aws:iam::\${AWS.AccountId}:role/reader s3:GetObject on arn:aws:s3:::example/a: expected denied, is allowed
       by inline policy 'Read' of role 'reader' statement 1 (identity), in TEMPLATE
       inline policy 'Read' of role 'reader' statement 1 allows it.
       from PLACE
1 of 2 as expected
"
`);
});

test('a policy whose text is not at hand may allow what nothing else does, and deny what something allows', async () => {
  const { Resources } = template(allow('s3:GetObject', BUCKET), { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' });
  (Resources['Reader'] as { Properties: Record<string, unknown> }).Properties['ManagedPolicyArns'] = [
    'arn:aws:iam::111122223333:policy/unseen',
  ];
  const file = bench.write('unseen.json', { Resources });
  const expectations = [about('s3:GetObject', 'allowed'), about('s3:PutObject', 'denied'), about('s3:DeleteObject', 'denied')];
  const { out } = await check(expectations, '--in', file, '--json');
  const { results } = JSON.parse(out) as { results: { effect: string }[] };
  expect(results.map(({ effect }) => effect)).toEqual(['depends', 'depends', 'explicitly-denied']);
});

test('an action that no catalog knows is noted: a slip of the pen is denied like nothing else', async () => {
  expect((await check([about('s3:GetObjct', 'denied')])).out).toContain("note: the catalog of aws knows no action 's3:GetObjct'");
});

test.each<[string, unknown, RegExp]>([
  ['text that is no JSON', 'principal: reader\naction: s3:GetObject\n', /YAML is not read/],
  ['a damaged line', '{"principal":"reader"\n', /must be JSON/],
  [
    'a line without a principal',
    `${JSON.stringify(about('s3:GetObject', 'allowed'))}\n{"action":"s3:GetObject","resource":"*","expect":"denied"}`,
    /line '2' .*'principal' must be text/,
  ],
  ['a member that is none', [about('s3:GetObject', 'allowed', { Context: {} })], /entry '1' .*'Context' is none of its members/],
  ['an expectation that is none', [about('s3:GetObject', 'yes')], /'expect' must be one of allowed, denied/],
  ['a pattern of actions', [about('s3:*', 'denied')], /one exact action/],
  ['a context that is no object', [about('s3:GetObject', 'denied', { context: ['x'] })], /'context' must be an object/],
  ['a value of a key that is no text', [about('s3:GetObject', 'denied', { context: { a: { b: 1 } } })], /the value of 'a' must be text/],
  ['no expectation', [], /it lists none/],
  [
    'an unknown principal',
    [about('s3:GetObject', 'denied', { principal: 'raeder' })],
    /got: 'raeder \(.*entry 1\)'; did you mean .*role\/reader/,
  ],
])('%s is refused with its place: exit code 2', async (_title, expectations, message) => {
  const { code, out, err } = await check(expectations);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('a name that several principals have is refused, and an id tells which', async () => {
  const files = ['111122223333', '444455556666'].map((account) =>
    bench.write(`${account}.json`, accountDetails({ reader: [allow('s3:GetObject')] }, account)),
  );
  const args = files.flatMap((file) => ['--account-details', file]);
  const { code, err } = await check([about('s3:GetObject', 'allowed')], ...args);
  expect([code, err]).toEqual([
    2,
    expect.stringContaining("must name one principal, because 'reader' names 'arn:aws:iam::111122223333:role/reader' and"),
  ]);
  expect((await check([about('s3:GetObject', 'allowed', { principal: 'arn:aws:iam::444455556666:role/reader' })], ...args)).code).toBe(0);
});

test('resource policies count', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/reader' }, Action: 's3:PutObject', Resource: BUCKET }],
  };
  const details = bench.write('account.json', accountDetails({ reader: [allow('s3:GetObject')] }));
  const resources = bench.write('resources.jsonl', JSON.stringify({ arn: 'arn:aws:s3:::example', account: '111122223333', policy }));
  const { code, out } = await check([about('s3:PutObject', 'allowed')], '--account-details', details, '--resources', resources);
  expect([code, out]).toEqual([0, expect.stringContaining("resource policy of 'arn:aws:s3:::example' statement 1")]);
});

test('expectations are read from standard input', async () => {
  const { code } = await cli(['test', '-', '--in', templateFile], JSON.stringify(about('s3:GetObject', 'allowed')));
  expect(code).toBe(0);
});
