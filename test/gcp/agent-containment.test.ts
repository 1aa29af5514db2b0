import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack, Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, hours, MaturityLevel, minutes } from '../../lib';
import {
  AgentContainment,
  type AgentContainmentProps,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrust,
  AgentWork,
  AlertTarget,
  type ContainedAgentOptions,
  type DrillOptions,
  PeerResponder,
  ScopedAgentRole,
} from '../../lib/gcp';
import { LIMITS } from '../../lib/gcp/catalog';

const project = 'example-finance';
const specOf = (name: string): AgentSpec =>
  new AgentSpec({
    name,
    owner: 'o@example.com',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readSecret('token')],
    responses: { velocity: 'restrict' },
  });
const work = [
  AgentWork.cloudRunService({ project, location: 'europe-west1', name: 'reader' }),
  AgentWork.computeInstance({ project, zone: 'europe-west1-b', name: 'reader' }),
  AgentWork.schedulerJob({ project, location: 'europe-west1', name: 'reader' }),
];

function make(more: Partial<AgentContainmentProps> = {}, { level = MaturityLevel.ALERTING, protect = true } = {}) {
  const stack = new TerraformStack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk');
  new GoogleProvider(stack, 'Google', { project });
  const identity = new AgentIdentity(stack, 'Reader', { agent: specOf('reader'), trust: AgentTrust.attached(), project });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { token: AgentResource.secret({ secretId: 'erp', project }) } });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], region: 'europe-west1', level });
  const notify = [AlertTarget.email('oncall@example.com')];
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify, ...more });
  if (protect) containment.protect(identity, { work });
  return { stack, identity, monitoring, containment };
}

const OUTSIDE = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 's', audience: 'a' });

/** An agent that is a federated principal itself, beside the reader. */
function makeFederated(options: ContainedAgentOptions, trust = OUTSIDE) {
  const { stack, containment } = make({ armed: true });
  const identity = AgentIdentity.federated(stack, 'Other', { agent: specOf('other'), trust, project });
  const role = new ScopedAgentRole(stack, 'OtherRole', {
    identity,
    resources: { token: AgentResource.secret({ secretId: 'other', project }) },
  });
  containment.protect(identity, options);
  return { stack, containment, identity, role };
}

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
const synth = (stack: TerraformStack): Resources => (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const all = (resources: Resources, type: string) => Object.values(resources[type] ?? {});
const ACCOUNT = 'Containment_Responder_Function_Account';

test('what the responder is to know of an agent is an object in a bucket that the detector cannot write', () => {
  const resources = synth(make({ armed: true }).stack);
  const object = all(resources, 'google_storage_bucket_object').find(({ name }) => name === 'contain/main/reader.json');
  expect(object?.['bucket']).toContain('Containment_Responder_Registry');
  expect(JSON.parse(String(object?.['content']))).toEqual({
    name: 'reader',
    fleet: 'main',
    cloud: 'gcp',
    owner: 'o@example.com',
    armed: true,
    responses: { velocity: 'restrict' },
    native: {
      identity: { kind: 'account', email: '${google_service_account.main__reader.email}', project, displayName: 'reader of main' },
      work: [
        { kind: 'cloud-run-service', name: `projects/${project}/locations/europe-west1/services/reader` },
        { kind: 'compute-instance', name: `projects/${project}/zones/europe-west1-b/instances/reader` },
        { kind: 'scheduler-job', name: `projects/${project}/locations/europe-west1/jobs/reader` },
      ],
      secrets: ['secret token'],
    },
  });
  const members = all(resources, 'google_storage_bucket_iam_member').filter(({ bucket }) =>
    String(bucket).includes('Containment_Responder_Registry'),
  );
  expect(members.map(({ role, member }) => [role, String(member).includes(ACCOUNT)])).toEqual([['roles/storage.objectViewer', true]]);
});

test('the responder may disable and enable the accounts of its agents, one by one, and become none of them', () => {
  const resources = synth(make().stack);
  const roles = new Map(all(resources, 'google_project_iam_custom_role').map((one) => [one['role_id'], one['permissions'] as string[]]));
  const [grant] = all(resources, 'google_service_account_iam_member').filter(({ member }) => String(member).includes(ACCOUNT));
  expect(grant?.['service_account_id']).toBe('${google_service_account.main__reader.name}');
  expect([...roles.values()]).toContainEqual([
    'iam.serviceAccounts.disable',
    'iam.serviceAccounts.enable',
    'iam.serviceAccounts.get',
    'iam.serviceAccounts.getIamPolicy',
  ]);
  const every = [...roles.values()].flat();
  expect(every.filter((permission) => /setIamPolicy|actAs|getAccessToken|signBlob|signJwt|serviceAccountKeys/.test(permission))).toEqual(
    [],
  );
  const own = all(resources, 'google_project_iam_member').filter(({ member }) => String(member).includes(ACCOUNT));
  expect(own.map(({ role }) => String(role).replace(/.*AgenticIamRoles.*/, 'custom')).sort()).toEqual(['custom', 'roles/datastore.user']);
});

const nativeOf = (resources: Resources, agent: string) => {
  const object = all(resources, 'google_storage_bucket_object').find(({ name }) => name === `contain/main/${agent}.json`);
  return JSON.parse(String(object?.['content'])) as { readonly armed: boolean; readonly native: { readonly identity: object } };
};

const taggers = (resources: Resources): readonly unknown[] => {
  const roles = (resources['google_project_iam_custom_role'] ?? {}) as Record<string, { permissions: string[] }>;
  const tagging = Object.keys(roles).filter((id) => roles[id]?.permissions.includes('resourcemanager.hierarchyNodes.createTagBinding'));
  const members = all(resources, 'google_project_iam_member').filter(({ role }) => tagging.some((id) => String(role).includes(`.${id}.`)));
  return members.map((one) => one['project']);
};

describe('an agent without an account', () => {
  test('is stopped by a deny policy that waits for a tag, which the responder may put on and nobody else of ours', () => {
    const resources = synth(makeFederated({ denyIn: [project, 'example-ledger'] }).stack);
    const policies = all(resources, 'google_iam_deny_policy') as {
      rules: { deny_rule: Record<string, unknown> }[];
      depends_on?: string[];
    }[];
    expect(policies.map((one) => one['parent' as never])).toEqual([
      'cloudresourcemanager.googleapis.com%2Fprojects%2Fexample-finance',
      'cloudresourcemanager.googleapis.com%2Fprojects%2Fexample-ledger',
    ]);
    // Google takes five writes of deny policies a minute: one after the other.
    expect(policies[1]?.depends_on).toEqual([expect.stringMatching(/^google_iam_deny_policy\./)]);
    const rule = policies[0]?.rules[0]?.deny_rule;
    expect(rule?.['denied_principals']).toEqual([expect.stringMatching(/^principal:.*workload_identity_pool.*\/subject\/s$/)]);
    expect(rule?.['denial_condition']).toEqual({
      title: 'while it is stopped',
      expression:
        'resource.matchTagId("${google_tags_tag_key.Containment_Responder_Deny-other-0_Key_1A6A7261.id}", "${google_tags_tag_value.Containment_Responder_Deny-other-0_Value_48871508.id}")',
    });
    expect(rule?.['denied_permissions']).toEqual(
      expect.arrayContaining(['secretmanager.googleapis.com/versions.access', 'storage.googleapis.com/objects.get']),
    );
    expect(all(resources, 'google_tags_tag_key').map((one) => [one['parent'], one['short_name']])).toEqual([
      ['projects/example-finance', 'stop--main--other'],
      ['projects/example-ledger', 'stop--main--other'],
    ]);
    const users = all(resources, 'google_tags_tag_value_iam_member');
    expect(users.map(({ role, member }) => [role, String(member).includes(ACCOUNT)])).toEqual([
      ['roles/resourcemanager.tagUser', true],
      ['roles/resourcemanager.tagUser', true],
    ]);
    expect(all(resources, 'google_tags_tag_binding')).toEqual([]);
    expect(taggers(resources)).toEqual([project, 'example-ledger']);
    expect(nativeOf(resources, 'other')).toMatchObject({
      armed: true,
      native: {
        identity: {
          kind: 'denied',
          tags: [
            {
              project,
              parent: expect.stringMatching(
                /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/\$\{data\.google_project\..*\.number\}$/,
              ),
              value: expect.stringMatching(/^\$\{google_tags_tag_value\..*\.id\}$/),
              key: 'stop--main--other',
            },
            { project: 'example-ledger' },
          ],
        },
      },
    });
  });

  test('is no other one away from being stopped: what is on a project is given once for all', () => {
    const { stack, containment } = makeFederated({ denyIn: [project] });
    const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 't', audience: 'a' });
    const third = AgentIdentity.federated(stack, 'Third', { agent: specOf('third'), trust, project });
    new ScopedAgentRole(stack, 'ThirdRole', { identity: third, resources: { token: AgentResource.secret({ secretId: 't', project }) } });
    containment.protect(third, { denyIn: [project] });
    const resources = synth(stack);
    expect(all(resources, 'google_iam_deny_policy')).toHaveLength(2);
    expect(taggers(resources)).toEqual([project]);
  });

  test('is not left with access that the policy does not deny', () => {
    const problems = (options: ContainedAgentOptions, native = false): readonly string[] => {
      const { identity, role } = makeFederated(options);
      if (native) role.addNativeGrant('More', { role: 'roles/storage.objectViewer', on: AgentResource.bucket({ name: 'more' }) });
      return identity.node.validate().filter((one) => one.includes('stop') || one.includes('denied'));
    };
    expect(problems({ denyIn: [project] })).toEqual([]);
    expect(problems({ denyIn: ['example-ledger'] })).toEqual([
      "agent 'other' must be denied in each project that it was granted something in ('denyIn'), because a deny policy holds on its own project, got: 'example-finance'; add the project [not-containable]",
    ]);
    expect(problems({ denyIn: [project] }, true)).toEqual([
      "agent 'other' must not be granted anything past its capabilities where a deny policy stops it, because the policy names what the capabilities need, got: 'desk/OtherRole/More'; declare a capability for it, or give the agent a service account [not-containable]",
    ]);
  });

  test('is stopped by a deny policy that the responder writes, which the right to is given on the organization once for all', () => {
    const { stack, containment } = makeFederated({ denyAt: { organization: '123456789' } });
    const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 't', audience: 'a' });
    const third = AgentIdentity.federated(stack, 'Third', { agent: specOf('third'), trust, project });
    new ScopedAgentRole(stack, 'ThirdRole', { identity: third, resources: { token: AgentResource.secret({ secretId: 't', project }) } });
    containment.protect(third, { denyAt: { organization: '123456789', place: 'folders/42' } });
    const resources = synth(stack);
    expect(all(resources, 'google_iam_deny_policy')).toEqual([]);
    expect(all(resources, 'google_organization_iam_member').map((one) => [one['org_id'], one['role'], one['member']])).toEqual([
      ['123456789', 'roles/iam.denyAdmin', expect.stringContaining(ACCOUNT)],
    ]);
    expect(all(resources, 'google_firestore_field').map((one) => one['collection'])).toContain('denialTurns');
    const { identity } = nativeOf(resources, 'other').native as { identity: { permissions: string[] } };
    expect(identity).toEqual({
      kind: 'written',
      place: 'organizations/123456789',
      organization: '123456789',
      policy: 'agentic-iam-stop-main-rnlk33v7g5',
      displayName: 'stops main of example-finance',
      principal: expect.stringMatching(/^principal:.*workload_identity_pool.*\/subject\/s$/),
      permissions: expect.arrayContaining(['secretmanager.googleapis.com/versions.access', 'iam.googleapis.com/serviceAccounts.actAs']),
    });
    // The same as a deny policy of `denyIn` names.
    const denied = all(synth(makeFederated({ denyIn: [project] }).stack), 'google_iam_deny_policy')[0] as {
      rules: { deny_rule: { denied_permissions: string[] } }[];
    };
    expect(identity.permissions).toEqual(denied.rules[0]?.deny_rule.denied_permissions);
    expect(nativeOf(resources, 'third').native.identity).toMatchObject({
      place: 'folders/42',
      policy: 'agentic-iam-stop-main-rnlk33v7g5',
    });
  });

  test('is not left with access outside of the one project that the policy is written on', () => {
    const problems = (place: string): readonly string[] => {
      const { identity, role } = makeFederated({ denyAt: { organization: '1', place } });
      role.addNativeGrant('More', { role: 'roles/storage.objectViewer', on: AgentResource.bucket({ name: 'more' }) });
      return identity.node.validate().filter((one) => one.includes('denied'));
    };
    expect(problems(`projects/${project}`)).toEqual([]);
    expect(problems('folders/42')).toEqual([]);
    expect(problems('projects/example-ledger')).toEqual([
      "agent 'other' must be denied above all that it was granted something in ('denyAt'), because a deny policy holds on its own project, got: 'example-finance'; give a folder that holds all of its projects as 'place', or leave that out [not-containable]",
    ]);
  });

  test('that is one too many for a place is refused: Google takes so many rules there', () => {
    const { stack, containment } = makeFederated({ denyAt: { organization: '1' } });
    const more = (at: number): void => {
      const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: `t${at}`, audience: 'a' });
      const identity = AgentIdentity.federated(stack, `More${at}`, { agent: specOf(`more-${at}`), trust, project });
      new ScopedAgentRole(stack, `MoreRole${at}`, { identity, resources: { token: AgentResource.secret({ secretId: 't', project }) } });
      containment.protect(identity, { denyAt: { organization: '1' } });
    };
    for (let at = 2; at <= LIMITS.denyPolicies.rulesPerResource; at += 1) more(at);
    expect(() => more(0)).toThrow(/501.*rules of deny policies|rules of deny policies.*501/);
  });

  test('is stopped with its pool, by a machine only where nobody else comes in by it', () => {
    const alone = synth(makeFederated({ withPool: true }).stack);
    const pool = '${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}';
    expect(nativeOf(alone, 'other')).toMatchObject({
      armed: true,
      native: { identity: { kind: 'pool', name: pool, displayName: 'agents of main', sharedWith: [] } },
    });
    const { stack, containment } = makeFederated({ withPool: true });
    const more = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 't', audience: 'a' });
    const third = AgentIdentity.federated(stack, 'Third', { agent: specOf('third'), trust: more, project });
    new ScopedAgentRole(stack, 'ThirdRole', { identity: third, resources: { token: AgentResource.secret({ secretId: 't', project }) } });
    containment.protect(third, { withPool: true });
    // One that comes in by the pool and has an account of its own.
    new AgentIdentity(stack, 'Fourth', {
      agent: specOf('fourth'),
      trust: AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 'u', audience: 'a' }),
      project,
    });
    const shared = synth(stack);
    expect(nativeOf(shared, 'other')).toMatchObject({ armed: false, native: { identity: { sharedWith: ['fourth', 'third'] } } });
    expect(nativeOf(shared, 'third')).toMatchObject({ armed: false, native: { identity: { sharedWith: ['fourth', 'other'] } } });
    expect(nativeOf(shared, 'reader').armed).toBe(true);
    const rights = all(shared, 'google_project_iam_custom_role').map((one) => one['permissions']);
    expect(rights).toContainEqual(['iam.googleapis.com/workloadIdentityPools.get', 'iam.googleapis.com/workloadIdentityPools.update']);
  });
});

test('evidence cannot be deleted, triggers that fail are kept and told, and people come in by name', () => {
  const resources = synth(make({ operators: ['user:ada@example.com'] }).stack);
  const evidence = all(resources, 'google_storage_bucket').find((one) => one['retention_policy']);
  expect(evidence).toMatchObject({ retention_policy: { retention_period: 400 * 86_400 }, lifecycle: { prevent_destroy: true } });
  const pushes = all(resources, 'google_pubsub_subscription').filter(({ name }) => /-contain-(detections|others)$/.test(String(name)));
  expect(pushes.map((one) => one['dead_letter_policy'])).toEqual([expect.anything(), expect.anything()]);
  expect(all(resources, 'google_cloud_run_v2_service_iam_member').map(({ member }) => member)).toContain('user:ada@example.com');
  const names = all(resources, 'google_monitoring_alert_policy').map(({ display_name }) => display_name);
  expect(names).toEqual(
    expect.arrayContaining([
      'Containment of fleet main',
      'A drill of fleet main failed',
      'The responder of fleet main fails',
      'Triggers of containment of fleet main were not heard',
    ]),
  );
  for (const policy of all(resources, 'google_monitoring_alert_policy').filter(({ display_name }) =>
    /ontain|responder|drill/.test(String(display_name)),
  ))
    expect(policy['notification_channels']).toHaveLength(1);
});

test('the agent stays contained for an hour at least, and Terraform leaves its account alone', () => {
  const resources = synth(make().stack);
  const service = all(resources, 'google_cloudfunctions2_function').find(({ name }) => name === 'agentic-iam-main-containment') as {
    service_config: { environment_variables: Record<string, string> };
  };
  expect(JSON.parse(service.service_config.environment_variables['SETTINGS'] ?? '')).toEqual({
    restoreAfterSeconds: 3_600,
    longestStepSeconds: 60,
  });
  expect(service.service_config.environment_variables['CALLER']).toContain('Function_Caller');
  expect(all(resources, 'google_service_account').find(({ account_id }) => account_id === 'main--reader')?.['lifecycle']).toEqual({
    ignore_changes: ['disabled'],
  });
});

test('a canary is contained again and again', () => {
  const { stack, containment } = make();
  const canary = new AgentIdentity(stack, 'Canary', { agent: specOf('canary'), trust: AgentTrust.attached(), project });
  new ScopedAgentRole(stack, 'CanaryRole', {
    identity: canary,
    resources: { token: AgentResource.secret({ secretId: 'canary', project }) },
  });
  containment.drill(canary);
  const job = all(synth(stack), 'google_cloud_scheduler_job').find(({ schedule }) => schedule === '0 6 1 * *') as {
    http_target: { uri: string; body: string };
  };
  expect(job.http_target.uri).toMatch(/\/drill$/);
  expect(JSON.parse(Buffer.from(job.http_target.body, 'base64').toString())).toEqual({ agent: 'canary', fleet: 'main' });
});

describe('the probe of a canary', () => {
  const drilled = (options: DrillOptions = {}, { resources = true, federated = false } = {}) => {
    const { stack, containment } = make();
    const agent = specOf('canary');
    const canary = federated
      ? AgentIdentity.federated(stack, 'Canary', { agent, trust: OUTSIDE, project })
      : new AgentIdentity(stack, 'Canary', { agent, trust: AgentTrust.attached(), project });
    // What is granted after it counts, too.
    containment.drill(canary, options);
    if (resources)
      new ScopedAgentRole(stack, 'CanaryRole', {
        identity: canary,
        resources: { token: AgentResource.secret({ secretId: 'canary', project }) },
      });
    return { stack, canary };
  };
  const probeOf = (resources: Resources) =>
    all(resources, 'google_cloudfunctions2_function').find(({ name }) => name === 'agentic-iam-main-probe-canary') as
      | { readonly service_config: { readonly service_account_email: string; readonly environment_variables: Record<string, string> } }
      | undefined;
  const nativeOf = (resources: Resources) => {
    const object = all(resources, 'google_storage_bucket_object').find(({ name }) => name === 'contain/main/canary.json');
    return (JSON.parse(String(object?.['content'])) as { readonly native: Readonly<Record<string, unknown>> }).native;
  };

  test('runs as the canary, asks about what the canary was granted, and answers the responder alone', () => {
    const resources = synth(drilled().stack);
    const config = probeOf(resources)?.service_config;
    expect(config?.service_account_email).toBe('${google_service_account.main__canary.email}');
    expect(JSON.parse(config?.environment_variables['PROBED_PLACES'] ?? '')).toEqual([
      {
        type: 'secret',
        fields: { secretId: 'canary', project },
        permissions: ['secretmanager.versions.access'],
      },
    ]);
    const callers = all(resources, 'google_cloud_run_v2_service_iam_member').filter(({ name }) => /Probe-canary/.test(String(name)));
    expect(callers.map(({ role, member }) => [role, String(member).includes(ACCOUNT)])).toEqual([['roles/run.invoker', true]]);
    expect(nativeOf(resources)['probe']).toMatch(/^\$\{google_cloudfunctions2_function\.\S*Probe-canary\S*\.url\}$/);
  });

  test('is left out where that is said, and where the canary has no account', () => {
    for (const { stack } of [drilled({ probe: false }), drilled({ denyIn: [project] }, { federated: true })]) {
      const resources = synth(stack);
      expect(probeOf(resources)).toBeUndefined();
      expect(nativeOf(resources)['probe']).toBeUndefined();
    }
  });

  test('is refused where functions cannot run as the canary', () => {
    expect(() => drilled({ denyIn: [project], probe: true }, { federated: true })).toThrow(
      /agent 'canary' needs a service account to be asked what it may do \('probe'\), .*got: 'federated-principal'; leave 'probe' out/,
    );
  });

  test('is refused where there is nothing to ask', () => {
    const { canary } = drilled({}, { resources: false });
    expect(canary.node.validate().join()).toMatch(
      /agent 'canary' must be granted something that Google can be asked about .*'probe: false'/,
    );
    expect(drilled().canary.node.validate()).toEqual([]);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ['monitoring that judges nothing', () => make({}, { level: MaturityLevel.LOGGING }), /needs monitoring from level ALERTING on/],
  ['nobody to tell', () => make({ notify: [] }), /needs somebody to tell/],
  ['a restore before tokens have ended', () => make({ restoreAfter: minutes(5) }), /tokens from before the containment hold again/],
  ['half an agent an hour', () => make({ mostPerHour: 0.5 }), /whole number/],
  [
    'an agent twice',
    () => {
      const { containment, identity } = make();
      containment.protect(identity);
    },
    /must be put under containment once/,
  ],
  [
    'a federated principal',
    () => {
      const { stack, containment } = make();
      const trust = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 's', audience: 'a' });
      containment.protect(AgentIdentity.federated(stack, 'Other', { agent: specOf('other'), trust, project }));
    },
    /must have a service account that is made in this app, or one way to be stopped without/,
  ],
  [
    'an account and a deny policy',
    () => {
      const { containment, identity } = make({}, { protect: false });
      containment.protect(identity, { denyIn: [project] });
    },
    /must not be given 'denyIn', because its service account is disabled/,
  ],
  ['a deny policy nowhere', () => makeFederated({ denyIn: [] }), /a deny policy on no project stops nothing/],
  ['a deny policy twice', () => makeFederated({ denyIn: [project, project] }), /must be denied in each project of 'denyIn' once/],
  ['a deny policy on a number', () => makeFederated({ denyIn: ['123'] }), /must be a project id/],
  [
    'an account and a policy that is written',
    () => make({}, { protect: false }).containment.protect(make().identity, { denyAt: { organization: '1' } }),
    /must not be given 'denyAt', because its service account is disabled/,
  ],
  [
    'an organization by its name',
    () => makeFederated({ denyAt: { organization: 'example.com' } }),
    /needs the 'organization' of its 'denyAt' in digits/,
  ],
  [
    'an organization as a place in itself',
    () => makeFederated({ denyAt: { organization: '1', place: 'organizations/1' } }),
    /needs the 'place' of its 'denyAt' to be a folder or a project/,
  ],
  ['a project by its number', () => makeFederated({ denyAt: { organization: '1', place: 'projects/42' } }), /must be a project id/],
  [
    'written and waiting',
    () => makeFederated({ denyIn: [project], denyAt: { organization: '1' } }),
    /one way to be stopped without.*denyIn.*denyAt/,
  ],
  ['two ways at a time', () => makeFederated({ denyIn: [project], withPool: true }), /one way to be stopped without.*denyIn.*withPool/],
  [
    "a pool of Google's own",
    () => makeFederated({ withPool: true }, AgentTrust.gke({ namespace: 'n', serviceAccount: 'reader', projectNumber: '1' })),
    /must come in by the pool of its fleet/,
  ],
  [
    'an agent of another fleet',
    () => {
      const { stack, containment } = make();
      containment.protect(
        new AgentIdentity(stack, 'Other', { agent: specOf('other'), trust: AgentTrust.attached(), project, fleet: 'other' }),
      );
    },
    /must be of fleet 'main'/,
  ],
  ['work without a name', () => AgentWork.cloudRunService({ project, location: 'l', name: ' ' }), /empty/],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
});

test('more than an hour is taken', () => {
  expect(() => make({ restoreAfter: hours(2), cooldown: minutes(1), mostPerHour: 0 })).not.toThrow();
});

describe('responders of other clouds', () => {
  const AZURE = {
    tenantId: '11111111-1111-1111-1111-111111111111',
    principalId: '22222222-2222-2222-2222-222222222222',
    clientId: '33333333-3333-3333-3333-333333333333',
    topic: 'https://agentic-iam-main-containments.westeurope-1.eventgrid.azure.net',
    audience: 'api://44444444-4444-4444-4444-444444444444',
  };
  const AWS = {
    issuer: 'https://0123.tokens.sts.global.api.aws',
    responder: 'arn:aws:iam::111122223333:role/agentic-iam-responder/desk-Responder',
    listener: 'arn:aws:iam::111122223333:role/agentic-iam-responder/main--listener',
    bus: 'arn:aws:events:eu-central-1:111122223333:event-bus/agentic-iam-main',
  };

  const connected = () => {
    const made = make({ peers: [PeerResponder.aws(AWS)] });
    made.containment.connect(PeerResponder.azure({ ...AZURE, v2Tokens: true }));
    return made;
  };

  test('are each one subject of one issuer, and may publish on one topic and nothing else', () => {
    const resources = synth(connected().stack);
    const providers = all(resources, 'google_iam_workload_identity_pool_provider').map((one) => [
      one['workload_identity_pool_provider_id'],
      one['attribute_condition'],
      one['attribute_mapping'],
      one['oidc'],
    ]);
    expect(providers).toEqual([
      [
        'from-aws',
        `assertion.sub == '${AWS.responder}'`,
        { 'google.subject': "'responder-on-aws'" },
        { issuer_uri: AWS.issuer, allowed_audiences: ['agentic-iam-containment'] },
      ],
      [
        'from-azure',
        `assertion.sub == '${AZURE.principalId}'`,
        { 'google.subject': "'responder-on-azure'" },
        {
          issuer_uri: `https://login.microsoftonline.com/${AZURE.tenantId}/v2.0`,
          allowed_audiences: ['44444444-4444-4444-4444-444444444444'],
        },
      ],
    ]);
    const text = JSON.stringify(resources);
    const members = all(resources, 'google_pubsub_topic_iam_member').filter(({ member }) => String(member).includes('responder-on-'));
    expect(members.map(({ role, topic, member }) => [role, String(topic).includes('Peers'), String(member).split('/subject/')[1]])).toEqual(
      [
        ['roles/pubsub.publisher', true, 'responder-on-aws'],
        ['roles/pubsub.publisher', true, 'responder-on-azure'],
      ],
    );
    expect(text.match(/subject\/responder-on-aws/g)).toHaveLength(1);
  });

  test('are told where they listen', () => {
    const resources = synth(connected().stack);
    const [service] = all(resources, 'google_cloudfunctions2_function').filter((one) => JSON.stringify(one).includes('PEERS'));
    const config = service?.['service_config'] as { readonly environment_variables: Record<string, string> };
    expect(JSON.parse(config.environment_variables['PEERS'] ?? '')).toEqual([
      { cloud: 'aws', audience: 'agentic-iam-containment', listener: AWS.listener, bus: AWS.bus },
      { cloud: 'azure', audience: 'api://AzureADTokenExchange', tenantId: AZURE.tenantId, clientId: AZURE.clientId, topic: AZURE.topic },
    ]);
  });

  test('nobody is let in where none is connected; the output says what other clouds ask for', () => {
    const { stack } = make();
    expect(synth(stack)['google_iam_workload_identity_pool_provider']).toBeUndefined();
    const { output } = JSON.parse(Testing.synth(stack)) as { readonly output: Record<string, { readonly value: object }> };
    expect(Object.values(output).find(({ value }) => 'pool' in Object(value))).toMatchObject({
      value: {
        uniqueId: expect.stringContaining('unique_id'),
        topic: expect.stringContaining('google_pubsub_topic'),
        pool: expect.stringMatching(
          /^\/\/iam\.googleapis\.com\/projects\/\$\{data\.google_project\..*number\}\/locations\/global\/workloadIdentityPools\/aim-peers-/,
        ),
      },
    });
  });

  test.each([
    [{ ...AWS, listener: 'main--listener' }, "the responder on AWS needs 'listener' to be the ARN of a role"],
    [{ ...AWS, responder: 'arn:aws:iam::111122223333:role/*' }, "the responder on AWS needs 'responder' to be the ARN of a role"],
    [{ ...AWS, issuer: 'http://issuer' }, "the responder on AWS needs 'issuer' to be an https address"],
  ])('%j is refused', (peer, message) => {
    expect(() => PeerResponder.aws(peer)).toThrow(message);
  });

  test('one cloud is connected once', () => {
    expect(() => connected().containment.connect(PeerResponder.aws(AWS))).toThrow('the responder on aws must be connected once');
  });
});
