import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
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
  type IAgentIdentity,
  ScopedAgentRole,
} from '../../lib/gcp';
import { servicesOf } from '../../lib/gcp/private/monitoring/audit-logs';
import { GoogleSql } from './google-sql';

const project = 'example-finance';
const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readObjects('files'), Capability.readSecret('token')],
});

const orderly = (...workflows: Workflow[]): AgentSpec =>
  new AgentSpec({
    name: 'reader',
    owner: 'o@example.com',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: reader.capabilities,
    workflows,
  });
const answering = orderly(Workflow.named('answer').step('token:read').step('files:read'));

function make(
  more: Partial<AgentMonitoringProps> = {},
  {
    role = true,
    federated = false,
    agent = reader,
    subject = 's',
  }: { role?: boolean; federated?: boolean; agent?: AgentSpec; subject?: string } = {},
) {
  const stack = new TerraformStack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk');
  new GoogleProvider(stack, 'Google', { project });
  const identity: IAgentIdentity = federated
    ? AgentIdentity.federated(stack, 'Reader', {
        agent,
        trust: AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject, audience: 'a' }),
        project,
      })
    : new AgentIdentity(stack, 'Reader', { agent, trust: AgentTrust.attached(), project });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], region: 'europe-west1', ...more });
  if (role)
    new ScopedAgentRole(stack, 'Role', {
      identity,
      resources: { files: AgentResource.bucket({ name: 'files-1' }), token: AgentResource.secret({ secretId: 'erp', project }) },
    });
  return { stack, identity, monitoring };
}

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const synth = (stack: TerraformStack): Resources => (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});
const EMAIL = '${google_service_account.main__reader.email}';

test('data access is logged for the services that the agents use, one by one, and for no others', () => {
  const configs = all(synth(make().stack), 'google_project_iam_audit_config');
  expect(configs.map(({ service }) => service).sort()).toEqual([
    'iam.googleapis.com',
    'iamcredentials.googleapis.com',
    'secretmanager.googleapis.com',
    'storage.googleapis.com',
    'sts.googleapis.com',
  ]);
  expect(
    all(synth(make({ trail: AgentTrail.create({ except: ['storage.googleapis.com'] }) }).stack), 'google_project_iam_audit_config').map(
      ({ service }) => service,
    ),
  ).not.toContain('storage.googleapis.com');
  expect(all(synth(make({ trail: AgentTrail.existing() }).stack), 'google_project_iam_audit_config')).toEqual([]);
});

test('a permission is logged by the service of its prefix', () => {
  expect(servicesOf(['datastore.entities.get', 'aiplatform.endpoints.predict', 'resourcemanager.projects.get'])).toEqual(
    expect.arrayContaining([
      'firestore.googleapis.com',
      'datastore.googleapis.com',
      'aiplatform.googleapis.com',
      'cloudresourcemanager.googleapis.com',
    ]),
  );
});

test('the sink chooses calls of the agents, and of those who take them on, by email; a federated principal by its subject', () => {
  const filterOf = (stack: TerraformStack) => all(synth(stack), 'google_logging_project_sink').map(({ filter }) => filter);
  for (const filter of filterOf(make().stack))
    expect(filter).toBe(
      `protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog" AND (protoPayload.authenticationInfo.principalEmail=("${EMAIL}") OR resource.labels.email_id=("${EMAIL}"))`,
    );
  expect(filterOf(make({}, { federated: true }).stack)[0]).toMatch(
    /principalSubject=\("principal:\/\/iam\.googleapis\.com\/.*subject\/s"\)\)$/,
  );
});

test('what an agent declared is an object with its email, once it is deployed', () => {
  const object = all(synth(make().stack), 'google_storage_bucket_object').find(({ name }) => name === 'watch/main/reader.json');
  expect(JSON.parse(String(object?.['content']))).toMatchObject({
    name: 'reader',
    cloud: 'gcp',
    principals: [EMAIL],
    scope: { accounts: [project] },
    grants: [
      { actions: ['storage.objects.get'], resources: ['projects/_/buckets/files-1', 'projects/_/buckets/files-1/objects/*'] },
      { actions: ['secretmanager.versions.access'], resources: ['projects/*/secrets/erp', 'projects/*/secrets/erp/versions/*'] },
    ],
  });
});

test('an alert of the log itself compares permissions exactly with those that were given', () => {
  const policy = all(synth(make().stack), 'google_monitoring_alert_policy').find(({ display_name }) =>
    /never given/.test(String(display_name)),
  );
  expect(((policy?.['conditions'] ?? []) as { condition_matched_log: { filter: string } }[])[0]?.condition_matched_log.filter).toBe(
    `protoPayload.@type="type.googleapis.com/google.cloud.audit.AuditLog" AND protoPayload.authenticationInfo.principalEmail="${EMAIL}" AND protoPayload.authorizationInfo.permission:* AND NOT (protoPayload.authorizationInfo.permission="secretmanager.versions.access" OR protoPayload.authorizationInfo.permission="storage.objects.get")`,
  );
  // The provider refuses such a condition without it.
  expect(policy?.['alert_strategy']).toMatchObject({ notification_rate_limit: { period: '300s' } });
});

test('the detector may read its registry, remember, and tell; only its caller may call it', () => {
  const resources = synth(make().stack);
  const member = (value: unknown): string => String(value).replace(/.*Function_(Account|Caller)_.*/, '$1');
  expect(
    all(resources, 'google_storage_bucket_iam_member')
      .filter(({ bucket }) => String(bucket).includes('Monitoring'))
      .map((one) => [one['role'], member(one['member'])]),
  ).toEqual([['roles/storage.objectViewer', 'Account']]);
  const project_ = all(resources, 'google_project_iam_member').find(({ role }) => role === 'roles/datastore.user');
  expect(project_?.['condition']).toMatchObject({
    expression: expect.stringMatching(/^resource\.name == "projects\/example-finance\/databases\//),
  });
  expect(all(resources, 'google_cloud_run_v2_service_iam_member').map((one) => [one['role'], member(one['member'])])).toEqual([
    ['roles/run.invoker', 'Caller'],
  ]);
  const [service] = all(resources, 'google_cloudfunctions2_function');
  expect(service).toMatchObject({
    service_config: { ingress_settings: 'ALLOW_INTERNAL_ONLY' },
    build_config: { runtime: 'nodejs22', entry_point: 'handler' },
  });
});

test('what the detector did not take is put aside and told, and so is what waits too long', () => {
  const resources = synth(make({ silentAfter: minutes(30) }).stack);
  const push = all(resources, 'google_pubsub_subscription').find((one) => one['push_config']);
  expect(push).toMatchObject({
    dead_letter_policy: { max_delivery_attempts: 30 },
    push_config: { oidc_token: { audience: expect.anything() } },
  });
  const names = all(resources, 'google_monitoring_alert_policy').map(({ display_name }) => display_name);
  expect(names).toEqual(
    expect.arrayContaining([
      'Fleet main: calls that could not be judged',
      'Fleet main: calls wait for their detector',
      'Fleet main: the detector fails',
      'Fleet main: entries that nobody understood',
      'Fleet main: no agent made a call',
      'Agents of fleet main: privilege-escalation',
      'Agents of fleet main: velocity',
    ]),
  );
});

test('every alert goes to everyone who is to be told', () => {
  const topic = { id: 'projects/p/topics/t' };
  const channel = { id: 'projects/p/notificationChannels/1' };
  const resources = synth(
    make({ notify: [AlertTarget.email('a@example.com'), AlertTarget.topic(topic), AlertTarget.channel(channel)] }).stack,
  );
  expect(all(resources, 'google_monitoring_notification_channel').map(({ type, labels }) => [type, labels])).toEqual([
    ['email', { email_address: 'a@example.com' }],
    ['pubsub', { topic: topic.id }],
  ]);
  for (const policy of all(resources, 'google_monitoring_alert_policy'))
    expect((policy['notification_channels'] as string[]).at(-1)).toBe(channel.id);
});

test('at level LOGGING calls are recorded and kept, and nobody judges them', () => {
  const { stack, monitoring } = make({ level: MaturityLevel.LOGGING });
  const resources = synth(stack);
  expect(all(resources, 'google_logging_project_bucket_config')[0]).toMatchObject({
    retention_days: 400,
    enable_analytics: true,
    locked: false,
  });
  expect([monitoring.bus, monitoring.detector, monitoring.alarms]).toEqual([undefined, undefined, undefined]);
  expect(all(resources, 'google_cloudfunctions2_function')).toEqual([]);
});

test.each<[string, () => unknown, RegExp]>([
  ['an address that is none', () => AlertTarget.email('x'), /invalid-alert-target/],
  ['no region', () => make({ region: ' ' }), /empty/],
  ['an agent of another fleet', () => make({ fleet: 'other' }), /other-fleet/],
  [
    'an agent twice',
    () => {
      const { monitoring, identity } = make();
      monitoring.watch(identity);
    },
    /watched-twice/,
  ],
  ['an agent without its role', () => synth(make({}, { role: false }).stack), /needs its ScopedAgentRole/],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

describe('the order of calls, asked of the log itself', () => {
  const policyOf = (stack: TerraformStack) => {
    const [policy] = all(synth(stack), 'google_monitoring_alert_policy').filter(({ display_name }) =>
      /order of calls/.test(String(display_name)),
    );
    return policy as
      | { conditions: { condition_sql: Record<string, unknown> }[]; depends_on: string[]; notification_channels?: string[] }
      | undefined;
  };
  const queryOf = (stack: TerraformStack): string => String(policyOf(stack)?.conditions[0]?.condition_sql['query']);

  test('is an alert each half hour where a query finds one row, told to everyone, on a dataset that Monitoring may read', () => {
    const { stack } = make({ sequences: true, notify: [AlertTarget.email('a@example.com')] }, { agent: answering });
    const resources = synth(stack);
    expect(policyOf(stack)).toMatchObject({
      combiner: 'OR',
      conditions: [
        {
          condition_sql: {
            minutes: { periodicity: 30 },
            row_count_test: { comparison: 'COMPARISON_GT', threshold: 0 },
            query: expect.any(String),
          },
        },
      ],
      depends_on: [expect.stringMatching(/^google_bigquery_dataset_iam_member\.Monitoring_Orders_MayRead/)],
      notification_channels: [expect.stringContaining('Channel0')],
    });
    expect(all(resources, 'google_logging_linked_dataset')).toEqual([
      {
        bucket: expect.stringMatching(/AuditLogs_Bucket.*\.id}$/),
        link_id: 'agentic_iam_main_calls',
        description: 'Calls of the agents of fleet main, for alerts on their order',
      },
    ]);
    expect(all(resources, 'google_bigquery_dataset_iam_member')).toEqual([
      {
        project,
        dataset_id: expect.stringMatching(/Orders_Link.*\.link_id}$/),
        role: 'roles/bigquery.dataViewer',
        member: expect.stringMatching(
          /^serviceAccount:service-\$\{data\.google_project.*\.number}@gcp-sa-monitoring-notification\.iam\.gserviceaccount\.com$/,
        ),
      },
    ]);
  });

  test('is a query that GoogleSQL understands, and asks for columns that there are', async () => {
    const specs = [
      answering,
      orderly(Workflow.named('any').allOf('token:read', 'files:read').step('files:read').repeated().anytime('token:read')),
      orderly(Workflow.named('read').step('files:read').repeated()),
    ];
    // Quotes are refused where the subject is declared.
    const subject = 'desk/(100)';
    const stacks = specs.flatMap((agent) => [
      make({ sequences: true }, { agent }),
      make({ sequences: true }, { agent, federated: true, subject }),
    ]);
    const queries = stacks.map(({ stack }) => queryOf(stack));
    expect(new Set(queries).size).toBe(6);
    for (const query of queries) expect(query).toContain(`FROM \`${project}.global.agentic-iam-main-calls._AllLogs\``);
    if (GoogleSql.runsHere) {
      const sql = await GoogleSql.start();
      try {
        for (const query of queries) expect(await sql.rows(query)).toEqual([]);
      } finally {
        sql.stop();
      }
    }
    expect(queries[0]).toContain(`principal_email = "${EMAIL}"`);
    expect(queries[0]).toContain(`principal_subject = "serviceAccount:${EMAIL}"`);
    expect(queries[1]).toMatch(/principal_subject = "principal:\/\/iam\.googleapis\.com\/.*\/subject\/desk\/\(100\)"/);
    expect(queries[1]).not.toContain('principal_email');
  });

  test('is asked of agents that declare one, where somebody wants it', () => {
    expect(policyOf(make({ sequences: true }).stack)).toBeUndefined();
    const none = synth(make({}, { agent: answering }).stack);
    expect([none['google_logging_linked_dataset'], none['google_bigquery_dataset_iam_member']]).toEqual([undefined, undefined]);
  });

  test.each<[string, Partial<AgentMonitoringProps>]>([
    ['a trail that is elsewhere', { trail: AgentTrail.existing() }],
    ['nobody who is told', { level: MaturityLevel.LOGGING }],
  ])('is refused with %s', (_, props) => {
    expect(() => make({ sequences: true, ...props }, { agent: answering })).toThrow(/no-log-to-ask/);
  });
});

describe('Security Command Center', () => {
  const SOURCE = 'organizations/123456789012/sources/4567';

  test('gets findings of one source, by a role on that source alone', () => {
    const resources = synth(make({ notify: [AlertTarget.securityCommandCenter(SOURCE)] }).stack);
    expect(all(resources, 'google_scc_v2_organization_source_iam_member')).toEqual([
      {
        organization: '123456789012',
        source: '4567',
        role: 'roles/securitycenter.findingsEditor',
        member: expect.stringContaining('Detector_Function_Account'),
      },
    ]);
    expect(JSON.stringify(all(resources, 'google_cloudfunctions2_function'))).toContain(`"FINDING_SOURCE":"${SOURCE}"`);
    expect(resources['google_monitoring_notification_channel']).toBeUndefined();
  });

  test.each(['organizations/x/sources/1', 'projects/p/sources/1', '4567'])('%s is refused', (source) => {
    expect(() => AlertTarget.securityCommandCenter(source)).toThrow(/invalid-alert-target/);
  });
});

describe('a SIEM', () => {
  const SIEM = 'serviceAccount:siem@example.iam.gserviceaccount.com';

  test('reads findings by a subscription of its own, and nothing else; it is no channel of alerts', () => {
    const resources = synth(make({ notify: [AlertTarget.siem(SIEM)] }).stack);
    const [subscription] = all(resources, 'google_pubsub_subscription').filter(({ name }) =>
      String(name).startsWith('agentic-iam-main-findings'),
    );
    expect(subscription?.['topic']).toContain('Detector_Findings');
    const members = all(resources, 'google_pubsub_subscription_iam_member').filter(({ member }) => member === SIEM);
    expect(members.map(({ role }) => role)).toEqual(['roles/pubsub.subscriber']);
    expect(JSON.stringify(resources).split(SIEM)).toHaveLength(2);
    expect(resources['google_monitoring_notification_channel']).toBeUndefined();
    const [detector] = all(resources, 'google_cloudfunctions2_function');
    expect(JSON.stringify(detector)).toContain('FINDING_TOPIC');
  });

  test('nobody reads where none is named', () => {
    expect(JSON.stringify(synth(make().stack))).not.toMatch(/findings|FINDING_TOPIC/);
  });

  test.each(['allUsers', 'group:all@example.com', 'siem@example.com'])('%s is refused', (member) => {
    expect(() => AlertTarget.siem(member)).toThrow(/invalid-alert-target/);
  });
});
