import type { Random } from './random';
import type { Scenario } from './scenario';

interface Key {
  readonly name: string;
  readonly type: 'text' | 'number' | 'moment' | 'bool' | 'network' | 'arn' | 'binary';
  readonly values: readonly string[];
  /** Values only a policy has: patterns, blocks, variables. */
  readonly patterns: readonly string[];
  readonly many?: boolean;
}

const KEYS: readonly Key[] = [
  { name: 'aws:RequestedRegion', type: 'text', values: ['eu-west-1', 'us-east-1'], patterns: ['eu-*', '??-east-1', 'EU-WEST-1'] },
  {
    name: 'aws:PrincipalTag/team',
    type: 'text',
    values: ['alice', 'ops', 'Ops'],
    patterns: ['o*', '${aws:username}', "${aws:RequestTag/team, 'ops'}"],
  },
  { name: 'aws:RequestTag/team', type: 'text', values: ['ops', 'dev'], patterns: ['${aws:PrincipalTag/team}', 'd?v', 'o${*}', '${$}x'] },
  { name: 'aws:TagKeys', type: 'text', values: ['team', 'cost', 'env'], patterns: ['t*', 'Team'], many: true },
  { name: 's3:prefix', type: 'text', values: ['reports', 'home/alice/'], patterns: ['home/${aws:username}/*', 'rep*', '*'] },
  { name: 'aws:MultiFactorAuthAge', type: 'number', values: ['0', '30', '3600', '-1', '2.5'], patterns: ['30.0', '100'] },
  { name: 's3:max-keys', type: 'number', values: ['1', '10', '1000'], patterns: ['5'] },
  {
    name: 'aws:CurrentTime',
    type: 'moment',
    values: ['2026-11-24T10:00:00Z', '2020-01-01T00:00:00Z'],
    patterns: ['2026-01-01T00:00:00Z', '2030-06-01T12:00:00+02:00'],
  },
  { name: 'aws:TokenIssueTime', type: 'moment', values: ['2026-11-24T09:00:00Z'], patterns: ['2026-11-24T10:00:00Z'] },
  { name: 'aws:SecureTransport', type: 'bool', values: ['true', 'false'], patterns: ['True'] },
  { name: 'aws:MultiFactorAuthPresent', type: 'bool', values: ['true', 'false'], patterns: ['FALSE'] },
  {
    name: 'aws:SourceIp',
    type: 'network',
    values: ['10.1.2.3', '203.0.113.9', '2001:db8::1'],
    patterns: ['10.0.0.0/8', '203.0.113.0/28', '2001:db8::/32', '0.0.0.0/0'],
  },
  {
    name: 'aws:SourceArn',
    type: 'arn',
    values: ['arn:aws:sns:eu-west-1:111111111111:topic', 'arn:aws:lambda:eu-west-1:111111111111:function:a:b'],
    patterns: ['arn:aws:sns:*:111111111111:topic', 'arn:aws:lambda:eu-west-1:*:function:*', 'arn:aws:*:*:*:*'],
  },
  {
    name: 'aws:PrincipalArn',
    type: 'arn',
    values: ['arn:aws:iam::111111111111:user/team/alice', 'arn:aws:iam::111111111111:role/app'],
    patterns: ['arn:aws:iam::*:role/*', 'arn:aws:iam::111111111111:*/a*', 'arn:*:iam::111111111111:user/team/${aws:username}'],
  },
  { name: 'lex:blob', type: 'binary', values: ['QmluYXJ5', 'T3RoZXI='], patterns: ['qmluyxj5'] },
];

const OPERATORS: Readonly<Record<Key['type'], readonly string[]>> = {
  text: ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike'],
  number: [
    'NumericEquals',
    'NumericNotEquals',
    'NumericLessThan',
    'NumericLessThanEquals',
    'NumericGreaterThan',
    'NumericGreaterThanEquals',
  ],
  moment: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  bool: ['Bool'],
  network: ['IpAddress', 'NotIpAddress'],
  arn: ['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'],
  binary: ['BinaryEquals'],
};

/** A random `Condition` of one or two tests. */
export function conditionBlock(random: Random): object {
  const block: Record<string, Record<string, string | readonly string[]>> = {};
  for (const key of random.some(KEYS, 1, 2)) {
    const set = key.many ? random.pick(['ForAllValues:', 'ForAnyValue:']) : '';
    const exists = random.chance(0.2) ? 'IfExists' : '';
    const isNull = random.chance(0.1);
    const operator = isNull ? 'Null' : `${set}${random.pick(OPERATORS[key.type])}${exists}`;
    const values = isNull ? [random.pick(['true', 'false'])] : random.some([...key.values, ...key.values, ...key.patterns], 1, 3);
    const name = random.chance(0.1) ? key.name.toUpperCase() : key.name;
    block[operator] = { ...block[operator], [name]: values.length === 1 && random.chance(0.5) ? (values[0] ?? '') : values };
  }
  return block;
}

/** What the request carries: each key now and then, and always what AWS fills in from the principal. */
export function requestContext(random: Random, principal: Scenario['principal'], resourceAccount: string): Scenario['context'] {
  const context: Record<string, string | readonly string[]> = { 'aws:ResourceAccount': resourceAccount };
  for (const key of KEYS) {
    if (key.name === 'aws:PrincipalArn' || random.chance(0.3)) continue;
    context[key.name] = key.many ? [...new Set(random.some(key.values, 1, 3))] : random.pick(key.values);
  }
  if (principal.kind === 'service' || principal.kind === 'anonymous') return context;
  const { account } = principal;
  context['aws:PrincipalAccount'] = account;
  context['aws:PrincipalArn'] = principal.kind === 'role-session' ? `arn:aws:iam::${account}:role/app` : principal.arn;
  if (principal.kind === 'user') context['aws:username'] = 'alice';
  return context;
}
