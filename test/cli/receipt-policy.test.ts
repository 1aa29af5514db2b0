import * as fc from 'fast-check';
import { accessByLedger, accessByPolicy } from '../../lib/cli/receipt-policy';
import type { AgentEvent } from '../../lib/core/agent-event';
import { decide } from '../../lib/policy/aws/engine';
import { readPolicy } from '../../lib/policy/aws/input/read-policy';

const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:GetObjectTagging'], Resource: 'arn:aws:s3:::docs/7/*' },
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::docs', Condition: { StringLike: { 's3:prefix': '7/*' } } },
    { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111122223333:role/child' },
    { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::docs/7/secret/*' },
  ],
};

const call = (action: string, ...resources: readonly string[]): AgentEvent => ({
  id: 'e',
  time: '2026-11-25T06:00:00Z',
  cloud: 'aws',
  principal: 'arn:aws:iam::111122223333:role/reader',
  account: '111122223333',
  action,
  resources,
  outcome: 'succeeded',
});

const access = accessByPolicy(POLICY, 'the policy');

test('a grant is one action of one statement', () => {
  expect(access.grants.map(({ permission, resources }) => `${permission} ${resources.join()}`)).toMatchInlineSnapshot(`
[
  "s3:GetObject arn:aws:s3:::docs/7/*",
  "s3:GetObjectTagging arn:aws:s3:::docs/7/*",
  "s3:ListBucket arn:aws:s3:::docs",
  "sts:AssumeRole arn:aws:iam::111122223333:role/child",
]
`);
});

test.each([
  ['an object within', call('s3:GetObject', 'arn:aws:s3:::docs/7/a'), 'granted', [0]],
  ['as a data event names it: object and bucket', call('s3:GetObject', 'arn:aws:s3:::docs/7/a', 'arn:aws:s3:::docs'), 'granted', [0]],
  ['in other case, which AWS takes alike', call('S3:getobject', 'arn:aws:s3:::docs/7/a'), 'granted', [0]],
  ['the customer next to it', call('s3:GetObject', 'arn:aws:s3:::docs/70/a'), 'outside', []],
  ['one of two objects beyond', call('s3:GetObject', 'arn:aws:s3:::docs/7/a', 'arn:aws:s3:::docs/8/a'), 'outside', []],
  ['another action on it', call('s3:PutObject', 'arn:aws:s3:::docs/7/a'), 'outside', []],
  ['what a statement denies', call('s3:GetObject', 'arn:aws:s3:::docs/7/secret/a'), 'outside', []],
  ['a listing, whose prefix the record may not hold', call('s3:ListBucket', 'arn:aws:s3:::docs'), 'undecided', [2]],
  ['an object that is not named', call('s3:GetObject'), 'undecided', [0]],
  ['a role, without asking the trust policy of it', call('sts:AssumeRole', 'arn:aws:iam::111122223333:role/child'), 'granted', [3]],
  ['another role', call('sts:AssumeRole', 'arn:aws:iam::111122223333:role/admin'), 'outside', []],
  ['an action of a service that is not there', call('ec2:RunInstances'), 'outside', []],
  ['what needs no permission', call('sts:GetCallerIdentity'), 'granted', []],
])('%s', (_, event, answer, grants) => {
  expect(access.judge(event)).toMatchObject({ answer, grants });
});

test('an undecided call says what it hangs on', () => {
  expect(access.judge(call('s3:ListBucket', 'arn:aws:s3:::docs')).dependsOn).toEqual(['StringLike s3:prefix 7/*']);
  expect(access.judge(call('s3:GetObject')).dependsOn).toEqual(['the resource, which the record does not name']);
});

test('a policy that is not what its hash says, or is no JSON, judges nothing', () => {
  expect(accessByLedger(JSON.stringify(POLICY), undefined)?.grants).toHaveLength(4);
  expect(accessByLedger(JSON.stringify(POLICY), '00')).toBeUndefined();
  expect(accessByLedger('{', undefined)).toBeUndefined();
});

test('says of any call what the engine says of the session policy of a role that may do everything', () => {
  const bucket = fc.constantFrom('docs', 'docs/7/*', 'docs/7', '*', 'other/*');
  const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:Get*', 's3:*', 's3:DeleteObject');
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Action: fc.uniqueArray(action, { minLength: 1, maxLength: 3 }),
    Resource: bucket.map((name) => `arn:aws:s3:::${name}`),
  });
  const asked = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:DeleteObject'),
    key: fc.constantFrom('docs/7/a', 'docs/70/a', 'other/a', 'docs/7/'),
  });
  const everything = readPolicy(
    { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
    { name: 'all', layer: 'identity' },
  );
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), asked, (Statement, { action: name, key }) => {
      const document = { Version: '2012-10-17', Statement };
      const event = call(name, `arn:aws:s3:::${key}`);
      const session = [readPolicy(document, { name: 'session', layer: 'identity' })];
      const principal = { arn: event.principal, account: '111122223333', kind: 'role' } as const;
      const resource = `arn:aws:s3:::${key}`;
      const { effect } = decide(
        { identity: [everything], session },
        { action: name, resource, principal, resourceAccount: '111122223333' },
      );
      expect(accessByPolicy(document, 'p').judge(event).answer).toBe(effect === 'allowed' ? 'granted' : 'outside');
    }),
  );
});
