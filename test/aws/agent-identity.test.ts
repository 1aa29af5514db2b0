import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Aspects, CfnParameter, CfnResource, Stack, Stage, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { AgentIdentity, type AgentIdentityProps } from '../../lib/aws/agent-identity';
import { AgentTrust } from '../../lib/aws/agent-trust';
import { roleDescription, roleTags } from '../../lib/aws/private/trust/role-text';
import { AgentSpec, type AgentSpecProps } from '../../lib/core/agent-spec';
import { hours, minutes } from '../../lib/core/duration';
import { AgentMode } from '../../lib/core/enums';
import { formatManifest, MANIFEST_FILE } from '../../lib/core/manifest';
import { identityName } from '../../lib/core/names';
import { manifestOf } from '../../lib/testing';

const HERE = { account: '111122223333', region: 'eu-west-1' };

const spec = (props: Partial<AgentSpecProps> = {}): AgentSpec =>
  new AgentSpec({ name: 'reader', owner: 'team@example.com', purpose: 'reads', mode: AgentMode.READ_ONLY, capabilities: [], ...props });

const stackOf = (app = new App()): Stack => new Stack(app, 'Stack', { env: HERE });

const make = (stack: Stack, props: Partial<AgentIdentityProps> = {}): AgentIdentity =>
  new AgentIdentity(stack, 'Reader', { agent: spec(), trust: AgentTrust.lambda(), ...props });

function roleIn(stack: Stack): Record<string, unknown> {
  const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  return role?.['Properties'] as Record<string, unknown>;
}

describe('the role', () => {
  test('is named, tagged and bounded after the spec', () => {
    const stack = stackOf();
    const agent = spec({ scope: { environment: 'prod' }, purpose: 'answers questions', maxSession: hours(2) });
    make(stack, { agent });
    const { AssumeRolePolicyDocument: _trust, ...role } = roleIn(stack);
    expect(role).toMatchInlineSnapshot(`
{
  "Description": "answers questions",
  "MaxSessionDuration": 7200,
  "Path": "/agentic-iam/prod/",
  "RoleName": "prod--reader",
  "Tags": [
    {
      "Key": "agentic-iam:agent",
      "Value": "reader",
    },
    {
      "Key": "agentic-iam:environment",
      "Value": "prod",
    },
    {
      "Key": "agentic-iam:fleet",
      "Value": "prod",
    },
    {
      "Key": "agentic-iam:owner",
      "Value": "team@example.com",
    },
    {
      "Key": "agentic-iam:purpose",
      "Value": "answers questions",
    },
  ],
}
`);
  });

  test('lives at least one hour, for IAM takes no shorter maximum', () => {
    const stack = stackOf();
    make(stack, { agent: spec({ maxSession: minutes(15) }) });
    expect(roleIn(stack)['MaxSessionDuration']).toBe(3600);
  });

  test('is the only principal made: never a user', () => {
    const stack = stackOf();
    make(stack);
    const types = Object.values(Template.fromStack(stack).toJSON()['Resources'] as object).map((one) => one.Type);
    expect(types).toEqual(['AWS::IAM::Role']);
  });

  test('is named by a literal ARN, so that naming it makes nothing depend on it', () => {
    const stack = stackOf();
    const identity = make(stack, { fleet: 'blue' });
    expect(stack.resolve(identity.roleArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:role/agentic-iam/blue/blue--reader']],
    });
    expect(identity.roleName).toBe('blue--reader');
  });

  test('keeps its name when other constructs come and the identity moves', () => {
    const alone = stackOf();
    make(alone);
    const crowded = new Stack(new App(), 'Crowded', { env: HERE });
    new s3.Bucket(crowded, 'Bucket');
    new AgentIdentity(crowded, 'Another', { agent: spec({ name: 'writer' }), trust: AgentTrust.ec2() });
    const elsewhere = new Stack(new Stage(crowded.node.root as App, 'Stage'), 'Elsewhere');
    new AgentIdentity(new Construct(elsewhere, 'Deep'), 'Moved', { agent: spec(), trust: AgentTrust.ec2() });
    expect(roleIn(elsewhere)['RoleName']).toBe(roleIn(alone)['RoleName']);
  });

  test('has a name of its own for each fleet and agent, however their words are split', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
    const cases = fc.tuple(fc.array(word, { minLength: 3, maxLength: 6 }), fc.nat(), fc.nat());
    const named = (words: readonly string[], at: number): readonly [string, string] => [
      words.slice(0, at).join('-'),
      words.slice(at).join('-'),
    ];
    fc.assert(
      fc.property(cases, ([words, first, second]) => {
        const one = named(words, 1 + (first % (words.length - 1)));
        const two = named(words, 1 + (second % (words.length - 1)));
        expect(identityName(...one, 64) === identityName(...two, 64)).toBe(one[0] === two[0]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what IAM does not take in a tag or description', () => {
  const decode = (text: string): string =>
    Buffer.from(
      text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');
  const ascii = fc.string({ minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '');
  const any = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 15 })
    .filter((text) => text.trim() !== '' && Buffer.from(text).toString() === text);

  test('is encoded so that nothing is lost', () => {
    const agent = spec({ owner: 'Finance & Risk', purpose: 'reads, never writes — ever' });
    expect(roleTags(agent, 'main')).toEqual({
      'agentic-iam:agent': 'reader',
      'agentic-iam:fleet': 'main',
      'agentic-iam:owner': 'Finance =26 Risk',
      'agentic-iam:purpose': 'reads=2C never writes =E2=80=94 ever',
    });
    expect(roleDescription(agent)).toBe('reads, never writes =E2=80=94 ever');
  });

  test('reads back as it was written, for any ASCII text', () => {
    fc.assert(
      fc.property(ascii, (text) => {
        const agent = spec({ purpose: text });
        expect(decode(roleTags(agent, 'main')['agentic-iam:purpose'] ?? '')).toBe(agent.purpose);
      }),
    );
  });

  test('always fits the characters IAM takes', () => {
    fc.assert(
      fc.property(any, (text) => {
        const agent = spec({ purpose: text });
        for (const value of Object.values(roleTags(agent, 'main'))) expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
        expect(roleDescription(agent)).toMatch(/^[\u0020-\u007e\u00a1-\u00ff]*$/);
      }),
    );
  });

  test.each([
    [{ owner: 'o'.repeat(257) }, /agent 'reader' needs 'owner \(as a tag of its role\)' of at most 256 characters, .* \[value-too-long\]/],
    [{ purpose: ','.repeat(86) }, /agent 'reader' needs 'purpose \(as a tag of its role\)' of at most 256 characters, .*got: 258;/],
  ])('is refused where it is too long', (props, message) => {
    expect(() => make(stackOf(), { agent: spec(props) })).toThrow(message);
  });
});

describe('the fleet', () => {
  test('is the environment of the agent, else main', () => {
    expect(make(stackOf(), { agent: spec({ scope: { environment: 'prod' } }) }).fleet).toBe('prod');
    expect(make(stackOf()).fleet).toBe('main');
  });

  test('takes each agent once', () => {
    const stack = stackOf();
    make(stack);
    const second = (fleet?: string) =>
      new AgentIdentity(stack, `Again${fleet}`, { agent: spec(), trust: AgentTrust.ec2(), ...(fleet ? { fleet } : {}) });
    expect(() => second()).toThrow(
      /agent 'reader' already has an identity in fleet 'main' on aws, .*got: 'Stack\/Reader'.*\[duplicate-agent\]/,
    );
    expect(second('blue').roleName).toBe('blue--reader');
  });

  test('is refused under a name that other clouds would refuse', () => {
    expect(() => make(stackOf(), { fleet: 'Blue Fleet' })).toThrow(/fleet 'Blue Fleet' must be lower-case .* \[invalid-name\]/);
  });
});

describe('what a CDK user already does', () => {
  test('a native grant works, and the manifest shows it', () => {
    const stack = stackOf();
    const bucket = new s3.Bucket(stack, 'Bucket');
    bucket.grantRead(make(stack));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
    const [agent] = manifestOf(stack).agents;
    expect(agent?.native.flatMap(({ permissions }) => permissions)).toEqual(expect.arrayContaining(['s3:GetObject*']));
    expect(agent?.findings.map(({ id }) => id)).toContain('native-grant');
  });

  test('a native trust works, and the manifest shows it', () => {
    const stack = stackOf();
    const identity = make(stack, { trust: AgentTrust.ecsTask() });
    const statement = new iam.PolicyStatement({ actions: ['sts:AssumeRole'], principals: [new iam.AccountPrincipal('444455556666')] });
    identity.role.assumeRolePolicy?.addStatements(statement);
    const [agent] = manifestOf(stack).agents;
    expect(agent?.identity.trust.map(({ kind }) => kind)).toEqual(['ecsTask', 'native']);
    expect(JSON.stringify(agent?.identity.trust[1])).toContain('444455556666');
    expect(agent?.identity.credentialLifeReason).toContain('widened by native statements');
  });

  test('PermissionsBoundary.of() bounds the role', () => {
    const stack = stackOf();
    make(stack);
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'org-boundary'));
    expect(JSON.stringify(roleIn(stack)['PermissionsBoundary'])).toContain(':policy/org-boundary');
  });

  test('tags of the app and aspects reach the role, but no tag of the app takes the place of its own', () => {
    const app = new App();
    const stack = stackOf(app);
    make(stack);
    Tags.of(app).add('cost-centre', '42');
    Tags.of(app).add('agentic-iam:agent', 'another');
    Aspects.of(app).add({ visit: (node) => (node instanceof iam.CfnRole ? node.addPropertyOverride('Description', 'seen') : undefined) });
    expect(roleIn(stack)).toEqual(
      expect.objectContaining({
        Description: 'seen',
        Tags: expect.arrayContaining([
          { Key: 'cost-centre', Value: '42' },
          { Key: 'agentic-iam:agent', Value: 'reader' },
        ]),
      }),
    );
  });

  test('Role.customizeRoles() puts a role made by others in its place', () => {
    const app = new App();
    iam.Role.customizeRoles(app, { usePrecreatedRoles: { 'Stack/Reader/Role': 'made-by-others' } });
    const stack = stackOf(app);
    new s3.Bucket(stack, 'Bucket');
    const identity = make(stack);
    expect(identity.roleName).toBe('made-by-others');
    expect(JSON.stringify(stack.resolve(identity.roleArn))).toContain(':role/made-by-others');
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
    expect(readFileSync(join(app.outdir, 'iam-policy-report.json'), 'utf8')).toContain('lambda.amazonaws.com');
  });
});

describe('the manifest', () => {
  const read = (folder: string): string => readFileSync(join(folder, MANIFEST_FILE), 'utf8');

  test('is written once for the app, and names the agents of every stack and stage', () => {
    const app = new App();
    make(stackOf(app));
    const stage = new Stage(app, 'Prod', { env: HERE });
    new AgentIdentity(new Stack(stage, 'Other'), 'Writer', { agent: spec({ name: 'writer' }), trust: AgentTrust.ec2(), fleet: 'prod' });
    const { directory } = app.synth();
    expect(JSON.parse(read(directory)).agents.map(({ name }: { name: string }) => name)).toEqual(['reader', 'writer']);
    const nested = readdirSync(directory).filter((name) => existsSync(join(directory, name, MANIFEST_FILE)));
    expect(nested).toEqual([]);
  });

  test('is written by Template.fromStack() too, and is what manifestOf() gives', () => {
    const app = new App();
    const stack = stackOf(app);
    make(stack);
    Template.fromStack(stack);
    expect(read(app.outdir)).toBe(formatManifest(manifestOf(app)));
  });

  test('holds what is granted after the identity was made', () => {
    const app = new App();
    const stack = stackOf(app);
    const identity = make(stack);
    Aspects.of(app).add({ visit: (node) => void (node === identity && new s3.Bucket(stack, 'Late').grantRead(identity)) });
    app.synth();
    expect(read(app.outdir)).toContain('s3:GetObject*');
  });

  test('says who the agent is and who may become it', () => {
    const stack = stackOf();
    make(stack, { trust: AgentTrust.lambda({ functionName: 'reader' }) });
    expect(manifestOf(stack).agents[0]?.identity).toMatchInlineSnapshot(`
{
  "credentialLifeReason": "the maximum session of a role does not limit services, and none is published for the Lambda function: this is the longest any role session lives",
  "credentialLifeSeconds": 43200,
  "kind": "iam-role",
  "name": "main--reader",
  "principal": {
    "Fn::Join": [
      "",
      [
        "arn:",
        {
          "Ref": "AWS::Partition",
        },
        ":iam::111122223333:role/agentic-iam/main/main--reader",
      ],
    ],
  },
  "trust": [
    {
      "bounds": {
        "service": "lambda.amazonaws.com",
        "sourceAccount": "111122223333",
        "sourceArn": {
          "Fn::Join": [
            "",
            [
              "arn:",
              {
                "Ref": "AWS::Partition",
              },
              ":lambda:eu-west-1:111122223333:function:reader",
            ],
          ],
        },
      },
      "kind": "lambda",
    },
  ],
}
`);
  });
});

describe('an imported identity', () => {
  const ARN = 'arn:aws:iam::111122223333:role/team/agent-role';
  const FOREIGN = 'arn:aws:iam::999988887777:role/agent-role';
  const imported = (stack: Stack, roleArn: string, mutable?: boolean) =>
    AgentIdentity.fromRoleArn(stack, 'Imported', { agent: spec(), roleArn, ...(mutable === undefined ? {} : { mutable }) });

  test('takes grants in its own account', () => {
    const stack = stackOf();
    const identity = imported(stack, ARN);
    new s3.Bucket(stack, 'Bucket').grantRead(identity);
    expect(identity.roleName).toBe('agent-role');
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policy?.['Properties'].Roles).toEqual(['agent-role']);
  });

  test.each([
    ['in another account', FOREIGN, undefined],
    ['declared immutable', ARN, false],
  ])('fails synth rather than lose a grant when %s', (_what, roleArn, mutable) => {
    const app = new App();
    const stack = stackOf(app);
    const identity = imported(stack, roleArn, mutable);
    identity.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::invoices/*'] }),
    );
    expect(() => app.synth()).toThrow(
      /agent 'reader' cannot be granted anything here, because its role is imported .*got: 's3:GetObject on arn:aws:s3:::invoices\/\*'; .* \[lost-grant\]/,
    );
  });

  test('fails synth when a policy is attached to a role that cannot be changed', () => {
    const app = new App();
    const stack = stackOf(app);
    const { role } = imported(stack, FOREIGN);
    role.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
    new iam.Policy(stack, 'Extra', {
      statements: [new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] })],
      roles: [role],
    });
    expect(() => app.synth()).toThrow(/managed policy .*ReadOnlyAccess[\s\S]*inline policy Stack\/Extra/);
  });

  test('fails synth when a stack of another account attaches a policy to a role that could be changed here', () => {
    const app = new App();
    const { role } = imported(stackOf(app), ARN);
    const foreign = new Stack(app, 'Foreign', { env: { account: '999988887777', region: 'eu-west-1' } });
    new iam.Policy(foreign, 'Extra', {
      statements: [new iam.PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] })],
      roles: [role],
    });
    expect(() => app.synth()).toThrow(/inline policy Foreign\/Extra.* \[lost-grant\]/);
  });

  test('may be named as a parent, and granted to others, without being changed', () => {
    const stack = stackOf();
    const child = spec({ name: 'child' });
    const parent = AgentIdentity.fromRoleArn(stack, 'Parent', { agent: spec({ delegatesTo: [child] }), roleArn: FOREIGN });
    new AgentIdentity(stack, 'Child', { agent: child, trust: AgentTrust.agent(parent) });
    expect(JSON.stringify(roleIn(stack)['AssumeRolePolicyDocument'])).toContain(FOREIGN);
  });

  test('made by this library is found by fleet and agent alone', () => {
    const stack = stackOf();
    const identity = AgentIdentity.fromIdentityAttributes(stack, 'Reader', { agent: spec(), fleet: 'blue', account: '999988887777' });
    expect(identity.roleName).toBe('blue--reader');
    expect(JSON.stringify(stack.resolve(identity.roleArn))).toContain(':iam::999988887777:role/agentic-iam/blue/blue--reader');
  });

  test('is in the manifest, unless the app makes the identity itself', () => {
    const stack = stackOf();
    imported(stack, ARN);
    expect(manifestOf(stack).agents.map(({ identity }) => identity.kind)).toEqual(['imported-iam-role']);
    const other = stackOf();
    make(other);
    imported(other, ARN);
    expect(manifestOf(other).agents.map(({ identity }) => identity.kind)).toEqual(['iam-role']);
    const reversed = stackOf();
    imported(reversed, ARN);
    make(reversed);
    expect(manifestOf(reversed).agents.map(({ identity }) => identity.kind)).toEqual(['iam-role']);
  });

  test.each(['arn:aws:iam::111122223333:user/alice', 'agent-role', 'arn:aws:iam::111122223333:role/'])('is refused for %s', (roleArn) => {
    expect(() => imported(stackOf(), roleArn)).toThrow(/the role of agent 'reader' must be given by its ARN, .* \[invalid-name\]/);
  });

  test('is refused for an ARN with a wildcard', () => {
    expect(() => imported(stackOf(), 'arn:aws:iam::111122223333:role/*')).toThrow(/needs 'roleArn' without '\*' or '\?'/);
  });

  test('may have an ARN that is known only at deployment', () => {
    const stack = stackOf();
    const identity = imported(stack, new CfnParameter(stack, 'RoleArn').valueAsString);
    new s3.Bucket(stack, 'Bucket').grantRead(identity);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(JSON.stringify(policy?.['Properties'].Roles)).toContain('{"Ref":"RoleArn"}');
    expect(manifestOf(stack).agents[0]?.identity.principal).toEqual({ Ref: 'RoleArn' });
  });
});

describe('an AgentCore workload identity', () => {
  test('is named like the role', () => {
    const stack = stackOf();
    const identity = make(stack, { workloadIdentity: true, workloadIdentityReturnUrls: ['https://example.com/back'] });
    Template.fromStack(stack).hasResourceProperties('AWS::BedrockAgentCore::WorkloadIdentity', {
      Name: 'main--reader',
      AllowedResourceOauth2ReturnUrls: ['https://example.com/back'],
    });
    expect(stack.resolve(identity.workloadIdentityArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ReaderWorkload/), 'WorkloadIdentityArn'],
    });
  });

  test.each(['*', 'https://*.example.com/back', 'example.com'])('is refused with %s to return to', (url) => {
    expect(() => make(stackOf(), { workloadIdentity: true, workloadIdentityReturnUrls: [url] })).toThrow(
      /agent 'reader' needs an exact 'workloadIdentityReturnUrls' in its trust, because the tokens of a sign-in go to where it returns, got: '.*'; .* \[open-trust\]/,
    );
  });

  test('is not made, and its module not loaded, unless asked for', () => {
    const script = `
      const { AgentIdentity } = require('./lib/aws/agent-identity.ts');
      const { AgentTrust } = require('./lib/aws/agent-trust.ts');
      console.log(typeof AgentIdentity, typeof AgentTrust.lambda(), Object.keys(require.cache).filter((file) => /aws-(bedrockagentcore|rolesanywhere|eks)/.test(file)).length);`;
    const printed = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], { encoding: 'utf8' });
    expect(printed.trim()).toBe('function object 0');
  });
});

test('nothing but the role depends on an identity being made', () => {
  const stack = stackOf();
  const identity = make(stack);
  new CfnResource(stack, 'Thing', { type: 'AWS::SNS::Topic', properties: { DisplayName: identity.roleArn } });
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::SNS::Topic'))).not.toContain('Fn::GetAtt');
});
