import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rolesanywhere from 'aws-cdk-lib/aws-rolesanywhere';
import type { IEnvironmentAware } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import { AgentIdentity } from '../../lib/aws/agent-identity';
import { AgentTrust } from '../../lib/aws/agent-trust';
import type { GitHubTrustOptions } from '../../lib/aws/private/trust/options';
import { AgentSpec, type AgentSpecProps } from '../../lib/core/agent-spec';
import { hours, minutes } from '../../lib/core/duration';
import { AgentMode } from '../../lib/core/enums';
import { manifestOf, policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const GITHUB_ARN = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const EKS_ARN = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC123';

const spec = (props: Partial<AgentSpecProps> = {}): AgentSpec =>
  new AgentSpec({ name: 'reader', owner: 'team@example.com', purpose: 'reads', mode: AgentMode.READ_ONLY, capabilities: [], ...props });

const stackOf = (): Stack => new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });

const provider = (stack: Stack, arn = GITHUB_ARN): iam.IOpenIdConnectProvider =>
  iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'Oidc', arn);

const saml = (stack: Stack): iam.ISamlProvider =>
  iam.SamlProvider.fromSamlProviderArn(stack, 'Saml', 'arn:aws:iam::111122223333:saml-provider/corp');

const anchor = (stack: Stack): rolesanywhere.CfnTrustAnchor =>
  new rolesanywhere.CfnTrustAnchor(stack, 'Anchor', {
    name: 'ca',
    source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: 'pem' } },
  });

/** Makes the identity, and gives the trust policy of its role as the template holds it. */
function trustPolicy(make: (stack: Stack) => AgentTrust, agent = spec()): unknown {
  const stack = stackOf();
  new AgentIdentity(stack, 'Reader', { agent, trust: make(stack) });
  const roles = Template.fromStack(stack).findResources('AWS::IAM::Role', { Properties: { RoleName: `main--${agent.name}` } });
  return Object.values(roles)[0]?.['Properties'].AssumeRolePolicyDocument;
}

const refusal = (make: (stack: Stack) => AgentTrust, agent = spec()) => {
  const stack = stackOf();
  return () => new AgentIdentity(stack, 'Reader', { agent, trust: make(stack) });
};

/** An imported reference as a user may type it, without its construct. */
const referenceTo = <T>(fields: T): T & IConstruct & IEnvironmentAware => fields as T & IConstruct & IEnvironmentAware;

const github = (stack: Stack, options: Partial<GitHubTrustOptions>): AgentTrust =>
  AgentTrust.gitHubActions({ provider: provider(stack), repository: 'octo-org/octo-repo', ...options });

describe('services of AWS', () => {
  test('Lambda may become the agent for functions of this account', () => {
    expect(trustPolicy(() => AgentTrust.lambda())).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service lambda.amazonaws.com if StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('one Lambda function may become the agent', () => {
    expect(trustPolicy(() => AgentTrust.lambda({ functionName: 'reader', region: 'eu-central-1' }))).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service lambda.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:lambda:eu-central-1:111122223333:function:reader and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('ECS may become the agent for tasks of this account and region', () => {
    expect(trustPolicy(() => AgentTrust.ecsTask())).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service ecs-tasks.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:ecs:eu-west-1:111122223333:* and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('EC2 sends nothing to bind the trust to', () => {
    expect(trustPolicy(() => AgentTrust.ec2())).toMatchInlineSnapshot(`allow sts:AssumeRole by Service ec2.amazonaws.com`);
  });

  test('AgentCore may become the agent for runtimes of this account and region', () => {
    expect(trustPolicy(() => AgentTrust.agentCoreRuntime())).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service bedrock-agentcore.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:runtime/* and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('one AgentCore runtime may become the agent, under the id AWS makes of its name', () => {
    expect(trustPolicy(() => AgentTrust.agentCoreRuntime({ runtimeName: 'reader' }))).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service bedrock-agentcore.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:bedrock-agentcore:eu-west-1:111122223333:runtime/reader-* and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('one Bedrock agent may become the agent', () => {
    expect(trustPolicy(() => AgentTrust.bedrockAgent({ agentId: 'ABCDEFGHIJ' }))).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service bedrock.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:bedrock:eu-west-1:111122223333:agent/ABCDEFGHIJ and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('Bedrock may become the agent for any of its agents', () => {
    expect(trustPolicy(() => AgentTrust.bedrockAgent())).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service bedrock.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:bedrock:eu-west-1:111122223333:agent/* and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('one state machine may become the agent', () => {
    expect(trustPolicy(() => AgentTrust.stepFunctions({ stateMachineName: 'reader' }))).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service states.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:states:eu-west-1:111122223333:stateMachine:reader and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('Step Functions may become the agent for state machines of this account and region', () => {
    expect(trustPolicy(() => AgentTrust.stepFunctions())).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service states.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:states:eu-west-1:111122223333:stateMachine:* and StringEquals aws:SourceAccount = 111122223333`,
    );
  });

  test('a stack without an account binds the trust to the account it is deployed to', () => {
    const stack = new Stack(new App(), 'Stack');
    new AgentIdentity(stack, 'Reader', { agent: spec(), trust: AgentTrust.stepFunctions() });
    const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(role?.['Properties'].AssumeRolePolicyDocument).toMatchInlineSnapshot(
      `allow sts:AssumeRole by Service states.amazonaws.com if ArnLike aws:SourceArn = arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:* and StringEquals aws:SourceAccount = \${AWS::AccountId}`,
    );
  });
});

describe('pods', () => {
  test('one service account of one cluster becomes the agent through Pod Identity', () => {
    const make = (stack: Stack): AgentTrust => {
      const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'prod' });
      return AgentTrust.eksPodIdentity({ cluster, namespace: 'agents', serviceAccount: 'reader' });
    };
    expect(trustPolicy(make)).toMatchInlineSnapshot(
      `allow sts:AssumeRole, sts:TagSession by Service pods.eks.amazonaws.com if StringEquals aws:RequestTag/eks-cluster-arn = arn:\${AWS::Partition}:eks:eu-west-1:111122223333:cluster/prod and StringEquals aws:RequestTag/kubernetes-namespace = agents and StringEquals aws:RequestTag/kubernetes-service-account = reader`,
    );
  });

  test('one service account becomes the agent through the OIDC provider of its cluster', () => {
    const make = (stack: Stack): AgentTrust =>
      AgentTrust.irsa({ provider: provider(stack, EKS_ARN), namespace: 'agents', serviceAccount: 'reader' });
    expect(trustPolicy(make)).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithWebIdentity by Federated arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC123 if StringEquals oidc.eks.eu-west-1.amazonaws.com/id/ABC123:aud = sts.amazonaws.com and StringEquals oidc.eks.eu-west-1.amazonaws.com/id/ABC123:sub = system:serviceaccount:agents:reader`,
    );
  });

  test.each(['a:b', 'Agents', 'a/b'])('the namespace %s is refused', (namespace) => {
    expect(refusal((stack) => AgentTrust.irsa({ provider: provider(stack, EKS_ARN), namespace, serviceAccount: 'reader' }))).toThrow(
      /agent 'reader' needs 'namespace' to be a Kubernetes name, .* \[invalid-trust\]/,
    );
  });
});

describe('OIDC', () => {
  const oidc = (subject: string, audience: string) => (stack: Stack) => AgentTrust.oidc({ provider: provider(stack), subject, audience });

  test('exactly one subject and audience of an issuer may become the agent', () => {
    expect(trustPolicy(oidc('project:reader', 'https://aws.example.com'))).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithWebIdentity by Federated arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com if StringEquals token.actions.githubusercontent.com:aud = https://aws.example.com and StringEquals token.actions.githubusercontent.com:sub = project:reader`,
    );
  });

  test('a provider of the same app needs its issuer as a literal, and then works', () => {
    const make = (issuer?: string) => (stack: Stack) => {
      const made = new iam.OidcProviderNative(stack, 'Oidc', { url: 'https://issuer.example.com' });
      return AgentTrust.oidc({ provider: made, subject: 'reader', audience: 'aws', ...(issuer ? { issuer } : {}) });
    };
    expect(refusal(make())).toThrow("agent 'reader' needs 'issuer' as a literal");
    expect(trustPolicy(make('https://issuer.example.com'))).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithWebIdentity by Federated \${Oidc70BFA75F} if StringEquals issuer.example.com:aud = aws and StringEquals issuer.example.com:sub = reader`,
    );
  });

  const refused: readonly (readonly [string, string, string, RegExp])[] = [
    ['a wildcard subject', 'project:*', 'aws', /agent 'reader' needs an exact 'subject' in its trust, .*got: 'project:\*'.*\[open-trust\]/],
    ['a wildcard audience', 'reader', '?', /agent 'reader' needs an exact 'audience' in its trust, .* \[open-trust\]/],
    ['an empty subject', '', 'aws', /agent 'reader' needs 'subject' not to be empty, .* \[empty-field\]/],
    ['a missing audience', 'reader', undefined as unknown as string, /agent 'reader' needs 'audience' not to be empty, .* \[empty-field\]/],
    ['a policy variable', `\${aws:username}`, 'aws', /agent 'reader' needs 'subject' without '\$\{'.* \[unsafe-value\]/],
    ['a quote', 'rea"der', 'aws', /agent 'reader' needs 'subject' without quotes or backslashes, .* \[unsafe-value\]/],
  ];
  test.each(refused)('%s is refused', (_what, subject, audience, message) => {
    expect(refusal(oidc(subject, audience))).toThrow(message);
  });

  test('an issuer that is not that of its provider is refused', () => {
    const make = (stack: Stack) =>
      AgentTrust.oidc({ provider: provider(stack), issuer: 'https://idp.example.com', subject: 'a', audience: 'b' });
    expect(refusal(make)).toThrow(
      /agent 'reader' needs 'issuer' to be that of its provider, 'token.actions.githubusercontent.com', .*got: 'idp.example.com'; .* \[invalid-trust\]/,
    );
  });

  test('a subject that is a token is refused', () => {
    const make = (stack: Stack): AgentTrust => oidc(new CfnParameter(stack, 'Subject').valueAsString, 'aws')(stack);
    expect(refusal(make)).toThrow("agent 'reader' needs 'subject' as a literal");
  });
});

describe('GitHub Actions', () => {
  test('an environment of a repository becomes the agent', () => {
    expect(trustPolicy((stack) => github(stack, { environment: 'prod' }))).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithWebIdentity by Federated arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com if StringEquals token.actions.githubusercontent.com:aud = sts.amazonaws.com and StringEquals token.actions.githubusercontent.com:sub = repo:octo-org/octo-repo:environment:prod`,
    );
  });

  test.each([
    [{ branch: 'main' }, 'repo:octo-org/octo-repo:ref:refs/heads/main'],
    [{ tag: 'v1' }, 'repo:octo-org/octo-repo:ref:refs/tags/v1'],
    [{ environment: 'prod', ownerId: '123', repositoryId: '456' }, 'repo:octo-org@123/octo-repo@456:environment:prod'],
  ])('%j gives the subject %s', (options, subject) => {
    expect(JSON.stringify(trustPolicy((stack) => github(stack, options)))).toContain(`:sub":"${subject}"`);
  });

  test('a provider of the same app works, for its issuer is known', () => {
    const make = (stack: Stack): AgentTrust => {
      const made = new iam.OidcProviderNative(stack, 'Oidc', { url: 'https://token.actions.githubusercontent.com' });
      return AgentTrust.gitHubActions({ provider: made, repository: 'octo-org/octo-repo', branch: 'main' });
    };
    expect(trustPolicy(make)).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithWebIdentity by Federated \${Oidc70BFA75F} if StringEquals token.actions.githubusercontent.com:aud = sts.amazonaws.com and StringEquals token.actions.githubusercontent.com:sub = repo:octo-org/octo-repo:ref:refs/heads/main`,
    );
  });

  test.each<[string, Partial<GitHubTrustOptions>, RegExp]>([
    ['a repository alone', {}, /needs exactly one of 'environment', 'branch' and 'tag', .* \[invalid-trust\]/],
    [
      'both branch and tag',
      { branch: 'main', tag: 'v1' },
      /needs exactly one of 'environment', 'branch' and 'tag', .*got: \["branch","tag"\]/,
    ],
    ['a wildcard branch', { branch: 'release/*' }, /needs an exact 'branch' in its trust, .* \[open-trust\]/],
    [
      'an organisation without repository',
      { repository: 'octo-org', branch: 'main' },
      /needs 'repository' as owner\/name, .* \[invalid-trust\]/,
    ],
    [
      'every repository of an owner',
      { repository: 'octo-org/*', branch: 'main' },
      /needs an exact 'repository' in its trust, .* \[open-trust\]/,
    ],
    ['one id of two', { branch: 'main', ownerId: '123' }, /needs 'repositoryId' not to be empty, .* \[empty-field\]/],
    ['a name for an id', { branch: 'main', ownerId: 'octo', repositoryId: '1' }, /needs 'ownerId' to be a number, .* \[invalid-trust\]/],
    [
      'a whole ref as branch',
      { branch: 'refs/heads/main' },
      /needs 'branch' without the beginning of its ref, .*use 'main' \[invalid-trust\]/,
    ],
    ['a colon in the environment', { environment: 'a:ref:b' }, /needs 'environment' without ':', .* \[invalid-trust\]/],
  ])('%s is refused', (_what, options, message) => {
    expect(refusal((stack) => github(stack, options))).toThrow(message);
  });
});

describe('SAML', () => {
  test('exactly one subject of a provider becomes the agent', () => {
    const attributes = { 'saml:sub': 'reader@example.com', 'saml:iss': 'https://idp.example.com' };
    expect(trustPolicy((stack) => AgentTrust.saml({ provider: saml(stack), attributes }))).toMatchInlineSnapshot(
      `allow sts:AssumeRoleWithSAML by Federated arn:aws:iam::111122223333:saml-provider/corp if StringEquals saml:aud = https://signin.aws.amazon.com/saml and StringEquals saml:iss = https://idp.example.com and StringEquals saml:sub = reader@example.com`,
    );
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['no subject', { 'saml:iss': 'https://idp.example.com' }, /needs 'attributes' that name one subject, .* \[invalid-trust\]/],
    [
      'an unknown attribute',
      { 'saml:sub': 'a', 'saml:subject': 'a' },
      /needs known SAML attributes, .*got: 'saml:subject'; .* \[invalid-trust\]/,
    ],
    [
      'an attribute of many values',
      { 'saml:sub': 'a', 'saml:edupersonaffiliation': 'staff' },
      /needs known SAML attributes, .* \[invalid-trust\]/,
    ],
    ['a wildcard', { 'saml:sub': '*' }, /needs an exact 'saml:sub' in its trust, .* \[open-trust\]/],
  ])('%s is refused', (_what, attributes, message) => {
    expect(refusal((stack) => AgentTrust.saml({ provider: saml(stack), attributes }))).toThrow(message);
  });
});

describe('Roles Anywhere', () => {
  const certificate = { commonName: 'reader', organizationalUnit: 'agents', issuerCommonName: 'Example CA' };

  test('exactly one certificate subject below one trust anchor becomes the agent', () => {
    expect(trustPolicy((stack) => AgentTrust.rolesAnywhere({ trustAnchor: anchor(stack), ...certificate }))).toMatchInlineSnapshot(
      `allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by Service rolesanywhere.amazonaws.com if ArnEquals aws:SourceArn = \${Anchor.TrustAnchorArn} and StringEquals aws:PrincipalTag/x509Issuer/CN = Example CA and StringEquals aws:PrincipalTag/x509Subject/CN = reader and StringEquals aws:PrincipalTag/x509Subject/OU = agents`,
    );
  });

  test('the profile bounds the session to the spec, and to the session policy', () => {
    const stack = stackOf();
    const sessionPolicy = new iam.PolicyDocument({
      statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    });
    const trust = AgentTrust.rolesAnywhere({ trustAnchor: anchor(stack), ...certificate, sessionPolicy });
    const identity = new AgentIdentity(stack, 'Reader', { agent: spec({ maxSession: minutes(15) }), trust });
    const [profile] = Object.values(Template.fromStack(stack).findResources('AWS::RolesAnywhere::Profile'));
    expect(profile?.['Properties']).toEqual({
      Name: 'main--reader',
      Enabled: true,
      DurationSeconds: 900,
      RoleArns: [{ 'Fn::GetAtt': [expect.stringMatching(/^ReaderRole/), 'Arn'] }],
      SessionPolicy: '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}',
    });
    expect(stack.resolve(identity.rolesAnywhereProfileArn)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ReaderProfile/), 'ProfileArn'],
    });
  });

  test('a wildcard common name is refused', () => {
    expect(refusal((stack) => AgentTrust.rolesAnywhere({ trustAnchor: anchor(stack), commonName: '*' }))).toThrow(
      /agent 'reader' needs an exact 'commonName' in its trust, .* \[open-trust\]/,
    );
  });

  test('a session policy of more than 2,048 characters is refused', () => {
    const resources = Array.from({ length: 60 }, (_, index) => `arn:aws:s3:::bucket-number-${index}/objects`);
    const sessionPolicy = new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources })] });
    expect(refusal((stack) => AgentTrust.rolesAnywhere({ trustAnchor: anchor(stack), commonName: 'a', sessionPolicy }))).toThrow(
      /agent 'reader' needs its session policy to stay within 2048 characters, .* \[policy-too-large\]/,
    );
  });

  test('several certificates share one profile, and so one session policy', () => {
    const make = (sessionPolicy?: iam.PolicyDocument) => (stack: Stack) => {
      const trustAnchor = anchor(stack);
      const narrow = AgentTrust.rolesAnywhere({ trustAnchor, commonName: 'a', ...(sessionPolicy ? { sessionPolicy } : {}) });
      return AgentTrust.anyOf(narrow, AgentTrust.rolesAnywhere({ trustAnchor, commonName: 'b' }));
    };
    expect(trustPolicy(make())).toMatchInlineSnapshot(`
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by Service rolesanywhere.amazonaws.com if ArnEquals aws:SourceArn = \${Anchor.TrustAnchorArn} and StringEquals aws:PrincipalTag/x509Subject/CN = a
allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by Service rolesanywhere.amazonaws.com if ArnEquals aws:SourceArn = \${Anchor.TrustAnchorArn} and StringEquals aws:PrincipalTag/x509Subject/CN = b
`);
    expect(refusal(make(new iam.PolicyDocument()))).toThrow(
      /agent 'reader' needs one session policy for all certificates, .* \[invalid-trust\]/,
    );
  });
});

describe('another agent', () => {
  const child = spec({ name: 'summariser' });
  const parentSpec = spec({ name: 'desk', delegatesTo: [child] });

  function delegate(agent = child, parentAgent = parentSpec): Stack {
    const stack = stackOf();
    const parent = new AgentIdentity(stack, 'Desk', { agent: parentAgent, trust: AgentTrust.lambda() });
    new AgentIdentity(stack, 'Summariser', { agent, trust: AgentTrust.agent(parent) });
    return stack;
  }

  test("exactly the parent's role becomes the agent, and may pass on who asked", () => {
    const roles = Template.fromStack(delegate()).findResources('AWS::IAM::Role', { Properties: { RoleName: 'main--summariser' } });
    expect(Object.values(roles)[0]?.['Properties'].AssumeRolePolicyDocument).toMatchInlineSnapshot(
      `allow sts:AssumeRole, sts:SetSourceIdentity, sts:TagSession by AWS arn:\${AWS::Partition}:iam::111122223333:role/agentic-iam/main/main--desk if ForAnyValue:StringEquals sts:TransitiveTagKeys = agentic-iam:begun-by and ForAnyValue:StringEqualsIgnoreCase sts:TransitiveTagKeys = agentic-iam:chain and ForAnyValue:StringLike sts:TransitiveTagKeys = agentic-iam:task and StringEquals aws:RequestTag/agentic-iam:begun-by = desk and StringEquals aws:RequestTag/agentic-iam:chain = desk/summariser and StringLike aws:RequestTag/agentic-iam:task = ?* and StringLike sts:SourceIdentity = desk@*`,
    );
  });

  test("the child's role is made after the parent's, by name alone", () => {
    const roles = Template.fromStack(delegate()).findResources('AWS::IAM::Role', { Properties: { RoleName: 'main--summariser' } });
    const [role] = Object.values(roles);
    expect(role?.['DependsOn']).toEqual([expect.stringMatching(/^DeskRole/)]);
    expect(JSON.stringify(role?.['Properties'])).not.toContain('Fn::GetAtt');
  });

  test('a child that the parent does not declare is refused', () => {
    expect(() => delegate(child, spec({ name: 'desk' }))).toThrow(
      /agent 'summariser' must be a delegate of 'desk' to be taken on by it, .* \[invalid-trust\]/,
    );
  });

  test('a child with sessions of more than one hour is refused', () => {
    const long = spec({ name: 'summariser', maxSession: hours(2) });
    expect(() => delegate(long, spec({ name: 'desk', delegatesTo: [long] }))).toThrow(
      /agent 'summariser' needs a 'maxSession' of at most 1 h to be taken on by another role, .*got: '7200 s'.*\[session-out-of-range\]/,
    );
  });
});

describe('several ways in', () => {
  test('each has its own statement, and ids differ', () => {
    const make = (stack: Stack): AgentTrust =>
      AgentTrust.anyOf(
        AgentTrust.lambda(),
        github(stack, { branch: 'main' }),
        AgentTrust.oidc({ provider: provider(new Stack(), EKS_ARN), subject: 'a', audience: 'b' }),
      );
    const policy = trustPolicy(make) as { Statement: { Sid: string }[] };
    expect(policy.Statement.map(({ Sid }) => Sid)).toEqual(['Lambda', 'GitHubActions', 'Oidc']);
    const twice = trustPolicy(() => AgentTrust.anyOf(AgentTrust.lambda({ functionName: 'a' }), AgentTrust.lambda({ functionName: 'b' })));
    expect((twice as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid)).toEqual(['Lambda1', 'Lambda2']);
  });

  test('none at all is refused', () => {
    expect(refusal(() => AgentTrust.anyOf())).toThrow(/agent 'reader' needs at least one way in, .* \[invalid-trust\]/);
  });

  test('a trust policy of more than 2,048 characters is refused', () => {
    const make = (): AgentTrust =>
      AgentTrust.anyOf(...Array.from({ length: 12 }, (_, index) => AgentTrust.lambda({ functionName: `reader-${index}` })));
    expect(refusal(make)).toThrow(
      /agent 'reader' needs its trust policy to stay within 2048 characters, .*largest: Lambda\d+.*\[policy-too-large\]/,
    );
  });

  test.each<[string, (stack: Stack) => AgentTrust]>([
    ['functionName', (stack) => AgentTrust.lambda({ functionName: new CfnParameter(stack, 'Name').valueAsString })],
    ['stateMachineName', (stack) => AgentTrust.stepFunctions({ stateMachineName: new CfnParameter(stack, 'Name').valueAsString })],
    ['runtimeName', (stack) => AgentTrust.agentCoreRuntime({ runtimeName: new CfnParameter(stack, 'Name').valueAsString })],
  ])('%s as a token is refused', (field, make) => {
    expect(refusal(make)).toThrow(`agent 'reader' needs '${field}' as a literal`);
  });

  test.each<[string, (stack: Stack) => AgentTrust]>([
    [
      'trustAnchorArn',
      () => {
        const trustAnchorArn = 'arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/*';
        return AgentTrust.rolesAnywhere({
          trustAnchor: referenceTo({ trustAnchorRef: { trustAnchorArn, trustAnchorId: '*' } }),
          commonName: 'a',
        });
      },
    ],
    [
      'clusterArn',
      (stack) => {
        const clusterArn = `arn:aws:eks:${stack.region}:111122223333:cluster/*`;
        return AgentTrust.eksPodIdentity({
          cluster: referenceTo({ clusterRef: { clusterArn, clusterName: '*' } }),
          namespace: 'a',
          serviceAccount: 'b',
        });
      },
    ],
    [
      'oidcProviderArn',
      (stack) => {
        const any = provider(stack, `arn:${stack.partition}:iam::111122223333:oidc-provider/*`);
        return AgentTrust.oidc({ provider: any, issuer: 'a.example.com', subject: 'a', audience: 'b' });
      },
    ],
    [
      'samlProviderArn',
      (stack) => {
        const any = iam.SamlProvider.fromSamlProviderArn(stack, 'Any', 'arn:aws:iam::111122223333:saml-provider/*');
        return AgentTrust.saml({ provider: any, attributes: { 'saml:sub': 'a' } });
      },
    ],
    [
      'roleArn',
      (stack) => {
        const agent = spec({ name: 'desk', delegatesTo: [spec()] });
        const roleArn = `arn:${stack.partition}:iam::111122223333:role/*`;
        return AgentTrust.agent(AgentIdentity.fromRoleArn(stack, 'Desk', { agent, roleArn }));
      },
    ],
  ])('an imported reference whose %s is a pattern is refused', (field, make) => {
    expect(refusal(make)).toThrow(new RegExp(`agent 'reader' needs an exact '${field}' in its trust, .* \\[open-trust\\]`));
  });

  test.each(['reader:live', 'arn:aws:lambda:eu-west-1:111122223333:function:reader'])('%s is refused as a name', (functionName) => {
    expect(refusal(() => AgentTrust.lambda({ functionName }))).toThrow(
      /agent 'reader' needs 'functionName' as a bare name, because it becomes the last part of an ARN, got: '.*'; .* \[invalid-trust\]/,
    );
  });

  test('a name that IAM cannot hold is refused', () => {
    expect(refusal(() => AgentTrust.lambda({ functionName: '読む' }))).toThrow(
      /agent 'reader' needs 'functionName' in characters up to U\+00FF, because IAM takes no others in a policy, got: '読む'; .* \[invalid-trust\]/,
    );
  });

  test('a wildcard function name is refused', () => {
    expect(refusal(() => AgentTrust.lambda({ functionName: 'reader-*' }))).toThrow("needs an exact 'functionName' in its trust");
  });
});

describe('the life of a credential', () => {
  const lives: readonly (readonly [string, (stack: Stack) => AgentTrust, Duration, number, string])[] = [
    ['Lambda', () => AgentTrust.lambda(), Duration.minutes(15), 43_200, 'none is published for the Lambda function'],
    ['ECS', () => AgentTrust.ecsTask(), Duration.minutes(15), 21_600, 'the ECS task gets credentials of this length'],
    ['GitHub below one hour', (stack) => github(stack, { branch: 'main' }), Duration.minutes(15), 3600, 'IAM does not take below 1 h'],
    ['GitHub above one hour', (stack) => github(stack, { branch: 'main' }), Duration.hours(2), 7200, 'the role refuses longer sessions'],
    [
      'Roles Anywhere',
      (stack) => AgentTrust.rolesAnywhere({ trustAnchor: anchor(stack), commonName: 'a' }),
      Duration.minutes(15),
      900,
      'the Roles Anywhere profile gives no longer one',
    ],
    [
      'the longest of several',
      (stack) => AgentTrust.anyOf(github(stack, { branch: 'main' }), AgentTrust.ecsTask()),
      Duration.hours(2),
      21_600,
      'the ECS task',
    ],
  ];
  test.each(lives)('%s is told as it is', (_what, make, maxSession, seconds, reason) => {
    const stack = stackOf();
    new AgentIdentity(stack, 'Reader', { agent: spec({ maxSession }), trust: make(stack) });
    const [agent] = manifestOf(stack).agents;
    expect(agent?.identity.credentialLifeSeconds).toBe(seconds);
    expect(agent?.identity.credentialLifeReason).toContain(reason);
  });
});
