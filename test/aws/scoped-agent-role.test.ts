import { App, type Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AgentIdentity } from '../../lib/aws/agent-identity';
import { AgentResource } from '../../lib/aws/agent-resource';
import { ScopedAgentRole, type ScopedAgentRoleProps } from '../../lib/aws/scoped-agent-role';
import { Capability } from '../../lib/core/capability';
import { AgentMode } from '../../lib/core/enums';
import { manifestOf, policySerializer } from '../../lib/testing';
import { documentsOf, identityOf, newStack, propertiesOf, spec } from './agents';

expect.addSnapshotSerializer(policySerializer);

const POLICY = 'AWS::IAM::Policy';
const MANAGED = 'AWS::IAM::ManagedPolicy';
const ROLE = 'AWS::IAM::Role';

function scoped(stack: Stack, props: Partial<ScopedAgentRoleProps> = {}): ScopedAgentRole {
  const identity = props.identity ?? identityOf(stack, spec());
  const invoices = AgentResource.bucket(new s3.Bucket(stack, 'Invoices'), { prefix: 'invoices/' });
  return new ScopedAgentRole(stack, 'Role', { resources: { invoices }, ...props, identity });
}

describe('what an agent gets', () => {
  test('a reader: exact actions on exact resources, and a boundary that denies the rest', () => {
    const stack = newStack();
    scoped(stack);
    expect(documentsOf(stack, POLICY)[0]).toMatchInlineSnapshot(
      `allow s3:GetObject on \${InvoicesF0222E8D.Arn}/invoices/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}`,
    );
    expect(documentsOf(stack, MANAGED)[0]).toMatchInlineSnapshot(`
allow s3:GetObject on \${InvoicesF0222E8D.Arn}/invoices/* if StringEquals aws:ResourceAccount = \${AWS::AccountId}
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but s3:GetObject on *
`);
    expect(propertiesOf(stack, ROLE)[0]?.PermissionsBoundary).toEqual({ Ref: 'IdentityBoundary6D51727E' });
    expect(propertiesOf(stack, MANAGED)[0]).toMatchObject({ ManagedPolicyName: 'main--reader-boundary', Path: '/agentic-iam/main/' });
  });

  test('a writer, within a window', () => {
    const stack = newStack();
    const capabilities = [
      Capability.readObjects('invoices'),
      Capability.of('objects:overwrite', 'invoices'),
      Capability.of('queues:send', 'jobs'),
    ];
    const agent = spec({ mode: AgentMode.READ_WRITE, capabilities });
    scoped(stack, {
      identity: identityOf(stack, agent),
      resources: { invoices: AgentResource.bucket(new s3.Bucket(stack, 'B')), jobs: AgentResource.queue(new sqs.Queue(stack, 'Jobs')) },
      notBefore: '2027-01-01T00:00:00Z',
      notAfter: '2027-02-01T00:00:00Z',
      regions: ['eu-west-1'],
    });
    expect(documentsOf(stack, POLICY)[0]).toMatchInlineSnapshot(`
allow s3:GetObject, s3:PutObject on \${B08E7C7AF.Arn}/* if DateGreaterThanEquals aws:CurrentTime = 2027-01-01T00:00:00Z and DateLessThanEquals aws:CurrentTime = 2027-02-01T00:00:00Z and StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow sqs:SendMessage on \${JobsDF1CC2D4.Arn} if DateGreaterThanEquals aws:CurrentTime = 2027-01-01T00:00:00Z and DateLessThanEquals aws:CurrentTime = 2027-02-01T00:00:00Z
`);
    expect(documentsOf(stack, MANAGED)[0]).toMatchInlineSnapshot(`
allow s3:GetObject, s3:PutObject on \${B08E7C7AF.Arn}/* if DateGreaterThanEquals aws:CurrentTime = 2027-01-01T00:00:00Z and DateLessThanEquals aws:CurrentTime = 2027-02-01T00:00:00Z and StringEquals aws:ResourceAccount = \${AWS::AccountId}
allow sqs:SendMessage on \${JobsDF1CC2D4.Arn} if DateGreaterThanEquals aws:CurrentTime = 2027-01-01T00:00:00Z and DateLessThanEquals aws:CurrentTime = 2027-02-01T00:00:00Z
deny * on * if DateGreaterThan aws:CurrentTime = 2027-02-01T00:00:00Z
deny * on * if DateLessThan aws:CurrentTime = 2027-01-01T00:00:00Z
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region} | eu-west-1
deny account:*, iam:*, organizations:* on *
deny all but s3:GetObject, s3:PutObject, sqs:SendMessage on *
`);
  });

  test('the manifest holds access, ceiling and window', () => {
    const stack = newStack();
    scoped(stack, { notAfter: '2027-02-01T00:00:00Z' });
    const [agent] = manifestOf(stack).agents;
    expect(agent?.access.map(({ permissions }) => permissions)).toEqual([['s3:GetObject']]);
    expect(agent?.window).toEqual({ notAfter: '2027-02-01T00:00:00Z' });
    expect(agent?.ceiling).toMatchObject({
      kind: 'permissions-boundary',
      detail: 'resources',
      inForce: true,
      openActions: [],
      boundary: { Ref: 'IdentityBoundary6D51727E' },
    });
  });

  test('feature flags of the app do not change its policies', () => {
    const documents = [true, false].map((flag) => {
      const stack = newStack('Agents', new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': flag } }));
      scoped(stack);
      return [documentsOf(stack, POLICY), documentsOf(stack, MANAGED)];
    });
    expect(documents[0]).toEqual(documents[1]);
  });
});

describe('native grants', () => {
  test('made after the role still enter its boundary', () => {
    const stack = newStack();
    const { identity } = scoped(stack);
    new s3.Bucket(stack, 'Archive').grantRead(identity);
    const [, native, undeclared] = (documentsOf(stack, MANAGED)[0] as { Statement: Record<string, unknown>[] }).Statement;
    expect(native).toMatchObject({ Effect: 'Allow', Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'] });
    expect(undeclared?.NotAction).toEqual(['s3:GetBucket*', 's3:GetObject', 's3:GetObject*', 's3:List*']);
  });

  test('count into the size of the role', () => {
    const stack = newStack();
    const { identity } = scoped(stack);
    const resources = Array.from(
      { length: 90 },
      (_, index) => `arn:aws:s3:::a-bucket-with-a-long-name-that-takes-room-in-the-policy-${index}/some/prefix/*`,
    );
    identity.role.attachInlinePolicy(
      new iam.Policy(stack, 'Wide', {
        statements: [
          new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [...resources, ...resources.map((arn) => `${arn}x`)] }),
        ],
      }),
    );
    expect(() => Template.fromStack(stack)).toThrow(
      /agent 'reader' needs its inline policies and native grants to stay within 9640 characters.*largest: s3:GetObject on 180 resources.*\[policy-too-large\]/,
    );
  });

  test('count into the number of managed policies, of which one is kept for containment', () => {
    const stack = newStack();
    const { identity } = scoped(stack);
    for (let index = 0; index < 10; index++) {
      identity.role.addManagedPolicy(iam.ManagedPolicy.fromManagedPolicyName(stack, `P${index}`, `p${index}`));
    }
    expect(() => Template.fromStack(stack)).toThrow(
      "agent 'reader' takes at most 9 managed policies, one place being kept for containment",
    );
  });
});

describe('a large agent', () => {
  function withTables(count: number): Stack {
    const stack = newStack();
    const names = Array.from({ length: count }, (_, index) => `table-${index}`);
    const agent = spec({
      capabilities: names.flatMap((name) => [Capability.of('tables:read', name), Capability.of('tables:query', name)]),
    });
    const tables = names.map((name) => {
      const table = new dynamodb.TableV2(stack, name, { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
      return [name, AgentResource.table(table)] as const;
    });
    new ScopedAgentRole(stack, 'Role', { identity: identityOf(stack, agent), resources: Object.fromEntries(tables) });
    return stack;
  }

  test('with 60 tables spills to managed policies, losing none of them', () => {
    const stack = withTables(60);
    const documents = [...documentsOf(stack, POLICY), ...documentsOf(stack, MANAGED, 'RolePolicy')];
    expect(documents.length).toBeGreaterThan(1);
    const tables = Object.keys(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'));
    const granted = JSON.stringify(documents);
    expect(tables.filter((table) => !granted.includes(`"${table}"`))).toEqual([]);
    expect(propertiesOf(stack, MANAGED, 'RolePolicy').map(({ Roles, Path }) => [Roles, Path])).toEqual(
      documents.slice(1).map(() => [[{ Ref: 'IdentityRole382B61DE' }], '/agentic-iam/main/']),
    );
  });

  test('keeps the actions in its boundary where the resources do not fit, and the manifest says so', () => {
    const stack = withTables(60);
    expect(manifestOf(stack).agents[0]?.ceiling).toMatchObject({ detail: 'actions' });
    expect(documentsOf(stack, MANAGED, 'IdentityBoundary')[0]).toMatchInlineSnapshot(`
allow dynamodb:* on *
deny * on * if StringNotEquals aws:RequestedRegion = \${AWS::Region}
deny account:*, iam:*, organizations:* on *
deny all but dynamodb:GetItem, dynamodb:Query on *
`);
  });

  test('with a managed policy of the user that IAM would refuse fails synth', () => {
    const app = new App();
    const stack = newStack('Agents', app);
    const { role } = scoped(stack).identity;
    const resources = Array.from({ length: 120 }, (_, index) => `arn:aws:s3:::a-bucket-with-a-rather-long-name-of-its-own-${index}/*`);
    const statements = [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources })];
    new iam.ManagedPolicy(stack, 'Extra', { statements, roles: [role] });
    expect(() => app.synth()).toThrow(/agent 'reader' needs each managed policy to stay within 6144 characters, .* \[policy-too-large\]/);
  });

  test('beyond what a role can hold is refused', () => {
    expect(() => withTables(400)).toThrow(/agent 'reader' needs the policies of its role \(1 inline, 9 managed\).*\[policy-too-large\]/);
  });
});

describe('a boundary of the user', () => {
  const denies = ['DenyUndeclared', 'DenyAdministration', 'DenyOtherRegions'];
  const sidsOf = (document: unknown): unknown[] => (document as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid);

  test('passed in takes the place of the derived one, and the denies become a managed policy', () => {
    const stack = newStack();
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyName(stack, 'Org', 'org-boundary');
    const role = scoped(stack, { permissionsBoundary });
    expect(role.permissionsBoundary).toBe(permissionsBoundary);
    expect(JSON.stringify(propertiesOf(stack, ROLE)[0]?.PermissionsBoundary)).toContain(':policy/org-boundary');
    const [guardrails] = propertiesOf(stack, MANAGED);
    expect(sidsOf(guardrails?.PolicyDocument)).toEqual(denies);
    expect(guardrails?.Roles).toEqual([{ Ref: 'IdentityRole382B61DE' }]);
    expect(manifestOf(stack).agents[0]?.ceiling).toMatchObject({ kind: 'managed-policy', detail: 'denies', inForce: true });
  });

  test('applied to a whole scope wins, and the user is told what it replaces', () => {
    const stack = newStack();
    scoped(stack);
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Org', 'org-boundary'));
    expect(JSON.stringify(propertiesOf(stack, ROLE)[0]?.PermissionsBoundary)).toContain(':policy/org-boundary');
    Annotations.fromStack(stack).hasWarning('/Agents/Role', Match.stringLikeRegexp('agentic-iam:boundaryReplaced'));
    expect(manifestOf(stack).agents[0]?.ceiling).toMatchObject({ inForce: false });
  });

  test('left alone gives no warning', () => {
    const stack = newStack();
    scoped(stack);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('cannot be set on a role that is made elsewhere', () => {
    const stack = newStack();
    const identity = AgentIdentity.fromRoleArn(stack, 'Imported', { agent: spec(), roleArn: 'arn:aws:iam::111122223333:role/theirs' });
    const permissionsBoundary = iam.ManagedPolicy.fromManagedPolicyName(stack, 'Org', 'org-boundary');
    expect(() => scoped(stack, { identity, permissionsBoundary })).toThrowErrorMatchingInlineSnapshot(
      `"agent 'reader' cannot take a 'permissionsBoundary' here, because only the app that makes the role can set one; set it there, and leave it out here; the denies of its guardrails are attached all the same [boundary-not-here]"`,
    );
  });
});

describe("'ceiling'", () => {
  const logs = new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] });

  test('admits what a managed policy of unknown content needs, and grants nothing', () => {
    const stack = newStack();
    scoped(stack, { ceiling: [logs] });
    expect(JSON.stringify(documentsOf(stack, POLICY))).not.toContain('ListAllMyBuckets');
    expect(JSON.stringify(documentsOf(stack, MANAGED)).match(/ListAllMyBuckets/g)).toHaveLength(2);
  });

  test('does not lift the mode', () => {
    const stack = newStack();
    const ceiling = [new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: ['*'] })];
    expect(() => scoped(stack, { ceiling })).toThrowErrorMatchingInlineSnapshot(
      `"agent 'reader' is READ_ONLY and so may not hold access of level 'write', got: 's3:PutObject, granted by 'ceiling''; remove it, or declare AgentMode.READ_WRITE [mode-exceeded]"`,
    );
  });

  test.each<[string, iam.PolicyStatementProps, string]>([
    [
      'a deny',
      { effect: iam.Effect.DENY, actions: ['s3:GetObject'], resources: ['*'] },
      `because a ceiling says what may be granted, and a deny would be lost, got: {"Action":"s3:GetObject","Effect":"Deny","Resource":"*"}; name actions and resources, and attach a deny to the identity's role as a policy of its own [invalid-ceiling]`,
    ],
    ['no actions', { resources: ['*'] }, 'IAM refuses it: '],
    ['no resources', { actions: ['s3:GetObject'] }, 'IAM refuses it: '],
    ['a principal', { actions: ['s3:GetObject'], resources: ['*'], principals: [new iam.AnyPrincipal()] }, 'IAM refuses it: '],
  ])('refuses %s', (_what, props, message) => {
    const act = () => scoped(newStack(), { ceiling: [new iam.PolicyStatement(props)] });
    expect(act).toThrow("agent 'reader' needs each statement of 'ceiling' to allow actions on resources, because ");
    expect(act).toThrow(message);
  });

  test('is what the warning on such a policy points to', () => {
    const stack = newStack();
    scoped(stack).identity.role.addManagedPolicy?.(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
    Annotations.fromStack(stack).hasWarning(
      '/Agents/Role',
      Match.stringLikeRegexp("ReadOnlyAccess.*'ceiling'.*agentic-iam:unknownManagedPolicy"),
    );
  });
});

describe('roles made elsewhere', () => {
  test('Role.customizeRoles reports the policies instead of making them', () => {
    const app = new App();
    iam.Role.customizeRoles(app);
    const stack = newStack('Agents', app);
    scoped(stack);
    app.synth();
    const template = Template.fromStack(stack);
    template.resourceCountIs(ROLE, 0);
    template.resourceCountIs(POLICY, 0);
    template.resourceCountIs(MANAGED, 0);
  });

  test('an imported role of the account gets the policies, and the denies in place of a boundary', () => {
    const stack = newStack();
    scoped(stack, {
      identity: AgentIdentity.fromRoleArn(stack, 'Imported', { agent: spec(), roleArn: 'arn:aws:iam::111122223333:role/theirs' }),
    });
    expect(propertiesOf(stack, POLICY)[0]?.Roles).toEqual(['theirs']);
    expect(propertiesOf(stack, MANAGED)[0]).toMatchObject({ Roles: ['theirs'] });
    expect(documentsOf(stack, MANAGED)[0]).toMatchObject({ Statement: [{ Sid: 'DenyUndeclared' }, {}, {}] });
  });

  test('an imported role that cannot be changed is refused', () => {
    const stack = newStack();
    const roleArn = 'arn:aws:iam::111122223333:role/theirs';
    const identity = AgentIdentity.fromRoleArn(stack, 'Imported', { agent: spec(), roleArn, mutable: false });
    expect(() => scoped(stack, { identity })).toThrowErrorMatchingInlineSnapshot(
      `"agent 'reader' needs an identity whose access can be changed from here, because every grant to this one would be dropped in silence, got: 'Agents/Imported'; scope it in the account and app that own it, or import it as mutable [unchangeable-identity]"`,
    );
  });
});

describe('refusals', () => {
  test('a second role for one agent', () => {
    const stack = newStack();
    const { identity } = scoped(stack);
    const resources = { invoices: AgentResource.bucket(new s3.Bucket(stack, 'Other')) };
    expect(() => new ScopedAgentRole(stack, 'Second', { identity, resources })).toThrowErrorMatchingInlineSnapshot(
      `"agent 'reader' takes exactly one ScopedAgentRole, got: 'Agents/Identity'; declare all its resources there [role-already-scoped]"`,
    );
  });

  test('an identity of another app', () => {
    const identity = identityOf(newStack(), spec());
    expect(() => scoped(newStack(), { identity })).toThrow('[unregistered-identity]');
  });

  test.each([
    ['eu-*', "agent 'reader' needs 'regions' without '*' or '?'"],
    ['', "agent 'reader' needs 'regions' not to be empty"],
  ])("'%s' among the regions", (region, message) => {
    expect(() => scoped(newStack(), { regions: [region] })).toThrow(message);
  });

  test('an end before the start', () => {
    const window = { notBefore: '2027-02-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' };
    expect(() => scoped(newStack(), window)).toThrow('[window-reversed]');
  });

  test.each<[string, (stack: Stack) => ScopedAgentRoleProps['resources'], string]>([
    ['an unbound resource', () => ({}), '[unbound-resource]'],
    [
      'a surplus resource',
      (stack) => ({ invoices: AgentResource.bucket(new s3.Bucket(stack, 'B')), other: AgentResource.tracing() }),
      '[surplus-resource]',
    ],
    ['a resource of the wrong kind', () => ({ invoices: AgentResource.tracing() }), '[wrong-kind]'],
  ])('%s', (_name, resources, code) => {
    const stack = newStack();
    expect(() => scoped(stack, { resources: resources(stack) })).toThrow(code);
  });
});

test('the region of the stack, of each resource, and those given are the regions of the agent', () => {
  const stack = newStack();
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'ap-south-1' });
  scoped(stack, { resources: { invoices: AgentResource.bucket(bucket) }, regions: ['eu-west-1'] });
  expect(Token.isUnresolved(stack.region)).toBe(true);
  Template.fromStack(stack).hasResourceProperties(MANAGED, {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Condition: { StringNotEquals: { 'aws:RequestedRegion': [{ Ref: 'AWS::Region' }, 'ap-south-1', 'eu-west-1'] } },
        }),
      ]),
    },
  });
});
