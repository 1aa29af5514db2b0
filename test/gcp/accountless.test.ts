import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { AgentMode, AgentSpec, Capability, MaturityLevel } from '../../lib';
import type { AgentAssessment } from '../../lib/core/governance/assessment';
import type { ReviewInput } from '../../lib/core/review/input';
import {
  AgentContainment,
  AgentGovernance,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrail,
  AgentTrust,
  AlertTarget,
  type ContainedAgentOptions,
  type IAgentIdentity,
  ScopedAgentRole,
} from '../../lib/gcp';
import { Folder } from '../../lib/policy/documents/files';
import { readFolder } from '../../lib/policy/documents/folder';
import { gcpWorldOf } from '../../lib/policy/gcp';
import { allPermissions } from '../../lib/policy/gcp/facts';
import { fallen, mutationsOf, scoreOf } from '../governance/mutations';
import { problemsOf } from '../setup/terraform-schema';

// Agents of Google Cloud, above all those without a service account: what stops them is in the template, may be done by the responder and by nobody else, and is missed where it is gone.
const project = 'example-finance';
const TRUST = AgentTrust.oidc({ issuer: 'https://issuer.example.com', subject: 's', audience: 'a' });

interface Kind {
  readonly make: (scope: Construct, agent: AgentSpec) => IAgentIdentity;
  readonly options: ContainedAgentOptions;
  /** Parts of the brake, by their construct path. */
  readonly parts: RegExp;
  /** What the responder may besides, of what it may for none of the other kinds. @default - nothing */
  readonly alsoMay?: readonly string[];
}
const federated: Kind['make'] = (scope, agent) => AgentIdentity.federated(scope, 'Agent', { agent, trust: TRUST, project, fleet: 'main' });
const DENY_PARTS = /\/Deny-reader-\d\/|\/MayTag-|^desk\/Agent\/Contain/;
const WRITTEN_PARTS = /\/MayDeny-|^desk\/Agent\/Contain/;
/** By which anybody may be shut out of the whole organization: what is asked for with `denyAt`, and never given else. */
const DENIES = ['iam.denypolicies.create', 'iam.denypolicies.delete', 'iam.denypolicies.update'];
const KINDS: Readonly<Record<string, Kind>> = {
  'a federated principal, by a deny policy': { make: federated, options: { denyIn: [project, 'example-ledger'] }, parts: DENY_PARTS },
  'an agent identity, by a deny policy': {
    make: (scope, agent) => AgentIdentity.agentEngine(scope, 'Agent', { agent, project, location: 'europe-west1', fleet: 'main' }),
    options: { denyIn: [project] },
    parts: DENY_PARTS,
  },
  'a service account whose role bindings are taken away': {
    make: (scope, agent) => new AgentIdentity(scope, 'Agent', { agent, trust: TRUST, project, fleet: 'main' }),
    options: { removeBindings: true },
    parts: /\/May-reader$|\/Bindings-reader\/|^desk\/Agent\/Contain/,
    alsoMay: ['resourcemanager.projects.setIamPolicy', 'secretmanager.secrets.setIamPolicy', 'storage.managedFolders.setIamPolicy'],
  },
  'a federated principal, by a deny policy that is written': {
    make: federated,
    options: { denyAt: { organization: '123456789', place: 'folders/42' } },
    parts: WRITTEN_PARTS,
    alsoMay: DENIES,
  },
  'an agent identity, by a deny policy that is written': {
    make: (scope, agent) => AgentIdentity.agentEngine(scope, 'Agent', { agent, project, location: 'europe-west1', fleet: 'main' }),
    options: { denyAt: { organization: '123456789' } },
    parts: WRITTEN_PARTS,
    alsoMay: DENIES,
  },
  'a federated principal, with its pool': { make: federated, options: { withPool: true }, parts: /MayDisablePool|^desk\/Agent\/Contain/ },
};

const synthesised = new Map<string, readonly ReviewInput[]>();
function inputsOf(name: string): readonly ReviewInput[] {
  const known = synthesised.get(name);
  if (known) return known;
  const { make, options } = KINDS[name] as Kind;
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'agentic-iam-accountless-')) });
  const stack = new TerraformStack(app, 'desk');
  new GoogleProvider(stack, 'Google', { project });
  const agent = new AgentSpec({
    name: 'reader',
    owner: 'team@example.com',
    purpose: 'reads files',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.readObjects('files'), Capability.readSecret('token'), Capability.invokeModel('assistant')],
  });
  const identity = make(stack, agent);
  new ScopedAgentRole(stack, 'Role', {
    identity,
    resources: {
      files: AgentResource.managedFolder({ bucket: 'example-files', name: 'in/' }),
      token: AgentResource.secret({ secretId: 'erp', project }),
      // What it takes is on no list of what may be denied: the brake names it all the same.
      assistant: AgentResource.model({ project, name: 'gemini-2.5-flash' }),
    },
  });
  const notify = [AlertTarget.email('oncall@example.com')];
  const monitoring = new AgentMonitoring(stack, 'Monitoring', {
    agents: [identity],
    region: 'europe-west1',
    trail: AgentTrail.create({ locked: true }),
    notify,
  });
  const containment = new AgentContainment(stack, 'Containment', { agents: [], monitoring, notify, armed: true });
  containment.protect(identity, options);
  new AgentGovernance(stack, 'Governance', { target: MaturityLevel.LOGGING });
  app.synth();
  const inputs = readFolder(new Folder(app.outdir, ''));
  synthesised.set(name, inputs);
  return inputs;
}

const scored = (inputs: readonly ReviewInput[]): readonly AgentAssessment[] => scoreOf(inputs, { schemaVersion: 1, receipts: [] });
const worldOf = (inputs: readonly ReviewInput[]) => {
  const world = gcpWorldOf(inputs);
  if (!world) throw new Error('the stack holds nothing');
  return world;
};
type Stack = { readonly resource: Record<string, Record<string, Record<string, unknown>>> };

/** The stacks as they are while every tag of a deny policy is on. */
const whileTagged = (inputs: readonly ReviewInput[]): readonly ReviewInput[] =>
  inputs.map((input) => {
    if (input.kind !== 'terraform-stack') return input;
    const json = structuredClone(input.json) as Stack;
    for (const policy of Object.values(json.resource['google_iam_deny_policy'] ?? {}))
      for (const { deny_rule: rule } of policy['rules'] as { deny_rule: Record<string, unknown> }[]) delete rule['denial_condition'];
    return { ...input, json };
  });

describe.each(Object.keys(KINDS))('%s', (name) => {
  const { parts, alsoMay = [] } = KINDS[name] as Kind;

  test('shows that it can be stopped, and every part of that is missed by its name', () => {
    // Without the digests of what was made, by which all that is gone is missed anyway.
    const inputs = inputsOf(name).filter(({ kind }) => kind !== 'governance');
    const before = scored(inputs);
    expect(before[0]?.results.find(({ control }) => control === 'containment-armed')?.status).toBe('met');
    const own = [...mutationsOf(inputs)].filter(({ path }) => parts.test(path));
    expect(own.length).toBeGreaterThan(1);
    const unnoticed = own.filter((one) => !fallen(before, scored(one.inputs)).includes('containment-armed'));
    expect(unnoticed.map(({ path }) => path)).toEqual([]);
  });

  test('is no ceiling: what waits for a tag denies nothing yet', () => {
    expect(scored(inputsOf(name))[0]?.results.find(({ control }) => control === 'ceiling')?.status).toBe('missing');
  });

  test('may do what it was granted until somebody stops it', () => {
    const world = worldOf(inputsOf(name));
    const agent = world.principals.find((one) => one.agent)?.id ?? '';
    expect(
      world.decide(agent, { action: 'secretmanager.versions.access', resource: `projects/${project}/secrets/erp/versions/1` }).effect,
    ).toBe('allowed');
  });

  test('the responder can become nobody, give nobody anything, and put on no other tag', () => {
    const world = worldOf(inputsOf(name));
    const responder = world.principals.find(({ name: account }) => account.startsWith('aim-containment-'))?.id ?? '';
    expect(responder).not.toBe('');
    const may = new Set(world.access(responder).entries.flatMap(({ actions }) => actions));
    const gives = allPermissions().filter((one) =>
      /setIamPolicy$|^iam\.(serviceAccounts\.(actAs|get\w*Token|implicitDelegation|sign\w+)|roles\.(create|update|delete|undelete)|denypolicies\.\w+)$|WorkloadIdentityPoolProviders|tagKeys\.|tagValues\.(create|delete|update)/.test(
        one,
      ),
    );
    expect(gives.length).toBeGreaterThan(50);
    expect(gives.filter((one) => may.has(one) && !/\.get$|\.list$|getIamPolicy$/.test(one)).sort()).toEqual(alsoMay);
    for (const action of DENIES)
      expect(world.decide(responder, { action, resource: 'organizations/123456789' }).effect).toBe(
        alsoMay.includes(action) ? 'allowed' : 'implicitly-denied',
      );
    const elsewhere = { action: 'resourcemanager.tagValueBindings.create', resource: `projects/${project}` };
    expect(world.decide(responder, elsewhere).effect).toBe('implicitly-denied');
  });

  test("is taken by the providers' schemas", () => {
    for (const { kind, json } of inputsOf(name))
      if (kind === 'terraform-stack')
        expect(problemsOf(json as Record<string, unknown>, ['google_vertex_ai_reasoning_engine'])).toEqual([]);
  });
});

/** Of nothing that the agent was granted is anything left. */
function expectAllDenied(world: ReturnType<typeof worldOf>): void {
  const agent = world.principals.find((one) => one.agent);
  const granted = agent?.agent?.access.flatMap(({ permissions }) => permissions) ?? [];
  expect(granted).toContain('aiplatform.endpoints.predict');
  const places = [`projects/${project}/secrets/erp/versions/1`, `projects/${project}/buckets/example-files/objects/in/a`];
  for (const action of granted)
    for (const resource of places)
      expect([action, world.decide(agent?.id ?? '', { action, resource }).effect]).toEqual([action, 'explicitly-denied']);
}

test.each(Object.keys(KINDS).filter((name) => DENY_PARTS === KINDS[name]?.parts))(
  '%s, can do nothing of what it was granted while the tag is on',
  (name) => {
    const world = worldOf(whileTagged(inputsOf(name)));
    expectAllDenied(world);
    expect(world.access(world.principals.find((one) => one.agent)?.id ?? '').unknowns).toEqual([]);
  },
);

/** The stacks as they are once the responder wrote what it knows of its agents. */
const onceWritten = (inputs: readonly ReviewInput[]): readonly ReviewInput[] =>
  inputs.map((input) => {
    if (input.kind !== 'terraform-stack') return input;
    const json = structuredClone(input.json) as Stack;
    const object = Object.values(json.resource['google_storage_bucket_object'] ?? {}).find((one) =>
      String(one['name']).startsWith('contain/'),
    );
    const { identity } = (JSON.parse(String(object?.['content'])) as { native: { identity: Record<string, unknown> } }).native;
    const denyRule = { denied_principals: [identity['principal']], denied_permissions: identity['permissions'] };
    json.resource['google_iam_deny_policy'] = {
      written: {
        parent: `cloudresourcemanager.googleapis.com/${identity['place']}`,
        name: identity['policy'],
        rules: [{ deny_rule: denyRule }],
      },
    };
    const [kind, number] = String(identity['place']).split('/');
    const parent = kind === 'folders' ? { folder_id: number } : { org_id: number };
    json.resource['google_project'] = { one: { project_id: project, name: project, ...parent } };
    return { ...input, json };
  });

test.each(Object.keys(KINDS).filter((name) => KINDS[name]?.options.denyAt))(
  '%s, can do nothing of what it was granted once that is written',
  (name) => {
    expectAllDenied(worldOf(onceWritten(inputsOf(name))));
  },
);

test.each<[string, (member: Record<string, unknown>) => void]>([
  ['of another organization', (member) => Object.assign(member, { org_id: '987654321' })],
  ["of somebody else's", (member) => Object.assign(member, { member: 'user:ada@example.com' })],
  ['to look at policies alone', (member) => Object.assign(member, { role: 'roles/iam.denyReviewer' })],
])('a right to write deny policies %s stops no agent', (_, change) => {
  const inputs = inputsOf('an agent identity, by a deny policy that is written').filter(({ kind }) => kind !== 'governance');
  const changed = inputs.map((input) => {
    if (input.kind !== 'terraform-stack') return input;
    const json = structuredClone(input.json) as Stack;
    for (const member of Object.values(json.resource['google_organization_iam_member'] ?? {})) change(member);
    return { ...input, json };
  });
  const armed = (list: readonly ReviewInput[]) => scored(list)[0]?.results.find(({ control }) => control === 'containment-armed')?.status;
  expect([armed(inputs), armed(changed)]).toEqual(['met', 'missing']);
});
