import { App, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { AgentResource } from '../../lib/aws/agent-resource';
import { nativeGrants } from '../../lib/aws/private/native-grants';
import { ScopedAgentRole } from '../../lib/aws/scoped-agent-role';
import { AgentMode } from '../../lib/core/enums';
import { manifestOf } from '../../lib/testing';
import { identityOf, newStack, spec } from './agents';

/** A reader of one bucket, and an archive that its spec does not know. */
function desk(mode: AgentMode = AgentMode.READ_ONLY) {
  const stack = newStack('Desk', new App());
  const identity = identityOf(stack, spec({ mode }));
  const archive = new s3.Bucket(stack, 'Archive');
  const invoices = new s3.Bucket(stack, 'Invoices');
  const role = new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(invoices) } });
  return { stack, identity, archive, role };
}

const allow = (...actions: string[]) => new iam.PolicyStatement({ actions, resources: ['*'] });
const origins = (identity: { readonly role: iam.IRole }) => nativeGrants(identity.role).map(({ origin }) => origin);

test('access from capabilities is not native', () => {
  expect(nativeGrants(desk().identity.role)).toEqual([]);
});

test('a native grant is recorded with the construct it was made on', () => {
  const { identity, archive } = desk();
  archive.grantRead(identity);
  expect(nativeGrants(identity.role)).toMatchInlineSnapshot(`
[
  {
    "conditions": [],
    "origin": "Desk/Archive",
    "permissionCount": 50,
    "permissions": [
      "s3:GetBucket*",
      "s3:GetObject*",
      "s3:List*",
    ],
    "scopes": [
      {
        "Fn::GetAtt": [
          "ArchiveDA4CB258",
          "Arn",
        ],
      },
      {
        "Fn::Join": [
          "",
          [
            {
              "Fn::GetAtt": [
                "ArchiveDA4CB258",
                "Arn",
              ],
            },
            "/*",
          ],
        ],
      },
    ],
  },
]
`);
});

describe('whatever way a policy reaches the role, it is seen', () => {
  const document = () => new iam.PolicyDocument({ statements: [allow('sqs:ListQueues')] });

  test.each<[string, (made: ReturnType<typeof desk>) => void, string]>([
    ['addToPolicy', ({ identity }) => identity.role.addToPolicy(allow('sqs:ListQueues')), 'Desk/Identity/Role/DefaultPolicy'],
    [
      'a policy of its own',
      ({ stack, identity }) => new iam.Policy(stack, 'Extra', { document: document(), roles: [identity.role] }),
      'Desk/Extra',
    ],
    [
      'a managed policy that names the role',
      ({ stack, identity }) => new iam.ManagedPolicy(stack, 'Extra', { document: document(), roles: [identity.role] }),
      'Desk/Extra',
    ],
    [
      'a managed policy that the role names',
      ({ stack, identity }) => identity.role.addManagedPolicy(new iam.ManagedPolicy(stack, 'Extra', { document: document() })),
      'Desk/Extra',
    ],
    [
      'a resource without a construct',
      ({ stack, identity }) =>
        new iam.CfnRolePolicy(stack, 'Extra', { policyName: 'x', roleName: identity.role.roleName, policyDocument: document() }),
      'Desk/Extra',
    ],
    [
      'a resource that names the role by its literal name',
      ({ stack }) => new iam.CfnPolicy(stack, 'Extra', { policyName: 'x', roles: ['main--reader'], policyDocument: document().toJSON() }),
      'Desk/Extra',
    ],
    [
      'a policy inside the role',
      ({ identity }) => {
        (identity.role.node.defaultChild as iam.CfnRole).policies = [{ policyName: 'x', policyDocument: document() }];
      },
      'Desk/Identity/Role (x)',
    ],
  ])('%s', (_name, grant, origin) => {
    const made = desk();
    grant(made);
    const expected = [{ origin, permissions: ['sqs:ListQueues'], scopes: ['*'], conditions: [] }];
    expect(nativeGrants(made.identity.role)).toEqual(expected);
    Template.fromStack(made.stack);
    expect(manifestOf(made.stack).agents[0]?.native).toEqual(expected);
  });
});

test.each([true, false])('a policy made by an aspect where none is led to any more is seen (stabilised aspects: %s)', (stabilised) => {
  const app = new App({ context: { '@aws-cdk/core:aspectStabilization': stabilised } });
  const stack = newStack('Desk', app);
  const identity = identityOf(stack, spec());
  const invoices = new s3.Bucket(stack, 'Invoices');
  new ScopedAgentRole(stack, 'Role', { identity, resources: { invoices: AgentResource.bucket(invoices) } });
  const later = new Stack(app, 'Later');
  new s3.Bucket(later, 'Archive');
  const grants: IAspect = { visit: (node) => void (node instanceof s3.Bucket && node.grantRead(identity)) };
  Aspects.of(later).add(grants);
  const template = Template.fromStack(stack);
  expect(origins(identity)).toEqual(['Later/Archive']);
  const [boundary] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
  expect(JSON.stringify(boundary)).toContain('s3:GetBucket*');
});

test('a managed policy of unknown content may grant anything', () => {
  const { identity } = desk();
  identity.role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
  expect(nativeGrants(identity.role)).toMatchInlineSnapshot(`
[
  {
    "conditions": [],
    "origin": "Desk/Identity/Role (arn:\${AWS::Partition}:iam::aws:policy/ReadOnlyAccess)",
    "permissions": [
      "*",
    ],
    "scopes": [
      "*",
    ],
  },
]
`);
});

test('a native deny is not a grant, and what is allowed by exception may be anything', () => {
  const { identity } = desk(AgentMode.READ_WRITE);
  identity.role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:*'], resources: ['*'] }));
  identity.role.addToPolicy(new iam.PolicyStatement({ notActions: ['iam:*'], resources: ['arn:aws:s3:::a'] }));
  expect(nativeGrants(identity.role).map(({ permissions, scopes }) => [permissions, scopes])).toEqual([[['*'], ['arn:aws:s3:::a']]]);
});

test('a statement on resources of several constructs has the policy for its origin', () => {
  const { stack, identity, archive } = desk();
  const other = new s3.Bucket(stack, 'Other');
  identity.role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [archive.bucketArn, other.bucketArn] }));
  expect(origins(identity)).toEqual(['Desk/Identity/Role/DefaultPolicy']);
});

test('a grant for another role is not taken for the agent’s', () => {
  const { stack, identity, archive } = desk();
  archive.grantRead(new iam.Role(stack, 'Other', { assumedBy: new iam.AccountRootPrincipal() }));
  expect(nativeGrants(identity.role)).toEqual([]);
});

describe('a read-only agent', () => {
  test.each<[string, (made: ReturnType<typeof desk>) => void]>([
    ['grantRead', ({ archive, identity }) => archive.grantRead(identity)],
    [
      'grantRead of an encrypted bucket',
      ({ stack, identity }) => new s3.Bucket(stack, 'B', { encryptionKey: new kms.Key(stack, 'K') }).grantRead(identity),
    ],
    ['traces, which change nothing', ({ identity }) => identity.role.addToPolicy(allow('xray:PutTraceSegments'))],
    [
      'a native deny of writes',
      ({ identity }) =>
        identity.role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:Put*'], resources: ['*'] })),
    ],
  ])('may hold natively: %s', (_name, grant) => {
    const made = desk();
    grant(made);
    expect(() => Template.fromStack(made.stack)).not.toThrow();
  });

  test.each<[string, (made: ReturnType<typeof desk>) => void, string]>([
    ['grantReadWrite', ({ archive, identity }) => archive.grantReadWrite(identity), 's3:DeleteObject, granted by Desk/Archive'],
    [
      'a pattern that matches a write',
      ({ identity }) => identity.role.addToPolicy(allow('sqs:*')),
      'sqs:AddPermission, granted by Desk/Identity',
    ],
    ['an action that AWS does not know', ({ identity }) => identity.role.addToPolicy(allow('s3:ReedObject')), 's3:ReedObject, granted by'],
    [
      'everything but',
      ({ identity }) => identity.role.addToPolicy(new iam.PolicyStatement({ notActions: ['iam:*'], resources: ['*'] })),
      'granted by Desk/Identity',
    ],
    ['log entries, which could be forged', ({ identity }) => identity.role.addToPolicy(allow('logs:PutLogEvents')), 'logs:PutLogEvents'],
    [
      'a managed policy of this app',
      ({ stack, identity }) => new iam.ManagedPolicy(stack, 'Extra', { statements: [allow('s3:PutObject')], roles: [identity.role] }),
      's3:PutObject, granted by Desk/Extra',
    ],
  ])('fails synth with: %s', (_name, grant, message) => {
    const made = desk();
    grant(made);
    expect(() => Template.fromStack(made.stack)).toThrow(message);
  });

  test('is told what exceeds its mode, where it came from, and what to do', () => {
    const { stack, identity, archive } = desk();
    archive.grantDelete(identity);
    expect(() => Template.fromStack(stack)).toThrow(
      "agent 'reader' is READ_ONLY and so may not hold access of level 'delete', because statement 1 of Desk/Identity/Role/DefaultPolicy allows it on ${Desk/Archive/Resource.Arn}/*, got: 's3:DeleteObject, granted by Desk/Archive'; remove it, or declare AgentMode.READ_WRITE [mode-exceeded]",
    );
  });
});

test('an agent that may write keeps native writes', () => {
  const { stack, identity, archive } = desk(AgentMode.READ_WRITE);
  archive.grantReadWrite(identity);
  expect(() => Template.fromStack(stack)).not.toThrow();
});
