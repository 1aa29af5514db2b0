import fc from 'fast-check';
import { AccessLevel } from '../../lib/core/enums';
import { actionConditionKeys, actionLevel, expandActions, isResourceLess } from '../../lib/policy/aws/action-levels';
import overrides from '../../lib/policy/aws/level-overrides.json';

describe('expanding a pattern', () => {
  test.each<[string, string[]]>([
    ['s3:GetObject', ['s3:GetObject']],
    ['S3:getobject', ['s3:GetObject']],
    ['sqs:*Message', ['sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:SendMessage']],
    ['dynamodb:?etItem', ['dynamodb:GetItem']],
    ['rds-db:*', ['rds-db:connect']],
    ['rds-?b:*', ['rds-db:connect']],
    ['s3:GetNothing', []],
    ['s4:GetObject', []],
    ['s3', []],
    ['s3:Get(Object)?', []],
    ['s3:toString', []],
    ['constructor:x', []],
  ])('%s means %j', (pattern, actions) => {
    expect(expandActions(pattern)).toEqual(actions);
  });

  test('a lone asterisk means every action of every service, sorted', () => {
    const all = expandActions('*');
    expect(all.length).toBeGreaterThan(20_000);
    expect(all).toEqual(expandActions('*:*'));
    expect(all).toEqual([...all].sort());
    expect(new Set(all).size).toBe(all.length);
  });

  test('an exact name of any case and any service means itself alone, and a prefix pattern contains it', () => {
    const all = expandActions('*');
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.nat(), (action, cut) => {
        expect(expandActions(action.toUpperCase())).toEqual([action]);
        const [service = '', name = ''] = action.split(':');
        expect(expandActions(`${service}:${name.slice(0, cut % (name.length + 1))}*`)).toContain(action);
      }),
    );
  });
});

/** Tells others who the caller is, and changes nothing of it. */
const ABOUT_ITSELF = ['sts:GetWebIdentityToken'];

describe('the level of an action', () => {
  test.each<[string, AccessLevel | undefined]>([
    ['s3:ListBucket', AccessLevel.LIST],
    ['s3:GetObject', AccessLevel.READ],
    ['s3:PutObject', AccessLevel.WRITE],
    ['s3:DeleteObject', AccessLevel.DELETE],
    ['sqs:PurgeQueue', AccessLevel.DELETE],
    ['ec2:TerminateInstances', AccessLevel.DELETE],
    ['sqs:DeleteMessage', AccessLevel.DELETE],
    ['s3:PutObjectTagging', AccessLevel.TAGGING],
    ['s3:PutBucketPolicy', AccessLevel.PERMISSIONS],
    ['iam:DeleteRolePolicy', AccessLevel.PERMISSIONS],
    ['iam:PassRole', AccessLevel.WRITE],
    ['sts:AssumeRole', AccessLevel.WRITE],
    ['KMS:decrypt', AccessLevel.READ],
    ['kms:Encrypt', AccessLevel.WRITE],
    ['dynamodb:BatchWriteItem', AccessLevel.DELETE],
    ['s3:GetNothing', undefined],
    ['s3:toString', undefined],
    ['s3:*', undefined],
  ])('of %s is %s', (action, level) => {
    expect(actionLevel(action)).toBe(level);
  });

  test('is known for every action that AWS publishes', () => {
    expect(expandActions('*').filter((action) => actionLevel(action) === undefined)).toEqual([]);
  });

  test.each(Object.entries(overrides.levels))('of %s is overridden with a reason, a source and a date', (action, override) => {
    expect(expandActions(action)).toEqual([action]);
    expect(actionLevel(action)).toBe(override.level);
    expect(override.reason.length).toBeGreaterThan(10);
    expect(override.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
    expect(override.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test('is never lowered by an override for an action that changes who may do what', () => {
    const lowered = Object.entries(overrides.levels).filter(
      ([action, { level }]) => /^(iam|sts):/.test(action) && level !== AccessLevel.PERMISSIONS && !ABOUT_ITSELF.includes(action),
    );
    expect(lowered).toEqual([]);
  });
});

test.each([
  ['xray:PutTraceSegments', true],
  ['logs:DescribeLogGroups', true],
  ['cloudwatch:PutMetricData', true],
  ['s3:GetObject', false],
  ['dynamodb:Query', false],
  ['s3:GetNothing', false],
])('whether %s names no resource: %s', (action, expected) => {
  expect(isResourceLess(action)).toBe(expected);
});

test('condition keys are those of the service, and none for an action that does not exist', () => {
  expect(actionConditionKeys('s3:PutObject')).toContain('s3:if-none-match');
  expect(actionConditionKeys('s3:GetNothing')).toEqual([]);
});
