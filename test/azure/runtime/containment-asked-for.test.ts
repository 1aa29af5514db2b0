import type { AzureContainment } from '../../../lib/azure/runtime/containment/agent';
import { denialId } from '../../../lib/azure/runtime/containment/deny-template';
import { assigned, DEV, worldOf } from '../../policy/azure/stack';
import { ASKED, agentOf, type Contained, IDENTITY, made, NATIVE, OTHER, PRINCIPAL, SUBSCRIPTION, TAGS, VERSIONS } from './contained';

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
      { condition: "@Resource[Microsoft.Storage/storageAccounts:Name] StringEquals 'a'" },
      { permissions: [{ actions: ['*/action', '*/delete', '*/write'], condition: "'a' StringEquals 'b'" }] },
      { doNotApplyToChildScopes: true },
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

describe('the deployment that denies', () => {
  const PUT_ON = /^PUT .*\/microsoft\.resources\/deployments\//;
  const puts = (made: readonly string[]): readonly string[] => made.filter((call) => PUT_ON.test(call));
  const entries = (): readonly string[] => [...cloud.server.deployments.keys()];
  const ours = (): number => [...cloud.server.denials.values()].filter(({ principals }) => principals?.[0]?.id === PRINCIPAL).length;
  const contained = ['roles', 'federation', 'work', 'secrets'];
  /** What Azure is asked to deploy, by the scope that is denied. */
  async function asked(native: AzureContainment): Promise<readonly { readonly path: string; readonly body: object }[]> {
    const found: { path: string; body: object }[] = [];
    cloud.server.fault = ({ method, path, body }) => {
      if (method === 'PUT') found.push({ path, body });
      return undefined;
    };
    await step('deny', native);
    return found;
  }

  test('says to a subscription where it is kept, and names a resource below its group', async () => {
    const [subscription, group, resource] = await asked(ASKED);
    const schemaOf = (body: object): unknown =>
      (body as { readonly properties: { readonly template: { readonly $schema: string } } }).properties.template.$schema;
    expect(
      [subscription, group].map((one) => [one?.path.replace(/[^/]+$/, ''), schemaOf(one?.body ?? {}), 'location' in (one?.body ?? {})]),
    ).toMatchInlineSnapshot(`
[
  [
    "/subscriptions/00000000-0000-0000-0000-000000000000/providers/microsoft.resources/deployments/",
    "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
    true,
  ],
  [
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/r/providers/microsoft.resources/deployments/",
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    false,
  ],
]
`);
    expect(subscription?.body).toMatchObject({ location: 'West Europe' });
    expect(resource).toMatchInlineSnapshot(`
{
  "body": {
    "properties": {
      "mode": "Incremental",
      "parameters": {
        "name": {
          "value": "af66486a-7a0e-8e89-8e53-1897f14b92d6",
        },
        "principalId": {
          "value": "11111111-2222-3333-4444-555555555555",
        },
        "target": {
          "value": "Microsoft.Storage/storageAccounts/a/blobServices/default",
        },
        "title": {
          "value": "agentic-iam: agent reader of fleet main is contained",
        },
      },
      "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "parameters": {
          "name": {
            "type": "string",
          },
          "principalId": {
            "type": "string",
          },
          "target": {
            "type": "string",
          },
          "title": {
            "type": "string",
          },
        },
        "resources": [
          {
            "apiVersion": "2024-07-01-preview",
            "name": "[parameters('name')]",
            "properties": {
              "denyAssignmentEffect": "enforced",
              "denyAssignmentName": "[parameters('title')]",
              "permissions": [
                {
                  "actions": [
                    "*/action",
                    "*/delete",
                    "*/write",
                  ],
                },
              ],
              "principals": [
                {
                  "id": "[parameters('principalId')]",
                  "type": "ServicePrincipal",
                },
              ],
            },
            "scope": "[parameters('target')]",
            "type": "Microsoft.Authorization/denyAssignments",
          },
        ],
      },
    },
  },
  "path": "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/r/providers/microsoft.resources/deployments/agentic-iam-deny-3266bf19804e044a1821e00600b65dbc",
}
`);
  });

  test.each<[string, string]>([
    ['an account', 'Microsoft.Storage/storageAccounts/a'],
    ['a container, with types and names by turns', 'Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c'],
    ['a name that looks like an expression', 'Microsoft.Storage/storageAccounts/[a]'],
  ])('passes what it denies as a parameter and never inside of the template: %s', async (_, target) => {
    const [made] = await asked({ ...ASKED, denyChangesIn: [`${SCOPE}/providers/${target}`] });
    const { properties = {} } = (made?.body ?? {}) as { readonly properties?: Readonly<Record<string, object>> };
    const { template = {}, parameters } = properties;
    expect(template).toMatchObject({ resources: [{ scope: "[parameters('target')]" }] });
    expect(parameters).toMatchObject({ target: { value: target }, principalId: { value: PRINCIPAL } });
    for (const text of [target, PRINCIPAL, 'reader']) expect(JSON.stringify(template)).not.toContain(text);
    expect(made?.path).toMatch(/^\/subscriptions\/[^/]+\/resourcegroups\/r\/providers\/microsoft\.resources\/deployments\/[^/]+$/);
  });

  test('leaves one entry for each agent and scope, however often it is done', async () => {
    await contain('deny', 'allow', 'deny');
    expect(ours()).toBe(3);
    expect(entries()).toHaveLength(3);
    expect(entries().every((id) => (id.split('/').at(-1) ?? '').length <= 64)).toBe(true);
    const [first] = entries();
    const other: AzureContainment = { ...ASKED, principalId: OTHER };
    cloud.server.identities.set(IDENTITY, { properties: { principalId: OTHER }, tags: TAGS });
    await step('deny', other);
    expect(entries()).toHaveLength(6);
    expect(first).toMatch(/\/agentic-iam-deny-[0-9a-f]{32}$/);
  });

  test('has another name where the region became another one, and the same however the region is written', async () => {
    await contain('deny');
    const before = entries();
    cloud.server.denials.clear();
    expect(await step('deny', { ...ASKED, location: 'northeurope' })).toMatchObject({ ok: true });
    // That to a subscription alone: where one to a group is kept is where the group is.
    expect(entries().filter((id) => !before.includes(id))).toEqual([expect.not.stringContaining('/resourcegroups/')]);
    cloud.server.denials.clear();
    cloud.server.deployments.clear();
    await step('deny', { ...ASKED, location: 'westeurope' });
    expect(entries()).toEqual(before);
  });

  test('is waited for until it ends, and is begun once', async () => {
    cloud.server.lasts = 5;
    const made = calls();
    await contain('deny');
    expect(ours()).toBe(3);
    expect(puts(made)).toHaveLength(3);
    expect(cloud.waited()).toBe(10_000);
  });

  test('that does not end in time fails the step alone, and is looked at again without another', async () => {
    cloud.server.lasts = Number.POSITIVE_INFINITY;
    const first = await step('deny');
    expect(first).toMatchObject({
      ok: false,
      said: expect.stringMatching(/(the deployment \S+ still runs after 30 seconds[^;]+(; )?){3}/),
    });
    expect(cloud.waited()).toBe(30_000);
    await contain(...contained);
    expect((await step('verify')).said).toMatch(/^changes are not denied in/);
    for (const one of cloud.server.deployments.values()) one.left = 2;
    await contain('deny', 'verify');
    expect(cloud.waited()).toBe(34_000);
  });

  test('that ends by a failure says what Azure says, and is begun anew the next time', async () => {
    cloud.server.mayDeny = false;
    const { said } = await step('deny', { ...ASKED, denyChangesIn: [SCOPE] });
    expect(said.replace(entries()[0] ?? '-', 'ID')).toBe(
      `the deployment ${said.split(' ')[2]} ended as Failed: DeploymentFailed: At least one resource deployment operation failed.; UserAssignedDenyAssignmentPropertiesNotValid: the feature is not registered`,
    );
    cloud.server.mayDeny = true;
    await contain('deny', ...contained, 'verify');
  });

  test('that somebody cancels has failed', async () => {
    cloud.server.lasts = 3;
    cloud.server.fault = ({ method, path }) => {
      if (method === 'GET') for (const [id, one] of cloud.server.deployments) if (id === path) one.state = 'Canceled';
      return undefined;
    };
    expect(await step('deny')).toMatchObject({ ok: false, said: expect.stringContaining('ended as Canceled: Azure gives no reason') });
    expect(ours()).toBe(0);
  });

  test.each<[string, number, object, string]>([
    [
      'a template that does not pass, with what is wrong with it',
      400,
      {
        code: 'InvalidTemplateDeployment',
        message: 'not valid',
        details: [{ code: 'PreviewFeatureNotEnabled', message: 'not on', details: [{ code: 'Inner', message: 'in' }] }],
      },
      'not valid; PreviewFeatureNotEnabled: not on; Inner: in',
    ],
    ['a responder that may not deploy', 403, { code: 'AuthorizationFailed', message: 'no deployments/write' }, 'no deployments/write'],
    ['a history that is full', 409, { code: 'DeploymentQuotaExceeded', message: 'exceeds the quota of 800' }, 'exceeds the quota of 800'],
  ])('that is refused keeps none of the other scopes from it: %s', async (_, status, error, said) => {
    cloud.server.fault = ({ method, path }) =>
      method === 'PUT' && path.startsWith(`${SCOPE}/providers/microsoft.resources/`) && puts([`${method} ${path}`]).length > 0
        ? { status, body: { error } }
        : undefined;
    const one = { ...ASKED, denyChangesIn: [SCOPE, ...(ASKED.denyChangesIn ?? []).filter((scope) => !scope.startsWith(SCOPE))] };
    expect(await step('deny', one)).toMatchObject({ ok: false, said: expect.stringContaining(said) });
    expect(ours()).toBe(1);
  });

  test('is asked for again where its answer was lost, and then found to run', async () => {
    cloud.server.lasts = 2;
    const made: string[] = [];
    let lost = 0;
    cloud.server.fault = (call) => {
      made.push(`${call.method} ${call.path}`);
      if (call.method !== 'PUT' || lost > 0) return undefined;
      lost += 1;
      cloud.server.answerOf(call);
      return { status: 502, body: {} };
    };
    await contain('deny', ...contained, 'verify');
    expect(puts(made)).toHaveLength(4);
  });

  test('that is not found at once is waited for', async () => {
    let hidden = 2;
    cloud.server.fault = ({ method, path }) => {
      if (method !== 'GET' || !path.includes('/deployments/') || hidden === 0) return undefined;
      hidden -= 1;
      return { status: 404, body: { error: { code: 'DeploymentNotFound', message: 'not found' } } };
    };
    await contain('deny');
    expect(ours()).toBe(3);
  });

  test('that still runs is waited for by a restore, which would be undone by it', async () => {
    cloud.server.lasts = Number.POSITIVE_INFINITY;
    await step('deny');
    expect(await step('allow')).toMatchObject({ ok: false, said: expect.stringContaining('still runs after 30 seconds') });
    for (const one of cloud.server.deployments.values()) one.left = 2;
    await contain('allow', 'give-roles', 'enable-secrets', 'verify-released');
    expect(ours()).toBe(0);
  });

  test('that is no longer in the history holds up no restore', async () => {
    await contain('deny');
    cloud.server.deployments.clear();
    await contain('allow');
    expect([ours(), cloud.waited()]).toEqual([0, 2_000]);
  });

  test.each([
    '/providers/Microsoft.Management/managementGroups/all',
    `${SUBSCRIPTION}/providers/Microsoft.Storage/locations/westeurope`,
    `${SCOPE}/providers/Microsoft.Storage`,
    `${SCOPE}/providers/Microsoft.Storage/storageAccounts`,
    `${SCOPE}/providers/Microsoft.Storage/storageAccounts/a/providers/Microsoft.Insights/diagnosticSettings/d`,
    `${SCOPE}/`,
  ])('cannot reach %s: a person is told, and the other scopes are denied', async (odd) => {
    const outcome = await cloud.ports.handlers['deny']?.(agentOf({ ...ASKED, denyChangesIn: [odd, SCOPE] }), QUARANTINE);
    expect(outcome).toMatchObject({
      ok: false,
      final: true,
      receipt: { said: `No template can be deployed to ${odd}: no subscription, no resource group, no resource.` },
    });
    expect(ours()).toBe(1);
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
  expect(quarantineAlone).toEqual(['principal', 'federation', 'work', 'secrets', 'deny']);
  // A restore that stops half-way leaves the agent without its roles, and nothing that works for it without its secrets.
  const restore = cloud.ports.restore.map(({ id }) => id);
  expect(restore).toEqual(['principal-on', 'enable-secrets', 'start-work', 'allow', 'give-roles', 'unmark', 'verify-released']);
});
