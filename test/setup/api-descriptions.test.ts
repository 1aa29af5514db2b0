import { type DescribedRequest, PublishedApi } from './api-descriptions';

const api = new PublishedApi(() => true);
const request = (more: Partial<DescribedRequest>): DescribedRequest => ({ method: 'POST', path: '/', query: '', body: {}, ...more });
const DENIAL = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/denyAssignments/d';
const DEPLOY = {
  method: 'PUT',
  path: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Resources/deployments/d',
  query: 'api-version=2022-09-01',
};
/** A deployment of a template that denies. */
const denial = (permission: object, { top = {}, resource = {}, type = 'Microsoft.Authorization/denyAssignments', more = {} } = {}) => {
  const properties = { permissions: [permission], principals: [{ id: 'p', type: 'ServicePrincipal' }] };
  return { properties: { template: { resources: [{ type, properties, ...resource }], ...top }, ...more } };
};
const SECRET = { service: 'keyvault-secrets', method: 'PATCH', path: '/secrets/erp/0123' };
const ROLE = '/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r';

test.each<[string, Partial<DescribedRequest>, string | undefined]>([
  ['a call that is published', { service: 'iam', path: '/v1/projects/p/serviceAccounts/a:disable' }, undefined],
  [
    'one that is not',
    { service: 'iam', path: '/v1/projects/p/serviceAccounts/a:stop' },
    'POST /v1/projects/p/serviceAccounts/a:stop is no call that iam publishes',
  ],
  ['another method', { service: 'run', method: 'PUT', path: '/v2/projects/p/locations/l/services/s' }, 'is no call that run publishes'],
  ['another parameter', { service: 'run', method: 'PATCH', path: '/v2/projects/p', query: 'mask=a' }, "takes no parameter 'mask'"],
  [
    'another field',
    { service: 'run', method: 'PATCH', path: '/v2/projects/p', body: { scaling: { mode: 1 } } },
    "run.Schema$GoogleCloudRunV2ServiceScaling has no field 'mode'",
  ],
  [
    'a body where there is none',
    { service: 'compute', path: '/compute/v1/projects/p/zones/z/instances/i/stop', body: { force: true } },
    'takes no body',
  ],
  [
    'a field within a list',
    { service: 'pubsub', path: '/v1/projects/p/topics/t:publish', body: { messages: [{ text: 'x' }] } },
    "pubsub.Schema$PubsubMessage has no field 'text'",
  ],
  [
    'keys of a map are free, what is in it is not',
    {
      service: 'firestore',
      path: '/v1/projects/p/databases/d/documents:commit',
      body: { writes: [{ update: { fields: { any: { texts: '' } } } }] },
    },
    "firestore.Schema$Value has no field 'texts'",
  ],
  ['a role', { method: 'PUT', path: ROLE, query: 'api-version=2022-04-01', body: { properties: { principalId: 'p' } } }, undefined],
  ['a role without a version', { method: 'PUT', path: ROLE, body: { properties: {} } }, 'lacks its api-version'],
  [
    'a role with another property',
    { method: 'PUT', path: ROLE, query: 'api-version=2022-04-01', body: { properties: { principal: 'p' } } },
    "has no property 'principal'",
  ],
  ['a denial', { ...DEPLOY, body: denial({ actions: ['*/write'] }) }, undefined],
  [
    'a denial without a template',
    { method: 'PUT', path: DENIAL, query: 'api-version=2024-07-01-preview' },
    'is no call that Azure publishes',
  ],
  [
    'a denial of something else',
    { ...DEPLOY, body: denial({ action: ['*/write'] }) },
    "a denyAssignmentPermission has no property 'action'",
  ],
  ['a deployment without a version', { ...DEPLOY, query: '', body: denial({}) }, 'lacks its api-version'],
  ['a deployment of another kind', { ...DEPLOY, body: denial({}, { more: { method: 'x' } }) }, "has no property 'method'"],
  ['a template with another part', { ...DEPLOY, body: denial({}, { top: { resource: [] } }) }, "a template has no 'resource'"],
  ['a template that gives a role', { ...DEPLOY, body: denial({}, { type: 'Microsoft.Authorization/roleAssignments' }) }, 'is no resource'],
  ['a resource with another part', { ...DEPLOY, body: denial({}, { resource: { resourceGroup: 'g' } }) }, "has no 'resourceGroup'"],
  ['a secret', { ...SECRET, query: 'api-version=7.4', body: { attributes: { enabled: false } } }, undefined],
  ['a secret without a version of the API', { ...SECRET, query: 'api-version=2023-07-01', body: {} }, 'lacks its api-version'],
  ['a secret that is given a value', { ...SECRET, query: 'api-version=7.4', body: { value: 'x' } }, "a secret has no property 'value'"],
  [
    'a secret with another attribute',
    { ...SECRET, query: 'api-version=7.4', body: { attributes: { disabled: true } } },
    "a secretAttributes has no property 'disabled'",
  ],
  ['the value of a secret', { ...SECRET, method: 'GET', query: 'api-version=7.4' }, 'is no call that keyvault-secrets publishes'],
  ['a principal', { method: 'PATCH', path: '/v1.0/servicePrincipals/0-a', body: { accountEnabled: false } }, undefined],
  [
    'a principal with another property',
    { method: 'PATCH', path: '/v1.0/servicePrincipals/0-a', body: { enabled: false } },
    "a service principal has no property 'enabled'",
  ],
])('%s', (_name, given, problem) => {
  const found = api.problemOf(request(given));
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});
