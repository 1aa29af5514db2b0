import { proveReadOnly } from '../../../lib/core/review/read-only';
import { assigned, DEV, STORE, SUBSCRIPTION, worldOf } from './stack';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const EVERYONE = '00000000-0000-0000-0000-000000000000';

function denied(more: object, scope = SUBSCRIPTION): object {
  const properties = {
    denyAssignmentName: 'stop',
    permissions: [
      {
        actions: ['*'],
        notActions: ['*/read'],
        dataActions: [`${BLOBS}/write`, `${BLOBS}/delete`, `${BLOBS}/*/action`],
        notDataActions: [],
      },
    ],
    principals: [{ id: DEV, type: 'ServicePrincipal' }],
    ...more,
  };
  const azapi_resource = { stop: { type: 'Microsoft.Authorization/denyAssignments@2022-04-01', parent_id: scope, body: { properties } } };
  return assigned({ role_definition_name: 'Storage Blob Data Contributor' }, { scope: STORE, resources: { azapi_resource } });
}

test.each<readonly [string, object, string]>([
  ['of the identity', denied({}), 'explicitly-denied'],
  ['of everyone', denied({ principals: [{ id: EVERYONE, type: 'SystemDefined' }] }), 'explicitly-denied'],
  ['of everyone but it', denied({ principals: [{ id: EVERYONE, type: 'SystemDefined' }], excludePrincipals: [{ id: DEV }] }), 'allowed'],
  ['of another identity', denied({ principals: [{ id: '11111111-1111-1111-1111-111111111111' }] }), 'allowed'],
  ['in another place', denied({}, `${STORE}2`), 'allowed'],
  ['under a condition, which may not hold', denied({ condition: 'x', conditionVersion: '2.0' }), 'allowed'],
  ['of one scope without what is below', denied({ doNotApplyToChildScopes: true }), 'allowed'],
])('a deny assignment %s: a write is %s', (_, json, effect) => {
  expect(worldOf(json).decide(DEV, { action: `${BLOBS}/write`, resource: STORE }).effect).toBe(effect);
});

test('takes out of what is listed, and leaves reads', () => {
  expect(worldOf(denied({})).decide(DEV, { action: `${BLOBS}/read`, resource: STORE }).effect).toBe('allowed');
  expect(
    proveReadOnly(
      DEV,
      worldOf(denied({ permissions: [{ actions: ['*'], dataActions: [`${BLOBS}/*`], notDataActions: [`${BLOBS}/read`] }] })),
    ).verdict,
  ).toBe('proven');
});
