import { AgenticIamError } from '../../../../lib/core/errors';
import { showSymbols } from '../../../../lib/core/review/glob';
import type { ReviewInput } from '../../../../lib/core/review/input';
import { readAws } from '../../../../lib/policy/aws/input';
import type { AwsEstate } from '../../../../lib/policy/aws/model';

const allow = (Action: unknown, Resource: unknown = '*') => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] });
const trust = (Principal: unknown) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
const template = (Resources: Record<string, unknown>, more: Record<string, unknown> = {}): ReviewInput => ({
  kind: 'template',
  file: 'shop.template.json',
  json: { Resources, ...more },
  stack: { name: 'shop', account: '111122223333', region: 'eu-central-1' },
});
const role = (Properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }), ...Properties },
  ...more,
});
const principal = (estate: AwsEstate, name: string) => {
  const found = estate.principals.find((one) => showSymbols(one.name) === name);
  if (!found) throw new Error(`no ${name} among ${estate.principals.map((one) => showSymbols(one.name))}`);
  return found;
};
const policiesOf = (estate: AwsEstate, name: string) =>
  principal(estate, name).policies.map(({ name: title, document }) => [
    showSymbols(title),
    document.statements.flatMap(({ actions }) => actions),
  ]);

describe('principals of a template', () => {
  const estate = readAws([
    template({
      Reader: role({
        RoleName: 'reader',
        Policies: [{ PolicyName: 'Own', PolicyDocument: allow('s3:GetObject') }],
        ManagedPolicyArns: [
          { Ref: 'Shared' },
          { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess' },
          'arn:aws:iam::aws:policy/Unheard',
        ],
        PermissionsBoundary: { Ref: 'Bound' },
        Tags: [{ Key: 'team', Value: 'a' }],
      }),
      Shared: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('sqs:SendMessage'), Groups: [{ Ref: 'Staff' }] } },
      Bound: { Type: 'AWS::IAM::ManagedPolicy', Properties: { ManagedPolicyName: 'bound', PolicyDocument: allow('*') } },
      Default: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'Default',
          PolicyDocument: allow('sns:Publish'),
          Roles: [{ Ref: 'Reader' }, 'existing'],
          Users: [{ Ref: 'Anna' }],
        },
        Metadata: { 'aws:cdk:path': 'shop/Reader/DefaultPolicy/Resource' },
      },
      Extra: {
        Type: 'AWS::IAM::RolePolicy',
        Properties: { PolicyName: 'Extra', RoleName: { Ref: 'Reader' }, PolicyDocument: allow('sqs:ReceiveMessage') },
      },
      Anna: { Type: 'AWS::IAM::User', Properties: { UserName: 'anna', Groups: [{ Ref: 'Staff' }] } },
      Bert: { Type: 'AWS::IAM::User', Properties: { UserName: 'bert' } },
      Staff: { Type: 'AWS::IAM::Group', Properties: { GroupName: 'staff' } },
      Join: { Type: 'AWS::IAM::UserToGroupAddition', Properties: { GroupName: { Ref: 'Staff' }, Users: [{ Ref: 'Bert' }] } },
      Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { InstanceProfileName: 'box', Roles: [{ Ref: 'Reader' }] } },
      Box: { Type: 'AWS::EC2::Instance', Properties: { IamInstanceProfile: { Ref: 'Profile' } } },
    }),
  ]);

  test('a role holds what is inline, attached, joined and named by other resources', () => {
    expect(policiesOf(estate, 'reader')).toEqual([
      ["inline policy 'Own' of role 'reader'", ['s3:GetObject']],
      ["inline policy 'Default' of role 'reader'", ['sns:Publish']],
      ["inline policy 'Extra' of role 'reader'", ['sqs:ReceiveMessage']],
      ["managed policy '${Shared}'", ['sqs:SendMessage']],
      ["AWS managed policy 'AdministratorAccess' (v1)", ['*']],
    ]);
    const reader = principal(estate, 'reader');
    expect(reader.boundary?.name).toBe("managed policy 'bound'");
    expect(reader.trust?.document.statements[0]?.principals?.service).toEqual(['lambda.amazonaws.com']);
    expect(reader.tags).toEqual({ team: 'a' });
    expect(reader.instanceProfiles).toEqual(['arn:aws:iam::111122223333:instance-profile/box']);
    expect(reader.unknowns).toEqual([
      "The text of managed policy 'arn:aws:iam::aws:policy/Unheard' of role 'reader' is not at hand; give it with --account-details.",
    ]);
  });

  test('the construct of a policy is the origin of its statements', () => {
    const origin = principal(estate, 'reader').policies[1]?.document.statements[0]?.origin;
    expect(origin).toMatchObject({ construct: 'shop/Reader/DefaultPolicy/Resource', source: 'shop.template.json', layer: 'identity' });
  });

  test('groups hold their policies, and users are in them', () => {
    expect(policiesOf(estate, 'staff')).toEqual([["managed policy '${Shared}'", ['sqs:SendMessage']]]);
    const group = 'arn:aws:iam::111122223333:group/staff';
    expect([principal(estate, 'anna').groups, principal(estate, 'bert').groups]).toEqual([[group], [group]]);
  });

  test('a role that is made elsewhere is there, and is known in part only', () => {
    expect(policiesOf(estate, 'existing')).toEqual([["inline policy 'Default' of role 'existing'", ['sns:Publish']]]);
    expect(principal(estate, 'existing').unknowns).toEqual([
      "role 'existing' is made elsewhere; only what this template gives it is known.",
    ]);
  });

  test('an instance runs as the role of its profile', () => {
    expect(estate.resources.map(({ type, role: runsAs }) => [type, runsAs])).toEqual([
      ['AWS::EC2::Instance', 'arn:aws:iam::111122223333:role/reader'],
    ]);
  });

  test('no account is known in full', () => {
    expect([estate.accountsInFull.size, estate.resourcesInFull, estate.reviewed.size]).toEqual([0, false, 0]);
  });
});

describe('what only deployment decides is said of the policy it is in', () => {
  const open = { Conditions: { Open: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } }, Parameters: { P: { Type: 'String' } } };
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a resource that a parameter gives',
      { R: role({ Policies: [{ PolicyName: 'A', PolicyDocument: allow('s3:*', { Ref: 'P' }) }] }) },
      /^In inline policy 'A'.*parameter 'P'/,
    ],
    [
      'a statement that depends',
      {
        R: role({ Policies: [{ PolicyName: 'A', PolicyDocument: { Statement: [{ 'Fn::If': ['Open', {}, {}] }, { Effect: 'Maybe' }] } }] }),
      },
      /inline policy 'A'/,
    ],
    [
      'a policy that depends',
      { R: role({ Policies: [{ 'Fn::If': ['Open', { PolicyName: 'A', PolicyDocument: allow('*') }, { Ref: 'AWS::NoValue' }] }] }) },
      /^In the policies of role.*condition 'Open'/,
    ],
    [
      'all policies depend',
      { R: role({ Policies: { 'Fn::If': ['Open', [], [{ PolicyName: 'A', PolicyDocument: allow('*') }]] } }) },
      /^In the policies of role.*condition 'Open'/,
    ],
    [
      'a policy resource that depends',
      {
        R: role(),
        D: {
          Type: 'AWS::IAM::Policy',
          Condition: 'Open',
          Properties: { PolicyName: 'D', Roles: [{ Ref: 'R' }], PolicyDocument: allow('*') },
        },
      },
      /only there when condition 'Open' holds/,
    ],
    [
      'attached policies depend',
      { R: role({ ManagedPolicyArns: { 'Fn::If': ['Open', ['a'], ['b']] } }) },
      /^In the managed policies of role/,
    ],
    ['an attached policy depends', { R: role({ ManagedPolicyArns: [{ Ref: 'P' }] }) }, /^The text of managed policy '\$\{P\}'/],
    ['a boundary that depends', { R: role({ PermissionsBoundary: { Ref: 'P' } }) }, /^The text of managed policy '\$\{P\}'/],
    [
      'a policy that is no policy',
      { R: role({ Policies: [{ PolicyName: 'A', PolicyDocument: 7 }] }) },
      /^The text of inline policy 'A'.*could not be read/,
    ],
    ['a role that may not be there', { R: role({}, { Condition: 'Open' }) }, /^About role.*condition 'Open'/],
  ])('%s', (_, resources, sentence) => {
    const [found] = readAws([template(resources, open)]).principals;
    const said = [...(found?.unknowns ?? []), ...(found?.policies ?? []).flatMap(({ document }) => document.unknowns)];
    expect(said.filter((one) => sentence.test(one))).not.toEqual([]);
    for (const one of said) expect(one).toMatch(/^\S.*\.$/s);
  });

  test('what a condition leaves out for sure is not there', () => {
    const never = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } };
    expect(readAws([template({ R: role({}, { Condition: 'Never' }) }, never)]).principals).toEqual([]);
  });

  test('an unreadable boundary limits nothing, and is said', () => {
    const bound = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: 'nonsense' } };
    const [found] = readAws([template({ R: role({ PermissionsBoundary: { Ref: 'B' } }), B: bound })]).principals;
    expect(found?.boundary).toBeUndefined();
    expect(found?.unknowns.join()).toMatch(/could not be read/);
  });
});

describe('resources of a template', () => {
  const doc = (Principal: unknown, Action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action, Resource: '*' }],
  });
  const anybody = doc('*', 'x:Y');
  const estate = readAws([
    template({
      Bucket: { Type: 'AWS::S3::Bucket' },
      OnBucket: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: anybody } },
      OnOther: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'existing', PolicyDocument: anybody } },
      Queue: { Type: 'AWS::SQS::Queue' },
      OnQueue: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Queue' }, 'https://sqs.eu-central-1.amazonaws.com/111122223333/old'], PolicyDocument: anybody },
      },
      Topic: { Type: 'AWS::SNS::Topic' },
      OnTopic: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: anybody } },
      AlsoOnTopic: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: anybody } },
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: anybody } },
      Bare: { Type: 'AWS::KMS::Key' },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'erp' } },
      OnSecret: { Type: 'AWS::SecretsManager::ResourcePolicy', Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy: anybody } },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'tickets', ResourcePolicy: { PolicyDocument: anybody } } },
      Repo: { Type: 'AWS::ECR::Repository', Properties: { RepositoryPolicyText: JSON.stringify(anybody) } },
      Role: role({ RoleName: 'runner' }),
      Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'pay', Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      May: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
          Action: 'lambda:InvokeFunction',
          Principal: 's3.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
          SourceAccount: '111122223333',
        },
      },
      AlsoMay: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: { Ref: 'Function' }, Action: 'lambda:UpdateFunctionCode', Principal: '444455556666' },
      },
      Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { TaskRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
      Service: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' } } },
      Job: { Type: 'AWS::Glue::Job', Properties: { Name: 'job', Role: { Ref: 'Role' } } },
      Runtime: { Type: 'AWS::BedrockAgentCore::Runtime', Properties: { RoleArn: 'arn:aws:iam::111122223333:role/elsewhere' } },
      OnRuntime: {
        Type: 'AWS::BedrockAgentCore::ResourcePolicy',
        Properties: { ResourceArn: { 'Fn::GetAtt': ['Runtime', 'AgentRuntimeArn'] }, Policy: { 'Fn::ToJsonString': anybody } },
      },
      Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
      OnBus: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: { EventBusName: { Ref: 'Bus' }, StatementId: 's', Action: 'events:PutEvents', Principal: '444455556666' },
      },
      Vpc: { Type: 'AWS::EC2::VPC' },
    }),
  ]);
  const rows = estate.resources.map(({ arn, role: runsAs, policy }) => [showSymbols(arn), runsAs, policy?.document.statements.length ?? 0]);

  test.each([
    ['arn:aws:s3:::${Bucket}', undefined, 1],
    ['arn:aws:s3:::existing', undefined, 1],
    ['arn:aws:sqs:eu-central-1:111122223333:${Queue}', undefined, 1],
    ['arn:aws:sqs:eu-central-1:111122223333:old', undefined, 1],
    ['arn:aws:sns:eu-central-1:111122223333:${Topic}', undefined, 2],
    ['arn:aws:kms:eu-central-1:111122223333:key/${Key}', undefined, 1],
    ['arn:aws:kms:eu-central-1:111122223333:key/${Bare}', undefined, 1],
    ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp-${Secret.Id}', undefined, 1],
    ['arn:aws:dynamodb:eu-central-1:111122223333:table/tickets', undefined, 1],
    ['arn:aws:ecr:eu-central-1:111122223333:repository/${Repo}', undefined, 1],
    ['arn:aws:lambda:eu-central-1:111122223333:function:pay', 'arn:aws:iam::111122223333:role/runner', 2],
    ['arn:aws:ecs:eu-central-1:111122223333:task-definition/${Task}:${Task.Id}', 'arn:aws:iam::111122223333:role/runner', 0],
    ['arn:aws:ecs:eu-central-1:111122223333:service/${Service.Id}/${Service}', 'arn:aws:iam::111122223333:role/runner', 0],
    ['arn:aws:glue:eu-central-1:111122223333:job/job', 'arn:aws:iam::111122223333:role/runner', 0],
    ['arn:aws:bedrock-agentcore:eu-central-1:111122223333:runtime/${Runtime}', 'arn:aws:iam::111122223333:role/elsewhere', 1],
    ['arn:aws:events:eu-central-1:111122223333:event-bus/bus', undefined, 1],
  ])('%s runs as %s under %i statements', (...row) => {
    expect(rows).toContainEqual(row);
  });

  test('nothing else', () => {
    expect(rows).toHaveLength(16);
    expect(estate.unknowns).toEqual([]);
  });

  test('permissions of a function become statements', () => {
    const statements = estate.resources.find(({ arn }) => arn.endsWith(':pay'))?.policy?.document.statements;
    expect(
      statements?.map(({ principals, actions, conditions }) => [
        principals?.service,
        principals?.aws,
        actions,
        conditions.map(({ operator, key }) => `${operator} ${key}`),
      ]),
    ).toEqual([
      [['s3.amazonaws.com'], [], ['lambda:InvokeFunction'], ['ArnLike AWS:SourceArn', 'StringEquals AWS:SourceAccount']],
      [[], ['444455556666'], ['lambda:UpdateFunctionCode'], []],
    ]);
  });
});

test('two roles without names are two, whatever their symbols may stand for', () => {
  const estate = readAws([template({ A: role(), B: role() })]);
  const [a, b] = estate.principals.map(({ arn }) => arn);
  expect(showSymbols(a ?? '')).toBe('arn:aws:iam::111122223333:role/${A}');
  expect(a?.endsWith(b?.slice(-3) ?? '')).toBe(false);
});

test.each([null, [], 'x', 7, {}, { Resources: [] }])('what is no template is refused: %j', (json) => {
  expect(() => readAws([{ kind: 'template', file: 'x.json', json }])).toThrow(AgenticIamError);
});
