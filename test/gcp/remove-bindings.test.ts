import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack, Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { stableStringify } from '../../lib/core/json';
import { AgentContainment, AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, AlertTarget, ScopedAgentRole } from '../../lib/gcp';
import { CATALOG, SCOPES, type ScopeType } from '../../lib/gcp/catalog';
import policies from '../../lib/gcp/catalog/policies.json';
import { problemsOf } from '../setup/terraform-schema';
import { SAMPLES } from './resource-samples';

// What the responder is told of role bindings, and what it may do to them, is what the template gives the agent: no more, no less.
const project = 'example-finance';
type Row = Readonly<Record<string, unknown>>;
type Resources = Readonly<Record<string, Readonly<Record<string, Row>>>>;

interface Granted {
  readonly type: ScopeType;
  readonly fields: Readonly<Record<string, string>>;
  readonly grants: readonly { readonly role: string; readonly condition?: object }[];
  readonly right: string;
}

const CAPABILITY = (kind: string): string =>
  Object.entries(CATALOG.capabilities).find(([, { grants = [] }]) => grants.some(({ kinds }) => kinds.includes(kind)))?.[0] ?? '';
const KINDS = Object.keys(SAMPLES).filter((kind) => kind !== 'agent');
const specOf = (name: string, capabilities: readonly Capability[]): AgentSpec =>
  new AgentSpec({ name, owner: 'o@example.com', purpose: 'p', mode: AgentMode.READ_WRITE, capabilities: [...capabilities] });

function desk(agent: AgentSpec) {
  const stack = new TerraformStack(new App({ context: { 'agentic-iam:review': 'off' } }), 'desk');
  new GoogleProvider(stack, 'Google', { project });
  const identity = new AgentIdentity(stack, 'Reader', { agent, trust: AgentTrust.attached(), project });
  const monitoring = new AgentMonitoring(stack, 'Monitoring', { agents: [identity], region: 'europe-west1' });
  const notify = [AlertTarget.email('oncall@example.com')];
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify });
  return { stack, identity, containment };
}

const resourcesOf = (stack: TerraformStack): Resources =>
  (JSON.parse(Testing.synth(stack, true)) as { readonly resource: Resources }).resource;
const membersOf = (resources: Resources): readonly { readonly type: string; readonly name: string; readonly values: Row }[] =>
  Object.entries(resources)
    .filter(([type]) => type.endsWith('_iam_member'))
    .flatMap(([type, all]) => Object.entries(all).map(([name, values]) => ({ type, name, values })));
const entryOf = (resources: Resources): { readonly member: string; readonly granted: readonly Granted[] } | undefined => {
  const object = Object.values(resources['google_storage_bucket_object'] ?? {}).find(({ name }) => String(name).startsWith('contain/'));
  // Expressions of Terraform may hold quotes.
  const text = String(object?.['content']).replace(/\$\{[^}]*\}/g, (expression) => JSON.stringify(expression).slice(1, -1));
  return (JSON.parse(text) as { readonly native: { readonly bindings?: never } }).native.bindings;
};
/** Where a role is given, in the words of Terraform. */
const placeOf = ({ member: _m, role: _r, condition: _c, '//': _p, depends_on: _d, provider: _v, ...place }: Row): string =>
  stableStringify(place as never);
const AGENT = '${google_service_account.main__reader.member}';
const RESPONDER = /Containment_Responder_Function_Account/;

test.each(KINDS.flatMap((kind) => (['made', 'elsewhere'] as const).map((how) => [kind, how] as const)))('a %s (%s)', (kind, how) => {
  const { stack, identity, containment } = desk(specOf('reader', [Capability.of(CAPABILITY(kind), 'thing')]));
  containment.protect(identity, { removeBindings: true });
  // After it is protected, too.
  const sample = SAMPLES[kind]?.[how];
  if (!sample) return;
  new ScopedAgentRole(stack, 'Role', { identity, resources: { thing: sample(stack) } });
  const resources = resourcesOf(stack);
  const members = membersOf(resources);
  const own = members.filter(({ values }) => values['member'] === AGENT);
  const entry = entryOf(resources);
  expect(own.length).toBeGreaterThan(0);
  expect(entry?.member).toBe(AGENT);
  const told = (entry?.granted ?? []).flatMap(({ grants }) => grants.map((grant) => stableStringify(grant as never)));
  expect(told.sort()).toEqual(
    own
      .map(({ values }) =>
        stableStringify({ role: values['role'], ...(values['condition'] ? { condition: values['condition'] } : {}) } as never),
      )
      .sort(),
  );
  for (const { type, fields, grants, right } of entry?.granted ?? []) {
    // Every part of the path to the policy is known, when it is deployed at the latest.
    const needed = [...`${policies.types[type].service}${policies.types[type].path}`.matchAll(/\{\+?(\w+)\}/g)].map(
      ([, field]) => field ?? '',
    );
    expect(needed.filter((field) => !fields[field])).toEqual([]);
    const [, of, called] = /^\$\{(\w+)\.([\w-]+)\.id\}$/.exec(right) ?? [];
    const may = members.find((one) => one.type === of && one.name === called);
    expect(String(may?.values['member'])).toMatch(RESPONDER);
    // On exactly the place of one of the agent's own roles.
    expect(own.map((one) => `${one.type} ${placeOf(one.values)}`)).toContain(`${may?.type} ${placeOf(may?.values ?? {})}`);
    const role = Object.values(resources['google_project_iam_custom_role'] ?? {}).find(
      ({ permissions }) => stableStringify(permissions as never) === stableStringify([...policies.types[type].rights].sort()),
    );
    expect(role).toBeDefined();
    const names = [...new Set(grants.map((grant) => `"${grant.role}"`))].join(', ');
    expect((may?.values['condition'] as Row | undefined)?.['expression']).toBe(
      SCOPES[type].conditions ? `api.getAttribute("iam.googleapis.com/modifiedGrantsByRole", []).hasOnly([${names}])` : undefined,
    );
  }
  // Of what users make themselves no schema is kept here.
  const ours = JSON.parse(Testing.synth(stack, true)) as { readonly resource: Record<string, unknown> };
  const users = Object.keys(ours.resource).filter((type) => how === 'made' && 'X' in (ours.resource[type] as object));
  expect(problemsOf(ours as never, ['google_vertex_ai_reasoning_engine_iam_member', ...users])).toEqual([]);
});

test("a role of the user's own choice is taken away, too, and what somebody gives past the app is not the template's", () => {
  const { stack, identity, containment } = desk(specOf('reader', [Capability.readSecret('token')]));
  const role = new ScopedAgentRole(stack, 'Role', { identity, resources: { token: AgentResource.secret({ secretId: 'erp', project }) } });
  role.addNativeGrant('Logs', {
    role: 'roles/logging.viewer',
    on: AgentResource.logView({ name: 'v', bucket: 'b', parent: `projects/${project}`, location: 'global' }),
  });
  containment.protect(identity, { removeBindings: true });
  const granted = entryOf(resourcesOf(stack))?.granted ?? [];
  expect(granted.map(({ type, grants }) => [type, grants.length])).toEqual([
    ['secret', 1],
    ['log-view', 1],
  ]);
  expect(granted[1]?.grants).toEqual([{ role: 'roles/logging.viewer' }]);
});

test('who does not ask for it is left as it is: the responder may write no policy', () => {
  const { stack, identity, containment } = desk(specOf('reader', [Capability.readSecret('token')]));
  new ScopedAgentRole(stack, 'Role', { identity, resources: { token: AgentResource.secret({ secretId: 'erp', project }) } });
  containment.protect(identity);
  const resources = resourcesOf(stack);
  expect(entryOf(resources)).toBeUndefined();
  expect(JSON.stringify(resources)).not.toContain('setIamPolicy');
});

test('a right that cannot be narrowed is made once, and taking one agent out leaves it to the others', () => {
  const make = (names: readonly string[]): Resources => {
    const { stack, identity, containment } = desk(specOf('reader', [Capability.of(CAPABILITY('pubsub-topic'), 'news')]));
    const topic = AgentResource.pubsubTopic({ name: 't', project });
    new ScopedAgentRole(stack, 'Role', { identity, resources: { news: topic } });
    const others = names.map((name) => {
      const agent = specOf(name, [Capability.of(CAPABILITY('pubsub-topic'), 'news')]);
      const other = new AgentIdentity(stack, name, { agent, trust: AgentTrust.attached(), project });
      new ScopedAgentRole(stack, `${name}Role`, { identity: other, resources: { news: topic } });
      return other;
    });
    for (const one of [identity, ...others]) containment.protect(one, { removeBindings: true });
    return resourcesOf(stack);
  };
  const rights = (resources: Resources) =>
    Object.keys(resources['google_pubsub_topic_iam_member'] ?? {}).filter(
      (name) => RESPONDER.test(JSON.stringify(resources['google_pubsub_topic_iam_member']?.[name])) && /MayWrite/.test(name),
    );
  expect(rights(make(['other']))).toHaveLength(1);
  expect(rights(make(['other']))).toEqual(rights(make([])));
});

test('more roles on one thing than a condition takes are refused, with what to do', () => {
  const { stack, identity, containment } = desk(specOf('reader', [Capability.readSecret('token')]));
  const role = new ScopedAgentRole(stack, 'Role', { identity, resources: { token: AgentResource.secret({ secretId: 'erp', project }) } });
  containment.protect(identity, { removeBindings: true });
  const more = (at: number) =>
    role.addNativeGrant(`More${at}`, {
      role: `projects/${project}/roles/more${at}`,
      on: AgentResource.secret({ secretId: 'erp', project }),
    });
  for (let at = 0; at < policies.narrowing.mostRoles - 1; at += 1) more(at);
  expect(() => more(99)).toThrow(/takes at most 10 roles on one secret that are taken away \('removeBindings'\), .* got: 11;/);
});
