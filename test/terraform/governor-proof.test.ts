import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownNames } from '../../lib/policy/azure/facts';
import { allPermissions } from '../../lib/policy/gcp/facts';
import { CLOUDS, type Synth } from '../parity/governed-fleet';
import { deny, failuresIn, type Line } from './proof';

// A fleet that is looked after and repaired, as Terraform gets it, and what the policy engine of each cloud says of the governor's identity.
const stackOf = (cloud: string, cleanUp = false): string => {
  const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-proof-'));
  (CLOUDS[cloud] as Synth)({ continuous: { repair: true, cleanUp }, secret: true, outdir });
  return join(outdir, 'stacks', 'agents');
};

describe.each([
  ['told', false],
  ['put away', true],
])('on Google Cloud, where what was forgotten is %s', (_, cleanUp) => {
  const folder = stackOf('gcp', cleanUp);
  const PROJECT = 'example';
  const AGENT = `projects/${PROJECT}/serviceAccounts/main--reader@${PROJECT}.iam.gserviceaccount.com`;
  const { resource } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as {
    readonly resource: {
      readonly google_service_account: Record<string, { readonly account_id: string }>;
      readonly google_storage_bucket: Record<string, { readonly name: string }>;
    };
  };
  const [account] = Object.entries(resource.google_service_account).filter(([name]) =>
    name.startsWith('Governance_Continuous_Function_Account'),
  );
  const principal = `serviceAccount:${account?.[1].account_id}@${PROJECT}.iam.gserviceaccount.com`;
  const permissions = allPermissions();
  const BECOME = permissions.filter((one) =>
    /^iam\.serviceAccounts\.(actAs|getAccessToken|getOpenIdToken|implicitDelegation|signBlob|signJwt)$/.test(one),
  );
  const CHANGE = permissions.filter((one) =>
    /setIamPolicy$|^iam\.(roles|serviceAccountKeys|serviceAccounts|workloadIdentityPool\w*)\.(create|update|delete|undelete|disable|enable)$/.test(
      one,
    ),
  );
  const [evidence] = Object.entries(resource.google_storage_bucket).filter(([name]) => name.startsWith('Governance_Continuous_Evidence'));
  const EVIDENCE = `projects/_/buckets/${evidence?.[1].name}`;
  const PUT_AWAY = ['iam.serviceAccounts.disable', 'iam.serviceAccounts.enable'];
  const OWN = ['iam.serviceAccountKeys.disable', ...(cleanUp ? PUT_AWAY : [])];
  const SECRET = `projects/${PROJECT}/secrets/erp`;
  const VERSIONS = ['secretmanager.versions.disable', 'secretmanager.versions.list'];

  test('the governor may read what it compares, disable keys of the agent, and write sinks', async () => {
    const lines = (actions: readonly string[], on: string): readonly Line[] =>
      actions.map((action) => ({ action, resource: on, expect: 'allowed' }));
    const found = await failuresIn(folder, principal, [
      ...lines([...OWN, 'iam.serviceAccounts.getIamPolicy', 'iam.serviceAccountKeys.list'], AGENT),
      ...lines(['logging.sinks.update', 'logging.sinks.get', 'cloudasset.assets.searchAllIamPolicies'], `projects/${PROJECT}`),
    ]);
    expect(found).toEqual([]);
  });

  test('it can become nobody, and give nobody anything, of every permission that does', async () => {
    expect(CHANGE.length).toBeGreaterThan(20);
    const others = [...BECOME, ...CHANGE].filter((one) => !OWN.includes(one));
    expect(await failuresIn(folder, principal, [...deny(others, AGENT), ...deny([...others, ...OWN], `projects/${PROJECT}`)])).toEqual([]);
  });

  test('it reads no data and no secret of the agent, and writes no evidence again', async () => {
    const data = permissions.filter((one) =>
      /^(storage\.objects\.(delete|update)|secretmanager\.versions\.(access|add|destroy|enable)|pubsub\.subscriptions\.consume)$/.test(one),
    );
    expect(data.length).toBeGreaterThan(5);
    expect(
      await failuresIn(folder, principal, [...deny(data, `projects/${PROJECT}`), ...deny(data, SECRET), ...deny(data, EVIDENCE)]),
    ).toEqual([]);
  });

  test('it disables versions of secrets that its agents read, and of no others, where that is asked for', async () => {
    const verdict = cleanUp ? 'allowed' : 'denied';
    const found = await failuresIn(folder, principal, [
      ...VERSIONS.map((action): Line => ({ action, resource: SECRET, expect: verdict })),
      ...deny(VERSIONS, `projects/${PROJECT}/secrets/other`),
      ...deny(VERSIONS, `projects/${PROJECT}`),
      ...['storage.objects.get', 'storage.objects.list'].map((action): Line => ({ action, resource: EVIDENCE, expect: verdict })),
    ]);
    expect(found).toEqual([]);
  });
});

describe.each([
  ['told', false],
  ['put away', true],
])('on Azure, where what was forgotten is %s', (_, cleanUp) => {
  const folder = stackOf('azure', cleanUp);
  const text = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
  const [, name] = /"(Governance_Continuous_Function_Identity_\w+)"/.exec(text) ?? [];
  const principal = `\${azurerm_user_assigned_identity.${name}.principal_id}`;
  const agent = '${azurerm_user_assigned_identity.main__reader.principal_id}';
  const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
  const CHANGE = knownNames('control').filter(
    (one) => !one.includes('*') && /^Microsoft\.(Authorization|ManagedIdentity)\/.*\/(write|delete|action)$/i.test(one),
  );

  test('the governor changes assignments and nothing else of access', async () => {
    expect(CHANGE.length).toBeGreaterThan(10);
    // Which assignments, the condition of its own says; ways in are closed at the identities of its agents alone, which are references here.
    const others = CHANGE.filter(
      (one) =>
        !one.toLowerCase().startsWith('microsoft.authorization/roleassignments/') && !one.endsWith('federatedIdentityCredentials/delete'),
    );
    expect(await failuresIn(folder, principal, deny(others, SUBSCRIPTION))).toEqual([]);
  });

  test('it disables versions of secrets that its agents read, reads none, and writes none, where that is asked for', async () => {
    const own = ['readMetadata', 'update'].map((verb) => `Microsoft.KeyVault/vaults/secrets/${verb}/action`);
    const others = ['getSecret', 'setSecret', 'backup', 'restore', 'recover', 'purge'].map(
      (verb) => `Microsoft.KeyVault/vaults/secrets/${verb}/action`,
    );
    const vault = `${SUBSCRIPTION}/resourceGroups/data/providers/Microsoft.KeyVault/vaults/example`;
    const found = await failuresIn(folder, principal, [
      ...own.map((action): Line => ({ action, resource: `${vault}/secrets/erp`, expect: cleanUp ? 'allowed' : 'denied' })),
      ...deny(own, `${vault}/secrets/other`),
      ...deny([...others, 'Microsoft.KeyVault/vaults/secrets/delete', 'Microsoft.KeyVault/vaults/secrets/write'], `${vault}/secrets/erp`),
    ]);
    expect(found).toEqual([]);
  });

  test('what Azure restores records as can change nothing of access', async () => {
    const [, own] = /"(Governance_Continuous_Recording_Identity_\w+)"/.exec(text) ?? [];
    expect(own).toBeDefined();
    const principalOf = `\${azurerm_user_assigned_identity.${own}.principal_id}`;
    expect(await failuresIn(folder, principalOf, deny(CHANGE, SUBSCRIPTION))).toEqual([]);
  });

  test('the agent can undo nothing of it', async () => {
    expect(await failuresIn(folder, agent, deny(CHANGE, SUBSCRIPTION))).toEqual([]);
  });
});

describe('on Azure the governor', () => {
  /** What the condition of its own assignment binds giving and taking to. */
  const bounds = (cleanUp: boolean): readonly string[] => {
    const text = readFileSync(join(stackOf('azure', cleanUp), 'cdk.tf.json'), 'utf8').replace(/_[0-9A-F]{8}\b/g, '');
    const { resource } = JSON.parse(text) as {
      readonly resource: {
        readonly azurerm_role_assignment: Record<string, { readonly condition?: string; readonly principal_id: string }>;
      };
    };
    const own = '${azurerm_user_assigned_identity.Governance_Continuous_Function_Identity.principal_id}';
    return Object.values(resource.azurerm_role_assignment)
      .filter(({ principal_id }) => principal_id === own)
      .flatMap(({ condition }) => condition?.split(/ AND (?=\(\(!\(ActionMatches)/) ?? []);
  };

  test('gives roles of the fleet alone, to its agents alone, and takes from them alone', () => {
    expect(bounds(false)).toMatchInlineSnapshot(`
[
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__reader.principal_id}} AND @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\${azurerm_role_definition.main__qabxpys6q5.role_definition_id}, \${azurerm_role_definition.main__qz6kqc7ufu.role_definition_id}}))",
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__reader.principal_id}}))",
]
`);
  });

  test('with clean-up takes roles of the fleet from whoever has them, and gives no more', () => {
    const [write, ...taken] = bounds(true);
    expect(write).toBe(bounds(false)[0]);
    expect(taken).toMatchInlineSnapshot(`
[
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__reader.principal_id}} OR @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\${azurerm_role_definition.main__qabxpys6q5.role_definition_id}, \${azurerm_role_definition.main__qz6kqc7ufu.role_definition_id}}))",
]
`);
  });
});
