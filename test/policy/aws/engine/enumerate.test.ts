import { symbol } from '../../../../lib/core/review/glob';
import { expandActions } from '../../../../lib/policy/aws/action-levels';
import {
  canName,
  decide,
  enumerate,
  enumerateResource,
  type RequestLayers,
  type RequestPrincipal,
} from '../../../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../../../lib/policy/aws/model';
import { ALLOW, DENY, NOTHING, OTHER, OWN, policy, ROLE, SESSION, trust, USER } from './build';

/** Access in few words: actions (or how many), resources, what is left out, conditions. */
function digest(layers: Partial<RequestLayers>, principal: RequestPrincipal = ROLE): string[] {
  return enumerate({ identity: [], ...layers }, principal).entries.map(line);
}

function line({ actions, region, except }: ReturnType<typeof enumerate>['entries'][number]): string {
  const names = actions.length > 3 ? `${actions.length} actions` : actions.join(' ');
  const where = region.resources.map((list) => list.join(' | ')).join(' & ');
  const parts = [
    `${names} on ${where}`,
    ...(region.notResources.length > 0 ? [`not ${region.notResources.join(' | ')}`] : []),
    ...region.when.map(({ text }) => `if ${text}`),
    ...except.map(
      (out) => `except ${out.resources.map((list) => list.join(' | ')).join(' & ')}${out.when.map(({ text }) => ` if ${text}`).join('')}`,
    ),
  ];
  return parts.join('; ');
}

const object = 'arn:aws:s3:::b/*';
const get = (change: object = {}): AwsPolicy => policy({ Action: 's3:GetObject', Resource: object, ...change });
const ALL = expandActions('*').length;

test.each<readonly [string, Partial<RequestLayers>, readonly string[]]>([
  ['nothing', {}, []],
  ['everything', { identity: [ALLOW] }, [`${ALL} actions on *`]],
  ['one action', { identity: [get()] }, [`s3:GetObject on ${object}`]],
  ['what a boundary leaves', { identity: [ALLOW], boundary: get() }, [`s3:GetObject on ${object}`]],
  ['nothing within a boundary of other actions', { identity: [get()], boundary: NOTHING }, []],
  ['nothing within a boundary of other resources', { identity: [get()], boundary: get({ Resource: 'arn:aws:s3:::c/*' }) }, []],
  [
    'what each level of SCPs leaves',
    { identity: [ALLOW], scps: [[ALLOW], [get(), policy({ Action: 'sqs:SendMessage' })]] },
    ['sqs:SendMessage on *', `s3:GetObject on ${object}`],
  ],
  [
    'both globs, where neither is within the other',
    { identity: [get({ Resource: 'arn:aws:s3:::b/*' })], boundary: get({ Resource: 'arn:aws:s3:::*/x' }) },
    [`s3:GetObject on ${object} & arn:aws:s3:::*/x`],
  ],
  ['nothing after a deny of everything', { identity: [get(), DENY] }, []],
  [
    'nothing after a deny of more than is allowed',
    { identity: [get(), policy({ Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::b*' })] },
    [],
  ],
  [
    'all but what a deny takes out',
    { identity: [get(), policy({ Effect: 'Deny', Resource: '*/secret' })] },
    [`s3:GetObject on ${object}; except */secret`],
  ],
  [
    'all, where a deny is elsewhere',
    { identity: [get(), policy({ Effect: 'Deny', Resource: 'arn:aws:s3:::c/*' })] },
    [`s3:GetObject on ${object}`],
  ],
  [
    'all but what a deny takes out under a condition',
    { identity: [get(), policy({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    [`s3:GetObject on ${object}; except * if Bool aws:SecureTransport false`],
  ],
  ['nothing where an SCP denies', { identity: [get()], scps: [[ALLOW, DENY]] }, []],
  [
    'NotAction',
    { identity: [policy({ NotAction: ['s3:*', 'ec2:*'] })] },
    [`${ALL - expandActions('s3:*').length - expandActions('ec2:*').length} actions on *`],
  ],
  ['NotResource', { identity: [policy({ Action: 's3:GetObject', NotResource: object })] }, [`s3:GetObject on *; not ${object}`]],
  [
    'a condition',
    { identity: [get({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })] },
    [`s3:GetObject on ${object}; if StringEquals aws:SourceVpce vpce-1`],
  ],
  [
    'the same condition once',
    {
      identity: [get({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      boundary: policy({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    },
    [`s3:GetObject on ${object}; if Bool aws:SecureTransport true`],
  ],
  [
    'a condition that the principal meets',
    { identity: [get({ Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE.arn } } })] },
    [`s3:GetObject on ${object}`],
  ],
  [
    'a condition that the principal never meets',
    { identity: [get({ Condition: { StringEquals: { 'aws:PrincipalAccount': OTHER } } })] },
    [],
  ],
  ['a key that a role never has', { identity: [get({ Condition: { StringEquals: { 'aws:username': 'alice' } } })] }, []],
  ['an action the catalog does not know', { identity: [policy({ Action: ['s3:BrandNew', 's3:Nothing*'] })] }, ['s3:BrandNew on *']],
])('lists %s', (_, layers, expected) => {
  expect(digest(layers)).toEqual(expected);
});

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
test.each<readonly [string, readonly string[], readonly string[], readonly string[]]>([
  ['only of the type it can name', ['iam:PassRole'], [object], []],
  [
    'each action with its own',
    ['iam:PassRole', 's3:GetObject'],
    [object, `arn:aws:iam::${OWN}:role/x`],
    [`iam:PassRole on arn:aws:iam::${OWN}:role/x`, `s3:GetObject on ${object}`],
  ],
  ['* where it can name none', ['ec2:DescribeInstances'], ['*'], ['ec2:DescribeInstances on *']],
  ['nothing else where it can name none', ['ec2:DescribeInstances'], ['arn:aws:ec2:*:*:instance/*'], []],
  ['a wildcard over types', ['iam:PassRole'], ['arn:aws:*:x'], ['iam:PassRole on arn:aws:*:x']],
  ['a placeholder holds no colon', ['iam:PassRole'], ['arn:aws:s3:::b:iam::1:role/x'], []],
  ['a reference may be anything', ['iam:PassRole'], [symbol('Role.Arn')], [`iam:PassRole on ${symbol('Role.Arn')}`]],
  ['a bucket is no object', ['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::b'], ['s3:ListBucket on arn:aws:s3:::b']],
])('keeps resources of an action: %s', (_, Action, Resource, expected) => {
  expect(digest({ identity: [policy({ Action, Resource })] })).toEqual(expected);
});

test('whether an action can name a resource', () => {
  expect(canName('iam:passrole', `arn:aws:iam::${OWN}:role/x`)).toBe(true);
  expect(canName('iam:PassRole', 'arn:aws:s3:::b')).toBe(false);
  expect(canName('new:Action', 'arn:aws:s3:::b')).toBe(true);
});

/** What no request can carry; each closes a statement. */
test.each<readonly [string, object, boolean]>([
  ['a date that is past', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, true],
  ['a date to come', { DateLessThan: { 'aws:CurrentTime': '2090-01-01T00:00:00Z' } }, false],
  ['seconds that are past', { NumericLessThan: { 'aws:EpochTime': '1577836800' } }, true],
  ['an address of no network', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, true],
  ['one address of no network among others', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '10.0.0.0/8'] } }, false],
  ['any address but those of no network', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, false],
  ['no address', { IpAddress: { 'aws:SourceIp': '0.0.0.0/32' } }, true],
  ['every address', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, false],
  ['a region that cannot be', { StringEquals: { 'aws:RequestedRegion': 'nowhere-1' } }, true],
  ['a region, if there is one', { StringEqualsIfExists: { 'aws:RequestedRegion': 'nowhere-1' } }, false],
  ['a region to come', { StringEquals: { 'aws:RequestedRegion': 'eu-northeast-7' } }, false],
  ['an account that cannot be', { StringEquals: { 'aws:SourceAccount': 'none' } }, true],
  ['neither true nor false', { Bool: { 'aws:SecureTransport': 'never' } }, true],
  ['a literal that may be real', { StringEquals: { 'aws:PrincipalOrgID': 'o-none' } }, false],
  ['a number that is none', { NumericEquals: { 'aws:MultiFactorAuthAge': 'never' } }, true],
])('a condition on %s', (_, Condition, impossible) => {
  expect(digest({ identity: [get({ Condition })] })).toHaveLength(impossible ? 0 : 1);
  const asked = { principal: ROLE, action: 's3:GetObject', resource: 'arn:aws:s3:::b/x', missing: 'unknown' } as const;
  expect(decide({ identity: [get({ Condition })] }, asked).effect === 'implicitly-denied').toBe(impossible);
  const listed = enumerate({ identity: [get({ Condition })] }, ROLE, { dropImpossible: false });
  expect(listed.entries).toHaveLength(1);
});

/** What no request can escape; a deny under it denies all. */
test.each<readonly [string, object, boolean]>([
  ['any date after one that is past', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, true],
  ['any date after one to come', { DateGreaterThan: { 'aws:CurrentTime': '2090-01-01T00:00:00Z' } }, false],
  ['any date before one to come', { DateLessThan: { 'aws:CurrentTime': '2090-01-01T00:00:00Z' } }, false],
  ['any address but of no network', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, true],
  ['any address but of a network', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
  ['any region but one that cannot be', { StringNotEquals: { 'aws:RequestedRegion': 'nowhere-1' } }, true],
  ['any region but one', { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, false],
])('a deny on %s', (_, Condition, certain) => {
  const layers = { identity: [get(), policy({ Effect: 'Deny', Condition })] };
  expect(digest(layers)).toHaveLength(certain ? 0 : 1);
  const asked = { principal: ROLE, action: 's3:GetObject', resource: 'arn:aws:s3:::b/x', missing: 'unknown' } as const;
  expect(decide(layers, asked).effect).toBe(certain ? 'explicitly-denied' : 'depends');
});

test('conditions become neutral constraints', () => {
  const Condition = {
    StringLike: { 'AWS:userid': 'a\\*' },
    'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a*', 'b'] },
    NumericLessThan: { 'x:n': ['3', '5'] },
    NumericEquals: { 'x:m': ['3', '5'] },
    DateGreaterThanEqualsIfExists: { 'x:t': '2030-01-01T00:00:00Z' },
    NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    Null: { 'x:k': 'false' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:1:t' },
  };
  const [entry] = enumerate({ identity: [get({ Condition })] }, ROLE).entries;
  expect(entry?.region.when.map(({ text: _, ...rest }) => JSON.stringify(rest))).toMatchInlineSnapshot(`
[
  "{"key":"aws:userid","test":{"kind":"one-of","globs":["a\\\\\\\\*"],"ignoreCase":false},"whenAbsent":false}",
  "{"key":"aws:TagKeys","test":{"kind":"none-of","globs":["a\\\\*","b"],"ignoreCase":false},"whenAbsent":true,"quantifier":"every"}",
  "{"key":"x:n","test":{"kind":"range","unit":"number","max":5,"maxOpen":true},"whenAbsent":false}",
  "{"key":"x:m","test":{"kind":"opaque","text":"NumericEquals x:m 3 or 5"},"whenAbsent":false}",
  "{"key":"x:t","test":{"kind":"range","unit":"moment","min":1893456000000},"whenAbsent":true}",
  "{"key":"aws:SourceIp","test":{"kind":"network","blocks":["10.0.0.0/8"],"outside":true},"whenAbsent":true}",
  "{"key":"x:k","test":{"kind":"none-of","globs":[],"ignoreCase":false},"whenAbsent":false}",
  "{"key":"aws:SourceArn","test":{"kind":"opaque","text":"ArnLike aws:SourceArn arn:aws:sns:*:1:t"},"whenAbsent":false}",
]
`);
});

test('variables of the principal are filled in, others are references', () => {
  const mine = policy({ Action: 's3:GetObject', Resource: ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::b/${s3:prefix}/*'] });
  expect(digest({ identity: [mine] }, USER)).toEqual([`s3:GetObject on arn:aws:s3:::b/alice/* | arn:aws:s3:::b/${symbol('s3:prefix')}/*`]);
  expect(digest({ identity: [mine] })).toEqual([`s3:GetObject on arn:aws:s3:::b/${symbol('s3:prefix')}/*`]);
});

test('actions behind a reference are not known', () => {
  expect(enumerate({ identity: [policy({ Action: `${symbol('Service')}:Get*` })] }, ROLE)).toMatchObject({
    entries: [],
    unknowns: ['P statement 1 names actions through a reference, so which ones is not known.'],
  });
});

describe('the policy of a resource', () => {
  const queue = `arn:aws:sqs:eu-west-1:${OWN}:jobs`;
  const role = `arn:aws:iam::${OWN}:role/target`;
  const add = (named: AwsPolicy, layers: Partial<RequestLayers> = {}, { principal = ROLE, arn = queue } = {}) =>
    enumerateResource({ arn, policy: named }, principal, { identity: [], ...layers }).entries.map(line);
  const send = (...arns: readonly string[]) => policy({ Action: 'sqs:SendMessage', Principal: { AWS: arns } });

  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['adds what it grants the role', add(send(ROLE.arn)), [`sqs:SendMessage on ${queue}`]],
    ['adds it within the boundary', add(send(ROLE.arn), { boundary: NOTHING }), []],
    [
      'adds what it grants the session whatever the boundary',
      add(send(SESSION.sessionArn ?? ''), { boundary: NOTHING }, { principal: SESSION }),
      [`sqs:SendMessage on ${queue}`],
    ],
    ['adds it within the SCPs', add(send(ROLE.arn), { scps: [[NOTHING]] }), []],
    ['adds it less what is denied', add(send(ROLE.arn), { identity: [DENY] }), []],
    [
      'adds it less what it denies itself',
      add(policy({ Action: 'sqs:*', Principal: '*' }, { Effect: 'Deny', NotAction: 'sqs:SendMessage', Principal: '*' })),
      [`sqs:SendMessage on ${queue}`],
    ],
    ['adds nothing for the account', add(send(OWN)), []],
    ['adds nothing in another account', add(send(ROLE.arn), {}, { arn: `arn:aws:sqs:eu-west-1:${OTHER}:jobs` }), []],
    ['adds the role that trusts', add(trust({ Principal: { AWS: ROLE.arn } }), {}, { arn: role }), [`sts:AssumeRole on ${role}`]],
    [
      'adds nothing about other resources',
      add(policy({ Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:*:*:other', Principal: '*' })),
      [],
    ],
    [
      'adds what is inside',
      add(policy({ Action: 's3:GetObject', Resource: object, Principal: '*' }), {}, { arn: 'arn:aws:s3:::b' }),
      [`s3:GetObject on ${object}`],
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('is open where the name of the session is', () => {
    expect(add(send(SESSION.sessionArn ?? ''))).toEqual([`sqs:SendMessage on ${queue}; if the principal of P statement 1`]);
  });
});
