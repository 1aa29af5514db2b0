import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { AgentCoreHardening } from '../../lib/aws';
import type { DiffView } from '../../lib/core/review/diff-result';
import { awsWorldOf } from '../../lib/policy/aws';
import { cli } from '../cli/command-line';

const IMAGE = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/agent:1';

function stackWith(hardened: boolean, secrets: 'named' | 'none' = 'none'): Stack {
  const stack = new Stack(new App(), 'runtime', { env: { account: '111122223333', region: 'eu-central-1' } });
  const runtime = new agentcore.Runtime(stack, 'Sorter', {
    runtimeName: 'sorter',
    agentRuntimeArtifact: agentcore.AgentRuntimeArtifact.fromImageUri(IMAGE),
  });
  const key = new agentcore.ApiKeyCredentialProvider(stack, 'Key', {});
  key.grantUse(runtime.role);
  const secret = secretsmanager.Secret.fromSecretCompleteArn(
    stack,
    'Secret',
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bedrock-agentcore-identity!default/apikey/key-AbCdEf',
  );
  const hardening = new AgentCoreHardening({ agent: 'sorter', owner: 'team@example.com', secrets: secrets === 'named' ? [secret] : [] });
  if (hardened) hardening.applyTo(runtime);
  // What is granted afterwards is bounded with the rest.
  s3.Bucket.fromBucketName(stack, 'Tickets', 'tickets').grantRead(runtime.role);
  return stack;
}

type Statement = { readonly Sid?: string; readonly Action: string | readonly string[]; readonly Resource: unknown };
function statementsOf(stack: Stack): readonly Statement[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies.flatMap((policy) => policy['Properties'].PolicyDocument.Statement as Statement[]);
}
const roleOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'))[0]?.['Properties'];
const shown = ({ Sid, Action, Resource }: Statement): string => `${Sid ?? ''} ${[Action].flat().join(',')} on ${JSON.stringify(Resource)}`;

test('what AWS generates lets an agent be any other, write any log, and read every secret of the vault', () => {
  const text = statementsOf(stackWith(false)).map(shown).join('\n');
  expect(text).toMatch(/GetWorkloadAccessTokenForUserId[^\n]*workload-identity\/\*/);
  expect(text).toMatch(/PutLogEvents[^\n]*runtimes\/\*:log-stream/);
  expect(text).toMatch(/GetSecretValue[^\n]*bedrock-agentcore-identity!\*/);
  expect(roleOf(stackWith(false)).MaxSessionDuration).toBe(28_800);
});

test('hardened, it is itself, writes its own log, and reads the secrets that are named', () => {
  const text = statementsOf(stackWith(true, 'named')).map(shown).join('\n');
  expect(text).not.toMatch(/GetWorkloadAccessToken/);
  expect(text).toMatch(/PutLogEvents[^\n]*runtimes\/sorter-\*:log-stream/);
  expect(text).not.toMatch(/runtimes\/\*|identity!\*|workload-identity\/\*/);
  expect(text).toMatch(/GetResourceApiKey[^\n]*workload-identity\/sorter-\*/);
  expect(text).toMatch(/GetSecretValue[^\n]*apikey\/key-AbCdEf/);
});

test('without secrets that are named, it reads none, and synth says so', () => {
  const stack = stackWith(true);
  expect(statementsOf(stack).map(shown).join('\n')).not.toMatch(/GetSecretValue/);
  const warnings = stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data)));
  expect(warnings.join('\n')).toMatch(/was granted every secret of the token vault, and is granted none/);
});

test('the role is enrolled and bounded, with sessions of an hour', () => {
  const { RoleName, Path, MaxSessionDuration, PermissionsBoundary, Tags } = roleOf(stackWith(true));
  expect({ RoleName, Path, MaxSessionDuration, Tags }).toMatchInlineSnapshot(`
{
  "MaxSessionDuration": 3600,
  "Path": "/agentic-iam/main/",
  "RoleName": "main--sorter",
  "Tags": [
    {
      "Key": "agentic-iam:agent",
      "Value": "sorter",
    },
    {
      "Key": "agentic-iam:fleet",
      "Value": "main",
    },
    {
      "Key": "agentic-iam:owner",
      "Value": "team@example.com",
    },
  ],
}
`);
  expect(PermissionsBoundary).toEqual({ Ref: expect.stringContaining('Boundary') });
});

test('the boundary admits what is left, what was granted afterwards too, and denies the rest', () => {
  const [boundary] = Object.values(Template.fromStack(stackWith(true)).findResources('AWS::IAM::ManagedPolicy'));
  if (!boundary) throw new Error('no boundary');
  const { Statement } = boundary['Properties'].PolicyDocument as { Statement: (Statement & { NotAction?: string[] })[] };
  const deny = Statement.find(({ Sid }) => Sid === 'DenyUndeclared');
  expect(deny?.NotAction).toEqual(expect.arrayContaining(['s3:GetObject*', 'logs:PutLogEvents']));
  expect(JSON.stringify(Statement)).not.toContain('GetWorkloadAccessToken');
});

test('before and after: exact actions, times the patterns of resources that they are granted on', () => {
  const count = (hardened: boolean): number => {
    const template = Template.fromStack(stackWith(hardened, 'named')).toJSON();
    const world = awsWorldOf([
      { kind: 'template', file: 't.json', json: template, stack: { name: 'runtime', account: '111122223333', region: 'eu-central-1' } },
    ]);
    const role = world?.principals.find(({ kind, id }) => kind === 'role' && /orter/.test(id));
    if (!world || !role) throw new Error('no role');
    return world.access(role.id).entries.reduce((sum, { actions, region }) => sum + actions.length * region.resources.flat().length, 0);
  };
  expect({ before: count(false), after: count(true) }).toMatchInlineSnapshot(`
{
  "after": 75,
  "before": 81,
}
`);
});

test('the diff of both says what the role loses, under its new name, and that it gains nothing', async () => {
  const outputs = [false, true].map((hardened) => {
    const stack = stackWith(hardened, 'named');
    return App.of(stack)?.synth().directory ?? '';
  });
  const { code, out } = await cli(['diff', ...outputs, '--json']);
  const { principals } = JSON.parse(out) as DiffView;
  expect(code).toBe(0);
  expect(principals.map(({ name, gained }) => [name, gained])).toEqual([['main--sorter', []]]);
  expect(principals[0]?.was).toMatch(/SorterExecutionRole/);
  expect(principals[0]?.lost.flatMap(({ actions }) => actions)).toEqual(
    expect.arrayContaining(['bedrock-agentcore:GetWorkloadAccessToken', 'bedrock-agentcore:GetResourceApiKey', 'logs:PutLogEvents']),
  );
});

test.each<[string, (stack: Stack) => IConstruct]>([
  ['Gateway', (stack) => new agentcore.Gateway(stack, 'It', { gatewayName: 'gate' })],
  ['Memory', (stack) => new agentcore.Memory(stack, 'It', { memoryName: 'notes' })],
])('the role of a %s is enrolled, bounded and shortened', (_name, make) => {
  const stack = new Stack(new App(), 'other', { env: { account: '111122223333', region: 'eu-central-1' } });
  const construct = make(stack);
  const hardening = new AgentCoreHardening({ agent: 'gate', owner: 'team@example.com' });
  expect(hardening.supports(construct)).toBe(true);
  hardening.applyTo(construct);
  expect(roleOf(stack)).toMatchObject({
    RoleName: 'main--gate',
    MaxSessionDuration: 3600,
    PermissionsBoundary: { Ref: expect.stringContaining('Boundary') },
  });
});

test('a role by itself is hardened too, and what has none is refused', () => {
  const stack = new Stack(new App(), 'other', { env: { account: '111122223333', region: 'eu-central-1' } });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('bedrock-agentcore.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'] }));
  const hardening = new AgentCoreHardening({ agent: 'gate', owner: 'team@example.com' });
  expect(hardening.supports(role)).toBe(true);
  hardening.applyTo(role);
  expect(roleOf(stack).RoleName).toBe('main--gate');
  const imported = iam.Role.fromRoleName(stack, 'Imported', 'imported');
  expect(hardening.supports(imported)).toBe(false);
  expect(() => hardening.applyTo(imported)).toThrow(/needs a construct with a role that is made in this app/);
});
