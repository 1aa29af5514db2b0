import fc from 'fast-check';
import { isAgentEvent } from '../../../lib/core/agent-event';
import { readCloudTrail } from '../../../lib/events/aws';

// The shape of the records is that of https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
// and https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html; the values are made up.
const session = (more: object = {}) => ({
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:desk@t-1',
  arn: 'arn:aws:sts::111122223333:assumed-role/main--reader/desk@t-1',
  accountId: '111122223333',
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader',
      accountId: '111122223333',
      userName: 'main--reader',
    },
    attributes: { creationDate: '2026-11-25T12:00:00Z', mfaAuthenticated: 'false' },
    sourceIdentity: 'desk@t-1',
    ...more,
  },
});
const record = (more: object = {}) => ({
  eventVersion: '1.11',
  userIdentity: session(),
  eventTime: '2026-11-25T12:01:02Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'eu-central-1',
  sourceIPAddress: '198.51.100.7',
  requestParameters: { bucketName: 'example-files', key: 'in/customers/c7/1.pdf' },
  responseElements: null,
  readOnly: true,
  eventID: 'e1',
  eventType: 'AwsApiCall',
  managementEvent: false,
  recipientAccountId: '111122223333',
  eventCategory: 'Data',
  ...more,
});

const read = (more: object = {}) => {
  const event = readCloudTrail(record(more));
  if (!isAgentEvent(event)) throw new Error(event.reason);
  return event;
};

test('a call of an agent within a chain says who, for which task, through whom, and what became of it', () => {
  expect(read()).toEqual({
    id: 'e1',
    time: '2026-11-25T12:01:02.000Z',
    cloud: 'aws',
    principal: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader',
    agent: 'reader',
    fleet: 'main',
    session: 'desk@t-1',
    credential: 'ASIAEXAMPLE',
    task: 't-1',
    chain: ['desk', 'reader'],
    action: 's3:GetObject',
    resources: ['arn:aws:s3:::example-files/in/customers/c7/1.pdf'],
    outcome: 'succeeded',
    account: '111122223333',
    region: 'eu-central-1',
    source: '198.51.100.7',
    readOnly: true,
  });
});

test.each<readonly [string, unknown, object]>([
  [
    'a role that is no agent',
    { ...session(), sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/admin' } } },
    { principal: 'arn:aws:iam::111122223333:role/admin', agent: undefined, task: undefined },
  ],
  [
    'a session without its issuer',
    { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/x/y' },
    { principal: 'arn:aws:iam::111122223333:role/x', session: 'y' },
  ],
  [
    'a user',
    { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/anna', accessKeyId: 'AKIA1' },
    { principal: 'arn:aws:iam::111122223333:user/anna', credential: 'AKIA1' },
  ],
  ['the root of an account', { type: 'Root', arn: 'arn:aws:iam::111122223333:root' }, { principal: 'arn:aws:iam::111122223333:root' }],
  ['a service', { type: 'AWSService', invokedBy: 'cloudtrail.amazonaws.com' }, { principal: 'cloudtrail.amazonaws.com' }],
  [
    'another account',
    { type: 'AWSAccount', principalId: 'AROAOTHER:me', accountId: '444455556666' },
    { principal: 'AROAOTHER:me', session: 'me' },
  ],
  [
    'a web identity',
    { type: 'WebIdentityUser', principalId: 'accounts.google.com:app:123', userName: '123' },
    { principal: 'accounts.google.com:app:123' },
  ],
  [
    'a person of Identity Center',
    { type: 'IdentityCenterUser', accountId: '111122223333', onBehalfOf: { userId: 'u-1' } },
    { principal: 'u-1' },
  ],
  ['nobody', undefined, { principal: 'unknown' }],
  ['a source identity of another form', session({ sourceIdentity: 'anna' }), { agent: 'reader', task: undefined, chain: undefined }],
  [
    'a role whose name is not that of its fleet',
    { ...session(), sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/agentic-iam/main/other--reader' } } },
    { agent: undefined, fleet: undefined },
  ],
])('a call by %s', (_, userIdentity, expected) => {
  // A member that must be absent is given as undefined.
  const event: object = { agent: undefined, fleet: undefined, task: undefined, chain: undefined, ...read({ userIdentity }) };
  expect(event).toMatchObject(expected);
});

test('the call that takes on a sub-agent belongs to the task that it begins', () => {
  const event = read({
    userIdentity: {
      ...session(),
      arn: 'arn:aws:sts::111122223333:assumed-role/main--desk/fn',
      sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--desk' } },
    },
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRole',
    requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', sourceIdentity: 'desk@t-1' },
    resources: [{ ARN: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', accountId: '111122223333', type: 'AWS::IAM::Role' }],
  });
  expect(event).toMatchObject({
    agent: 'desk',
    task: 't-1',
    chain: ['desk'],
    action: 'sts:AssumeRole',
    resources: ['arn:aws:iam::111122223333:role/agentic-iam/main/main--reader'],
  });
});

test.each<readonly [string, string, string]>([
  ['s3.amazonaws.com', 'ListBuckets', 's3:ListAllMyBuckets'],
  ['s3.amazonaws.com', 'HeadObject', 's3:GetObject'],
  ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2', 'lambda:UpdateFunctionCode'],
  ['lambda.amazonaws.com', 'Invoke', 'lambda:InvokeFunction'],
  ['monitoring.amazonaws.com', 'PutMetricData', 'cloudwatch:PutMetricData'],
  ['bedrock.amazonaws.com', 'ConverseStream', 'bedrock:InvokeModelWithResponseStream'],
  ['dynamodb.amazonaws.com', 'TransactWriteItems', 'dynamodb:PutItem'],
  ['ec2.amazonaws.com.cn', 'RunInstances', 'ec2:RunInstances'],
  ['ec2.amazonaws.com', 'constructor', 'ec2:constructor'],
])('%s %s is the action %s', (eventSource, eventName, action) => {
  expect(read({ eventSource, eventName, requestParameters: null }).action).toBe(action);
});

test.each<readonly [string | undefined, string]>([
  [undefined, 'succeeded'],
  ['AccessDenied', 'denied'],
  ['Client.UnauthorizedOperation', 'denied'],
  ['ThrottlingException', 'throttled'],
  ['NoSuchKey', 'not-found'],
  ['ResourceNotFoundException', 'not-found'],
  ['ValidationException', 'invalid'],
  ['InternalError', 'failed'],
])('the error code %s is %s', (errorCode, outcome) => {
  expect(read({ errorCode }).outcome).toBe(outcome);
});

test.each<readonly [string, object, readonly string[]]>([
  [
    'a listed resource',
    { resources: [{ ARN: 'arn:aws:s3:::a/b' }, { ARN: 'arn:aws:s3:::a' }, {}] },
    ['arn:aws:s3:::a/b', 'arn:aws:s3:::a'],
  ],
  ['a bucket', { requestParameters: { bucketName: 'a' } }, ['arn:aws:s3:::a']],
  [
    'a table',
    { eventSource: 'dynamodb.amazonaws.com', requestParameters: { tableName: 'claims' } },
    ['arn:aws:dynamodb:eu-central-1:111122223333:table/claims'],
  ],
  [
    'a table by its ARN',
    { eventSource: 'dynamodb.amazonaws.com', requestParameters: { tableName: 'arn:aws:dynamodb:us-east-1:1:table/x' } },
    ['arn:aws:dynamodb:us-east-1:1:table/x'],
  ],
  [
    'a queue',
    { eventSource: 'sqs.amazonaws.com', requestParameters: { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/in' } },
    ['arn:aws:sqs:eu-central-1:111122223333:in'],
  ],
  [
    'a parameter',
    { eventSource: 'ssm.amazonaws.com', requestParameters: { name: '/a/b' } },
    ['arn:aws:ssm:eu-central-1:111122223333:parameter/a/b'],
  ],
  [
    'a role',
    { eventSource: 'iam.amazonaws.com', awsRegion: 'us-east-1', requestParameters: { roleName: 'r' } },
    ['arn:aws:iam::111122223333:role/r'],
  ],
  ['nothing', { requestParameters: null }, []],
  ['something of a service that is not listed', { eventSource: 'new.amazonaws.com' }, []],
  ['China', { awsRegion: 'cn-north-1', requestParameters: { bucketName: 'a' } }, ['arn:aws-cn:s3:::a']],
])('a record about %s', (_, more, resources) => {
  expect(read(more).resources).toEqual(resources);
});

test.each<readonly [string, unknown, object]>([
  ['another version', record({ eventVersion: '2.0' }), { id: 'e1', reason: 'Its version is "2.0", and 1.x is known.' }],
  ['no version', record({ eventVersion: undefined }), { id: 'e1', reason: 'Its version is null, and 1.x is known.' }],
  ['many calls at once', record({ eventCategory: 'Insight' }), { id: 'e1', reason: 'It is about many calls, and is none itself.' }],
  ['no name', record({ eventName: '' }), { id: 'e1', reason: 'It lacks one of eventID, eventTime, eventSource and eventName.' }],
  ['no time', record({ eventTime: 'yesterday' }), { id: 'e1', reason: 'Its time is "yesterday".' }],
  ['text', 'x', { reason: 'It is no JSON object.' }],
  ['a list', [record()], { reason: 'It is no JSON object.' }],
])('a record of %s is not read, and says why', (_, given, expected) => {
  expect(readCloudTrail(given)).toEqual(expected);
});

test('an event of EventBridge is what it holds', () => {
  expect(readCloudTrail({ version: '0', id: 'outer', 'detail-type': 'AWS API Call via CloudTrail', detail: record() })).toEqual(read());
});

test('whatever a record holds, it is read or says why not', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(record())), fc.jsonValue()), (more) => {
      const event = readCloudTrail(record(more));
      expect(isAgentEvent(event) ? typeof event.action : typeof event.reason).toBe('string');
    }),
  );
});
