import { readLog } from '../../lib/cli/read-log';
import { type AgentEvent, isAgentEvent } from '../../lib/core/agent-event';
import type { WatchedGrant } from '../../lib/core/detection/registry';

/** One call of a story, in no cloud's words. */
export type Call = 'list' | 'read' | 'read-elsewhere' | 'delete' | 'give-itself-access' | 'stop-the-log' | 'read-what-is-not-there';

/** How one cloud records the calls of an agent that may list and read below a prefix. */
export interface RecordedCloud {
  readonly principal: string;
  readonly grants: readonly WatchedGrant[];
  /** A record as the cloud's log has it. @param at ISO 8601 in UTC @param thing what tells this call's object from others */
  readonly record: (call: Call, context: { readonly id: string; readonly at: string; readonly thing: string }) => object;
}

const AWS_ROLE = 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader';
const AWS_CALLS: Readonly<Record<Call, readonly [source: string, name: string, parameters: (thing: string) => object, error?: string]>> = {
  list: ['s3', 'ListObjects', () => ({ bucketName: 'files', prefix: 'in/' })],
  read: ['s3', 'GetObject', (key) => ({ bucketName: 'files', key: `in/${key}` })],
  'read-elsewhere': ['s3', 'GetObject', (key) => ({ bucketName: 'salaries', key })],
  delete: ['s3', 'DeleteObject', (key) => ({ bucketName: 'files', key: `in/${key}` })],
  'give-itself-access': [
    'iam',
    'AttachRolePolicy',
    () => ({ roleName: 'main--reader', policyArn: 'arn:aws:iam::111122223333:policy/salaries' }),
  ],
  'stop-the-log': ['cloudtrail', 'StopLogging', () => ({ name: 'agentic-iam-main' })],
  'read-what-is-not-there': ['s3', 'GetObject', (key) => ({ bucketName: 'files', key: `in/${key}` }), 'NoSuchKey'],
};

const AZURE_ID = '11111111-2222-3333-4444-555555555555';
const ACCOUNT = '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/data';
const blobCall = (category: string, operationName: string, objectKey: string, statusCode = 200): object => ({
  resourceId: `${ACCOUNT}/blobServices/default`,
  category,
  operationName,
  statusCode,
  statusText: statusCode === 200 ? 'Success' : 'BlobNotFound',
  location: 'westeurope',
  identity: { type: 'OAuth', tokenHash: 'h', requester: { objectId: AZURE_ID, appId: 'app' } },
  properties: { accountName: 'data', objectKey, serviceType: 'blob' },
});
const armCall = (resourceId: string, operationName: string): object => ({
  resourceId,
  category: 'Administrative',
  operationName,
  resultType: 'Success',
  identity: { claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': AZURE_ID } },
});
const AZURE_CALLS: Readonly<Record<Call, (thing: string) => object>> = {
  list: () => blobCall('StorageRead', 'ListBlobs', '/data/files'),
  read: (thing) => blobCall('StorageRead', 'GetBlob', `/data/files/in/${thing}`),
  'read-elsewhere': (thing) => blobCall('StorageRead', 'GetBlob', `/data/salaries/${thing}`),
  delete: (thing) => blobCall('StorageDelete', 'DeleteBlob', `/data/files/in/${thing}`),
  'give-itself-access': () =>
    armCall('/subscriptions/s1/providers/Microsoft.Authorization/roleAssignments/1', 'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE'),
  'stop-the-log': () =>
    armCall(`${ACCOUNT}/providers/microsoft.insights/diagnosticSettings/a`, 'MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE'),
  'read-what-is-not-there': (thing) => blobCall('StorageRead', 'GetBlob', `/data/files/in/${thing}`, 404),
};

const GOOGLE_EMAIL = 'main--reader@p-1.iam.gserviceaccount.com';
const FILES = 'projects/_/buckets/files';
const GOOGLE_CALLS: Readonly<Record<Call, readonly [permission: string, resource: (thing: string) => string, code?: number]>> = {
  list: ['storage.objects.list', () => FILES],
  read: ['storage.objects.get', (thing) => `${FILES}/objects/in/${thing}`],
  'read-elsewhere': ['storage.objects.get', (thing) => `projects/_/buckets/salaries/objects/${thing}`],
  delete: ['storage.objects.delete', (thing) => `${FILES}/objects/in/${thing}`],
  'give-itself-access': ['resourcemanager.projects.setIamPolicy', () => 'projects/p-1'],
  'stop-the-log': ['logging.sinks.delete', () => 'projects/p-1/sinks/agentic-iam-main-calls'],
  'read-what-is-not-there': ['storage.objects.get', (thing) => `${FILES}/objects/in/${thing}`, 5],
};

export const RECORDED: Readonly<Record<string, RecordedCloud>> = {
  aws: {
    principal: AWS_ROLE,
    grants: [
      { step: 'files:list', actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::files'] },
      { step: 'files:read', actions: ['s3:GetObject'], resources: ['arn:aws:s3:::files/in/*'] },
    ],
    record: (call, { id, at, thing }) => {
      const [source, eventName, parameters, errorCode] = AWS_CALLS[call];
      return {
        eventVersion: '1.11',
        userIdentity: {
          type: 'AssumedRole',
          principalId: 'AROAEXAMPLE:s',
          arn: 'arn:aws:sts::111122223333:assumed-role/main--reader/s',
          accountId: '111122223333',
          accessKeyId: 'ASIAEXAMPLE',
          sessionContext: { sessionIssuer: { type: 'Role', arn: AWS_ROLE, accountId: '111122223333', userName: 'main--reader' } },
        },
        eventTime: at,
        eventSource: `${source}.amazonaws.com`,
        eventName,
        awsRegion: 'eu-central-1',
        requestParameters: parameters(thing),
        eventID: id,
        eventType: 'AwsApiCall',
        recipientAccountId: '111122223333',
        ...(errorCode ? { errorCode } : {}),
      };
    },
  },
  azure: {
    principal: AZURE_ID,
    grants: [
      {
        step: 'files:list',
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
        resources: [`${ACCOUNT}/blobServices/default/containers/files`.toLowerCase()],
      },
      {
        step: 'files:read',
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
        resources: [`${ACCOUNT}/blobServices/default/containers/files/blobs/in/*`.toLowerCase()],
      },
    ],
    record: (call, { id, at, thing }) => ({ time: at, correlationId: id, callerIpAddress: '10.0.0.1', ...AZURE_CALLS[call](thing) }),
  },
  gcp: {
    principal: GOOGLE_EMAIL,
    grants: [
      { step: 'files:list', actions: ['storage.objects.list'], resources: [FILES] },
      { step: 'files:read', actions: ['storage.objects.get'], resources: [`${FILES}/objects/in/*`] },
    ],
    record: (call, { id, at, thing }) => {
      const [permission, resource, code] = GOOGLE_CALLS[call];
      return {
        insertId: id,
        timestamp: at,
        logName: 'projects/p-1/logs/cloudaudit.googleapis.com%2Fdata_access',
        resource: { type: 'gcs_bucket', labels: { project_id: 'p-1', location: 'eu' } },
        protoPayload: {
          '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
          methodName: permission,
          authenticationInfo: { principalEmail: GOOGLE_EMAIL },
          authorizationInfo: [{ permission, resource: resource(thing), granted: true }],
          ...(code === undefined ? {} : { status: { code, message: 'not found' } }),
        },
      };
    },
  },
};

/** A chapter as one cloud recorded it: seconds from its beginning, and calls. */
export function eventsOf({ record }: RecordedCloud, chapter: readonly (readonly [seconds: number, call: Call])[]): readonly AgentEvent[] {
  return chapter.map(([seconds, call], at) => {
    const time = new Date(Date.parse('2026-11-26T08:00:00Z') + seconds * 1000).toISOString();
    const read = readLog(record(call, { id: `e${at}`, at: time, thing: `${at}.pdf` }));
    if (!isAgentEvent(read)) throw new Error(`${call}: ${read.reason}`);
    return read;
  });
}
