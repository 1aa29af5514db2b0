import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AgentMode, AgentSpec, Capability, hours, Duration as Life } from '../../lib';
import { Agent, AgentIdentity, AgentSecret, type AgentSecretProps, AgentTrust, ScopedAgentRole } from '../../lib/aws';
import { reviewWorlds } from '../../lib/core/review/review';
import type { AccessWorld } from '../../lib/core/review/world';
import { awsWorldOf } from '../../lib/policy/aws';
import { manifestOf, policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('erp-token')],
});
const ENV = { account: '111122223333', region: 'eu-central-1' };

interface Made {
  readonly stack: Stack;
  readonly identity: AgentIdentity;
  readonly secret: AgentSecret;
}

function made(props: Partial<AgentSecretProps> = {}, more: (stack: Stack) => Partial<AgentSecretProps> = () => ({})): Made {
  const stack = new Stack(new App(), 'desk', { env: ENV });
  const identity = new AgentIdentity(stack, 'Reader', { agent: reader, trust: AgentTrust.lambda() });
  const secret = new AgentSecret(stack, 'Token', { agents: [identity], ...props, ...more(stack) });
  new ScopedAgentRole(stack, 'ReaderRole', { identity, resources: { 'erp-token': secret.resource } });
  return { stack, identity, secret };
}

const functionIn = (stack: Stack): lambda.Function =>
  new lambda.Function(stack, 'Rotate', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'i.h', code: lambda.Code.fromInline('x') });

function propertiesOf(stack: Stack, type: string): readonly Record<string, unknown>[] {
  return Object.values(Template.fromStack(stack).findResources(type)).map(
    (one) => (one as { Properties: Record<string, unknown> }).Properties,
  );
}

test('the agent may read the current version of exactly this secret, and its key for nothing else', () => {
  const { stack } = made({}, (scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
  const policies = propertiesOf(stack, 'AWS::IAM::Policy').map((one) => one['PolicyDocument']);
  expect(policies).toMatchInlineSnapshot(`
[
  allow kms:Decrypt on \${Key961B73FD.Arn} if StringEquals kms:EncryptionContext:SecretARN = \${TokenSecretADE41DCA} and StringEquals kms:ViaService = secretsmanager.eu-central-1.amazonaws.com
allow secretsmanager:GetSecretValue on \${TokenSecretADE41DCA} if Null secretsmanager:VersionId = true and StringEqualsIfExists secretsmanager:VersionStage = AWSCURRENT,
]
`);
});

test('its own policy keeps everyone else out, but for the function that rotates it', () => {
  const { stack } = made({ rotateEvery: hours(12) }, (scope) => ({ rotateBy: functionIn(scope) }));
  const [policy] = propertiesOf(stack, 'AWS::SecretsManager::ResourcePolicy');
  expect(policy?.['ResourcePolicy']).toMatchInlineSnapshot(`
deny secretsmanager:DeleteSecret by AWS arn:\${AWS::Partition}:iam::111122223333:root on *
deny secretsmanager:GetSecretValue by AWS * on * if ArnNotEquals aws:PrincipalArn = \${RotateServiceRole90A3FDBF.Arn} | arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/main--reader
`);
  const [schedule] = propertiesOf(stack, 'AWS::SecretsManager::RotationSchedule');
  expect(schedule?.['RotationRules']).toEqual({ ScheduleExpression: 'rate(12 hours)' });
});

test('no value is in the template: it is made up by Secrets Manager', () => {
  const [secret] = propertiesOf(made().stack, 'AWS::SecretsManager::Secret');
  expect(Object.keys(secret ?? {}).sort()).toEqual(['Description', 'GenerateSecretString']);
});

function worldOf(stack: Stack, admin?: object): AccessWorld {
  const template = Template.fromStack(stack).toJSON() as { Resources: object };
  const json = { ...template, Resources: { ...template.Resources, ...admin } };
  const input = { kind: 'template' as const, file: 't.json', json, stack: { name: 'desk', ...ENV } };
  const world = awsWorldOf([input, { kind: 'manifest', file: 'm.json', json: manifestOf(stack) }]);
  if (!world) throw new Error('nothing was read');
  return world;
}

const KEEPER = 'arn:aws:iam::111122223333:role/keeper';
const keeper = {
  Keeper: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'keeper',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
      },
      Policies: [
        { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } },
      ],
    },
  },
};
const READER = 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader';

test('whose credentials a secret holds is within reach of the agents it is declared for', () => {
  const world = worldOf(made({ holds: [KEEPER] }).stack, keeper);
  const review = reviewWorlds([world], { sources: [] }).principals.find(({ id }) => id === READER);
  expect(review?.paths).toEqual([]);
  expect(review?.blastRadius.principals).toContain(KEEPER);
  expect(review?.blastRadius.levels['destroy'].actions).toBeGreaterThan(0);
});

test('for anyone else it is a way to more', () => {
  const other = { ...keeper.Keeper, Properties: { ...keeper.Keeper.Properties, RoleName: 'other' } };
  const world = worldOf(made({ holds: [KEEPER] }).stack, { ...keeper, Other: other });
  const open: AccessWorld = { ...world, secrets: (world.secrets ?? []).map((one) => ({ ...one, readers: [] })) };
  const review = reviewWorlds([open], { sources: [] }).principals.find(({ id }) => id === READER);
  expect(review?.paths.map(({ to, toArn, steps }) => [to, toArn, steps.map(({ technique }) => technique)])).toEqual([
    ['principal', KEEPER, ['secret-holds-credential']],
  ]);
  expect(review?.paths[0]?.steps[0]?.sentence).toBe("reads the secret 'Token', which holds the credentials of 'keeper'");
});

test('a principal that is in no file is said to be unknown', () => {
  const world = worldOf(made({ holds: ['serviceAccount:x@acme.iam.gserviceaccount.com'] }).stack);
  expect(reviewWorlds([world], { sources: [] }).unknowns).toEqual([
    "What 'serviceAccount:x@acme.iam.gserviceaccount.com' may do, whose credentials the secret 'Token' holds, is not in the files that were read.",
  ]);
});

test('what is not declared to hold a credential leads nowhere, and who is kept out gets nothing', () => {
  const world = worldOf(made().stack, keeper);
  expect(reviewWorlds([world], { sources: [] }).principals.find(({ id }) => id === READER)?.paths).toEqual([]);
  const open = worldOf(made({ holds: [READER] }).stack, {
    Keeper: {
      ...keeper.Keeper,
      Properties: {
        ...keeper.Keeper.Properties,
        Policies: [
          {
            PolicyName: 'p',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
            },
          },
        ],
      },
    },
  });
  const [secret] = open.secrets ?? [];
  expect(open.decide(KEEPER, secret?.request ?? { action: '', resource: '' }).effect).toBe('explicitly-denied');
  expect(open.decide(READER, secret?.request ?? { action: '', resource: '' }).effect).toBe('allowed');
});

const writer = new AgentSpec({ name: 'writer', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] });

test.each<readonly [string, (stack: Stack, identity: AgentIdentity) => Partial<AgentSecretProps>, RegExp]>([
  ['for nobody', () => ({ agents: [] }), /must name the agents that read it/],
  [
    'for an agent that declares no secret',
    (stack) => ({ agents: [new AgentIdentity(stack, 'Writer', { agent: writer, trust: AgentTrust.lambda() })] }),
    /must be declared by agent 'writer' to be read by it.*\[invalid-secret\]/,
  ],
  ['by the beginning of a name', () => ({ secretName: 'erp/*' }), /unsafe-value/],
  ['by a name that is a token', (stack) => ({ secretName: stack.stackId }), /unresolved-token/],
  [
    'that is rotated every hour',
    (stack) => ({ rotateBy: functionIn(stack), rotateEvery: hours(1) }),
    /must have a rotation of 4 hours to 1000 days.*got: '3600 s'/,
  ],
  [
    'that is rotated every three years',
    (stack) => ({ rotateBy: functionIn(stack), rotateEvery: Life.seconds(1001 * 86_400) }),
    /1000 days/,
  ],
  [
    'that its own agent rotates',
    (stack, { role }) => ({
      rotateBy: new lambda.Function(stack, 'Own', {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'i.h',
        code: lambda.Code.fromInline('x'),
        role,
        timeout: Duration.seconds(3),
      }),
    }),
    /must be rotated by a role that is no agent/,
  ],
])('a secret is refused %s', (_, props, expected) => {
  const stack = new Stack(new App(), 'desk', { env: ENV });
  const identity = new AgentIdentity(stack, 'Reader', { agent: reader, trust: AgentTrust.lambda() });
  expect(() => new AgentSecret(stack, 'Token', { agents: [identity], ...props(stack, identity) })).toThrow(expected);
});

test('the manifest says who reads it and whose credentials it holds, and never what it is', () => {
  expect(manifestOf(made({ holds: [KEEPER] }).stack).secrets).toEqual([
    { cloud: 'aws', construct: 'desk/Token', secret: { Ref: expect.stringMatching(/^TokenSecret/) }, agents: ['reader'], holds: [KEEPER] },
  ]);
});

test('an agent with its secret fits the composed construct too', () => {
  const stack = new Stack(new App(), 'desk', { env: ENV });
  const identity = AgentIdentity.fromIdentityAttributes(stack, 'Known', { agent: reader });
  const secret = new AgentSecret(stack, 'Token', { agents: [identity] });
  expect(
    () => new Agent(stack, 'Reader', { agent: reader, trust: AgentTrust.lambda(), resources: { 'erp-token': secret.resource } }),
  ).not.toThrow();
  expect(() => Template.fromStack(stack)).not.toThrow();
});
