import { type AwsRequest, decide } from '../../../../lib/policy/aws/engine';
import { policy, ROLE, request, USER, versioned } from './build';

/** Operator, values of the policy, value of the request (undefined: absent), whether it holds. */
type Case = readonly [string, string | readonly string[], string | readonly string[] | undefined, boolean];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const CASES: readonly Case[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', 'a', undefined, false],
  ['StringEqualsIfExists', 'a', undefined, true],
  ['StringEqualsIfExists', 'a', 'b', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
  ['StringNotEqualsIgnoreCase', 'aB', 'Ab', false],
  ['StringLike', 'a*c?', 'abbcd', true],
  ['StringLike', 'a*', 'Ab', false],
  ['StringLike', 'a\\*', 'a\\x', true],
  ['StringLike', 'a${*}', 'a*', true],
  ['StringLike', 'a${*}', 'ab', false],
  ['StringLike', '${?}${$}', '?$', true],
  ['StringNotLike', 'a*', 'ba', true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericEquals', '10', 'ten', false],
  ['NumericNotEquals', '10', '11', true],
  ['NumericNotEquals', '10', undefined, true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '-1', '0', true],
  ['NumericGreaterThan', '10', undefined, false],
  ['NumericGreaterThanEquals', '10', '9.5', false],
  ['DateLessThan', '2026-01-01T00:00:00Z', '2025-12-31T23:59:59Z', true],
  ['DateGreaterThan', '2026-01-01T00:00:00+02:00', '2025-12-31T22:30:00Z', true],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-01', false],
  ['DateLessThanEquals', '2026-01-01', 'soon', false],
  ['Bool', 'true', 'True', true],
  ['Bool', 'true', 'false', false],
  ['BoolIfExists', 'true', undefined, true],
  ['BinaryEquals', 'QmluYXJ5', 'QmluYXJ5', true],
  ['BinaryEquals', 'QmluYXJ5', 'qmluyxj5', false],
  ['IpAddress', '10.0.0.0/8', '10.200.3.4', true],
  ['IpAddress', '10.0.0.0/8', '11.0.0.1', false],
  ['IpAddress', '0.0.0.0/0', '8.8.8.8', true],
  ['IpAddress', '10.1.2.3', '10.1.2.3', true],
  ['IpAddress', '2001:db8::/32', '2001:db8:1::5', true],
  ['IpAddress', '2001:db8::/32', '2001:db9::5', false],
  ['IpAddress', '::ffff:10.0.0.0/104', '::ffff:10.0.0.9', true],
  ['IpAddress', '10.0.0.0/33', '10.0.0.0', false],
  ['NotIpAddress', '10.0.0.0/8', '2001:db8::1', true],
  ['NotIpAddress', '10.0.0.0/8', undefined, true],
  ['ArnLike', 'arn:aws:sns:*:1:topic', 'arn:aws:sns:eu-west-1:1:topic', true],
  ['ArnEquals', 'arn:aws:sns:*:1:topic', 'arn:aws:sns:eu-west-1:1:topic', true],
  ['ArnLike', 'arn:aws:logs:*:x', 'arn:aws:logs:eu:1:x', false],
  ['ArnLike', 'arn:aws:*:1:log-group:x', 'arn:aws:logs:eu:1:log-group:x', false],
  ['ArnLike', 'arn:aws:logs:eu:1:*', 'arn:aws:logs:eu:1:log-group:x', true],
  ['ArnNotLike', 'arn:aws:sns:eu:1:a', 'arn:aws:sns:eu:1:b', true],
  ['ArnNotEquals', 'arn:aws:sns:eu:1:a', undefined, true],
  ['Null', 'true', undefined, true],
  ['Null', 'true', 'x', false],
  ['Null', 'false', 'x', true],
  ['Null', 'false', [], false],
  ['Null', ['true', 'false'], 'x', true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', 'a', undefined, true],
  ['ForAllValues:StringEquals', 'a', [], true],
  ['ForAllValues:StringNotEquals', 'a', ['b', 'c'], true],
  ['ForAllValues:StringNotLike', 'a*', ['b', 'ab'], false],
  ['ForAnyValue:StringEquals', 'a', ['b', 'a'], true],
  ['ForAnyValue:StringEquals', 'a', undefined, false],
  ['ForAnyValue:StringEqualsIfExists', 'a', undefined, true],
  ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
  ['ForAnyValue:StringNotEquals', 'a', undefined, false],
  ['ForAnyValue:NumericLessThan', '5', ['9', '3'], true],
];

test.each(CASES)('%s %j of %j: %s', (operator, values, given, holds) => {
  const layers = { identity: [policy({ Condition: { [operator]: { 'X:Key': values } } })] };
  const context: AwsRequest['context'] = given === undefined ? {} : { 'x:kEY': given };
  expect(decide(layers, request({ context })).effect).toBe(holds ? 'allowed' : 'implicitly-denied');
});

test('all tests of a condition must hold, and any value of one is enough', () => {
  const layers = { identity: [policy({ Condition: { StringEquals: { a: ['1', '2'], b: '1' }, Bool: { c: 'true' } } })] };
  expect(decide(layers, request({ context: { a: '2', b: '1', c: 'true' } })).effect).toBe('allowed');
  expect(decide(layers, request({ context: { a: '2', b: '1', c: 'false' } })).effect).toBe('implicitly-denied');
});

const home = 'arn:aws:s3:::home/${aws:username}/*';
const read = (resource: string, change: object = {}) => request({ action: 's3:GetObject', resource, ...change });

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
describe('variables', () => {
  test('are filled in from the principal and the request', () => {
    expect(decide({ identity: [policy({ Resource: home })] }, read('arn:aws:s3:::home/alice/x', { principal: USER })).effect).toBe(
      'allowed',
    );
    expect(decide({ identity: [policy({ Resource: home })] }, read('arn:aws:s3:::home/bob/x', { principal: USER })).effect).toBe(
      'implicitly-denied',
    );
  });

  test('match nothing where the key is missing, so that NotResource leaves all in', () => {
    expect(decide({ identity: [policy({ Resource: home })] }, read('arn:aws:s3:::home/alice/x')).effect).toBe('implicitly-denied');
    expect(decide({ identity: [policy({ NotResource: home })] }, read('arn:aws:s3:::home/alice/x')).effect).toBe('allowed');
    const not = policy({ Condition: { StringNotEquals: { 'x:k': '${aws:username}' } } });
    expect(decide({ identity: [not] }, request({ context: { 'x:k': 'alice' } })).effect).toBe('allowed');
  });

  test('take their default then', () => {
    const layers = { identity: [policy({ Resource: "arn:aws:s3:::home/${aws:username, 'guest'}/*" })] };
    expect(decide(layers, read('arn:aws:s3:::home/guest/x')).effect).toBe('allowed');
  });

  test('hold no wildcard', () => {
    const layers = { identity: [policy({ Resource: 'arn:aws:s3:::home/${aws:PrincipalTag/team}' })] };
    const principal = { ...ROLE, tags: { Team: '*' } };
    expect(decide(layers, read('arn:aws:s3:::home/x', { principal })).effect).toBe('implicitly-denied');
    expect(decide(layers, read('arn:aws:s3:::home/*', { principal })).effect).toBe('allowed');
  });

  test('are plain text in the older version', () => {
    const layers = { identity: [versioned('2008-10-17', { Resource: home })] };
    expect(decide(layers, read('arn:aws:s3:::home/alice/x', { principal: USER })).effect).toBe('implicitly-denied');
    expect(decide(layers, read('arn:aws:s3:::home/${aws:username}/x', { principal: USER })).effect).toBe('allowed');
  });
});

describe('case', () => {
  test('does not count in actions and keys', () => {
    expect(decide({ identity: [policy({ Action: 'SQS:send*' })] }, request()).effect).toBe('allowed');
  });

  test('counts in resources', () => {
    expect(decide({ identity: [policy({ Resource: 'arn:aws:sqs:*:JOBS' })] }, request()).effect).toBe('implicitly-denied');
  });
});

test('a key that is not known may decide', () => {
  const layers = { identity: [policy({ Condition: { StringEquals: { 'x:k': 'a' } } })] };
  expect(decide(layers, request({ missing: 'unknown' }))).toMatchObject({ effect: 'depends', dependsOn: ['StringEquals x:k a'] });
  expect(decide({ identity: [policy({}), ...layers.identity] }, request({ missing: 'unknown' })).effect).toBe('allowed');
});
