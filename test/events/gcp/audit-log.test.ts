import { readFileSync } from 'node:fs';
import { GCP_TRAITS, gcpWatched, readAuditLog } from '../../../lib/events/gcp';
import { gcpTraitsText } from '../../../tools/action-traits';
import { manifestAgent } from '../manifest-agent';

const ENTRY = {
  insertId: 'i1',
  timestamp: '2026-11-26T08:00:00Z',
  resource: { type: 'gcs_bucket', labels: { project_id: 'example-finance', location: 'eu' } },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    methodName: 'storage.objects.get',
    authenticationInfo: { principalEmail: 'prod--invoice-reader@example-finance.iam.gserviceaccount.com' },
    authorizationInfo: [
      { permission: 'storage.objects.get', resource: 'projects/_/buckets/b/objects/o', granted: true, permissionType: 'DATA_READ' },
    ],
    requestMetadata: { callerIp: '10.0.0.1' },
  },
};
const entry = (payload: object = {}, more: object = {}) => ({ ...ENTRY, ...more, protoPayload: { ...ENTRY.protoPayload, ...payload } });

test('a read of data', () => {
  expect(readAuditLog(entry())).toMatchInlineSnapshot(`
{
  "account": "example-finance",
  "action": "storage.objects.get",
  "agent": "invoice-reader",
  "cloud": "gcp",
  "fleet": "prod",
  "id": "i1",
  "outcome": "succeeded",
  "principal": "prod--invoice-reader@example-finance.iam.gserviceaccount.com",
  "readOnly": true,
  "region": "eu",
  "resources": [
    "projects/_/buckets/b/objects/o",
  ],
  "source": "10.0.0.1",
  "time": "2026-11-26T08:00:00.000Z",
}
`);
});

test.each<[string, object, object]>([
  [
    'a key is the credential',
    {
      authenticationInfo: {
        principalEmail: 'x@p.iam.gserviceaccount.com',
        serviceAccountKeyName: '//iam.googleapis.com/projects/p/serviceAccounts/x/keys/k1',
      },
    },
    { credential: 'k1' },
  ],
  [
    'a federated principal has a subject',
    {
      authenticationInfo: {
        principalSubject: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s',
      },
    },
    { principal: 'principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s' },
  ],
  [
    'through whom the token came',
    {
      authenticationInfo: {
        principalEmail: 'prod--child@p-1.iam.gserviceaccount.com',
        serviceAccountDelegationInfo: [{ firstPartyPrincipal: { principalEmail: 'prod--lead@p-1.iam.gserviceaccount.com' } }],
      },
    },
    { agent: 'child', chain: ['lead', 'child'] },
  ],
  [
    'of several permissions the refused one',
    {
      authorizationInfo: [
        { permission: 'a.b.get', granted: true },
        { permission: 'a.b.delete', granted: false },
      ],
    },
    { action: 'a.b.delete', outcome: 'denied' },
  ],
  ['what is not there', { status: { code: 5, message: 'no' } }, { outcome: 'not-found', error: '5' }],
  [
    'everyone, another project, and an owner are let in',
    {
      serviceData: {
        policyDelta: {
          bindingDeltas: [
            { action: 'ADD', role: 'roles/viewer', member: 'allUsers' },
            { action: 'ADD', role: 'roles/owner', member: 'serviceAccount:x@other.iam.gserviceaccount.com' },
            { action: 'REMOVE', role: 'roles/owner', member: 'user:ada@example.com' },
          ],
        },
      },
    },
    {
      effects: [
        { kind: 'lets-in', to: 'everyone' },
        { kind: 'administers', to: 'roles/owner' },
        { kind: 'lets-in', to: 'other' },
      ],
    },
  ],
])('%s', (_, payload, expected) => {
  expect(readAuditLog(entry(payload))).toMatchObject(expected);
});

test('a token of an account is asked for on its email', () => {
  const resource = { type: 'service_account', labels: { email_id: 'prod--lead@p.iam.gserviceaccount.com', project_id: 'p' } };
  const asked = {
    authorizationInfo: [{ permission: 'iam.serviceAccounts.getAccessToken', granted: true, resource: 'projects/-/serviceAccounts/117' }],
  };
  expect(readAuditLog(entry(asked, { resource }))).toMatchObject({ resources: ['prod--lead@p.iam.gserviceaccount.com'] });
});

test.each<[string, object, object]>([
  ['the end of an operation that began before', { authorizationInfo: [] }, { expected: true }],
  ['the end that says what was asked for', {}, { action: 'storage.objects.get' }],
  ['the end that failed', { authorizationInfo: [], status: { code: 7 } }, { outcome: 'denied' }],
])('%s', (_, payload, expected) => {
  expect(readAuditLog(entry(payload, { operation: { id: 'o', last: true } }))).toMatchObject(expected);
});

test('traits are what the review knows, and reads of data have none', () => {
  expect(gcpTraitsText()).toBe(readFileSync('lib/events/gcp/traits.json', 'utf8'));
  expect(GCP_TRAITS.of('resourcemanager.projects.setIamPolicy')).toEqual(['changes-access', 'escalation-step']);
  expect(GCP_TRAITS.of('iam.serviceAccountKeys.create')).toEqual([
    'changes-access',
    'yields-credentials',
    'escalation-step',
    'makes-credentials',
  ]);
  expect(GCP_TRAITS.of('logging.sinks.delete')).toEqual(['tampers-with-evidence']);
  expect(GCP_TRAITS.of('storage.objects.get')).toEqual([]);
});

test('what is watched: exact names, prefixes of conditions, references by what the template says of them', () => {
  const agent = manifestAgent('gcp', {
    identity: { name: 'prod--reader', principal: '${google_service_account.a.member}' },
    access: [
      {
        capability: 'objects:read',
        resource: 'files',
        permissions: ['storage.objects.get'],
        scopes: [{ type: 'storage-bucket', bucket: '${google_storage_bucket.B.name}' }],
        conditions: [{ prefix: 'in/' }],
      },
      {
        capability: 'secrets:read',
        resource: 'token',
        permissions: ['secretmanager.versions.access'],
        scopes: [{ type: 'secret', secretId: 'erp', project: 'p' }],
        conditions: [],
      },
      {
        capability: 'models:invoke',
        resource: 'model',
        permissions: ['aiplatform.endpoints.predict'],
        scopes: [{ type: 'project', project: 'p' }],
        conditions: [],
      },
    ],
  });
  const known = gcpWatched(agent, (reference) => (reference === 'google_storage_bucket.B.name' ? 'files-1' : '*'));
  expect(known.principals).toEqual(['prod--reader@*.iam.gserviceaccount.com']);
  expect(known.grants.map(({ resources }) => resources)).toEqual([
    ['projects/_/buckets/files-1', 'projects/_/buckets/files-1/objects/in/*'],
    ['projects/*/secrets/erp', 'projects/*/secrets/erp/versions/*'],
    ['*'],
  ]);
  const deployed = gcpWatched(agent, () => 'serviceAccount:prod--reader@p-1.iam.gserviceaccount.com');
  expect([deployed.principals, deployed.scope.accounts]).toEqual([['prod--reader@p-1.iam.gserviceaccount.com'], ['p-1']]);
});
