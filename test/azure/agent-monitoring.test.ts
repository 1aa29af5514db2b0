import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { App, TerraformStack, Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, MaturityLevel, minutes, Workflow } from '../../lib';
import {
  AgentIdentity,
  AgentMonitoring,
  type AgentMonitoringProps,
  AgentResource,
  AgentTrail,
  AgentTrust,
  AlertTarget,
  ScopedAgentRole,
} from '../../lib/azure';
import { targetOf } from '../../lib/azure/private/monitoring/calls-hub';
import { activityAttribution } from '../../lib/events/azure';
import { kqlProblems } from './kusto';

const S = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers';
const resourceGroup = { name: 'agents', location: 'westeurope' };
const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readObjects('files'), Capability.readSecret('token')],
  workflows: [Workflow.named('answer').step('token:read').step('files:read')],
  limits: { callsPerMinute: 10 },
});

function make(more: Partial<AgentMonitoringProps> = {}, { role = true } = {}) {
  const stack = new TerraformStack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk');
  new AzurermProvider(stack, 'Azure', { features: [{}] });
  const identity = new AgentIdentity(stack, 'Reader', { agent: reader, trust: AgentTrust.azureCompute(), resourceGroup });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], resourceGroup, ...more });
  if (role)
    new ScopedAgentRole(stack, 'Role', {
      identity,
      resources: {
        files: AgentResource.storageContainer(
          { resourceId: `${S}/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/c` },
          { prefix: 'in/' },
        ),
        token: AgentResource.keyVaultSecret({ resourceId: `${S}/Microsoft.KeyVault/vaults/v/secrets/erp` }),
      },
    });
  return { stack, identity, monitoring };
}

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const synth = (stack: TerraformStack): Resources => (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});

test('the activity of the subscription and the logs of the agents own resources go to the hub and the workspace, and nothing else is recorded', () => {
  const settings = all(synth(make().stack), 'azurerm_monitor_diagnostic_setting');
  expect(
    settings.map(({ target_resource_id, enabled_log }) => [
      target_resource_id,
      (enabled_log as { category: string }[]).map(({ category }) => category),
    ]),
  ).toEqual(
    [
      [expect.stringContaining('data.azurerm_subscription'), ['Administrative', 'Security', 'Policy', 'Alert']],
      [`${S}/Microsoft.KeyVault/vaults/v`, ['AuditEvent']],
      [`${S}/Microsoft.Storage/storageAccounts/data/blobServices/default`, ['StorageRead', 'StorageWrite', 'StorageDelete']],
    ].sort(
      (a, b) =>
        settings.findIndex((one) => one['target_resource_id'] === a[0]) - settings.findIndex((one) => one['target_resource_id'] === b[0]),
    ),
  );
  for (const setting of settings)
    expect(setting).toMatchObject({ eventhub_name: expect.anything(), log_analytics_workspace_id: expect.anything() });
});

test('what an agent declared is a blob with its object id, in small letters, once it is deployed', () => {
  const [blob] = all(synth(make().stack), 'azurerm_storage_blob');
  expect(blob?.['name']).toBe('watch/main/reader.json');
  const watched = JSON.parse(String(blob?.['source_content'])) as { principals: string[]; grants: { resources: string[] }[] };
  expect(watched.principals).toEqual([
    '${lower(azurerm_user_assigned_identity.main__reader.principal_id)}',
    '${lower(azurerm_user_assigned_identity.main__reader.client_id)}',
  ]);
  const container = `${S}/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/c`.toLowerCase();
  expect(watched.grants.map(({ resources }) => resources)).toEqual([
    [container, `${container}/blobs/in/*`],
    [`${S}/Microsoft.KeyVault/vaults/v/secrets/erp`.toLowerCase(), `${S}/Microsoft.KeyVault/vaults/v/secrets/erp/*`.toLowerCase()],
  ]);
});

test('every query is one that Kusto understands, and asks for columns that there are', () => {
  const resources = synth(make({ sentinel: true, silentAfter: minutes(30) }).stack);
  const rules = all(resources, 'azurerm_monitor_scheduled_query_rules_alert_v2');
  const queries = [
    ...rules.flatMap(({ criteria }) => (criteria as { query: string }[]).map(({ query }) => query)),
    ...all(resources, 'azurerm_sentinel_alert_rule_nrt').map(({ query }) => String(query)),
    activityAttribution('00000000-0000-0000-0000-000000000000'),
  ];
  expect(queries.length).toBeGreaterThan(12);
  const wrong = ['AzureActivity | wher Caller == "x"', 'AzureActivity | where Nobody == "x"'];
  const problems = kqlProblems([...queries, ...wrong]);
  expect(problems.slice(-2).map(({ length }) => length > 0)).toEqual([true, true]);
  expect(problems.slice(0, -2)).toEqual(queries.map(() => []));
});

test('Sentinel gets an incident for what the detector finds serious, and for calls beyond a grant', () => {
  const rules = all(synth(make({ sentinel: true }).stack), 'azurerm_sentinel_alert_rule_nrt');
  expect(rules.map(({ name }) => name)).toEqual(['agentic-iam-main-detections', 'agentic-iam-main-reader-beyond-grant']);
  expect(rules[0]?.['query']).toContain('tostring(Line.severity) in ("high", "critical")');
  const [tasks] = all(synth(make({ sentinel: true }).stack), 'azurerm_sentinel_automation_rule');
  const [{ conditionProperties }] = JSON.parse(String(tasks?.['condition_json'])) as [
    { conditionProperties: { propertyValues: string[] } },
  ];
  for (const { display_name } of rules) expect(display_name).toContain(conditionProperties.propertyValues[0]);
  expect(tasks?.['action_incident_task']).toMatchObject([{ order: 2 }, { order: 3 }, { order: 4 }]);
  const none = synth(make().stack);
  expect([none['azurerm_sentinel_alert_rule_nrt'], none['azurerm_sentinel_automation_rule']]).toEqual([undefined, undefined]);
});

test('rules of an agent are compiled from what it was given: operations, limit, order', () => {
  const rules = all(synth(make().stack), 'azurerm_monitor_scheduled_query_rules_alert_v2');
  const queryOf = (name: string): string =>
    (rules.find((rule) => rule['name'] === `agentic-iam-main-${name}`)?.['criteria'] as { query: string }[] | undefined)?.[0]?.query ?? '';
  expect(queryOf('reader-beyond-grant').split('calls\n').at(-1)).toMatchInlineSnapshot(`
"| where Operation !in (dynamic(["keyvault:secretget", "microsoft.storage/storageaccounts/blobservices/containers/blobs/read"]))
| summarize Calls = count(), First = min(TimeGenerated), Last = max(TimeGenerated), Resources = make_set(Resource, 10) by Operation, Allowed"
`);
  expect(queryOf('reader-above-limit').split('calls\n').at(-1)).toMatchInlineSnapshot(`
"| summarize Calls = count() by bin(TimeGenerated, 1m)
| where Calls > 10"
`);
  expect(queryOf('reader-out-of-order').split('calls\n').at(-1)).toMatchInlineSnapshot(`
"| sort by TimeGenerated asc
| scan declare (Begun: bool = false) with (
    step seen: true => Begun = seen.Begun or Operation in (dynamic(["keyvault:secretget"]));
  )
| where not(Begun) and Operation in (dynamic(["microsoft.storage/storageaccounts/blobservices/containers/blobs/read"]))
| summarize Calls = count() by Operation"
`);
});

test('the detector has no key and no password: its identity is let in, role by role, on one resource each', () => {
  const resources = synth(make().stack);
  const [app] = all(resources, 'azurerm_function_app_flex_consumption');
  expect(app).toMatchObject({
    storage_authentication_type: 'UserAssignedIdentity',
    webdeploy_publish_basic_authentication_enabled: false,
    app_settings: { EVENTS__credential: 'managedidentity', FLEET: 'main', REGISTRY_PREFIX: 'watch/main/' },
  });
  expect(JSON.stringify(app)).not.toMatch(/AccountKey|SharedAccessKey|primary_(access|connection)/);
  const roles = all(resources, 'azurerm_role_assignment').filter((one) => /agentic-iam: of fleet/.test(String(one['description'])));
  expect(
    roles.map(({ role_definition_name, scope }) => [role_definition_name, String(scope).replace(/.*\{(azurerm_\w+?)\..*/, '$1')]).sort(),
  ).toEqual([
    ['Azure Event Hubs Data Receiver', 'azurerm_eventhub'],
    ['EventGrid Data Sender', 'azurerm_eventgrid_topic'],
    ['Storage Blob Data Owner', 'azurerm_storage_account'],
    ['Storage Table Data Contributor', 'azurerm_storage_account'],
  ]);
  for (const account of all(resources, 'azurerm_storage_account')) expect(account).toMatchObject({ shared_access_key_enabled: false });
  expect(all(resources, 'azurerm_eventgrid_topic')[0]).toMatchObject({ local_auth_enabled: false });
});

test('at level LOGGING calls are recorded, and nobody judges them', () => {
  const { stack, monitoring } = make({ level: MaturityLevel.LOGGING });
  const resources = synth(stack);
  expect(all(resources, 'azurerm_monitor_diagnostic_setting')).toHaveLength(3);
  expect([monitoring.bus, monitoring.detector, monitoring.alarms]).toEqual([undefined, undefined, undefined]);
  expect(all(resources, 'azurerm_function_app_flex_consumption')).toEqual([]);
});

test('a trail that is there makes no setting; that of the directory is asked for', () => {
  expect(all(synth(make({ trail: AgentTrail.existing({ id: 'w' }) }).stack), 'azurerm_monitor_diagnostic_setting')).toEqual([]);
  const [directory] = all(synth(make({ trail: AgentTrail.create({ directory: true }) }).stack), 'azurerm_monitor_aad_diagnostic_setting');
  expect(JSON.stringify(directory)).toContain('ManagedIdentitySignInLogs');
});

test('who is told: addresses and hooks in one group, which every rule has', () => {
  const resources = synth(make({ notify: [AlertTarget.email('a@example.com'), AlertTarget.webhook('https://example.com/x')] }).stack);
  expect(all(resources, 'azurerm_monitor_action_group')[0]).toMatchObject({
    email_receiver: [{ email_address: 'a@example.com' }],
    webhook_receiver: [{ service_uri: 'https://example.com/x' }],
  });
  for (const rule of all(resources, 'azurerm_monitor_scheduled_query_rules_alert_v2')) expect(rule['action']).toBeDefined();
});

test.each<[string, () => unknown, RegExp]>([
  ['an address that is none', () => AlertTarget.email('x'), /invalid-alert-target/],
  ['a hook without https', () => AlertTarget.webhook('http://x'), /invalid-alert-target/],
  ['a group without a place', () => make({ resourceGroup: { name: ' ', location: 'x' } }), /empty/],
  ['an agent of another fleet', () => make({ fleet: 'other' }), /other-fleet/],
  [
    'an agent twice',
    () => {
      const { monitoring, identity } = make();
      monitoring.watch(identity);
    },
    /watched-twice/,
  ],
  ['an agent without its role', () => synth(make({}, { role: false }).stack), /agent-not-watchable|needs its ScopedAgentRole/],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

test.each([
  [
    `${S}/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/c`,
    `${S}/Microsoft.Storage/storageAccounts/a/blobServices/default`,
  ],
  [
    `${S}/Microsoft.Storage/storageAccounts/a/tableServices/default/tables/t`,
    `${S}/Microsoft.Storage/storageAccounts/a/tableServices/default`,
  ],
  [`${S}/Microsoft.KeyVault/vaults/v/keys/k`, `${S}/Microsoft.KeyVault/vaults/v`],
  [`${S}/Microsoft.CognitiveServices/accounts/m`, `${S}/Microsoft.CognitiveServices/accounts/m`],
  [`${S}/Microsoft.Insights/dataCollectionRules/d`, undefined],
  ['/subscriptions/x', undefined],
])('calls on %s are recorded by a setting on %s', (scope, target) => {
  expect(targetOf(scope)?.target).toBe(target);
});

test('one page shows what was detected, by queries that Kusto understands', () => {
  const [page] = all(synth(make().stack), 'azurerm_application_insights_workbook');
  expect(page?.['display_name']).toBe('Agents of fleet main');
  const { items } = JSON.parse(String(page?.['data_json'])) as {
    readonly items: readonly {
      readonly name: string;
      readonly content: { readonly query: string; readonly crossComponentResources: readonly string[] };
    }[];
  };
  expect(items.map(({ name }) => name)).toEqual(['Detections by signal', 'Detections by agent', 'Calls judged', 'Latest detections']);
  expect(kqlProblems(items.map(({ content }) => content.query)).flat()).toEqual([]);
  for (const { content } of items)
    expect(content.crossComponentResources).toEqual([expect.stringContaining('azurerm_log_analytics_workspace')]);
  expect(synth(make({ level: MaturityLevel.LOGGING }).stack)['azurerm_application_insights_workbook']).toBeUndefined();
});

describe('a SIEM', () => {
  const SIEM = '99999999-0000-0000-0000-000000000000';

  test('receives findings from an event hub of its own, and nothing else; it is in no action group', () => {
    const resources = synth(make({ notify: [AlertTarget.siem(SIEM)] }).stack);
    expect(all(resources, 'azurerm_eventhub').map(({ name }) => name)).toEqual(['calls', 'findings']);
    const roles = all(resources, 'azurerm_role_assignment').filter(({ principal_id }) => principal_id === SIEM);
    expect(roles.map(({ role_definition_name, scope }) => [role_definition_name, String(scope).includes('Detector_Findings')])).toEqual([
      ['Azure Event Hubs Data Receiver', true],
    ]);
    expect(resources['azurerm_monitor_action_group']).toBeUndefined();
    const [app] = all(resources, 'azurerm_function_app_flex_consumption');
    expect((app?.['app_settings'] as Record<string, string> | undefined)?.['FINDINGS']).toMatch(
      /^https:\/\/\$\{.*\}\.servicebus\.windows\.net\/\$\{.*\}$/,
    );
  });

  test('nobody receives where none is named', () => {
    expect(JSON.stringify(synth(make().stack))).not.toMatch(/FINDINGS|"findings"/);
  });

  test('a name is refused', () => {
    expect(() => AlertTarget.siem('splunk')).toThrow(/invalid-alert-target/);
  });
});
