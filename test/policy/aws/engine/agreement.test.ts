import * as fc from 'fast-check';
import { type AwsRequest, decide, enumerate, type RequestLayers, type RequestPrincipal } from '../../../../lib/policy/aws/engine';
import { OWN, policy, USER } from './build';
import { allowedByEntries } from './reference';

const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 'sqs:SendMessage', 'iam:PassRole', 'kms:Encrypt'];
const PATTERNS = ['*', 's3:*', 'S3:get*', 's3:?etObject', '*:*Object', 'sqs:SendMessage', 'iam:PassRole', 'kms:*', 'none:*'];
const RESOURCES = [
  'arn:aws:s3:::b/alice/1',
  'arn:aws:s3:::b/bob/1',
  'arn:aws:s3:::b',
  `arn:aws:sqs:eu:${OWN}:jobs`,
  `arn:aws:iam::${OWN}:role/x`,
];
const GLOBS = ['*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/?lice/*', 'arn:aws:s3:::b', 'arn:aws:s3:::*', `arn:aws:iam::${OWN}:role/*`, '*1'];
const VARIABLES = [
  'arn:aws:s3:::b/${aws:username}/*',
  "arn:aws:s3:::b/${aws:PrincipalTag/none, 'bob'}/1",
  '*/${aws:PrincipalTag/team}/1',
  '*${*}',
];

/** Every kind of test that has an exact neutral form; values are few, so that they meet. */
const TESTS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'aws:RequestedRegion',
    ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIfExists'],
    ['eu', 'us', 'e*', '?s'],
  ],
  [
    'aws:UserAgent',
    ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLikeIfExists'],
    ['Cli', 'cli', 'sdk', '${aws:username}'],
  ],
  ['aws:username', ['StringEquals', 'StringNotEquals'], ['alice', 'bob', '${aws:PrincipalTag/team}']],
  ['aws:PrincipalTag/team', ['StringEquals', 'StringNotEquals', 'Null'], ['alice', 'true', 'false']],
  ['aws:PrincipalTag/none', ['StringEquals', 'StringNotEquals', 'Null'], ['alice', 'true', 'false']],
  [
    'aws:MultiFactorAuthAge',
    ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericNotEquals', 'NumericLessThanEqualsIfExists'],
    ['5', '10'],
  ],
  ['aws:CurrentTime', ['DateLessThan', 'DateGreaterThan', 'DateNotEquals'], ['2031-01-01T00:00:00Z', '2031-06-01T00:00:00Z']],
  ['aws:SecureTransport', ['Bool', 'BoolIfExists', 'Null'], ['true', 'false']],
  ['aws:SourceIp', ['IpAddress', 'NotIpAddress'], ['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0']],
  ['aws:PrincipalArn', ['ArnLike', 'ArnNotLike', 'StringLike'], [USER.arn, `arn:aws:iam::*:user/*`, `arn:aws:iam::${OWN}:role/*`]],
  [
    'aws:TagKeys',
    ['ForAllValues:StringEquals', 'ForAnyValue:StringEquals', 'ForAnyValue:StringNotLike', 'ForAllValues:StringNotEquals'],
    ['a', 'b'],
  ],
];

const one = <T>(list: readonly T[]) => fc.constantFrom(...list);
/** Mostly nothing: where many layers limit, little is left to compare. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const some = <T>(list: readonly T[]) => fc.array(one(list), { minLength: 1, maxLength: 2 });
const resource = fc.oneof({ weight: 4, arbitrary: one(GLOBS) }, { weight: 1, arbitrary: one(VARIABLES) });

const condition = one(TESTS).chain(([key, operators, values]) =>
  fc
    .tuple(one(operators), some(values))
    .map(([operator, found]) => ({ [operator]: { [key]: operator.startsWith('Null') ? 'true' : found } })),
);

const statement = fc.record({
  Effect: fc.oneof({ weight: 6, arbitrary: fc.constant('Allow') }, { weight: 1, arbitrary: fc.constant('Deny') }),
  actions: fc.tuple(one(['Action', 'Action', 'NotAction']), some(PATTERNS)),
  resources: fc.tuple(one(['Resource', 'Resource', 'NotResource']), fc.array(resource, { minLength: 1, maxLength: 2 })),
  Condition: seldom(condition),
});

const policies = fc.array(statement, { minLength: 1, maxLength: 3 }).map((list) =>
  policy(
    ...list.map(({ Effect, actions: [action, patterns], resources: [where, globs], Condition }) => ({
      ...{ Effect, [action]: patterns, [where]: globs },
      ...(Condition && { Condition }),
    })),
  ),
);

const layers: fc.Arbitrary<RequestLayers> = fc
  .record({
    identity: fc.array(policies, { minLength: 1, maxLength: 2 }),
    boundary: seldom(policies),
    session: seldom(fc.tuple(policies)),
    scps: seldom(fc.array(fc.array(policies, { minLength: 1, maxLength: 2 }), { maxLength: 2 })),
  })
  .map((found) => ({ ...found }));

const context = fc
  .record(
    {
      'aws:RequestedRegion': one(['eu', 'us', 'es']),
      'aws:UserAgent': one(['cli', 'CLI', 'alice']),
      'aws:MultiFactorAuthAge': one(['5', '7', '10']),
      'aws:CurrentTime': one(['2030-12-01T00:00:00Z', '2031-03-01T00:00:00Z', '2031-06-01T00:00:00Z']),
      'aws:SecureTransport': one(['true', 'false']),
      'aws:SourceIp': one(['10.1.2.3', '10.9.9.9', '8.8.8.8']),
      'aws:TagKeys': fc.array(one(['a', 'b', 'c']), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .map((keys) => keys as NonNullable<AwsRequest['context']>);

const principal: RequestPrincipal = { ...USER, tags: { team: 'alice' } };
const asked = fc.record({ action: one(ACTIONS), resource: one(RESOURCES), context });
/** What AWS fills in from the principal: the entries have it settled already, so a reader of them need not give it. */
const FILLED = { 'aws:username': 'alice', 'aws:PrincipalTag/team': 'alice', 'aws:PrincipalArn': USER.arn };

test('what is listed is what is decided', () => {
  let allowed = 0;
  fc.assert(
    fc.property(layers, fc.array(asked, { minLength: 6, maxLength: 6 }), (all, requests) => {
      const { entries, unknowns } = enumerate(all, principal, { resourceTypes: false, dropImpossible: false });
      expect(unknowns).toEqual([]);
      for (const request of requests) {
        const decision = decide(all, { ...request, principal });
        const listed = allowedByEntries(entries, { ...request, context: { ...FILLED, ...request.context } });
        if (listed) allowed++;
        expect([request, listed]).toEqual([request, decision.effect === 'allowed']);
      }
    }),
    { numRuns: 500, seed: 20261124 },
  );
  // A law about nothing but refusals would say little.
  expect(allowed).toBeGreaterThan(300);
});

test('an unknown key makes a decision open only where the known answers differ', () => {
  fc.assert(
    fc.property(layers, asked, context, (all, request, rest) => {
      const open = decide(all, { ...request, principal, missing: 'unknown' }).effect;
      const closed = decide(all, { ...request, context: { ...rest, ...request.context }, principal }).effect;
      // Whatever the keys turn out to be, a settled answer stays. Which deny it is may still differ.
      if (open === 'allowed' || closed === 'allowed') expect(['depends', closed]).toContain(open);
    }),
    { numRuns: 1000, seed: 7 },
  );
});

test('what the resource types leave is what an action can name', () => {
  fc.assert(
    fc.property(layers, (all) => {
      const every = enumerate(all, principal, { resourceTypes: false, dropImpossible: false }).entries;
      const possible = enumerate(all, principal, { dropImpossible: false }).entries;
      for (const [action, where] of [
        ['iam:PassRole', `arn:aws:iam::${OWN}:role/x`],
        ['s3:GetObject', 'arn:aws:s3:::b/alice/1'],
        ['sqs:SendMessage', `arn:aws:sqs:eu:${OWN}:jobs`],
      ] as const) {
        const request = { action, resource: where, context: FILLED };
        expect(allowedByEntries(possible, request)).toBe(allowedByEntries(every, request));
      }
    }),
    { numRuns: 100, seed: 3 },
  );
});
