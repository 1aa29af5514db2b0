import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { App, TerraformStack, Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, MaturityLevel, minutes } from '../../lib';
import {
  AgentContainment,
  type AgentContainmentProps,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AgentWork,
  AlertTarget,
  PeerResponder,
  ScopedAgentRole,
} from '../../lib/azure';
import { kqlProblems } from './kusto';

const S = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers';
const resourceGroup = { name: 'agents', location: 'westeurope' };
const people = { tenantId: '00000000-0000-0000-0000-000000000001', clientId: '00000000-0000-0000-0000-000000000002' };
const writer = new AgentSpec({
  name: 'writer',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.readSecret('token'), Capability.readObjects('files'), Capability.overwriteObjects('files')],
});
const work = [
  AgentWork.webApp({ id: `${S}/Microsoft.Web/sites/writer` }),
  AgentWork.containerApp({ id: `${S}/Microsoft.App/containerApps/writer` }),
  AgentWork.virtualMachine({ id: `${S}/Microsoft.Compute/virtualMachines/writer` }),
];

function make(more: Partial<AgentContainmentProps> = {}, { level = MaturityLevel.ALERTING, window = false, native = false } = {}) {
  const stack = new TerraformStack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk');
  new AzurermProvider(stack, 'Azure', { features: [{}] });
  const identity = new AgentIdentity(stack, 'Writer', { agent: writer, trust: AgentTrust.azureCompute(), resourceGroup });
  const role = new ScopedAgentRole(stack, 'Role', {
    identity,
    resources: {
      token: AgentResource.keyVaultSecret({ resourceId: `${S}/Microsoft.KeyVault/vaults/v/secrets/erp` }),
      files: AgentResource.storageContainer({
        resourceId: `${S}/Microsoft.Storage/storageAccounts/data/blobServices/default/containers/c`,
      }),
    },
    ...(window ? { notAfter: '2027-01-01T00:00:00Z' } : {}),
  });
  if (native) role.addNativeGrant('Extra', { scope: `${S}/Microsoft.Storage/storageAccounts/x`, roleName: 'Reader' });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], resourceGroup, level });
  const notify = [AlertTarget.email('oncall@example.com')];
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify, people, ...more });
  containment.protect(identity, { work });
  return { stack, identity, containment };
}

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const synth = (stack: TerraformStack): Resources => (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});
const own = (resources: Resources) =>
  all(resources, 'azurerm_role_assignment').filter(({ description }) => description === 'agentic-iam: responder of fleet main');

test('what the responder is to know of an agent is a blob that no other function may write: roles by their ids, and whether they only read', () => {
  const resources = synth(make({ armed: true }).stack);
  const blob = all(resources, 'azurerm_storage_blob').find(({ name }) => name === 'contain/main/writer.json');
  expect(blob?.['storage_account_name']).toContain('Containment_Responder_Vault');
  const { native, ...rest } = JSON.parse(String(blob?.['source_content'])) as {
    native: { assignments: { id: string; reads: boolean }[]; work: object[]; tags: object };
  };
  expect(rest).toEqual({ name: 'writer', fleet: 'main', cloud: 'azure', owner: 'o@example.com', armed: true, responses: {} });
  expect(native).toMatchObject({
    principalId: '${azurerm_user_assigned_identity.main__writer.principal_id}',
    identityId: '${azurerm_user_assigned_identity.main__writer.id}',
    tags: { agent: 'writer', fleet: 'main' },
    work: work.map(({ kind, id }) => ({ kind, id })),
    secrets: [`${S}/Microsoft.KeyVault/vaults/v/secrets/erp`],
  });
  expect(native.assignments.map(({ id, reads }) => [id, reads])).toEqual([
    ['${azurerm_role_assignment.main__writer__token_secret.id}', true],
    ['${azurerm_role_assignment.main__writer__files_container.id}', false],
  ]);
  // Terraform fills in references; anything else between such signs would be taken for one.
  expect(String(blob?.['source_content']).replace(/\$\{[a-z_.A-Z0-9]+\}/g, '')).not.toContain('${');
});

test('the responder takes roles from these agents alone, and gives them the fleet own roles alone', () => {
  const resources = synth(make().stack);
  const roles = own(resources).find((one) => one['condition']);
  expect(roles?.['condition']).toMatchInlineSnapshot(
    `"((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__writer.principal_id}} AND @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {\${azurerm_role_definition.main__4ldvuy7xwv.role_definition_id}, \${azurerm_role_definition.main__5qvo72gof5.role_definition_id}})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:PrincipalId] ForAnyOfAnyValues:GuidEquals {\${azurerm_user_assigned_identity.main__writer.principal_id}}))"`,
  );
  const ids = all(resources, 'azurerm_role_definition').filter(({ name }) => String(name).includes('responder'));
  expect(ids.map(({ permissions }) => (permissions as { actions: string[] }[])[0]?.actions)).toMatchInlineSnapshot(`
[
  [
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/delete",
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/read",
    "Microsoft.Resources/tags/read",
    "Microsoft.Resources/tags/write",
  ],
  [
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
  ],
  [
    "Microsoft.Compute/virtualMachines/deallocate/action",
    "Microsoft.Compute/virtualMachines/instanceView/read",
    "Microsoft.Compute/virtualMachines/read",
    "Microsoft.Compute/virtualMachines/start/action",
  ],
  [
    "Microsoft.Web/sites/read",
    "Microsoft.Web/sites/start/action",
    "Microsoft.Web/sites/stop/action",
  ],
  [
    "Microsoft.App/containerApps/read",
    "Microsoft.App/containerApps/start/action",
    "Microsoft.App/containerApps/stop/action",
  ],
]
`);
  expect(
    own(resources)
      .map(({ scope }) => String(scope).replace(/.*azurerm_subscription.*/, 'subscription'))
      .sort(),
  ).toEqual(['subscription', '${azurerm_user_assigned_identity.main__writer.id}', ...work.map(({ id }) => id)].sort());
});

test('a plan that would give roles again while the agent is contained fails, and says what to do', () => {
  const { stack } = make();
  const { resource, data } = JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources; readonly data: Resources };
  const agents = all(resource, 'azurerm_role_assignment').filter(({ principal_id }) => String(principal_id).includes('main__writer'));
  expect(agents.length).toBeGreaterThan(1);
  for (const { lifecycle } of agents)
    expect((lifecycle as { readonly precondition: readonly object[] }).precondition).toEqual([
      {
        condition: expect.stringMatching(
          /^\$\{try\(data\.azurerm_user_assigned_identity\.\w+\.tags\["agentic-iam:contained"\], ""\) == ""\}$/,
        ),
        error_message: expect.stringContaining("Agent 'writer' of fleet 'main' is contained"),
      },
    ]);
  const others = all(resource, 'azurerm_role_assignment').filter(({ principal_id }) => !String(principal_id).includes('main__writer'));
  expect(others.filter(({ lifecycle }) => lifecycle !== undefined)).toEqual([]);
  // The name is a part of the id, which is not known before the identity is there.
  const [[name, seen] = ['', {}]] = Object.entries(data['azurerm_user_assigned_identity'] ?? {});
  expect(seen).toEqual({
    name: '${element(split("/", azurerm_user_assigned_identity.main__writer.id), 8)}',
    resource_group_name: '${element(split("/", azurerm_user_assigned_identity.main__writer.id), 4)}',
  });
  expect(JSON.stringify(agents)).toContain(`data.azurerm_user_assigned_identity.${name}.tags`);
  // The tag is no drift: Terraform would take it away before it is looked at.
  const identity = resource['azurerm_user_assigned_identity']?.['main__writer'];
  expect(identity?.['lifecycle']).toEqual({ ignore_changes: ['tags["agentic-iam:contained"]'] });
});

test('nobody comes in without a token, and no key opens anything', () => {
  const resources = synth(make({ operators: ['11111111-2222-3333-4444-555555555555'] }).stack);
  const app = all(resources, 'azurerm_function_app_flex_consumption').find((one) => one['auth_settings_v2']);
  expect(app?.['auth_settings_v2']).toMatchObject({
    auth_enabled: true,
    require_authentication: true,
    unauthenticated_action: 'Return401',
    active_directory_v2: { client_id: people.clientId, allowed_identities: ['11111111-2222-3333-4444-555555555555'] },
  });
  for (const account of all(resources, 'azurerm_storage_account')) expect(account).toMatchObject({ shared_access_key_enabled: false });
  for (const topic of all(resources, 'azurerm_eventgrid_topic')) expect(topic).toMatchObject({ local_auth_enabled: false });
});

test('events wait in a queue until they were heard, evidence cannot be deleted, and every rule is one that Kusto understands', () => {
  const resources = synth(make().stack);
  expect(
    all(resources, 'azurerm_eventgrid_event_subscription').map((one) => [
      one['included_event_types'],
      Boolean(one['storage_queue_endpoint']),
    ]),
  ).toEqual([
    [['AgentContainment'], true],
    [['AgentDetection'], true],
  ]);
  expect(all(resources, 'azurerm_storage_container_immutability_policy')[0]).toMatchObject({ immutability_period_in_days: 400 });
  const rules = all(resources, 'azurerm_monitor_scheduled_query_rules_alert_v2').filter(({ name }) => /-containment-/.test(String(name)));
  expect(rules).toHaveLength(3);
  const queries = rules.flatMap(({ criteria }) => (criteria as { query: string }[]).map(({ query }) => query));
  expect(kqlProblems(queries)).toEqual(queries.map(() => []));
  for (const rule of rules) expect(rule['action']).toBeDefined();
});

test('a role that was given by its name is taken away with the others, and given again by the next deployment', () => {
  const blob = all(synth(make({}, { native: true }).stack), 'azurerm_storage_blob').find(({ name }) => name === 'contain/main/writer.json');
  const { native } = JSON.parse(String(blob?.['source_content'])) as { native: { assignments: unknown[] } };
  expect(native.assignments).toHaveLength(2);
});

test('a canary is contained again and again', () => {
  const { stack, containment } = make();
  const agent = new AgentSpec({
    name: 'canary',
    owner: 'o',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readSecret('token')],
  });
  const canary = new AgentIdentity(stack, 'Canary', { agent, trust: AgentTrust.azureCompute(), resourceGroup });
  new ScopedAgentRole(stack, 'CanaryRole', {
    identity: canary,
    resources: { token: AgentResource.keyVaultSecret({ resourceId: `${S}/Microsoft.KeyVault/vaults/v/secrets/canary` }) },
  });
  containment.drill(canary);
  const apps = all(synth(stack), 'azurerm_function_app_flex_consumption').map((one) => one['app_settings'] as Record<string, string>);
  expect(apps.find(({ CANARY }) => CANARY === 'canary')).toMatchObject({ DRILL_SCHEDULE: '0 0 6 1 * *', EVENT_QUEUE: 'events' });
});

test.each<[string, () => unknown, RegExp]>([
  ['monitoring that judges nothing', () => make({}, { level: MaturityLevel.LOGGING }), /needs monitoring from level ALERTING on/],
  ['nobody to tell', () => make({ notify: [] }), /needs somebody to tell/],
  ['a restore before Azure honours the brake', () => make({ restoreAfter: minutes(5) }), /up to 10 minutes to honour/],
  [
    'an agent twice',
    () => {
      const { containment, identity } = make();
      containment.protect(identity);
    },
    /must be put under containment once/,
  ],
  ['work that is something else', () => AgentWork.webApp({ id: `${S}/Microsoft.Web/serverfarms/x` }), /invalid-resource-id/],
  ['a role that is given for a time', () => synth(make({}, { window: true }).stack), /must have no role that is given for a time by PIM/],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

describe('responders of other clouds', () => {
  const AWS = {
    issuer: 'https://0123.tokens.sts.global.api.aws',
    responder: 'arn:aws:iam::111122223333:role/agentic-iam-responder/desk-Responder',
    listener: 'arn:aws:iam::111122223333:role/agentic-iam-responder/main--listener',
    bus: 'arn:aws:events:eu-central-1:111122223333:event-bus/agentic-iam-main',
  };
  const GCP = {
    uniqueId: '112233445566778899001',
    topic: 'projects/agents-prod/topics/agentic-iam-main-containments',
    pool: '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aim-peers-0123abcd',
  };

  const connected = () => {
    const made = make({ peers: [PeerResponder.aws(AWS)] });
    made.containment.connect(PeerResponder.gcp(GCP));
    return made;
  };

  test('are each one subject of one issuer, and may send to one topic and nothing else', () => {
    const resources = synth(connected().stack);
    const credentials = all(resources, 'azurerm_federated_identity_credential').filter(({ name }) => String(name).startsWith('from-'));
    expect(credentials.map(({ name, issuer, subject, audience }) => [name, issuer, subject, audience])).toEqual([
      ['from-aws', AWS.issuer, AWS.responder, ['api://AzureADTokenExchange']],
      ['from-gcp', 'https://accounts.google.com', GCP.uniqueId, ['api://AzureADTokenExchange']],
    ]);
    // Two written at once under one identity are refused.
    expect(credentials[1]?.['depends_on']).toHaveLength(1);
    const roles = all(resources, 'azurerm_role_assignment').filter(({ principal_id }) => String(principal_id).includes('Listener'));
    expect(roles.map(({ role_definition_name, scope }) => [role_definition_name, scope])).toEqual([
      ['EventGrid Data Sender', expect.stringContaining('azurerm_eventgrid_topic.Containment_Responder_Topic')],
    ]);
  });

  test('are told where they listen, with tokens for the application', () => {
    const [app] = all(synth(connected().stack), 'azurerm_function_app_flex_consumption').filter((one) =>
      JSON.stringify(one).includes('PEERS'),
    );
    const appSettings = app?.['app_settings'] as Record<string, string> | undefined;
    expect(JSON.parse(appSettings?.['PEERS'] ?? '')).toEqual([
      { cloud: 'aws', audience: `api://${people.clientId}`, listener: AWS.listener, bus: AWS.bus },
      { cloud: 'gcp', audience: `api://${people.clientId}`, provider: `${GCP.pool}/providers/from-azure`, topic: GCP.topic },
    ]);
  });

  test('nobody is let in where none is connected; the output says what other clouds ask for', () => {
    const { stack } = make();
    const resources = synth(stack);
    expect(all(resources, 'azurerm_federated_identity_credential').filter(({ name }) => String(name).startsWith('from-'))).toEqual([]);
    const { output } = JSON.parse(Testing.synth(stack)) as { readonly output: Record<string, { readonly value: object }> };
    expect(Object.values(output).find(({ value }) => 'audience' in Object(value))).toMatchObject({
      value: {
        tenantId: people.tenantId,
        principalId: expect.stringContaining('principal_id'),
        clientId: expect.stringMatching(/Listener.*client_id/),
        topic: expect.stringContaining('endpoint'),
        audience: `api://${people.clientId}`,
      },
    });
  });

  test('one cloud is connected once', () => {
    expect(() => connected().containment.connect(PeerResponder.aws(AWS))).toThrow('the responder on aws must be connected once');
  });
});
