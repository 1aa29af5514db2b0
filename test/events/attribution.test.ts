import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentEvent, isAgentEvent } from '../../lib/core/agent-event';
import { attributionOf } from '../../lib/core/attribution-of';
import { athenaAttribution, insightsAttribution, lakeAttribution, readCloudTrail } from '../../lib/events/aws';
import { activityAttribution, readAzureLog } from '../../lib/events/azure';
import { loggingAttribution, readAuditLog } from '../../lib/events/gcp';

const roleOf = (agent: string): string => `arn:aws:iam::111122223333:role/agentic-iam/main/main--${agent}`;

/** Records in the shape of https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html, for the chain desk, researcher, fetcher. */
function record(id: string, agent: string, key: string, more: object, carried = true): object {
  return {
    eventVersion: '1.11',
    eventID: id,
    eventTime: '2026-11-25T12:00:00Z',
    awsRegion: 'eu-central-1',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/main--${agent}/x`,
      accessKeyId: key,
      sessionContext: { sessionIssuer: { arn: roleOf(agent) }, ...(carried ? { sourceIdentity: 'desk@t-1' } : {}) },
    },
    ...more,
  };
}

const assume = (child: string, key: string, more: object = {}) => ({
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  requestParameters: { roleArn: roleOf(child), ...more },
  responseElements: { credentials: { accessKeyId: key, expiration: 'Nov 25, 2026' } },
});

const RECORDS = [
  record('e1', 'desk', 'ASIADESK', assume('researcher', 'ASIARESEARCHER', { sourceIdentity: 'desk@t-1' }), false),
  record('e2', 'researcher', 'ASIARESEARCHER', assume('fetcher', 'ASIAFETCHER')),
  record('e3', 'fetcher', 'ASIAFETCHER', {
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    requestParameters: { bucketName: 'b', key: 'k' },
  }),
  record('e4', 'desk', 'ASIADESK', { eventSource: 'sqs.amazonaws.com', eventName: 'ReceiveMessage' }, false),
];
const EVENTS: readonly AgentEvent[] = RECORDS.map(readCloudTrail).filter(isAgentEvent);

test('of a call three agents deep it is known who made it, for which task, and through whom', () => {
  expect(attributionOf('e3', EVENTS)).toEqual({
    agent: 'fetcher',
    task: 't-1',
    begunBy: 'desk',
    links: [
      { principal: roleOf('fetcher'), agent: 'fetcher', issuedBy: 'e2' },
      { principal: roleOf('researcher'), agent: 'researcher', issuedBy: 'e1' },
      { principal: roleOf('desk'), agent: 'desk' },
    ],
  });
});

test('a call that belongs to no chain is that of its own agent, and one that is not there is nothing', () => {
  expect(attributionOf('e4', EVENTS)).toEqual({ agent: 'desk', begunBy: 'desk', links: [{ principal: roleOf('desk'), agent: 'desk' }] });
  expect(attributionOf('e9', EVENTS)).toBeUndefined();
});

test('without the events in between the source identity still says where it began', () => {
  expect(attributionOf('e3', EVENTS.slice(2))).toMatchObject({
    agent: 'fetcher',
    task: 't-1',
    begunBy: 'desk',
    links: [{ agent: 'fetcher' }],
  });
});

test('credentials that issue each other end the walk', () => {
  const loop = [{ ...EVENTS[0], credential: 'A', issued: 'A', id: 'x' } as AgentEvent];
  expect(attributionOf('x', loop)?.links).toHaveLength(1);
});

const ID = '12345678-1234-1234-1234-123456789012';

test('the queries hold the values they are given, and nothing that is more than a value', () => {
  expect(athenaAttribution({ table: 'logs.cloudtrail', eventId: ID })).toMatchInlineSnapshot(`
"SELECT e.eventtime, e.eventsource, e.eventname, e.errorcode,
  e.useridentity.sessioncontext.sessionissuer.arn AS agent_role,
  e.useridentity.sessioncontext.sourceidentity AS begun_by_and_task,
  a.useridentity.sessioncontext.sessionissuer.arn AS taken_on_by,
  a.eventid AS taken_on_in
FROM logs.cloudtrail e
LEFT JOIN logs.cloudtrail a ON a.eventsource = 'sts.amazonaws.com' AND a.eventname = 'AssumeRole'
  AND json_extract_scalar(a.responseelements, '$.credentials.accessKeyId') = e.useridentity.accesskeyid
WHERE e.eventid = '12345678-1234-1234-1234-123456789012'"
`);
  expect(lakeAttribution({ eventDataStore: ID, eventId: ID })).toContain(`FROM ${ID} e`);
  expect(insightsAttribution(ID)).toContain(`filter eventID = "${ID}"`);
  expect(loggingAttribution('a1b2')).toBe('insertId="a1b2" AND protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog"');
  expect(activityAttribution(ID)).toMatchInlineSnapshot(`
"AzureActivity
| where CorrelationId == "12345678-1234-1234-1234-123456789012"
| project TimeGenerated, OperationNameValue, ActivityStatusValue, Caller, CallerIpAddress, ResourceId
| join kind=leftouter (
    union AADServicePrincipalSignInLogs, AADManagedIdentitySignInLogs
    | project SignInTime = TimeGenerated, Caller = ServicePrincipalId, Agent = ServicePrincipalName, FederatedCredentialId, IPAddress
  ) on Caller
| where isnull(SignInTime) or (SignInTime <= TimeGenerated and SignInTime > TimeGenerated - 24h)
| summarize arg_max(SignInTime, *) by TimeGenerated, OperationNameValue"
`);
});

test('the page on attribution shows the queries as they are made', () => {
  const page = readFileSync(join(__dirname, '../../docs/attribution.md'), 'utf8');
  const made = [
    athenaAttribution({ table: 'cloudtrail_logs', eventId: ID }),
    lakeAttribution({ eventDataStore: ID, eventId: ID }),
    insightsAttribution(ID),
    activityAttribution(ID),
    loggingAttribution('a1b2c3'),
  ];
  expect(made.filter((query) => !page.includes(`\n${query}\n`))).toEqual([]);
});

test.each<readonly [string, () => string]>([
  ['a quote in an event id', () => athenaAttribution({ table: 't', eventId: "x' OR '1'='1" })],
  ['a second statement for a table', () => athenaAttribution({ table: 't; DROP TABLE t', eventId: ID })],
  ['a store that is none', () => lakeAttribution({ eventDataStore: 'x', eventId: ID })],
  ['a quote in Insights', () => insightsAttribution('" | limit 1')],
  ['a quote in a filter', () => loggingAttribution('x" OR "')],
  ['a quote in KQL', () => activityAttribution('" or 1==1')],
])('%s is refused', (_, make) => {
  expect(make).toThrow(/invalid-query-value/);
});

// The shape of https://docs.cloud.google.com/logging/docs/audit/understanding-audit-logs; the values are made up.
const entry = (more: object = {}) => ({
  insertId: 'i1',
  timestamp: '2026-11-25T12:00:00.123Z',
  resource: { type: 'gcs_bucket', labels: { project_id: 'acme-prod' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    methodName: 'storage.objects.get',
    serviceName: 'storage.googleapis.com',
    authenticationInfo: {
      principalEmail: 'main--reader@acme-prod.iam.gserviceaccount.com',
      serviceAccountDelegationInfo: [{ firstPartyPrincipal: { principalEmail: 'main--desk@acme-prod.iam.gserviceaccount.com' } }],
    },
    authorizationInfo: [{ resource: 'projects/_/buckets/b/objects/o', permission: 'storage.objects.get', granted: true }],
    requestMetadata: { callerIp: '198.51.100.7' },
    status: {},
    ...more,
  },
});

test('an audit log entry of Google Cloud says who acted and through whom', () => {
  expect(readAuditLog(entry())).toEqual({
    id: 'i1',
    time: '2026-11-25T12:00:00.123Z',
    cloud: 'gcp',
    principal: 'main--reader@acme-prod.iam.gserviceaccount.com',
    agent: 'reader',
    fleet: 'main',
    action: 'storage.objects.get',
    resources: ['projects/_/buckets/b/objects/o'],
    outcome: 'succeeded',
    chain: ['desk', 'reader'],
    account: 'acme-prod',
    source: '198.51.100.7',
  });
});

test.each<readonly [string, object, object]>([
  [
    'a federated principal',
    { authenticationInfo: { principalSubject: 'principal://iam.googleapis.com/p/subject/s' } },
    { principal: 'principal://iam.googleapis.com/p/subject/s' },
  ],
  [
    'a refused call',
    { authorizationInfo: [{ permission: 'a.b.c', granted: false }], status: { code: 7 } },
    { outcome: 'denied', error: '7' },
  ],
  ['something that is not there', { status: { code: 5 } }, { outcome: 'not-found' }],
  ['a call without a permission', { authorizationInfo: undefined }, { action: 'storage.objects.get', resources: [] }],
])('an audit log entry about %s', (_, more, expected) => {
  expect(readAuditLog(entry(more))).toMatchObject(expected);
});

// The columns of https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azureactivity; the values are made up.
const row = (more: object = {}) => ({
  EventDataId: 'd1',
  TimeGenerated: '2026-11-25T12:00:00Z',
  OperationNameValue: 'MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION',
  ActivityStatusValue: 'Success',
  Caller: '11111111-1111-1111-1111-111111111111',
  CallerIpAddress: '198.51.100.7',
  _ResourceId: '/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a',
  ...more,
});

test('a row of the activity log says who acted on what', () => {
  expect(readAzureLog(row())).toEqual({
    id: 'd1',
    time: '2026-11-25T12:00:00.000Z',
    cloud: 'azure',
    principal: '11111111-1111-1111-1111-111111111111',
    action: 'MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION',
    resources: ['/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/a'],
    outcome: 'succeeded',
    account: 's',
    source: '198.51.100.7',
  });
});

test.each<readonly [string, object, string]>([
  ['forbidden', { ActivityStatusValue: 'Failure', ActivitySubstatusValue: 'Forbidden' }, 'denied'],
  ['not found', { ActivityStatusValue: 'Failure', ActivitySubstatusValue: 'NotFound' }, 'not-found'],
  ['too much', { ActivityStatusValue: 'Failure', ActivitySubstatusValue: 'TooManyRequests' }, 'throttled'],
  ['wrong', { ActivityStatusValue: 'Failure', ActivitySubstatusValue: 'BadRequest' }, 'invalid'],
  ['failed', { ActivityStatusValue: 'Failure' }, 'failed'],
])('an operation that is %s', (_, more, outcome) => {
  expect(readAzureLog(row(more))).toMatchObject({ outcome });
});

test.each<readonly [string, unknown]>([
  ['Google Cloud', readAuditLog({ insertId: 'i', protoPayload: { '@type': 'other' } })],
  ['Google Cloud', readAuditLog('x')],
  ['Google Cloud', readAuditLog({ protoPayload: { '@type': 'type.googleapis.com/google.cloud.audit.AuditLog' } })],
  ['Azure', readAzureLog([])],
  ['Azure', readAzureLog({ EventDataId: 'd' })],
])('a record of %s that cannot be read says why', (_, read) => {
  expect(read).toMatchObject({ reason: expect.stringMatching(/\.$/) });
});
