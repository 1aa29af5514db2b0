import type { Effect } from '../../../../lib/core/review/access';
import { type AwsRequest, decide, type RequestLayers } from '../../../../lib/policy/aws/engine';
import { ALLOW, ANYBODY, DENY, FEDERATED, NOTHING, OTHER, OWN, policy, ROLE, ROOT, request, SERVICE, SESSION, trust, USER } from './build';

interface Case {
  readonly rule: string;
  readonly layers: Partial<RequestLayers>;
  readonly ask?: Partial<AwsRequest>;
  readonly expect: Effect;
}

const to = (...arns: readonly string[]) => policy({ Principal: { AWS: arns } });
const KEY = `arn:aws:kms:eu-west-1:${OWN}:key/1234`;
const DECRYPT = { action: 'kms:Decrypt', resource: KEY };
const ASSUME = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${OWN}:role/target` };
const FAR = { resource: `arn:aws:sqs:eu-west-1:${OTHER}:jobs` };
const FAR_ROLE = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${OTHER}:role/target` };
const ACCOUNT_ROOT = `arn:aws:iam::${OWN}:root`;
const SESSION_ARN = SESSION.sessionArn ?? '';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html */
const ONE_ACCOUNT: readonly Case[] = [
  { rule: 'nothing allows', layers: {}, expect: 'implicitly-denied' },
  { rule: 'an identity policy is enough', layers: { identity: [ALLOW] }, expect: 'allowed' },
  { rule: 'a deny beats an allow', layers: { identity: [ALLOW, DENY] }, expect: 'explicitly-denied' },
  { rule: 'a boundary limits', layers: { identity: [ALLOW], boundary: NOTHING }, expect: 'implicitly-denied' },
  { rule: 'a boundary grants nothing', layers: { boundary: ALLOW }, expect: 'implicitly-denied' },
  { rule: 'a boundary denies', layers: { identity: [ALLOW], boundary: DENY }, expect: 'explicitly-denied' },
  {
    rule: 'a session policy limits',
    layers: { identity: [ALLOW], session: [NOTHING] },
    ask: { principal: SESSION },
    expect: 'implicitly-denied',
  },
  { rule: 'one of several session policies is enough', layers: { identity: [ALLOW], session: [NOTHING, ALLOW] }, expect: 'allowed' },
  { rule: 'every level of SCPs must allow', layers: { identity: [ALLOW], scps: [[ALLOW], [NOTHING]] }, expect: 'implicitly-denied' },
  { rule: 'one SCP of a level is enough', layers: { identity: [ALLOW], scps: [[ALLOW], [NOTHING, ALLOW]] }, expect: 'allowed' },
  { rule: 'a level without SCPs allows nothing', layers: { identity: [ALLOW], scps: [[ALLOW], []] }, expect: 'implicitly-denied' },
  {
    rule: 'an SCP limits what a resource policy grants',
    layers: { resource: to(USER.arn), scps: [[NOTHING]] },
    ask: { principal: USER },
    expect: 'implicitly-denied',
  },
  {
    rule: 'SCPs leave service-linked roles alone',
    layers: { identity: [ALLOW], scps: [[DENY]] },
    ask: { principal: { ...ROLE, arn: `arn:aws:iam::${OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX` } },
    expect: 'allowed',
  },
  { rule: 'an RCP denies', layers: { identity: [ALLOW], rcps: [[DENY]] }, expect: 'explicitly-denied' },
  { rule: 'an RCP need not allow: RCPFullAWSAccess is always there', layers: { identity: [ALLOW], rcps: [[]] }, expect: 'allowed' },
  {
    rule: 'an RCP has no say in a service that knows none',
    layers: { identity: [ALLOW], rcps: [[DENY]] },
    ask: { action: 'iam:GetRole', resource: ROLE.arn },
    expect: 'allowed',
  },
  {
    rule: 'a resource policy that names the user is enough',
    layers: { resource: to(USER.arn), boundary: NOTHING },
    ask: { principal: USER },
    expect: 'allowed',
  },
  {
    rule: 'a resource policy that names the role is enough',
    layers: { resource: to(ROLE.arn) },
    ask: { principal: SESSION },
    expect: 'allowed',
  },
  {
    rule: 'naming the role: the boundary limits',
    layers: { resource: to(ROLE.arn), boundary: NOTHING },
    ask: { principal: SESSION },
    expect: 'implicitly-denied',
  },
  {
    rule: 'naming the role: the session policy limits',
    layers: { resource: to(ROLE.arn), session: [NOTHING] },
    ask: { principal: SESSION },
    expect: 'implicitly-denied',
  },
  {
    rule: 'naming the session: the boundary does not limit',
    layers: { resource: to(SESSION_ARN), boundary: NOTHING },
    ask: { principal: SESSION },
    expect: 'allowed',
  },
  {
    rule: 'naming the session: the session policy does not limit',
    layers: { resource: to(SESSION_ARN), session: [NOTHING] },
    ask: { principal: SESSION },
    expect: 'allowed',
  },
  {
    rule: 'naming the session: a deny of the session policy counts',
    layers: { resource: to(SESSION_ARN), session: [DENY] },
    ask: { principal: SESSION },
    expect: 'explicitly-denied',
  },
  { rule: 'naming another session', layers: { resource: to(`${SESSION_ARN}x`) }, ask: { principal: SESSION }, expect: 'implicitly-denied' },
  { rule: 'naming a session of a role whose session is open', layers: { resource: to(SESSION_ARN) }, expect: 'depends' },
  {
    rule: 'everybody with the role in aws:PrincipalArn: the boundary does not limit',
    layers: { resource: policy({ Principal: '*', Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE.arn } } }), boundary: NOTHING },
    ask: { principal: SESSION },
    expect: 'allowed',
  },
  { rule: 'naming the account leaves it to the identity policies', layers: { resource: to(ACCOUNT_ROOT) }, expect: 'implicitly-denied' },
  {
    rule: 'naming the federated user: no limit',
    layers: { resource: to(FEDERATED.arn), session: [NOTHING] },
    ask: { principal: FEDERATED },
    expect: 'allowed',
  },
  {
    rule: 'naming the user behind a federated session: the session policy limits',
    layers: { resource: to(USER.arn), session: [NOTHING] },
    ask: { principal: FEDERATED },
    expect: 'implicitly-denied',
  },
  {
    rule: 'naming the user behind a federated session: with the session policy',
    layers: { resource: to(USER.arn), session: [ALLOW] },
    ask: { principal: FEDERATED },
    expect: 'allowed',
  },
  {
    rule: 'a federated session without a policy has nothing',
    layers: { identity: [ALLOW] },
    ask: { principal: FEDERATED },
    expect: 'implicitly-denied',
  },
  { rule: 'the root user may do all', layers: {}, ask: { principal: ROOT }, expect: 'allowed' },
  { rule: 'an SCP limits the root user', layers: { scps: [[NOTHING]] }, ask: { principal: ROOT }, expect: 'implicitly-denied' },
  {
    rule: 'a resource policy denies the root user',
    layers: { resource: policy({ Effect: 'Deny', Principal: '*' }) },
    ask: { principal: ROOT },
    expect: 'explicitly-denied',
  },
  { rule: 'a service needs the resource policy', layers: { identity: [ALLOW] }, ask: { principal: SERVICE }, expect: 'implicitly-denied' },
  {
    rule: 'a service that the resource policy names',
    layers: { resource: policy({ Principal: { Service: SERVICE.arn } }), scps: [[DENY]] },
    ask: { principal: SERVICE },
    expect: 'allowed',
  },
  { rule: 'anybody, by everybody', layers: { resource: policy({ Principal: '*' }) }, ask: { principal: ANYBODY }, expect: 'allowed' },
  {
    rule: 'anybody is not in an account',
    layers: { resource: to(ACCOUNT_ROOT) },
    ask: { principal: ANYBODY },
    expect: 'implicitly-denied',
  },
];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html */
const TWO_ACCOUNTS: readonly Case[] = [
  { rule: 'the identity side alone', layers: { identity: [ALLOW] }, ask: FAR, expect: 'implicitly-denied' },
  { rule: 'the resource side alone', layers: { resource: to(ROLE.arn) }, ask: FAR, expect: 'implicitly-denied' },
  { rule: 'both', layers: { identity: [ALLOW], resource: to(ROLE.arn) }, ask: FAR, expect: 'allowed' },
  { rule: 'both, by the account', layers: { identity: [ALLOW], resource: to(OWN) }, ask: FAR, expect: 'allowed' },
  {
    rule: 'both, by the session, within the session policy',
    layers: { identity: [ALLOW], resource: to(SESSION_ARN), session: [NOTHING] },
    ask: { ...FAR, principal: SESSION },
    expect: 'implicitly-denied',
  },
  {
    rule: 'both, and a boundary that limits',
    layers: { identity: [ALLOW], resource: to(ROLE.arn), boundary: NOTHING },
    ask: FAR,
    expect: 'implicitly-denied',
  },
  { rule: 'another account is named', layers: { identity: [ALLOW], resource: to(OTHER) }, ask: FAR, expect: 'implicitly-denied' },
  {
    rule: 'the account of a resource whose ARN has none',
    layers: { identity: [ALLOW] },
    ask: { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', resourceAccount: OTHER },
    expect: 'implicitly-denied',
  },
  { rule: 'a root user needs the resource side', layers: {}, ask: { ...FAR, principal: ROOT }, expect: 'implicitly-denied' },
  { rule: 'a root user whose account is named', layers: { resource: to(OWN) }, ask: { ...FAR, principal: ROOT }, expect: 'allowed' },
];

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html */
const SPECIAL: readonly Case[] = [
  { rule: 'a role must be trusted, by whatever policy', layers: { identity: [ALLOW] }, ask: ASSUME, expect: 'implicitly-denied' },
  {
    rule: 'trust in the account leaves it to the identity policies: they allow',
    layers: { identity: [ALLOW], resource: trust({ Principal: { AWS: OWN } }) },
    ask: ASSUME,
    expect: 'allowed',
  },
  {
    rule: 'trust in the account leaves it to the identity policies: they do not',
    layers: { resource: trust({ Principal: { AWS: OWN } }) },
    ask: ASSUME,
    expect: 'implicitly-denied',
  },
  {
    rule: 'trust in the caller is enough in one account',
    layers: { resource: trust({ Principal: { AWS: ROLE.arn } }) },
    ask: ASSUME,
    expect: 'allowed',
  },
  {
    rule: 'trust in another',
    layers: { identity: [ALLOW], resource: trust({ Principal: { AWS: USER.arn } }) },
    ask: ASSUME,
    expect: 'implicitly-denied',
  },
  {
    rule: 'trust in the caller of another account needs the identity side',
    layers: { resource: trust({ Principal: { AWS: ROLE.arn } }) },
    ask: FAR_ROLE,
    expect: 'implicitly-denied',
  },
  {
    rule: 'trust in the caller of another account, with the identity side',
    layers: { identity: [ALLOW], resource: trust({ Principal: { AWS: ROLE.arn } }) },
    ask: FAR_ROLE,
    expect: 'allowed',
  },
  {
    rule: 'trust in a service',
    layers: { resource: trust({ Principal: { Service: SERVICE.arn } }) },
    ask: { ...ASSUME, principal: SERVICE },
    expect: 'allowed',
  },
  {
    rule: 'trust in an identity provider',
    layers: { resource: trust({ Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'accounts.google.com' } }) },
    ask: { ...ASSUME, action: 'sts:AssumeRoleWithWebIdentity', principal: { ...ANYBODY, provider: 'accounts.google.com' } },
    expect: 'allowed',
  },
  {
    rule: 'a root user assumes no role',
    layers: { resource: trust({ Principal: { AWS: OWN } }) },
    ask: { ...ASSUME, principal: ROOT },
    expect: 'implicitly-denied',
  },
  {
    rule: 'a key policy that leaves it to the account',
    layers: { identity: [ALLOW], resource: to(ACCOUNT_ROOT) },
    ask: DECRYPT,
    expect: 'allowed',
  },
  {
    rule: 'a key policy that names somebody else',
    layers: { identity: [ALLOW], resource: to(USER.arn) },
    ask: DECRYPT,
    expect: 'implicitly-denied',
  },
  { rule: 'a key policy that names the caller', layers: { resource: to(ROLE.arn) }, ask: DECRYPT, expect: 'allowed' },
  { rule: 'a key whose policy is not in view has the default one', layers: { identity: [ALLOW] }, ask: DECRYPT, expect: 'allowed' },
  {
    rule: 'what is about no key needs no key policy',
    layers: { identity: [ALLOW], resource: to(USER.arn) },
    ask: { action: 'kms:ListKeys', resource: '*' },
    expect: 'allowed',
  },
];

describe.each([
  ['one account', ONE_ACCOUNT],
  ['two accounts', TWO_ACCOUNTS],
  ['roles and keys', SPECIAL],
])('in %s', (_, cases) => {
  test.each(cases)('$rule: $expect', ({ layers, ask, expect: effect }) => {
    expect(decide({ identity: [], ...layers }, request(ask)).effect).toBe(effect);
  });
});

const notPrincipal = (...arns: readonly string[]) => policy({ Effect: 'Deny', NotPrincipal: { AWS: arns } });

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html */
test.each<readonly [string, Partial<RequestLayers>, Partial<AwsRequest>, Effect]>([
  ['the user and its account', { resource: notPrincipal(USER.arn, OWN) }, { principal: USER }, 'allowed'],
  ['the account alone', { resource: notPrincipal(OWN) }, { principal: USER }, 'explicitly-denied'],
  ['the user alone', { resource: notPrincipal(USER.arn) }, { principal: USER }, 'depends'],
  ['somebody else', { resource: notPrincipal(ROLE.arn, OWN) }, { principal: USER }, 'explicitly-denied'],
  ['session, role and account', { resource: notPrincipal(SESSION_ARN, ROLE.arn, OWN) }, { principal: SESSION }, 'allowed'],
  ['role and account, not the session', { resource: notPrincipal(ROLE.arn, OWN) }, { principal: SESSION }, 'depends'],
  ['one with a boundary', { resource: notPrincipal(USER.arn, OWN), boundary: ALLOW }, { principal: USER }, 'explicitly-denied'],
])('a Deny with NotPrincipal of %s', (_, layers, ask, effect) => {
  expect(decide({ identity: [ALLOW], ...layers }, request(ask)).effect).toBe(effect);
});

test('an Allow with NotPrincipal reaches everybody else', () => {
  const others = policy({ NotPrincipal: { AWS: [USER.arn] } });
  expect(decide({ identity: [], resource: others }, request({ principal: ROLE })).effect).toBe('allowed');
  expect(decide({ identity: [], resource: others }, request({ principal: USER })).effect).toBe('implicitly-denied');
});

test('a decision names the statement, and says which layer is missing', () => {
  expect(decide({ identity: [policy({ Sid: 'Send', Action: 'sqs:*' })] }, request())).toMatchInlineSnapshot(`
    {
      "effect": "allowed",
      "origins": [
        {
          "layer": "identity",
          "statement": "P statement 1 (Sid Send)",
        },
      ],
      "reason": "P statement 1 (Sid Send) allows it.",
    }
  `);
  expect(decide({ identity: [ALLOW], boundary: NOTHING }, request())).toMatchInlineSnapshot(`
    {
      "effect": "implicitly-denied",
      "origins": [],
      "reason": "sqs:SendMessage is not allowed: the permissions boundary does not allow it.",
    }
  `);
});
