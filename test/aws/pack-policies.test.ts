import { App, Aws, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as s3 from 'aws-cdk-lib/aws-s3';
import fc from 'fast-check';
import { packPolicies, ROLE_ROOM, splitStatement } from '../../lib/aws/private/pack-policies';
import { sizeIn } from '../../lib/aws/private/policy-size';
import { documentSize, type Statement } from '../../lib/aws/private/statement';
import { jsonSize, triples } from './plans';

const allow = (actions: readonly string[], resources: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
});
const room = { inline: 300, managed: 200, managedPolicies: 3 };
const pack = (statements: readonly Statement[]) => packPolicies(statements, { agent: 'reader', sizeOf: jsonSize, room });

test('head-room of 600 characters and one managed policy are kept free for containment', () => {
  expect(ROLE_ROOM).toEqual({ inline: 9640, managed: 6144, managedPolicies: 9 });
});

test('what fits is inline', () => {
  const statements = [allow(['s3:GetObject'], ['a']), allow(['s3:ListBucket'], ['b'])];
  expect(pack(statements)).toEqual({ inline: statements, managed: [] });
});

test('what does not fit inline goes to managed policies, and a small one still goes inline', () => {
  const large = allow(['s3:GetObject'], ['x'.repeat(100)]);
  const other = allow(['s3:GetObject'], ['y'.repeat(80)]);
  const small = allow(['s3:GetObject'], ['z']);
  expect(pack([large, other, small])).toEqual({ inline: [large, small], managed: [[other]] });
});

test('a statement too large for any policy is split by its resources', () => {
  const names = Array.from({ length: 12 }, (_, index) => `${index}${'x'.repeat(25)}`);
  const packed = pack([allow(['s3:GetObject'], names)]);
  expect([packed.inline, ...packed.managed].map((policy) => policy.flatMap(({ Resource }) => Resource?.length))).toEqual([[6], [3], [3]]);
});

test('a statement with one resource is split by its actions', () => {
  expect(splitStatement(allow(['a', 'b', 'c'], ['r']))).toEqual([allow(['a', 'b'], ['r']), allow(['c'], ['r'])]);
  expect(splitStatement(allow(['a'], ['r']))).toBeUndefined();
});

test('one action on one resource that exceeds a policy is refused by name', () => {
  expect(() => pack([allow(['s3:GetObject'], ['x'.repeat(400)])])).toThrowErrorMatchingInlineSnapshot(
    `"agent 'reader' needs one action on one resource to stay within 200 characters, because the cloud refuses a larger one at deployment, got: '460 (largest: s3:GetObject on 1 resource)'; split the agent, or bind fewer or shorter resources [policy-too-large]"`,
  );
});

test('more than the role can take is refused, naming the largest statement', () => {
  const statements = Array.from({ length: 7 }, (_, index) =>
    allow(['s3:GetObject', 's3:ListBucket'], [`${index}${'x'.repeat(90 + index)}`]),
  );
  expect(() => pack(statements)).toThrowErrorMatchingInlineSnapshot(
    `"agent 'reader' needs the policies of its role (1 inline, 3 managed) to stay within 900 characters, because the cloud refuses a larger one at deployment, got: '1190 (largest: s3:GetObject and 1 more on 1 resource, 173 characters)'; split the agent, or bind fewer or shorter resources [policy-too-large]"`,
  );
});

test('law: packing loses nothing, adds nothing, and stays within every limit', () => {
  const names = (letter: string) =>
    fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }).map((ids) => ids.map((id) => `${letter}${id}`));
  const statement = fc
    .record({ actions: names('s3:A'), resources: names('arn:aws:s3:::bucket-') })
    .map(({ actions, resources }) => allow(actions, resources));
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 12 }), (statements) => {
      const many = { ...room, managedPolicies: 1000 };
      const { inline, managed } = packPolicies(statements, { agent: 'reader', sizeOf: jsonSize, room: many });
      expect(triples([...inline, ...managed.flat()])).toEqual(triples(statements));
      expect(documentSize(inline, jsonSize)).toBeLessThanOrEqual(room.inline);
      for (const policy of managed) expect(documentSize(policy, jsonSize)).toBeLessThanOrEqual(room.managed);
    }),
  );
});

test('the size of a document is the length of its text without white space', () => {
  const statements = [allow(['s3:GetObject'], ['a']), allow(['s3:ListBucket'], ['b'])];
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  expect(documentSize(statements, jsonSize)).toBeGreaterThanOrEqual(text.length);
  expect(documentSize(statements, jsonSize)).toBeLessThanOrEqual(text.length + 1);
});

describe('the length of a value that is not known yet', () => {
  const stack = new Stack(new App(), 'Agents');
  const lengthOf = (value: string): number => sizeIn(stack)(allow([], [value])) - sizeIn(stack)(allow([], ['']));
  const longestArn = (service: string, rest: string) => `arn:aws-us-gov:${service}:ap-southeast-2:123456789012:${rest}`;

  test.each([
    ['a bucket', () => new s3.Bucket(stack, 'B').bucketArn, `arn:aws-us-gov:s3:::${'b'.repeat(63)}`],
    [
      'objects under a prefix',
      () => new s3.Bucket(stack, 'C').arnForObjects('invoices/*'),
      `arn:aws-us-gov:s3:::${'b'.repeat(63)}/invoices/*`,
    ],
    [
      'a table with a given name',
      () =>
        new dynamodb.TableV2(stack, 'T', { tableName: 't'.repeat(255), partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } })
          .tableArn,
      longestArn('dynamodb', `table/${'t'.repeat(255)}`),
    ],
    [
      'a table with a generated name',
      () => new dynamodb.TableV2(stack, 'Generated', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } }).tableArn,
      longestArn('dynamodb', 'table/Agents-Generated1A2B3C4D-1ABCDEFGHIJK2'),
    ],
    ['pseudo parameters', () => `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:q`, longestArn('sqs', 'q')],
    ['an import', () => Fn.importValue('other'), longestArn('logs', `log-group:${'g'.repeat(512)}`)],
    [
      'a substitution',
      () => Fn.sub('arn:${AWS::Partition}:s3:::${Name}', { Name: 'n'.repeat(63) }),
      `arn:aws-us-gov:s3:::${'n'.repeat(63)}`,
    ],
    ['a choice', () => Fn.conditionIf('IsProd', 'p'.repeat(70), 'd').toString(), 'p'.repeat(70)],
    ['a part of a list', () => Fn.select(1, ['a', 'b'.repeat(80)]), 'b'.repeat(80)],
  ])('is never counted too short: %s', (_name, value, longest) => {
    expect(lengthOf(value())).toBeGreaterThanOrEqual(longest.length);
  });

  test('a parameter counts as long as it may be', () => {
    expect(lengthOf(new CfnParameter(stack, 'P', { maxLength: 77 }).valueAsString)).toBe(77);
  });

  test('a given name counts, not the longest of its type', () => {
    const table = new dynamodb.TableV2(stack, 'Short', {
      tableName: 'short',
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    expect(lengthOf(table.tableArn)).toBeLessThan(110);
  });
});
