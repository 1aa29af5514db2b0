import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AgentMode, AgentSpec, Capability } from '../../../../lib';
import { Agent, AgentIdentity, AgentResource, AgentTrust, ScopedAgentRole } from '../../../../lib/aws';
import { Fleets } from '../../../../lib/core/fleet';
import type { ReviewInput } from '../../../../lib/core/review/input';
import { awsWorldOf } from '../../../../lib/policy/aws';

const spec = (name: string, capabilities = [Capability.readObjects('invoices')]) =>
  new AgentSpec({ name, owner: 'a@example.com', purpose: 'answers questions', mode: AgentMode.READ_WRITE, capabilities });

/** What synth writes of an app, as a review reads it. */
function inputsOf(app: App): ReviewInput[] {
  const assembly = app.synth();
  const templates = assembly.stacks.map((stack): ReviewInput => {
    const { account, region } = stack.environment;
    return { kind: 'template', file: stack.templateFile, json: stack.template, stack: { name: stack.stackName, account, region } };
  });
  return [...templates, { kind: 'manifest', file: 'manifest', json: JSON.parse(JSON.stringify(Fleets.of(app).toManifest())) }];
}

function worldOf(app: App) {
  const world = awsWorldOf(inputsOf(app));
  if (!world) throw new Error('no world');
  return world;
}

describe('an agent of a manifest', () => {
  const app = new App();
  const data = new Stack(app, 'data');
  const first = new Stack(app, 'first', { env: { account: '111122223333', region: 'eu-central-1' } });
  const second = new Stack(app, 'second');
  const shared = new Bucket(data, 'Invoices');
  const own = new Bucket(first, 'Own');
  const reader = new Agent(first, 'Reader', {
    agent: spec('reader'),
    trust: AgentTrust.lambda(),
    resources: { invoices: AgentResource.bucket(own, { prefix: 'in/' }) },
  });
  new Agent(second, 'Other', { agent: spec('other'), trust: AgentTrust.lambda(), resources: { invoices: AgentResource.bucket(shared) } });
  own.grantDelete(reader.identity);
  const world = worldOf(app);
  const principal = (name: string) => {
    const found = world.principals.find((one) => one.agent?.name === name);
    if (!found) throw new Error(name);
    return found;
  };

  test('is joined to its role', () => {
    expect(world.unknowns).toEqual([]);
    expect(world.principals.filter(({ reviewed }) => reviewed).map(({ name, id, source }) => [name, id, source])).toEqual(
      [
        ['other', 'arn:aws:iam::${AWS.AccountId}:role/agentic-iam/main/main--other', 'second.template.json'],
        ['reader', 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', 'first.template.json'],
      ].sort((a, b) => ((a[2] ?? '') < (b[2] ?? '') ? -1 : 1)),
    );
  });

  test.each([
    ['reader', 7],
    ['other', 1],
  ])('%s: what is declared is what its policies say, resource by resource', (name, size) => {
    const { id, declared = [] } = principal(name);
    const granted = new Set(
      world
        .access(id)
        .entries.flatMap(({ actions, region }) =>
          actions.flatMap((action) => region.resources.flat().map((resource) => `${action} ${resource}`)),
        ),
    );
    const said = new Set(
      declared
        .flatMap(({ entries }) => entries)
        .flatMap(({ actions, region }) => actions.flatMap((action) => region.resources.flat().map((resource) => `${action} ${resource}`))),
    );
    expect([...granted].sort()).toEqual([...said].sort());
    expect(granted.size).toBe(size);
  });

  test("a grant of the user's own code is declared without a capability", () => {
    const native = principal('reader').declared?.filter(({ grant }) => !grant) ?? [];
    // A grant with a wildcard is what it means.
    const actions = native.flatMap(({ entries }) => entries.flatMap((entry) => entry.actions));
    expect(actions).toEqual(expect.arrayContaining(['s3:DeleteObject', 's3:DeleteObjectVersion']));
    expect(actions.every((action) => action.startsWith('s3:DeleteObject'))).toBe(true);
  });

  test('touches its own bucket and no other', () => {
    const [bucket] = world.resources.filter(({ id }) => id.startsWith('arn:aws:s3:::${first.Own'));
    expect(bucket).toBeDefined();
    expect([...new Set(world.touches(principal('reader').id).map(({ resource }) => resource))]).toEqual([bucket?.id]);
  });
});

test('an agent whose role was made elsewhere is the role that policies name', () => {
  const app = new App();
  const stack = new Stack(app, 's');
  const agent = spec('reader');
  const identity = AgentIdentity.fromIdentityAttributes(stack, 'Reader', { agent });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(new Bucket(stack, 'B')) } });
  const world = worldOf(app);
  expect(world.principals.map(({ name, agent: one }) => [name, one?.name])).toEqual([['reader', 'reader']]);
  expect(world.access(world.principals[0]?.id ?? '').unknowns).toEqual([
    expect.stringMatching(/is made elsewhere; only what this template gives it is known\.$/),
  ]);
});

test('an agent without a role in view is said, not dropped', () => {
  const app = new App();
  const stack = new Stack(app, 's');
  new AgentIdentity(stack, 'Reader', { agent: spec('reader'), trust: AgentTrust.lambda() });
  const [, manifest] = inputsOf(app);
  const world = awsWorldOf([{ kind: 'template', file: 't', json: { Resources: {} } }, ...(manifest ? [manifest] : [])]);
  expect(world?.unknowns).toEqual([
    "Agent 'reader' of 'manifest' has no role in the templates that were read, so its access is not reviewed.",
  ]);
});
