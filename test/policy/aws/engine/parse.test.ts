import { symbol } from '../../../../lib/core/review/glob';
import { decide, matchPrincipal, parsePolicy } from '../../../../lib/policy/aws/engine';
import { OWN, policy, ROLE, request } from './build';

const read = (json: unknown) => parsePolicy(json, { name: 'Reader', layer: 'identity', source: 'a.json' });
const statement = (one: unknown) => read({ Version: '2012-10-17', Statement: one });

test('a policy is read, single values as lists', () => {
  expect(
    statement({
      Sid: 'S',
      Effect: 'Deny',
      NotAction: 's3:*',
      Resource: ['a'],
      Principal: { AWS: ['*', OWN] },
      Condition: { Bool: { k: true } },
    }),
  ).toMatchInlineSnapshot(`
{
  "statements": [
    {
      "conditions": [
        {
          "key": "k",
          "operator": "Bool",
          "values": [
            "true",
          ],
        },
      ],
      "effect": "Deny",
      "notActions": [
        "s3:*",
      ],
      "origin": {
        "layer": "identity",
        "source": "a.json",
        "statement": "Reader statement 1 (Sid S)",
      },
      "principals": {
        "any": true,
        "aws": [
          "111111111111",
        ],
        "canonical": [],
        "federated": [],
        "negated": false,
        "service": [],
      },
      "resources": [
        "a",
      ],
      "sid": "S",
    },
  ],
  "unknowns": [],
  "version": "2012-10-17",
}
`);
});

test.each<readonly [string, unknown]>([
  ['no object', 'text'],
  ['a list', []],
  ['without statements', { Version: '2012-10-17' }],
  ['nothing', undefined],
])('what is no policy is refused: %s', (_, json) => {
  expect(() => read(json)).toThrow(/^Reader must be a JSON object with a 'Statement', got: .*\[not-a-policy\]$/);
});

test('text of a policy is read too', () => {
  expect(read('{"Statement":[]}')).toEqual({ version: '2008-10-17', statements: [], unknowns: [] });
});

test.each<readonly [unknown, string]>([
  ['x', 'is not an object, so it is not understood.'],
  [{ Action: '*' }, "has no Effect of 'Allow' or 'Deny', so it is not understood."],
  [{ Effect: 'Allow', Resource: '*' }, 'needs either Action or NotAction, so it is not understood.'],
  [{ Effect: 'Allow', Action: '*', NotAction: '*' }, 'needs either Action or NotAction, so it is not understood.'],
  [{ Effect: 'Allow', Action: '*', Resource: '*', NotResource: '*' }, 'has both Resource and NotResource, so it is not understood.'],
  [{ Effect: 'Allow', Action: { Ref: 'X' } }, 'has a Action that is not text, so it is not understood.'],
  [{ Effect: 'Allow', Action: '*', resource: '*' }, 'has elements that no policy has: resource, so it is not understood.'],
  [{ Effect: 'Allow', Action: '*', Principal: 'me' }, 'has a Principal that cannot be read, so it is not understood.'],
  [{ Effect: 'Allow', Action: '*', Principal: { Me: 'x' } }, 'has a Principal of a kind that cannot be read: Me, so it is not understood.'],
  [
    { Effect: 'Allow', Action: '*', Condition: { StringSame: { k: 'v' } } },
    'has a Condition that cannot be read, so it is not understood.',
  ],
  [
    { Effect: 'Allow', Action: '*', Condition: { StringEquals: { k: { Ref: 'X' } } } },
    'has a Condition that cannot be read, so it is not understood.',
  ],
])('a statement that cannot be read is listed: %j', (one, why) => {
  expect(statement([one, { Effect: 'Allow', Action: '*', Resource: '*' }])).toMatchObject({
    statements: [{ origin: { statement: 'Reader statement 2', source: 'a.json' } }],
    unknowns: [`Reader statement 1 ${why}`],
  });
});

describe('references', () => {
  const bucket = symbol('Bucket.Arn');
  const ask = (resource: string) => request({ action: 's3:GetObject', resource });

  test.each<readonly [string, string, string]>([
    ['the same reference', `${bucket}/x`, 'allowed'],
    ['what a reference may be', 'arn:aws:s3:::b/x', 'depends'],
    ['what it cannot be', 'arn:aws:s3:::b', 'implicitly-denied'],
    ['another reference', `${symbol('Other.Arn')}/x`, 'depends'],
  ])('%s', (_, resource, effect) => {
    expect(decide({ identity: [policy({ Resource: `${bucket}/*` })] }, ask(resource)).effect).toBe(effect);
  });

  test('a deny that a reference may reach leaves it open, and says so', () => {
    const layers = { identity: [policy({}), policy({ Effect: 'Deny', Resource: bucket })] };
    expect(decide(layers, ask('arn:aws:s3:::b'))).toMatchObject({
      effect: 'depends',
      reason: 'P statement 1 may deny it.',
      dependsOn: ['the resources of P statement 1'],
    });
  });

  test('the account may be a reference', () => {
    const account = symbol('AWS::AccountId');
    const who = { ...ROLE, account, arn: `arn:aws:iam::${account}:role/app` };
    const clause = { negated: false, any: false, aws: [`arn:aws:iam::${account}:root`], service: [], federated: [], canonical: [] };
    expect(matchPrincipal(clause, who)).toEqual({ match: 'yes', how: 'account' });
    expect(matchPrincipal({ ...clause, aws: [`arn:aws:iam::${OWN}:root`] }, who)).toEqual({ match: 'maybe', how: 'account' });
    expect(matchPrincipal({ ...clause, aws: [who.arn] }, who)).toEqual({ match: 'yes', how: 'role' });
    const mine = request({ principal: who, resource: `arn:aws:sqs:eu:${account}:jobs` });
    expect(decide({ identity: [policy({})] }, mine).effect).toBe('allowed');
    expect(decide({ identity: [policy({})] }, { ...mine, resource: `arn:aws:sqs:eu:${OWN}:jobs` }).effect).toBe('depends');
  });

  test('a condition on a reference is open', () => {
    const layers = { identity: [policy({ Condition: { StringEquals: { 'aws:SourceVpc': symbol('Vpc') } } })] };
    expect(decide(layers, request({ context: { 'aws:SourceVpc': 'vpc-1' } })).effect).toBe('depends');
    expect(decide(layers, request({ context: { 'aws:SourceVpc': symbol('Vpc') } })).effect).toBe('allowed');
  });
});
