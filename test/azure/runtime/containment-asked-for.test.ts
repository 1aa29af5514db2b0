import type { AzureContainment } from '../../../lib/azure/runtime/containment/agent';
import { denialId } from '../../../lib/azure/runtime/containment/denials';
import { assigned, DEV, worldOf } from '../../policy/azure/stack';
import { ASKED, agentOf, type Contained, made, NATIVE, OTHER, PRINCIPAL, SUBSCRIPTION, VERSIONS } from './contained';

const QUARANTINE = { id: 'i1', stage: 'quarantined', triggers: [], openedAt: '2026-11-26T08:00:00Z' } as never;
const KEY = 'incidents/main/reader/i1/secrets.json';
const SCOPE = `${SUBSCRIPTION}/resourcegroups/r`;

let cloud: Contained;
beforeEach(async () => {
  cloud = await made(ASKED);
});
afterEach(() => cloud.stop());

/** Does a step; what it throws is its message. */
async function step(
  id: string,
  native: AzureContainment = ASKED,
  incident = QUARANTINE,
): Promise<{ readonly ok: boolean; readonly said: string }> {
  try {
    const outcome = await cloud.ports.handlers[id]?.(agentOf(native), incident);
    return { ok: outcome?.ok ?? false, said: outcome?.receipt.said ?? '' };
  } catch (error) {
    return { ok: false, said: (error as Error).message };
  }
}
const contain = async (...ids: readonly string[]): Promise<void> => {
  for (const id of ids) expect(await step(id)).toMatchObject({ ok: true });
};
const enabled = (): readonly string[] => [...cloud.server.versions].filter(([, is]) => is).map(([id]) => id);
const calls = (): readonly string[] => {
  const made: string[] = [];
  cloud.server.fault = ({ method, path }) => {
    made.push(`${method} ${path}`);
    return undefined;
  };
  return made;
};

describe('a deny assignment', () => {
  const id = denialId(SCOPE, PRINCIPAL);

  test('denies the agent alone everything but reading, in each scope that was named', async () => {
    await contain('deny');
    expect(cloud.server.denials.get(id.toLowerCase())).toEqual({
      denyAssignmentName: 'agentic-iam: agent reader of fleet main is contained',
      denyAssignmentEffect: 'enforced',
      permissions: [{ actions: ['*/action', '*/delete', '*/write'] }],
      principals: [{ id: PRINCIPAL, type: 'ServicePrincipal' }],
    });
    expect([...cloud.server.denials.keys()].filter((one) => !one.endsWith('/theirs'))).toEqual(
      ASKED.denyChangesIn?.map((scope) => denialId(scope, PRINCIPAL).toLowerCase()),
    );
  });

  // The policy engine says what the agent may do where somebody makes it an owner while it is quarantined.
  test.each<[string, string, string, string]>([
    ['a change', SCOPE, 'Microsoft.Storage/storageAccounts/write', 'explicitly-denied'],
    ['a key, by which data are read', SCOPE, 'Microsoft.Storage/storageAccounts/listKeys/action', 'explicitly-denied'],
    ['a role for somebody else', SCOPE, 'Microsoft.Authorization/roleAssignments/write', 'explicitly-denied'],
    ['reading, which cannot be denied', SCOPE, 'Microsoft.Storage/storageAccounts/read', 'allowed'],
    ['data, which cannot be denied', SCOPE, 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read', 'allowed'],
    ['a change in a group that nobody named', `${SUBSCRIPTION}/resourcegroups/other`, 'Microsoft.Storage/storageAccounts/write', 'allowed'],
  ])('decides where the agent is made an owner meanwhile: %s', async (_, group, action, effect) => {
    await contain('deny');
    const body = JSON.parse(JSON.stringify({ properties: cloud.server.denials.get(id.toLowerCase()) }).replaceAll(PRINCIPAL, DEV));
    const azapi_resource = { denied: { type: 'Microsoft.Authorization/denyAssignments@2024-07-01-preview', parent_id: SCOPE, body } };
    const azurerm_role_assignment = {
      owner: { scope: SUBSCRIPTION, principal_id: DEV, role_definition_name: 'Owner' },
    };
    const { resource } = assigned({ role_definition_name: 'Storage Blob Data Reader' }, { resources: { azapi_resource } }) as {
      readonly resource: Readonly<Record<string, object>>;
    };
    const world = worldOf({
      resource: { ...resource, azurerm_role_assignment: { ...resource['azurerm_role_assignment'], ...azurerm_role_assignment } },
    });
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/acme`;
    expect(world.decide(DEV, { action, resource: account }).effect).toBe(effect);
  });

  test('has an id that depends on its scope and the agent alone, however they are written', () => {
    expect(id).toMatch(/\/denyAssignments\/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(denialId(SCOPE.toUpperCase(), PRINCIPAL.toUpperCase()).toLowerCase()).toBe(id.toLowerCase());
    expect(denialId(SCOPE, OTHER)).not.toBe(id);
    expect(denialId(`${SCOPE}2`, PRINCIPAL).split('/').at(-1)).not.toBe(id.split('/').at(-1));
  });

  test('is made once, and is made whole again where somebody spared the agent', async () => {
    await contain('deny');
    const again = calls();
    await contain('deny');
    expect(again.filter((call) => call.startsWith('PUT'))).toEqual([]);
    for (const change of [
      { denyAssignmentEffect: 'audit' },
      { permissions: [{ actions: ['*/delete'] }] },
      { permissions: [{ actions: ['*/action', '*/delete', '*/write'], notActions: ['*/write'] }] },
      { principals: [{ id: OTHER, type: 'ServicePrincipal' }] },
      { excludePrincipals: [{ id: PRINCIPAL, type: 'ServicePrincipal' }] },
    ]) {
      cloud.server.denials.set(id.toLowerCase(), { ...cloud.server.denials.get(id.toLowerCase()), ...change });
      await contain('roles', 'federation', 'work', 'secrets');
      expect((await step('verify')).said).toBe(`changes are not denied in ${SCOPE}`);
      await contain('deny', 'verify');
    }
  });

  test('that the subscription does not allow fails the step, and stops nothing else', async () => {
    cloud.server.mayDeny = false;
    expect(await step('deny')).toMatchObject({ ok: false, said: expect.stringContaining('UserAssignedDenyAssignmentPropertiesNotValid') });
    await contain('roles', 'federation', 'work', 'secrets');
    expect((await step('verify')).said).toMatch(/^changes are not denied in/);
  });

  test('is deleted by a restore, and is looked for', async () => {
    await contain('roles', 'deny', 'give-roles');
    expect((await step('verify-released')).said).toBe(`changes are still denied in ${ASKED.denyChangesIn?.join(', ')}`);
    await contain('allow', 'allow', 'verify-released');
    expect([...cloud.server.denials.values()].map(({ principals }) => principals?.[0]?.id)).toEqual([OTHER]);
  });

  test('is made for nobody who is not the registered agent', async () => {
    for (const [key] of cloud.server.identities) cloud.server.identities.set(key, { properties: { principalId: OTHER }, tags: {} });
    expect((await step('deny')).ok).toBe(false);
    expect(cloud.server.denials.size).toBe(1);
  });
});

describe('secrets that are disabled', () => {
  test('are the versions that were enabled, written down before, and those alone are enabled again', async () => {
    const made = calls();
    await contain('secrets');
    expect(enabled()).toEqual(['pay/1']);
    expect(JSON.parse(cloud.evidence.get(KEY) ?? '')).toEqual({
      schemaVersion: 1,
      incident: 'i1',
      secrets: [
        { id: ASKED.secrets[0], versions: ['1', '3'] },
        { id: ASKED.secrets[1], versions: ['1'] },
      ],
    });
    // No value is asked for: nothing but lists of versions and changes of one attribute.
    for (const call of made) expect(call).toMatch(/^(GET \/secrets\/\w+\/versions|PATCH \/secrets\/\w+\/\d)$/);
    await contain('enable-secrets', 'enable-secrets');
    expect(Object.fromEntries(cloud.server.versions)).toEqual(VERSIONS);
  });

  test('stay known where the step failed half-way, and where it is done again', async () => {
    let patches = 0;
    cloud.server.fault = ({ method }) => {
      if (method === 'PATCH') patches += 1;
      return method === 'PATCH' && patches > 1 ? { status: 403, body: { error: { code: 'Forbidden', message: 'Forbidden' } } } : undefined;
    };
    expect((await step('secrets')).ok).toBe(false);
    expect(enabled()).toEqual(['erp/3', 'mail/1', 'pay/1']);
    cloud.server.fault = () => undefined;
    await contain('secrets', 'secrets');
    expect(enabled()).toEqual(['pay/1']);
    await contain('enable-secrets');
    expect(Object.fromEntries(cloud.server.versions)).toEqual(VERSIONS);
  });

  test('are enabled again where the step that disables them never came to its end', async () => {
    cloud.server.fault = ({ path }) => (path.endsWith('/mail/1') ? { status: 403, body: {} } : undefined);
    expect((await step('secrets')).ok).toBe(false);
    cloud.server.fault = () => undefined;
    await contain('enable-secrets');
    expect(Object.fromEntries(cloud.server.versions)).toEqual(VERSIONS);
  });

  test('leave a version that is made meanwhile to those who need it', async () => {
    await contain('secrets');
    cloud.server.versions.set('erp/4', true);
    await contain('secrets', 'roles', 'deny', 'federation', 'work', 'verify');
    expect(enabled()).toEqual(['pay/1', 'erp/4']);
  });

  test('are found where somebody enabled one, and where a restore left one disabled', async () => {
    await contain('roles', 'deny', 'federation', 'work');
    expect((await step('verify')).said).toBe('no secret was disabled yet');
    await contain('secrets', 'verify');
    cloud.server.versions.set('erp/3', true);
    expect((await step('verify')).said).toBe(`can be read: ${ASKED.secrets[0]} 3`);
    await contain('secrets', 'allow', 'give-roles');
    cloud.server.versions.set('erp/1', true);
    expect((await step('verify-released')).said).toBe(`still disabled: ${ASKED.secrets[0]} 3, ${ASKED.secrets[1]} 1`);
    await contain('enable-secrets', 'verify-released');
  });

  test('that are deleted meanwhile hold up nothing', async () => {
    await contain('secrets');
    for (const version of ['erp/1', 'erp/2', 'erp/3']) cloud.server.versions.delete(version);
    await contain('secrets', 'roles', 'deny', 'federation', 'work', 'verify', 'enable-secrets', 'allow', 'give-roles', 'verify-released');
  });

  test('are never asked for at an address that is none of a vault', async () => {
    const odd = { ...ASKED, secrets: [`${SCOPE}/providers/Microsoft.KeyVault/vaults/v.example.com%23/secrets/erp`] };
    const made = calls();
    expect(await step('secrets', odd)).toMatchObject({ ok: false, said: expect.stringContaining('is no secret of a vault') });
    expect(made).toEqual([]);
  });
});

test('where nobody asked for it nothing is denied and no secret is touched: their names are said', async () => {
  const plain = { ...NATIVE, secrets: ASKED.secrets };
  const made = calls();
  expect(await step('deny', plain)).toEqual({ ok: true, said: 'no deny assignment was asked for' });
  expect((await step('secrets', plain)).said).toContain(`${ASKED.secrets[0]}: make a version that is new`);
  for (const id of ['allow', 'enable-secrets']) expect((await step(id, plain)).said).toMatch(/^no(thing| secret) was/);
  expect(made).toEqual([]);
  expect(cloud.evidence.size).toBe(0);
});

test('a brake denies nothing and disables nothing, and its restore undoes nothing of the kind', async () => {
  const braked = { ...(QUARANTINE as object), stage: 'braked' } as never;
  const made = calls();
  for (const id of ['allow', 'enable-secrets']) expect((await step(id, ASKED, braked)).ok).toBe(true);
  expect(made).toEqual([]);
  const quarantineAlone = cloud.ports.contain.filter(({ stage }) => stage === 'quarantined').map(({ id }) => id);
  expect(quarantineAlone).toEqual(['principal', 'federation', 'work', 'deny', 'secrets']);
  // A restore that stops half-way leaves the agent without its roles, and nothing that works for it without its secrets.
  const restore = cloud.ports.restore.map(({ id }) => id);
  expect(restore).toEqual(['principal-on', 'enable-secrets', 'start-work', 'allow', 'give-roles', 'unmark', 'verify-released']);
});
