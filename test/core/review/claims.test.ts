import { proveNothingBeyond } from '../../../lib/core/review/claims';
import type { ClaimId, ClaimVerdict } from '../../../lib/core/review/result';
import type { AccessWorld } from '../../../lib/core/review/world';
import { ACCOUNT, type AwsAgent, allow, claimOf, claimsOf, deny, principalOf, roleArn, type Statement, worldOf } from './aws-agents';

const BOX = 'arn:aws:s3:::box/*';
const OTHER = 'arn:aws:s3:::other/*';
const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:erp-AbCdEf`;
const READ_BOX = ['objects:read', ['s3:GetObject'], [BOX]] as const;

/** What is compared: verdict, and the request that breaks the claim or why it is open. */
const said = ({ verdict, counterExample, reason }: ClaimVerdict): string =>
  counterExample
    ? `${verdict}: ${counterExample.action} ${counterExample.resource}`
    : verdict === 'proven'
      ? verdict
      : `${verdict}: ${reason}`;
const agent = (policy: readonly Statement[], more: Partial<AwsAgent> = {}): AwsAgent => ({ name: 'a', policy, ...more });
const verdictOf = (one: AwsAgent, claim: ClaimId): string => said(claimOf(worldOf([one]), 'a', claim));

describe('which claims are made', () => {
  const ids = (world: AccessWorld, name: string) => claimsOf(world, name).map(({ claim }) => claim);
  const parent = (fleet: string): AwsAgent => ({ name: 'p', policy: [], delegatesTo: ['a'], fleet });

  test.each<readonly [string, readonly AwsAgent[], readonly ClaimId[]]>([
    ['an agent', [agent([])], ['no-undeclared-credentials', 'within-declared', 'no-escalation']],
    [
      'one that may only read',
      [agent([], { mode: 'READ_ONLY' })],
      ['read-only', 'no-undeclared-credentials', 'within-declared', 'no-escalation'],
    ],
    ['a sub-agent', [agent([]), parent('main')], ['no-undeclared-credentials', 'within-declared', 'no-escalation', 'within-delegated']],
    ['named by an agent of another fleet', [agent([]), parent('far')], ['no-undeclared-credentials', 'within-declared', 'no-escalation']],
    ['one that names itself', [agent([], { delegatesTo: ['a'] })], ['no-undeclared-credentials', 'within-declared', 'no-escalation']],
  ])('%s', (_, agents, claims) => {
    expect(ids(worldOf(agents), 'a')).toEqual(claims);
  });

  test("a role that is no agent's", () => {
    const world = worldOf([agent([])], {
      Plain: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'plain', AssumeRolePolicyDocument: { Statement: [] } } },
    });
    expect(ids(world, 'plain')).toEqual(['no-escalation']);
  });
});

describe('within-declared', () => {
  const declared = { declares: [READ_BOX] };
  test.each<readonly [string, AwsAgent, string]>([
    ['what was declared', agent([allow('s3:GetObject', BOX)], declared), 'proven'],
    ['a part of it', agent([allow('s3:GetObject', 'arn:aws:s3:::box/in/*')], declared), 'proven'],
    ['nothing at all', agent([], declared), 'proven'],
    ['another action', agent([allow(['s3:GetObject', 's3:PutObject'], BOX)], declared), 'refuted: s3:PutObject arn:aws:s3:::box/example'],
    ['another bucket', agent([allow('s3:GetObject', [BOX, OTHER])], declared), 'refuted: s3:GetObject arn:aws:s3:::other/example'],
    ['another bucket that is denied', agent([allow('s3:GetObject', [BOX, OTHER]), deny('s3:*', OTHER)], declared), 'proven'],
    [
      'a queue of any region and account, which is looked for in its own',
      agent([allow('sqs:SendMessage', 'arn:aws:sqs:*:*:jobs')]),
      `refuted: sqs:SendMessage arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`,
    ],
    [
      'a queue of any account, where that of its own was declared',
      agent([allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:*:jobs')], {
        declares: [['queues:send', ['sqs:SendMessage'], [`arn:aws:sqs:us-east-1:${ACCOUNT}:jobs`]]],
      }),
      'not-proven: sqs:SendMessage on arn:aws:sqs:us-east-1:example:jobs is listed and was not confirmed.',
    ],
    ['all buckets, within a boundary', agent([allow('s3:*')], { ...declared, boundary: [allow('s3:GetObject', BOX)] }), 'proven'],
    [
      'a denial under a condition that not all requests meet',
      agent([allow('s3:GetObject', [BOX, OTHER]), deny('s3:*', OTHER, { Bool: { 'aws:SecureTransport': 'false' } })], declared),
      'refuted: s3:GetObject arn:aws:s3:::other/example',
    ],
    [
      'two grants that cover it together',
      agent([allow(['s3:GetObject', 's3:PutObject'], BOX)], { declares: [READ_BOX, ['objects:create', ['s3:PutObject'], [BOX]]] }),
      'proven',
    ],
  ])('%s', (_, one, expected) => {
    expect(verdictOf(one, 'within-declared').replace(/(was not confirmed\.).*/, '$1')).toBe(expected);
  });

  test('what a native grant gives is no capability, and the reason says where it comes from', () => {
    const native = agent([allow('s3:GetObject', [BOX, OTHER])], { ...declared, native: [[['s3:GetObject'], [OTHER]]] });
    expect(claimOf(worldOf([native]), 'a', 'within-declared')).toEqual({
      claim: 'within-declared',
      verdict: 'refuted',
      reason: "It may do s3:GetObject on arn:aws:s3:::other/example. It comes from a native grant of the stack's own code.",
      counterExample: { action: 's3:GetObject', resource: 'arn:aws:s3:::other/example' },
      origins: [{ statement: "inline policy 'own' of role 'a' statement 1", layer: 'identity', source: 't.json' }],
      fix: 'declare a capability for it, or narrow the statement that is named to the declared resources',
    });
    const both = { ...native, policy: [...native.policy, allow('s3:DeleteObject', BOX)] };
    expect(claimOf(worldOf([both]), 'a', 'within-declared').reason).not.toMatch(/native/);
  });

  test('a policy whose text is not at hand keeps it from being proven, and hides no counter-example', () => {
    const managed = [`arn:aws:iam::${ACCOUNT}:policy/elsewhere`];
    expect(verdictOf(agent([allow('s3:GetObject', BOX)], { ...declared, managed }), 'within-declared')).toMatch(
      /^not-proven: Not everything was understood\. .*elsewhere/,
    );
    expect(verdictOf(agent([allow('s3:GetObject', OTHER)], { ...declared, managed }), 'within-declared')).toBe(
      'refuted: s3:GetObject arn:aws:s3:::other/example',
    );
  });
});

test('references of a template are shown as people write them', () => {
  const box = { Type: 'AWS::S3::Bucket', Properties: {} };
  const arn = { 'Fn::Sub': '${Box.Arn}/*' } as unknown as string;
  expect(claimOf(worldOf([agent([allow('s3:PutObject', arn)])], { Box: box }), 'a', 'within-declared')).toMatchObject({
    verdict: 'refuted',
    reason: expect.stringMatching(/^It may do s3:PutObject on arn:aws:s3:::[^\uE000-\uE003]*Box[^\uE000-\uE003]*\/example\.$/),
    counterExample: { resource: expect.stringMatching(/^arn:aws:s3:::[^\uE000-\uE003]+\/example$/) },
  });
});

describe('no-undeclared-credentials', () => {
  const reads = allow('secretsmanager:GetSecretValue', SECRET);
  const declares = [['secrets:read', ['secretsmanager:GetSecretValue'], [SECRET]]] as const;
  test.each<readonly [string, AwsAgent, string]>([
    ['reads of data', agent([allow('s3:GetObject')]), 'proven'],
    ['the declared secret', agent([reads], { declares }), 'proven'],
    ['a secret that was not declared', agent([reads]), `refuted: secretsmanager:GetSecretValue ${SECRET}`],
    [
      'every secret, where one was declared',
      agent([allow('secretsmanager:GetSecretValue')], { declares }),
      `refuted: secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111122223333:secret:example`,
    ],
    ['all reads of the service', agent([allow('secretsmanager:Describe*')]), 'proven'],
    [
      'a secret that only a native grant gives',
      agent([reads], { native: [[['secretsmanager:GetSecretValue'], [SECRET]]] }),
      `refuted: secretsmanager:GetSecretValue ${SECRET}`,
    ],
  ])('%s', (_, one, expected) => {
    expect(verdictOf(one, 'no-undeclared-credentials')).toBe(expected);
  });

  test('says whether there was nothing to read or all of it was declared', () => {
    const reason = (one: AwsAgent) => claimOf(worldOf([one]), 'a', 'no-undeclared-credentials').reason;
    expect(reason(agent([]))).toBe('No action of it returns credentials.');
    expect(reason(agent([reads], { declares }))).toBe('Every action that returns credentials is declared.');
  });
});

describe('no-escalation', () => {
  test('is proven where no technique leads on', () => {
    expect(verdictOf(agent([allow('s3:GetObject', BOX)], { declares: [READ_BOX] }), 'no-escalation')).toBe('proven');
  });

  test('is refuted by the first request of the worst path, with the statement that allows it', () => {
    const found = claimOf(worldOf([agent([allow('iam:PutRolePolicy', roleArn('a'))])]), 'a', 'no-escalation');
    expect(found).toMatchObject({
      verdict: 'refuted',
      counterExample: { action: 'iam:PutRolePolicy', resource: roleArn('a') },
      origins: [{ statement: "inline policy 'own' of role 'a' statement 1" }],
    });
    expect(found.reason).toMatch(/^One path leads beyond what it was given; the worst: /);
  });

  test('through a sub-agent, the request is the one after the declared hand-over', () => {
    const parent: AwsAgent = { name: 'p', policy: [], delegatesTo: ['a'] };
    const child = agent([allow('iam:PutRolePolicy', roleArn('a'))], { trusts: [roleArn('p')] });
    expect(claimOf(worldOf([parent, child]), 'p', 'no-escalation')).toMatchObject({
      verdict: 'refuted',
      counterExample: { action: 'iam:PutRolePolicy', resource: roleArn('a') },
      origins: [{ layer: 'identity' }],
    });
  });

  test.each<readonly [string, readonly AwsAgent[], RegExp]>([
    ['an administrator has nothing left to gain', [{ name: 'p', policy: [allow('*')] }], /It has full control of its account already/],
    [
      'nor does one whose sub-agent is an administrator',
      [
        { name: 'p', policy: [], delegatesTo: ['a'] },
        { name: 'a', policy: [allow('*')], trusts: [roleArn('p')] },
      ],
      /It has full control of its account already/,
    ],
    [
      'a policy of its own that was not read',
      [{ name: 'p', policy: [], managed: [`arn:aws:iam::${ACCOUNT}:policy/elsewhere`] }],
      /Not everything was understood\. .*elsewhere/,
    ],
    [
      'a policy of its sub-agent that was not read',
      [
        { name: 'p', policy: [], delegatesTo: ['a'] },
        { name: 'a', policy: [], managed: [`arn:aws:iam::${ACCOUNT}:policy/elsewhere`], trusts: [roleArn('p')] },
      ],
      /Not everything was understood\. .*elsewhere/,
    ],
  ])('%s, and it is not proven', (_, agents, reason) => {
    const found = claimOf(worldOf(agents), 'p', 'no-escalation');
    expect([found.verdict, found.reason]).toEqual(['not-proven', expect.stringMatching(reason)]);
  });

  test('what was not read of any other input keeps it open', () => {
    const world = worldOf([agent([])]);
    const other = { ...world, cloud: 'other', principals: [], unknowns: ['A file of another cloud was not read.'] };
    const [found] = claimsOf(world, 'a', [world, other]).filter(({ claim }) => claim === 'no-escalation');
    expect(found && said(found)).toBe('not-proven: Not everything was understood. A file of another cloud was not read.');
  });
});

describe('within-delegated', () => {
  const child = (policy: readonly Statement[], more: Partial<AwsAgent> = {}): AwsAgent =>
    agent(policy, { declares: [READ_BOX, ['objects:create', ['s3:PutObject'], [BOX]]], trusts: [roleArn('p')], ...more });
  const parent = (mode: 'READ_ONLY' | 'READ_WRITE', name = 'p'): AwsAgent => ({ name, policy: [], mode, delegatesTo: ['a'] });
  const found = (...agents: readonly AwsAgent[]) => claimOf(worldOf(agents), 'a', 'within-delegated');

  test.each<readonly [string, readonly AwsAgent[], string]>([
    ['a child that does what it declares', [child([allow('s3:PutObject', BOX)]), parent('READ_WRITE')], 'proven'],
    [
      'a child that does more',
      [child([allow('s3:DeleteObject', BOX)]), parent('READ_WRITE')],
      'refuted: s3:DeleteObject arn:aws:s3:::box/example',
    ],
    [
      'a writing child of a coordinator that only reads, though it declares to write',
      [child([allow('s3:PutObject', BOX)]), parent('READ_ONLY')],
      'refuted: s3:PutObject arn:aws:s3:::box/example',
    ],
    ['a reading child of a coordinator that only reads', [child([allow('s3:GetObject', BOX)]), parent('READ_ONLY')], 'proven'],
    [
      'the strictest of several coordinators counts',
      [child([allow('s3:PutObject', BOX)]), parent('READ_WRITE'), parent('READ_ONLY', 'q')],
      'refuted: s3:PutObject arn:aws:s3:::box/example',
    ],
    [
      'a reading child that reads more than it declares',
      [child([allow('s3:GetObject', OTHER)]), parent('READ_ONLY')],
      'refuted: s3:GetObject arn:aws:s3:::other/example',
    ],
  ])('%s', (_, agents, expected) => {
    expect(said(found(...agents))).toBe(expected);
  });

  test('the reason names the coordinators, and the strict one where its mode is broken', () => {
    expect(found(child([]), parent('READ_WRITE'), parent('READ_WRITE', 'q')).reason).toBe(
      "It may do what 'p' and 'q' delegated, and no more.",
    );
    expect(found(child([allow('s3:PutObject', BOX)]), parent('READ_WRITE'), parent('READ_ONLY', 'q'))).toMatchObject({
      claim: 'within-delegated',
      reason: "'q' delegates to it and is READ_ONLY. It may do s3:PutObject on arn:aws:s3:::box/example.",
    });
  });

  test('an action whose level is not known is no read that a strict coordinator may hand out', () => {
    const open = child([allow('newservice:DoThing')], { declares: [['objects:read', ['newservice:DoThing'], ['*']]] });
    expect([found(open, parent('READ_WRITE')).verdict, found(open, parent('READ_ONLY'))]).toMatchObject([
      'proven',
      { verdict: 'not-proven', reason: expect.stringMatching(/^'p' delegates to it and is READ_ONLY\. It is not known what/) },
    ]);
  });
});

describe('nothing-new', () => {
  const access = (...policy: readonly Statement[]) => worldOf([agent(policy)]).access(roleArn('a'));
  const unread = worldOf([agent([], { managed: [`arn:aws:iam::${ACCOUNT}:policy/elsewhere`] })]).access(roleArn('a'));
  const PREFIXES = { StringLike: { 's3:prefix': 'in/*' } };

  test.each<readonly [string, readonly Statement[], readonly Statement[], string]>([
    ['the same in other words', [allow(['s3:GetObject'], [BOX])], [allow('s3:getobject', BOX)], 'proven'],
    ['less', [allow('s3:Get*', BOX), deny('s3:GetObjectAcl')], [allow('s3:Get*', BOX)], 'proven'],
    [
      'one action more',
      [allow(['s3:GetObject', 's3:PutObject'], BOX)],
      [allow('s3:GetObject', BOX)],
      'refuted: s3:PutObject arn:aws:s3:::box/example',
    ],
    [
      'a denial less',
      [allow('s3:GetObject', BOX)],
      [allow('s3:GetObject', BOX), deny('*', 'arn:aws:s3:::box/in/*')],
      'refuted: s3:GetObject arn:aws:s3:::box/in/example',
    ],
    ['a condition less', [allow('s3:ListBucket')], [allow('s3:ListBucket', '*', PREFIXES)], 'refuted: s3:ListBucket example'],
    ['a condition more', [allow('s3:ListBucket', '*', PREFIXES)], [allow('s3:ListBucket')], 'proven'],
  ])('%s', (_, after, before, expected) => {
    expect(said(proveNothingBeyond(access(...after), access(...before)))).toBe(expected);
  });

  test('what was not read of either side keeps it open', () => {
    const nothing = access();
    expect(proveNothingBeyond(nothing, nothing)).toMatchObject({
      verdict: 'proven',
      reason: 'Every request it may make was allowed before.',
    });
    expect(proveNothingBeyond(unread, nothing).verdict).toBe('not-proven');
    expect(proveNothingBeyond(nothing, unread).verdict).toBe('not-proven');
  });
});

describe('the second judge', () => {
  const world = worldOf([agent([allow('s3:GetObject', OTHER)], { declares: [READ_BOX] })]);

  test('a counter-example that it does not allow refutes nothing', () => {
    for (const effect of ['explicitly-denied', 'implicitly-denied', 'depends'] as const) {
      const doubting: AccessWorld = { ...world, decide: () => ({ effect, origins: [], reason: 'A judge says no.' }) };
      expect(said(claimOf(doubting, 'a', 'within-declared'))).toBe(
        'not-proven: s3:GetObject on arn:aws:s3:::other/example is listed and was not confirmed. A judge says no.',
      );
    }
  });

  test('the statements that it names are the ones that are shown', () => {
    const origin = { statement: 'another statement', layer: 'resource' };
    const judged = (origins: readonly (typeof origin)[]): AccessWorld => ({
      ...world,
      decide: () => ({ effect: 'allowed', origins, reason: 'allowed' }),
    });
    expect(claimOf(judged([origin]), 'a', 'within-declared').origins).toEqual([origin]);
    // One that names none leaves those of the list.
    expect(claimOf(judged([]), 'a', 'within-declared').origins).toMatchObject([
      { statement: "inline policy 'own' of role 'a' statement 1" },
    ]);
  });

  test('every counter-example is allowed by the engine, context and all', () => {
    const risky = worldOf([
      agent(
        [
          allow('s3:*', [BOX, OTHER], { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }),
          allow('secretsmanager:*', '*', { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } }),
          deny('s3:*', 'arn:aws:s3:::other/private/*'),
        ],
        { mode: 'READ_ONLY', declares: [READ_BOX] },
      ),
    ]);
    const refuted = claimsOf(risky, 'a').filter(({ verdict }) => verdict === 'refuted');
    expect(refuted.map(({ claim }) => claim)).toEqual(['read-only', 'no-undeclared-credentials', 'within-declared']);
    for (const { claim, counterExample } of refuted) {
      const decision = counterExample && risky.decide(principalOf(risky, 'a').id, counterExample);
      expect([claim, decision?.effect]).toEqual([claim, 'allowed']);
    }
    expect(refuted[0]?.counterExample?.context).toEqual({ 'aws:RequestedRegion': 'eu-west-1' });
  });
});
