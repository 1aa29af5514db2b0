import { proveReadOnly } from '../../../lib/core/review/read-only';
import type { ClaimVerdict } from '../../../lib/core/review/result';
import type { AccessWorld } from '../../../lib/core/review/world';
import { ACCOUNT, type AwsAgent, allow, deny, roleArn, type Statement, worldOf } from './aws-agents';

const BOX = 'arn:aws:s3:::box/*';
const LOGS = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/agents/a:*`;

const said = ({ verdict, counterExample, reason }: ClaimVerdict): string =>
  counterExample
    ? `${verdict}: ${counterExample.action} ${counterExample.resource}`
    : verdict === 'proven'
      ? verdict
      : `${verdict}: ${reason}`;
const agent = (policy: readonly Statement[], more: Partial<AwsAgent> = {}): AwsAgent => ({ name: 'a', policy, mode: 'READ_ONLY', ...more });
const verdictOf = (...agents: readonly AwsAgent[]): string => said(proveReadOnly(roleArn('a'), worldOf(agents)));

describe('by level', () => {
  test.each<readonly [string, readonly Statement[], string]>([
    ['nothing', [], 'proven'],
    ['reads and lists', [allow(['s3:GetObject', 's3:ListBucket', 'ec2:Describe*'])], 'proven'],
    ['a write', [allow(['s3:GetObject', 's3:PutObject'], BOX)], 'refuted: s3:PutObject arn:aws:s3:::box/example'],
    ['a deletion', [allow('s3:DeleteObject', BOX)], 'refuted: s3:DeleteObject arn:aws:s3:::box/example'],
    ['tags', [allow('s3:PutObjectTagging', BOX)], 'refuted: s3:PutObjectTagging arn:aws:s3:::box/example'],
    ['permissions', [allow('s3:PutObjectAcl', BOX)], 'refuted: s3:PutObjectAcl arn:aws:s3:::box/example'],
    ['a write among many reads, by a wildcard', [allow('sqs:*e', '*')], 'refuted'],
    ['writes that are denied', [allow('s3:*', BOX), deny('s3:*', '*', { Null: { 'aws:PrincipalArn': 'false' } })], 'proven'],
    [
      'a service of which all but reads is denied',
      [
        allow('sqs:*'),
        { Effect: 'Deny', Action: ['sqs:S*', 'sqs:D*', 'sqs:C*', 'sqs:A*', 'sqs:P*', 'sqs:T*', 'sqs:U*', 'sqs:R*'], Resource: '*' },
      ],
      'proven',
    ],
    ['an action that no catalog knows', [allow('newservice:DoThing')], 'not-proven: It is not known what newservice:DoThing does.'],
    [
      'a write and an unknown action',
      [allow(['newservice:DoThing', 's3:PutObject'], BOX)],
      'refuted: s3:PutObject arn:aws:s3:::box/example',
    ],
    [
      'a write under a condition that can be met',
      [allow('s3:PutObject', BOX, { Bool: { 'aws:SecureTransport': 'true' } })],
      'refuted: s3:PutObject arn:aws:s3:::box/example',
    ],
    ['a write under a condition that cannot', [allow('s3:PutObject', BOX, { StringEquals: { 'aws:PrincipalTag/team': 'ops' } })], 'proven'],
    [
      'a write until a day that is past',
      [allow('s3:PutObject', BOX, { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })],
      'proven',
    ],
  ])('%s', (_, policy, expected) => {
    const found = verdictOf(agent(policy));
    expect(expected === 'refuted' ? found.split(':')[0] : found).toBe(expected);
  });

  test('within a boundary that only reads, whatever the policy says', () => {
    expect(verdictOf(agent([allow('*')], { boundary: [allow(['s3:Get*', 's3:List*'])] }))).toBe('proven');
  });
});

describe('what is admitted all the same', () => {
  const writes = allow('logs:PutLogEvents', LOGS);
  const telemetry = ['telemetry:write', ['logs:PutLogEvents'], [LOGS]] as const;
  const child: AwsAgent = { name: 'b', policy: [], trusts: [roleArn('a')] };

  test.each<readonly [string, readonly AwsAgent[], string]>([
    ['traces and metrics, which name no resource', [agent([allow(['xray:PutTraceSegments', 'cloudwatch:PutMetricData'])])], 'proven'],
    ['log events that were not declared', [agent([writes])], 'refuted: logs:PutLogEvents'],
    ['log events that were', [agent([writes], { declares: [telemetry] })], 'proven'],
    ['log events to any group', [agent([allow('logs:PutLogEvents')], { declares: [telemetry] })], 'refuted: logs:PutLogEvents'],
    [
      'log events that a native grant gives',
      [agent([writes], { native: [[['logs:PutLogEvents'], [LOGS]]] })],
      'refuted: logs:PutLogEvents',
    ],
    [
      'another capability with the same action',
      [agent([writes], { declares: [['objects:create', ['logs:PutLogEvents'], [LOGS]]] })],
      'refuted: logs:PutLogEvents',
    ],
    [
      'a role that is not there, which the engine does not confirm',
      [agent([allow('sts:AssumeRole', roleArn('b'))])],
      'not-proven: sts:AssumeRole',
    ],
    ['a role that is no sub-agent', [agent([allow('sts:AssumeRole', roleArn('b'))]), child], 'refuted: sts:AssumeRole'],
    ['handing work to a sub-agent', [agent([allow('sts:AssumeRole', roleArn('b'))], { delegatesTo: ['b'] }), child], 'proven'],
    [
      'and assuming another',
      [agent([allow('sts:AssumeRole', [roleArn('b'), roleArn('c')])], { delegatesTo: ['b'] }), child, { ...child, name: 'c' }],
      'refuted: sts:AssumeRole',
    ],
  ])('%s', (_, agents, expected) => {
    expect(
      verdictOf(...agents)
        .split(' ')
        .slice(0, 2)
        .join(' '),
    ).toBe(expected);
  });
});

describe('what is not known', () => {
  const UNREAD = `arn:aws:iam::${ACCOUNT}:policy/elsewhere`;

  test('a policy that was not read keeps it from being proven, and hides no counter-example', () => {
    expect(verdictOf(agent([], { managed: [UNREAD] }))).toMatch(/^not-proven: Not everything was understood\. .*elsewhere/);
    expect(verdictOf(agent([allow('s3:PutObject', BOX)], { managed: [UNREAD] }))).toBe('refuted: s3:PutObject arn:aws:s3:::box/example');
  });

  test('a denial that is not decided leaves it open, and a later write that is decided still refutes', () => {
    const world = worldOf([agent([allow('s3:PutObject', BOX), allow('sqs:SendMessage')])]);
    const entries = world.access(roleArn('a')).entries;
    const doubt = { key: 'k', test: { kind: 'opaque', text: 'x' } as const, whenAbsent: false, text: 'a doubt' };
    const doubted = (list: typeof entries) => list.map((one) => ({ ...one, region: { ...one.region, when: [...one.region.when, doubt] } }));
    const of = (list: typeof entries): AccessWorld => ({ ...world, access: (principal) => ({ principal, entries: list, unknowns: [] }) });
    expect(said(proveReadOnly(roleArn('a'), of(doubted(entries.slice(0, 1)))))).toMatch(
      /^not-proven: Not decided for s3:PutObject\b.*: it was not decided whether a doubt can decide\.$/,
    );
    const [first = [], rest = []] = [doubted(entries.slice(0, 1)), entries.slice(1)];
    expect(said(proveReadOnly(roleArn('a'), of([...first, ...rest])))).toMatch(/^refuted: sqs:SendMessage/);
  });

  test('a write that the engine does not confirm leaves it open, and one that it confirms refutes', () => {
    const world = worldOf([agent([allow('s3:PutObject', BOX), allow('sqs:SendMessage', '*')])]);
    const no = { effect: 'implicitly-denied', origins: [], reason: 'A judge says no.' } as const;
    const some: AccessWorld = {
      ...world,
      decide: (id, request) => (request.action.startsWith('s3:') ? no : world.decide(id, request)),
    };
    expect(said(proveReadOnly(roleArn('a'), some))).toMatch(/^refuted: sqs:SendMessage/);
    expect(said(proveReadOnly(roleArn('a'), { ...world, decide: () => no }))).toMatch(/^not-proven: s3:PutObject on .* was not confirmed/);
  });
});

test('a principal that is not there can do nothing', () => {
  expect(said(proveReadOnly(roleArn('nobody'), worldOf([agent([allow('s3:PutObject')])])))).toBe('proven');
});
