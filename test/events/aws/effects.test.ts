import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAgentEvent } from '../../../lib/core/agent-event';
import { AWS_TRAITS, readCloudTrail } from '../../../lib/events/aws';
import { traitsText } from '../../../tools/action-traits';
import { capabilityActionsText } from '../../../tools/draft-capabilities';

const read = (source: string, name: string, requestParameters: unknown) => {
  const event = readCloudTrail({
    eventVersion: '1.10',
    eventID: 'e',
    eventTime: '2026-11-25T06:00:00Z',
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-central-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/x/y' },
    requestParameters,
  });
  if (!isAgentEvent(event)) throw new Error(event.reason);
  return event;
};

const policy = (principal: unknown, more: object = {}) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: principal, Action: 's3:GetObject', Resource: '*', ...more }] });
const OTHER = '444455556666';

test.each<[string, string, string, unknown, readonly string[]]>([
  [
    'administration attached',
    'iam',
    'AttachRolePolicy',
    { roleName: 'r', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ['administers AdministratorAccess'],
  ],
  ['another policy attached', 'iam', 'AttachRolePolicy', { roleName: 'r', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, []],
  [
    'all of IAM inline',
    'iam',
    'PutUserPolicy',
    { policyDocument: '{"Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}}' },
    ['administers its own document'],
  ],
  ['all of IAM denied', 'iam', 'PutUserPolicy', { policyDocument: '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}' }, []],
  [
    'a policy as a URL has it',
    'iam',
    'PutRolePolicy',
    { policyDocument: encodeURIComponent('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}') },
    ['administers its own document'],
  ],
  [
    'trust of another account',
    'iam',
    'UpdateAssumeRolePolicy',
    { policyDocument: policy({ AWS: `arn:aws:iam::${OTHER}:root` }) },
    [`lets-in ${OTHER}`],
  ],
  ['trust of a service', 'iam', 'CreateRole', { assumeRolePolicyDocument: policy({ Service: 'lambda.amazonaws.com' }) }, []],
  ['a bucket for everyone', 's3', 'PutBucketPolicy', { bucketName: 'b', bucketPolicy: JSON.parse(policy('*')) }, ['lets-in everyone']],
  [
    'a bucket for whoever meets a condition',
    's3',
    'PutBucketPolicy',
    { bucketPolicy: JSON.parse(policy('*', { Condition: { Bool: {} } })) },
    [],
  ],
  [
    'all but one',
    'kms',
    'PutKeyPolicy',
    { policy: JSON.stringify({ Statement: [{ Effect: 'Allow', NotPrincipal: { AWS: 'x' } }] }) },
    ['lets-in everyone'],
  ],
  [
    'a snapshot for an account',
    'ec2',
    'ModifySnapshotAttribute',
    { createVolumePermission: { add: { items: [{ userId: OTHER }] } } },
    [`lets-in ${OTHER}`],
  ],
  [
    'a snapshot no longer for it',
    'ec2',
    'ModifySnapshotAttribute',
    { createVolumePermission: { remove: { items: [{ userId: OTHER }] } } },
    [],
  ],
  ['an image for all', 'ec2', 'ModifyImageAttribute', { launchPermission: { add: { items: [{ group: 'all' }] } } }, ['lets-in everyone']],
  [
    'a database snapshot for all',
    'rds',
    'ModifyDBSnapshotAttribute',
    { valuesToAdd: ['all', OTHER] },
    ['lets-in everyone', `lets-in ${OTHER}`],
  ],
  ['a function for everyone', 'lambda', 'AddPermission20150331v2', { principal: '*' }, ['lets-in everyone']],
  ['a function for a service', 'lambda', 'AddPermission20150331v2', { principal: 'events.amazonaws.com' }, []],
  ['a queue for everyone', 'sqs', 'SetQueueAttributes', { attributes: { Policy: policy('*') } }, ['lets-in everyone']],
  [
    'a topic for everyone',
    'sns',
    'SetTopicAttributes',
    { attributeName: 'Policy', attributeValue: policy({ AWS: '*' }) },
    ['lets-in everyone'],
  ],
  [
    'SSH to the internet',
    'ec2',
    'AuthorizeSecurityGroupIngress',
    { ipPermissions: { items: [{ ipProtocol: 'tcp', fromPort: 20, toPort: 25, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }] } },
    ['lets-in everyone'],
  ],
  [
    'all ports, IPv6',
    'ec2',
    'AuthorizeSecurityGroupIngress',
    { ipPermissions: { items: [{ ipProtocol: '-1', ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } }] } },
    ['lets-in everyone'],
  ],
  [
    'HTTPS to the internet',
    'ec2',
    'AuthorizeSecurityGroupIngress',
    { fromPort: 443, toPort: 443, ipProtocol: 'tcp', cidrIp: '0.0.0.0/0' },
    [],
  ],
  [
    'SSH from the office',
    'ec2',
    'AuthorizeSecurityGroupIngress',
    { fromPort: 22, toPort: 22, ipProtocol: 'tcp', cidrIp: '203.0.113.0/24' },
    [],
  ],
  ['a policy that is none', 'iam', 'PutRolePolicy', { policyDocument: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, []],
  ['no parameters', 'iam', 'AttachRolePolicy', null, []],
])('%s', (_, source, name, parameters, expected) => {
  expect((read(source, name, parameters).effects ?? []).map(({ kind, to }) => `${kind} ${to}`)).toEqual(expected);
});

test.each([
  ['iam:CreateAccessKey', ['global', 'changes-access', 'yields-credentials', 'escalation-step', 'makes-credentials']],
  ['IAM:createaccesskey', ['global', 'changes-access', 'yields-credentials', 'escalation-step', 'makes-credentials']],
  ['cloudtrail:StopLogging', ['tampers-with-evidence']],
  ['s3:GetObject', []],
  ['sts:GetCallerIdentity', ['global', 'free']],
  ['lambda:UpdateFunctionCode', ['escalation-step']],
])('%s is known for what it is', (action, traits) => {
  expect([...AWS_TRAITS.of(action)].sort()).toEqual([...traits].sort());
});

test.each([
  ['traits.json', traitsText, 'npx tsx tools/action-traits.ts'],
  ['capability-actions.json', capabilityActionsText, 'npx tsx tools/draft-capabilities.ts'],
])('%s is what its generator makes', (file, make) => {
  expect(readFileSync(join(__dirname, '..', '..', '..', 'lib', 'events', 'aws', file), 'utf8')).toBe(make());
});
