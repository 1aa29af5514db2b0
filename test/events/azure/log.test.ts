import { readFileSync } from 'node:fs';
import { AZURE_TRAITS, azureWatched, readAzureLog } from '../../../lib/events/azure';
import { azureTraitsText } from '../../../tools/action-traits';
import { manifestAgent } from '../manifest-agent';

const VAULT = '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/FINANCE/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/SECRETS-1';
const OID = '11111111-2222-3333-4444-555555555555';
const MIRID = '/subscriptions/s1/resourcegroups/agents/providers/Microsoft.ManagedIdentity/userAssignedIdentities/prod--invoice-reader';

const activity = {
  time: '2026-11-26T08:00:00Z',
  resourceId: '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/a',
  operationName: 'MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION',
  category: 'Administrative',
  resultType: 'Success',
  correlationId: 'c1',
  callerIpAddress: '10.0.0.1',
  identity: { claims: { 'http://schemas.microsoft.com/identity/claims/objectidentifier': OID, xms_mirid: MIRID, uti: 'token1' } },
};
const blob = {
  time: '2026-11-26T08:00:00Z',
  resourceId: '/subscriptions/s1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/data/blobServices/default',
  category: 'StorageRead',
  operationName: 'GetBlob',
  statusCode: 200,
  statusText: 'Success',
  correlationId: 'c2',
  callerIpAddress: '10.0.0.1:4711',
  location: 'West Europe',
  identity: { type: 'OAuth', tokenHash: 'h1', requester: { objectId: OID, appId: 'app' } },
  properties: { accountName: 'data', objectKey: '/data/Invoices/in/A.pdf', serviceType: 'blob' },
};
const secret = {
  time: '2026-11-26T08:00:00Z',
  resourceId: VAULT,
  category: 'AuditEvent',
  operationName: 'SecretGet',
  resultType: 'Success',
  correlationId: 'c3',
  callerIpAddress: '10.0.0.1',
  identity: { claim: { oid: OID, xms_mirid: MIRID } },
  properties: { id: 'https://secrets-1.vault.azure.net/secrets/erp-token/1234', httpStatusCode: 200 },
};

const ROWS: readonly (readonly [string, object])[] = [
  ['activity', activity],
  ['blob', blob],
  ['secret', secret],
  [
    'a row of StorageBlobLogs',
    {
      TimeGenerated: '2026-11-26T08:00:00Z',
      Type: 'StorageBlobLogs',
      _ResourceId: blob.resourceId.replace('/blobServices/default', ''),
      ServiceType: 'blob',
      OperationName: 'ListBlobs',
      StatusCode: '403',
      StatusText: 'AuthorizationPermissionMismatch',
      CorrelationId: 'c4',
      Uri: 'https://data.blob.core.windows.net/invoices?restype=container&comp=list',
      RequesterObjectId: OID,
      AuthenticationHash: 'h2',
      AuthorizationDetails: '[{"action":"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"}]',
      CallerIpAddress: '10.0.0.1:1',
    },
  ],
  [
    'a row of AZKVAuditLogs',
    {
      TimeGenerated: '2026-11-26T08:00:00Z',
      Type: 'AZKVAuditLogs',
      _ResourceId: VAULT,
      OperationName: 'KeySign',
      ResultType: 'Success',
      HttpStatusCode: 404,
      CorrelationId: 'c5',
      RequestUri: 'https://secrets-1.vault.azure.net/keys/k/1/sign?api-version=7.5',
      Identity: `{"claim":{"oid":"${OID}"}}`,
      CallerIPAddress: '10.0.0.1',
    },
  ],
  [
    'a sign-in of a managed identity',
    {
      time: '2026-11-26T08:00:00Z',
      category: 'ManagedIdentitySignInLogs',
      resultType: '0',
      properties: {
        id: 's1',
        servicePrincipalId: OID,
        servicePrincipalName: 'prod--invoice-reader',
        resourceDisplayName: 'Azure Storage',
        ipAddress: '10.0.0.9',
        uniqueTokenIdentifier: 'u1',
      },
    },
  ],
  [
    'a change of the directory',
    {
      time: '2026-11-26T08:00:00Z',
      category: 'AuditLogs',
      operationName: 'Add member to role',
      properties: {
        id: 'd1',
        activityDateTime: '2026-11-26T08:00:00Z',
        result: 'success',
        initiatedBy: { app: { servicePrincipalId: OID } },
        targetResources: [{ id: 'T1', displayName: 't' }],
      },
    },
  ],
  [
    'a request to Graph',
    {
      TimeGenerated: '2026-11-26T08:00:00Z',
      Type: 'MicrosoftGraphActivityLogs',
      RequestId: 'g1',
      RequestMethod: 'POST',
      RequestUri: `https://graph.microsoft.com/v1.0/applications/${OID}/addPassword`,
      ResponseStatusCode: 403,
      ServicePrincipalId: OID,
      SignInActivityId: 'u2',
      IPAddress: '10.0.0.1',
    },
  ],
];

test('records of each log', () => {
  expect(Object.fromEntries(ROWS.map(([name, row]) => [name, readAzureLog(row)]))).toMatchInlineSnapshot(`
{
  "a change of the directory": {
    "action": "Add member to role",
    "cloud": "azure",
    "id": "d1",
    "outcome": "succeeded",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "t1",
    ],
    "time": "2026-11-26T08:00:00.000Z",
  },
  "a request to Graph": {
    "action": "graph:POST /v1.0/applications/{id}/addPassword",
    "cloud": "azure",
    "error": "403",
    "id": "g1",
    "outcome": "denied",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "/v1.0/applications/11111111-2222-3333-4444-555555555555/addPassword",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "a row of AZKVAuditLogs": {
    "account": "s1",
    "action": "Microsoft.KeyVault/vaults/keys/sign/action",
    "cloud": "azure",
    "id": "c5 KeySign /subscriptions/s1/resourcegroups/finance/providers/microsoft.keyvault/vaults/secrets-1/keys/k",
    "outcome": "not-found",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "/subscriptions/s1/resourcegroups/finance/providers/microsoft.keyvault/vaults/secrets-1/keys/k",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "a row of StorageBlobLogs": {
    "account": "s1",
    "action": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "cloud": "azure",
    "error": "AuthorizationPermissionMismatch",
    "id": "c4 ListBlobs /subscriptions/s1/resourcegroups/r/providers/microsoft.storage/storageaccounts/data/blobservices/default/containers/invoices",
    "outcome": "denied",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "/subscriptions/s1/resourcegroups/r/providers/microsoft.storage/storageaccounts/data/blobservices/default/containers/invoices",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "a sign-in of a managed identity": {
    "action": "Sign-in activity",
    "agent": "invoice-reader",
    "cloud": "azure",
    "fleet": "prod",
    "id": "s1 Azure Storage",
    "outcome": "succeeded",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "Azure Storage",
    ],
    "source": "10.0.0.9",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "activity": {
    "account": "s1",
    "action": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
    "agent": "invoice-reader",
    "cloud": "azure",
    "fleet": "prod",
    "id": "c1 MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION Success 2026-11-26T08:00:00Z",
    "outcome": "succeeded",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "/subscriptions/s1/resourcegroups/r/providers/microsoft.storage/storageaccounts/a",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "blob": {
    "account": "s1",
    "action": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "cloud": "azure",
    "id": "c2 GetBlob /subscriptions/s1/resourcegroups/r/providers/microsoft.storage/storageaccounts/data/blobservices/default/containers/invoices/blobs/in/A.pdf",
    "outcome": "succeeded",
    "principal": "11111111-2222-3333-4444-555555555555",
    "region": "westeurope",
    "resources": [
      "/subscriptions/s1/resourcegroups/r/providers/microsoft.storage/storageaccounts/data/blobservices/default/containers/invoices/blobs/in/A.pdf",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
  "secret": {
    "account": "s1",
    "action": "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "agent": "invoice-reader",
    "cloud": "azure",
    "fleet": "prod",
    "id": "c3 SecretGet /subscriptions/s1/resourcegroups/finance/providers/microsoft.keyvault/vaults/secrets-1/secrets/erp-token",
    "outcome": "succeeded",
    "principal": "11111111-2222-3333-4444-555555555555",
    "resources": [
      "/subscriptions/s1/resourcegroups/finance/providers/microsoft.keyvault/vaults/secrets-1/secrets/erp-token",
    ],
    "source": "10.0.0.1",
    "time": "2026-11-26T08:00:00.000Z",
  },
}
`);
});

test.each<[string, object, object]>([
  ['the beginning of an operation', { ...activity, resultType: 'Start' }, { expected: true }],
  ['a request that asks for a token first', { ...secret, operationName: 'Authentication' }, { expected: true }],
  ['what nobody knows', { ...blob, operationName: 'Frobnicate' }, { reason: expect.stringContaining('Frobnicate') }],
  [
    'what was refused',
    { ...activity, resultType: 'Failure', resultSignature: 'Failed.Forbidden' },
    { outcome: 'denied', error: 'Failed.Forbidden' },
  ],
  ['what was not there', { ...activity, resultType: 'Failure', resultSignature: 'NotFound' }, { outcome: 'not-found' }],
  [
    'a role that administers',
    {
      ...activity,
      operationName: 'Microsoft.Authorization/roleAssignments/write',
      properties: {
        requestbody: '{"Properties":{"RoleDefinitionId":"/providers/x/roleDefinitions/8E3AF657-a8ff-443c-a75c-2fe8c4bcb635"}}',
      },
    },
    { effects: [{ kind: 'administers', to: 'Owner' }] },
  ],
  [
    'a store that is opened',
    {
      ...activity,
      operationName: 'Microsoft.Storage/storageAccounts/write',
      properties: { requestbody: '{"properties":{"allowBlobPublicAccess":true}}' },
    },
    { effects: [{ kind: 'lets-in', to: 'everyone' }] },
  ],
  ['no object', [], { reason: 'It is no JSON object.' }],
])('%s', (_, row, expected) => {
  expect(readAzureLog(row)).toMatchObject(expected);
});

test('traits are what the review knows, in any case', () => {
  expect(azureTraitsText()).toBe(readFileSync('lib/events/azure/traits.json', 'utf8'));
  expect(AZURE_TRAITS.of('MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION')).toEqual(['yields-credentials', 'escalation-step']);
  expect(AZURE_TRAITS.of('Microsoft.Authorization/roleAssignments/write')).toEqual(['changes-access', 'escalation-step']);
  expect(AZURE_TRAITS.of('Microsoft.Insights/diagnosticSettings/delete')).toEqual(['tampers-with-evidence']);
  expect(AZURE_TRAITS.of('Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read')).toEqual([]);
  expect(AZURE_TRAITS.of('Sign-in activity')).toEqual(['free']);
});

test('what is watched: ids in lower case, prefixes of conditions, object ids once they are known', () => {
  const container =
    '/subscriptions/S1/resourceGroups/r/providers/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/invoices';
  const agent = manifestAgent('azure', {
    identity: { name: 'prod--reader', principal: { principalId: '${azurerm_user_assigned_identity.a.principal_id}', clientId: 'x*' } },
    access: [
      {
        capability: 'objects:read',
        resource: 'files',
        permissions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
        scopes: [container],
        conditions: [{ prefix: 'in/' }],
      },
      {
        capability: 'secrets:read',
        resource: 'token',
        permissions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
        scopes: [`${VAULT}/secrets/Erp`],
        conditions: [],
      },
    ],
  });
  const known = azureWatched(agent);
  expect(known.principals).toBeUndefined();
  expect(known.scope.accounts).toEqual(['s1']);
  expect(known.grants.map(({ resources }) => resources)).toEqual([
    [container.toLowerCase(), `${container.toLowerCase()}/blobs/in/*`],
    [`${VAULT}/secrets/erp`.toLowerCase(), `${VAULT}/secrets/erp/*`.toLowerCase()],
  ]);
  expect(azureWatched(agent, () => OID).principals).toEqual([OID]);
});
