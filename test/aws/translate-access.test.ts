import fc from 'fast-check';
import { mergeConditions, translateAccess } from '../../lib/aws/private/translate-access';
import type { JsonObject } from '../../lib/core/json';
import { plan, triples } from './plans';

const BUCKET = 'arn:aws:s3:::invoices';

test('a statement names its actions and resources in order', () => {
  const statements = translateAccess(plan({ permissions: ['s3:ListBucket', 's3:GetObject'], scopes: [`${BUCKET}/b`, `${BUCKET}/a`] }));
  expect(statements).toMatchInlineSnapshot(`
[
  {
    "Action": [
      "s3:GetObject",
      "s3:ListBucket",
    ],
    "Effect": "Allow",
    "Resource": [
      "arn:aws:s3:::invoices/a",
      "arn:aws:s3:::invoices/b",
    ],
  },
]
`);
});

test('actions on the same resource share a statement, and so do resources of the same actions', () => {
  const statements = translateAccess(
    plan(
      { permissions: ['s3:GetObject'], scopes: ['a'] },
      { permissions: ['s3:PutObject'], scopes: ['a'] },
      { permissions: ['s3:PutObject', 's3:GetObject'], scopes: ['b'] },
      { permissions: ['s3:GetObject'], scopes: ['c'] },
    ),
  );
  expect(statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [
      ['s3:GetObject', 's3:PutObject'],
      ['a', 'b'],
    ],
    [['s3:GetObject'], ['c']],
  ]);
});

test('grants under different conditions never share a statement', () => {
  const statements = translateAccess(
    plan(
      { permissions: ['s3:PutObject'], scopes: ['a'], conditions: [{ Null: { 's3:if-none-match': 'false' } }] },
      { permissions: ['s3:PutObject'], scopes: ['a'], conditions: [{ Bool: { 's3:ObjectCreationOperation': 'false' } }] },
    ),
  );
  expect(statements).toHaveLength(2);
});

test('the order of capabilities does not change the policy', () => {
  const one = { permissions: ['s3:GetObject'], scopes: ['a'] };
  const two = { permissions: ['kms:Decrypt'], scopes: ['k'], conditions: [{ StringEquals: { 'kms:ViaService': 's3' } }] };
  expect(translateAccess(plan(one, two))).toEqual(translateAccess(plan(two, one)));
});

test('a window is a pair of dates on every statement', () => {
  const window = { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' };
  const grants = plan(
    { permissions: ['s3:GetObject'], scopes: ['a'] },
    { permissions: ['kms:Decrypt'], scopes: ['k'], conditions: [{ StringEquals: { 'kms:ViaService': 's3' } }] },
  );
  expect(translateAccess(grants, { window }).map(({ Condition }) => Condition)).toMatchInlineSnapshot(`
[
  {
    "DateGreaterThanEquals": {
      "aws:CurrentTime": "2027-01-01T00:00:00Z",
    },
    "DateLessThanEquals": {
      "aws:CurrentTime": "2027-02-01T00:00:00Z",
    },
    "StringEquals": {
      "kms:ViaService": "s3",
    },
  },
  {
    "DateGreaterThanEquals": {
      "aws:CurrentTime": "2027-01-01T00:00:00Z",
    },
    "DateLessThanEquals": {
      "aws:CurrentTime": "2027-02-01T00:00:00Z",
    },
  },
]
`);
});

test.each([
  ['equal', 'eu', 'eu'],
  ['equal but for a list', 'eu', ['eu']],
  ['equal but for the order', ['a', 'b'], ['b', 'a']],
])('two %s demands are one', (_name, first, second) => {
  const merged = mergeConditions('reader', [{ StringEquals: { 'aws:Region': first } }, { StringEquals: { 'AWS:region': second } }]);
  expect(merged).toEqual({ StringEquals: { 'aws:Region': first } });
});

test('two different demands on one key are refused, whatever the case of the key', () => {
  const conditions: JsonObject[] = [{ StringEquals: { 'aws:SourceVpc': 'a' } }, { StringEquals: { 'AWS:SourceVPC': 'b' } }];
  expect(() => mergeConditions('reader', conditions)).toThrowErrorMatchingInlineSnapshot(
    `"agent 'reader' needs one demand on condition 'StringEquals AWS:SourceVPC', because both must hold, and one policy statement can hold only one of them, got: ["a","b"]; bind the resource with one of the two, or under two resource names [conflicting-conditions]"`,
  );
});

test('law: translation grants exactly the triples of the plan', () => {
  const grant = fc.record({
    permissions: fc.uniqueArray(fc.constantFrom('s3:Get', 's3:Put', 's3:List', 'kms:Decrypt'), { minLength: 1 }),
    scopes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
    conditions: fc.constantFrom<JsonObject[]>(
      [],
      [{ StringEquals: { 'kms:ViaService': 's3' } }],
      [{ Bool: { 'aws:SecureTransport': 'true' } }],
    ),
  });
  fc.assert(
    fc.property(fc.array(grant, { maxLength: 8 }), (grants) => {
      const before = grants.flatMap(({ permissions, scopes, conditions }) =>
        triples([{ Effect: 'Allow', Action: permissions, Resource: scopes, Condition: Object.assign({}, ...conditions) }]),
      );
      expect(triples(translateAccess(plan(...grants)))).toEqual([...new Set(before)].sort());
    }),
  );
});
