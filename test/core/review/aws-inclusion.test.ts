import fc from 'fast-check';
import type { AccessRequest } from '../../../lib/core/review/access';
import { accessWithin } from '../../../lib/core/review/proof';
import { canName, decide, enumerate, parsePolicy, type RequestLayers, type RequestPrincipal } from '../../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../../lib/policy/aws/model';
import { nearby } from '../../../lib/policy/aws/nearby';

const OWN = '111122223333';
const WHO: RequestPrincipal = { kind: 'role', account: OWN, arn: `arn:aws:iam::${OWN}:role/a`, tags: { team: 'red' } };

const PATTERNS = ['s3:GetObject', 's3:*Object', 's3:*', 'sqs:SendMessage', 'sqs:*', '*'];
const GLOBS = [
  '*',
  'arn:aws:s3:::box/*',
  'arn:aws:s3:::box/in/*',
  'arn:aws:s3:::b*',
  'arn:aws:sqs:*:*:jobs',
  'arn:aws:s3:::box/${aws:PrincipalTag/team}/*',
];
const TESTS: readonly (readonly [key: string, operators: readonly string[], values: readonly (string | readonly string[])[]])[] = [
  [
    'aws:RequestedRegion',
    ['StringEquals', 'StringNotEquals', 'StringLike', 'StringEqualsIfExists'],
    ['eu-west-1', ['eu-west-1', 'us-east-1'], 'eu-*'],
  ],
  ['aws:MultiFactorAuthAge', ['NumericLessThan', 'NumericGreaterThanEquals', 'NumericLessThanIfExists'], ['5', '10']],
  ['aws:SecureTransport', ['Bool', 'BoolIfExists'], ['true', 'false']],
  ['aws:SourceIp', ['IpAddress', 'NotIpAddress'], ['10.0.0.0/8', '10.1.0.0/16']],
  ['aws:TagKeys', ['ForAllValues:StringEquals', 'ForAnyValue:StringEquals'], ['a', ['a', 'b']]],
];

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    not: fc.tuple(fc.constantFrom(false, false, false, true), fc.constantFrom(false, false, false, true)),
    actions: fc.array(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 2 }),
    resources: fc.array(fc.constantFrom(...GLOBS), { minLength: 1, maxLength: 2 }),
    test: fc.option(
      fc
        .constantFrom(...TESTS)
        .chain(([key, operators, values]) =>
          fc
            .tuple(fc.constantFrom(...operators), fc.constantFrom(...values))
            .map(([operator, value]) => ({ [operator]: { [key]: value } })),
        ),
      { nil: undefined },
    ),
  })
  .map(({ Effect, not, actions, resources, test }) => ({
    Effect,
    [not[0] ? 'NotAction' : 'Action']: actions,
    [not[1] ? 'NotResource' : 'Resource']: resources,
    ...(test && { Condition: test }),
  }));
const statements = fc.array(statement, { minLength: 1, maxLength: 3 });

const policy = (Statement: readonly object[]): AwsPolicy => ({
  name: 'P',
  document: parsePolicy({ Version: '2012-10-17', Statement }, { name: 'P', layer: 'identity' }),
});

/** Two sides that are often near each other: the same with more said, or bounded. */
const pair = fc
  .record({
    common: statements,
    how: fc.constantFrom('more', 'bounded', 'denied', 'apart'),
    other: statements,
    boundary: fc.option(statements, { nil: undefined }),
  })
  .map(({ common, how, other, boundary }): readonly [RequestLayers, RequestLayers] => {
    const side = (list: readonly object[], limit?: readonly object[]): RequestLayers => ({
      identity: [policy(list)],
      ...(limit && { boundary: policy(limit) }),
    });
    switch (how) {
      case 'more':
        return [side(common, boundary), side([...common, ...other], boundary)];
      case 'bounded':
        return [side(common, other), side(common, boundary)];
      case 'denied':
        return [side([...common, ...other.map((one) => ({ ...one, Effect: 'Deny' }))]), side(common, boundary)];
      default:
        return [side(common, boundary), side(other)];
    }
  });

const choices: Readonly<Record<string, readonly (string | readonly string[] | undefined)[]>> = {
  'aws:RequestedRegion': [undefined, 'eu-west-1', 'eu-north-1', 'us-east-1'],
  'aws:MultiFactorAuthAge': [undefined, '4', '7', '10'],
  'aws:SecureTransport': [undefined, 'true', 'false'],
  'aws:SourceIp': ['10.1.2.3', '10.9.9.9', '8.8.8.8'],
  'aws:TagKeys': [undefined, ['a'], ['b', 'a'], ['c', 'a']],
};

/** Every combination of the keys that a side asks about; others decide nothing. */
function contextsOf(sides: readonly RequestLayers[]): readonly NonNullable<AccessRequest['context']>[] {
  const text = JSON.stringify(sides);
  return Object.entries(choices)
    .filter(([key]) => text.includes(`"${key}"`))
    .reduce<readonly NonNullable<AccessRequest['context']>[]>(
      (made, [key, values]) => made.flatMap((one) => values.map((value) => (value === undefined ? one : { ...one, [key]: value }))),
      [{}],
    );
}

/** Only resources of a type that the action can name: others are no requests. */
const NAMED: readonly (readonly [string, string])[] = [
  ['s3:GetObject', 'arn:aws:s3:::box/in/1'],
  ['s3:GetObject', 'arn:aws:s3:::box/red/1'],
  ['s3:DeleteObject', 'arn:aws:s3:::books/1'],
  ['s3:PutObjectAcl', 'arn:aws:s3:::other/1'],
  ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${OWN}:jobs`],
  ['sqs:PurgeQueue', `arn:aws:sqs:us-east-1:${OWN}:rest`],
];

const allows = (side: RequestLayers, request: AccessRequest): boolean => decide(side, { ...request, principal: WHO }).effect === 'allowed';

function breaking([inner, outer]: readonly [RequestLayers, RequestLayers]): AccessRequest | undefined {
  const contexts = contextsOf([inner, outer]);
  for (const [action, resource] of NAMED)
    for (const context of contexts) {
      const request = { action, resource, context };
      if (allows(inner, request) && !allows(outer, request)) return request;
    }
  return undefined;
}

test('no request contradicts a verdict on two policies, and most pairs are decided', () => {
  const count = { proven: 0, refuted: 0, 'not-proven': 0 };
  let held = 0;
  fc.assert(
    fc.property(pair, (both) => {
      const [inner, outer] = both.map((side) => enumerate(side, WHO));
      const proof = accessWithin(inner?.entries ?? [], outer?.entries ?? [], (resource, action) => nearby({ action, resource }, WHO));
      count[proof.verdict] += 1;
      if (proof.verdict === 'proven') {
        if ((inner?.entries.length ?? 0) > 0) held += 1;
        expect(breaking(both)).toBeUndefined();
      }
      if (proof.verdict === 'refuted') {
        const { request } = proof;
        // A list leaves out what an action cannot name, and a decision is not asked about it.
        const real = canName(request.action, request.resource);
        expect([request, allows(both[0], request), real && allows(both[1], request)]).toEqual([request, true, false]);
      }
    }),
    { numRuns: 200 },
  );
  const all = count.proven + count.refuted + count['not-proven'];
  // Proofs about nothing, or refutations alone, would say little.
  expect([held > all / 20, count.refuted > all / 5]).toEqual([true, true]);
  expect(count['not-proven'] / all).toBeLessThan(0.05);
});
