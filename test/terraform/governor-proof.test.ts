import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownNames } from '../../lib/policy/azure/facts';
import { allPermissions } from '../../lib/policy/gcp/facts';
import { CLOUDS, type Synth } from '../parity/governed-fleet';
import { deny, failuresIn, type Line } from './proof';

// A fleet that is looked after and repaired, as Terraform gets it, and what the policy engine of each cloud says of the governor's identity.
const stackOf = (cloud: string): string => {
  const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-proof-'));
  (CLOUDS[cloud] as Synth)({ continuous: { repair: true }, outdir });
  return join(outdir, 'stacks', 'agents');
};

describe('on Google Cloud', () => {
  const folder = stackOf('gcp');
  const PROJECT = 'example';
  const AGENT = `projects/${PROJECT}/serviceAccounts/main--reader@${PROJECT}.iam.gserviceaccount.com`;
  const { resource } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as {
    readonly resource: { readonly google_service_account: Record<string, { readonly account_id: string }> };
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
  const OWN = ['iam.serviceAccountKeys.disable'];

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
      /^(storage\.objects\.(delete|update)|secretmanager\.versions\.access|pubsub\.subscriptions\.consume)$/.test(one),
    );
    expect(data.length).toBeGreaterThan(2);
    expect(await failuresIn(folder, principal, deny(data, `projects/${PROJECT}`))).toEqual([]);
  });
});

describe('on Azure', () => {
  const folder = stackOf('azure');
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

  test('it gives roles to agents of its fleet only, and only roles of the fleet', () => {
    const { resource } = JSON.parse(text) as {
      readonly resource: {
        readonly azurerm_role_assignment: Record<string, { readonly condition?: string; readonly principal_id: string }>;
      };
    };
    const conditions = Object.values(resource.azurerm_role_assignment)
      .filter(({ principal_id, condition }) => principal_id === principal && condition !== undefined)
      .map(({ condition }) => condition?.replace(/_[0-9A-F]{8}\b/g, ''));
    expect(conditions).toMatchInlineSnapshot(`
[
  "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__reader.principal_id}} AND @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\${azurerm_role_definition.main__qabxpys6q5.role_definition_id}})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__reader.principal_id}}))",
]
`);
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
