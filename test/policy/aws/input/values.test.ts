import { showSymbols } from '../../../../lib/core/review/glob';
import { EstateDraft } from '../../../../lib/policy/aws/input/estate-draft';
import { stackScope } from '../../../../lib/policy/aws/input/stack-scope';
import { TemplateValues } from '../../../../lib/policy/aws/input/template-values';
import { openTemplates } from '../../../../lib/policy/aws/input/templates';

const TEMPLATE = {
  Parameters: {
    Any: { Type: 'String', Default: '*' },
    One: { Type: 'String', AllowedValues: ['eu'] },
    Some: { Type: 'String', AllowedValues: ['eu', 'us'] },
    Wild: { Type: 'String', AllowedValues: ['eu', '*'] },
    Vpc: { Type: 'AWS::EC2::VPC::Id' },
  },
  Mappings: { Sizes: { eu: { bucket: 'small' } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'One' }, 'eu'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Open: { 'Fn::Equals': [{ Ref: 'Any' }, 'eu'] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'Open' }] },
    Never: { 'Fn::And': [{ Condition: 'No' }, { Condition: 'Open' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'Open' }] },
    Loop: { Condition: 'Loop' },
  },
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    Named: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'invoices' } },
    ByParameter: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Any' } } },
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'reader', Path: '/agents/' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'news' } },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/agents/log' } },
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/app/key' } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'erp/token' } },
    Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'pay' } },
    Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Function' }, Name: 'live' } },
    Custom: { Type: 'Custom::Lookup' },
    Strange: { Type: 'Some::Odd::Type' },
    Self: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'Self' } } },
  },
};

const ENV = { name: 'shop', account: '111122223333', region: 'eu-central-1' };
const input = (template: unknown, stack: Record<string, unknown> = ENV, file = 'shop.json') => ({
  kind: 'template' as const,
  file,
  json: template,
  stack: stack as typeof ENV,
});
const valuesOf = (stack?: Record<string, unknown>) => new TemplateValues(TEMPLATE, stackScope(input(TEMPLATE, stack), false));

const shown = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null), (_, one) => (typeof one === 'string' ? showSymbols(one) : one));

describe('an intrinsic becomes text', () => {
  test.each<[string, unknown, unknown]>([
    ['a literal name', { Ref: 'Named' }, 'invoices'],
    ['an ARN with a literal name', { 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:s3:::invoices'],
    ['GetAtt as one text', { 'Fn::GetAtt': 'Named.Arn' }, 'arn:aws:s3:::invoices'],
    ['a made-up name', { Ref: 'Bucket' }, '${Bucket}'],
    ['an ARN with a made-up name', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'arn:aws:s3:::${Bucket}'],
    ['a role', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'arn:aws:iam::111122223333:role/agents/reader'],
    ['Ref of a queue', { Ref: 'Queue' }, 'https://sqs.eu-central-1.amazonaws.com/111122223333/inbox'],
    ['Ref of a topic', { Ref: 'Topic' }, 'arn:aws:sns:eu-central-1:111122223333:news'],
    ['ARN of a log group', { 'Fn::GetAtt': ['Log', 'Arn'] }, 'arn:aws:logs:eu-central-1:111122223333:log-group:/agents/log:*'],
    [
      'ARN of a parameter, without its slash',
      { 'Fn::Sub': 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Parameter}' },
      'arn:aws:ssm:eu-central-1:111122223333:parameter/app/key',
    ],
    ['a secret', { Ref: 'Secret' }, 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:erp/token-${Secret.Id}'],
    ['an alias', { Ref: 'Alias' }, 'arn:aws:lambda:eu-central-1:111122223333:function:pay:live'],
    ['an attribute of an unknown type', { 'Fn::GetAtt': ['Strange', 'Arn'] }, '${Strange.Arn}'],
    ['join', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] }, 'arn:aws:s3:::${Bucket}/*'],
    ['join drops what is not there', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, 'b']] }, 'a-b'],
    ['substitution', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/x' }, 'arn:aws:s3:::${Bucket}/x'],
    [
      'substitution by a map',
      { 'Fn::Sub': ['${A}/${Named.Arn}', { A: { Ref: 'Queue' } }] },
      `https://sqs.eu-central-1.amazonaws.com/111122223333/inbox/arn:aws:s3:::invoices`,
    ],
    ['a policy variable', { 'Fn::Sub': 'home/${!aws:username}/*' }, 'home/${aws:username}/*'],
    ['select and split', { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Bucket', 'Arn'] }] }] }, '${Bucket}'],
    ['a map', { 'Fn::FindInMap': ['Sizes', { Ref: 'One' }, 'bucket'] }, 'small'],
    ['the default of a map', { 'Fn::FindInMap': ['Sizes', 'us', 'bucket', { DefaultValue: 'large' }] }, 'large'],
    ['a parameter of one value', { Ref: 'One' }, 'eu'],
    ['a parameter of values that are no patterns', { Ref: 'Some' }, '${Some}'],
    ['a typed parameter', { Ref: 'Vpc' }, '${Vpc}'],
    ['a condition that holds', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['a condition that does not', { 'Fn::If': ['No', 'a', 'b'] }, 'b'],
    ['a condition that cannot hold', { 'Fn::If': ['Never', 'a', 'b'] }, 'b'],
    ['a condition that one part decides', { 'Fn::If': ['Either', 'a', 'b'] }, 'a'],
    ['an open condition with equal branches', { 'Fn::If': ['Open', ['a'], ['a']] }, ['a']],
    ['a list with what is not there', ['a', { 'Fn::If': ['No', 'b', { Ref: 'AWS::NoValue' }] }], ['a']],
    ['JSON text', { 'Fn::ToJsonString': { a: { Ref: 'Named' } } }, '{"a":"invoices"}'],
    ['base 64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ])('%s', (_, value, expected) => {
    const { value: read, doubts } = valuesOf().read(value);
    expect(shown(read)).toEqual(expected);
    expect(doubts).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    [
      'a parameter, whatever its default',
      { Ref: 'Any' },
      "The value of parameter 'Any' is only known when it is deployed, and could be a pattern such as '*'.",
    ],
    [
      'a parameter that may be a pattern',
      { Ref: 'Wild' },
      "The value of parameter 'Wild' is only known when it is deployed, and could be a pattern such as '*'.",
    ],
    [
      'an attribute of a custom resource',
      { 'Fn::GetAtt': ['Custom', 'Found'] },
      "What 'Custom.Found' returns is up to a custom resource, and could be a pattern such as '*'.",
    ],
    ['a name that is not there', { Ref: 'Nobody' }, "'Nobody' is referred to and is not part of the template."],
    [
      'an open condition',
      { 'Fn::If': ['Open', 'a', 'b'] },
      "What is there depends on condition 'Open', which is only known when it is deployed.",
    ],
    [
      'a condition that is its own',
      { 'Fn::If': ['Loop', 'a', 'b'] },
      "What is there depends on condition 'Loop', which is only known when it is deployed.",
    ],
    [
      'conditions of which one is open',
      { 'Fn::If': ['Both', 'a', 'b'] },
      "What is there depends on condition 'Both', which is only known when it is deployed.",
    ],
    [
      'an import',
      { 'Fn::ImportValue': 'other:Out' },
      "'other:Out' is imported from a stack that was not given, and could be a pattern such as '*'; give that stack's template, too.",
    ],
    ['a dynamic reference', 'a{{resolve:ssm:/x}}', "The value of '{{resolve:ssm:/x}}' is only known when it is deployed."],
    ['an unknown function', { 'Fn::GetAZs': '' }, 'The value of Fn::GetAZs is only known when it is deployed.'],
    ['a broken call', { 'Fn::Join': 'x' }, 'The value of Fn::Join is only known when it is deployed.'],
  ])('%s is a symbol and a doubt', (_, value, sentence) => {
    const { value: read, doubts } = valuesOf().read(value);
    expect(doubts).toEqual([sentence]);
    expect(shown(read)).toMatch(/\$\{.+\}/);
  });

  test('a physical name that a parameter gives is a plain name, so it raises no doubt', () => {
    expect(valuesOf().read({ 'Fn::GetAtt': ['ByParameter', 'Arn'] })).toEqual({
      value: expect.stringContaining('arn:aws:s3:::'),
      doubts: [],
    });
  });

  test('a reference and an ARN made from it are the same text as GetAtt', () => {
    const values = valuesOf();
    const parts = values.text({ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/x' });
    expect(parts).toBe(values.text({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/x']] }));
  });

  test('a resource that names itself does not end in a loop', () => {
    expect(typeof valuesOf().text({ Ref: 'Self' })).toBe('string');
  });
});

test.each([
  [{ name: 'a', account: 'unknown-account', region: 'unknown-region' }, 'arn:aws:sqs:${AWS.Region}:${AWS.AccountId}:inbox'],
  [{ name: 'a', account: '111122223333', region: 'cn-north-1' }, 'arn:aws-cn:sqs:cn-north-1:111122223333:inbox'],
  [{ name: 'a', account: '111122223333', region: 'us-gov-west-1' }, 'arn:aws-us-gov:sqs:us-gov-west-1:111122223333:inbox'],
])('where a stack is deployed shows in its ARNs: %j', (stack, arn) => {
  expect(shown(valuesOf(stack).text({ 'Fn::GetAtt': ['Queue', 'Arn'] }))).toBe(arn);
});

describe('several templates', () => {
  const open = (...templates: readonly (readonly [string, unknown])[]) =>
    openTemplates(
      templates.map(([name, template]) => input(template, { ...ENV, name }, `${name}.json`)),
      { draft: new EstateDraft(), account: '' },
    );

  test('one imports what another exports, through a third, in any order', () => {
    const user = { Resources: { X: { Type: 'AWS::S3::Bucket' } } };
    const relay = {
      Resources: {},
      Outputs: { O: { Value: { 'Fn::ImportValue': 'data:Arn' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Arn' } } } },
    };
    const data = {
      Resources: { B: { Type: 'AWS::S3::Bucket' } },
      Outputs: { O: { Value: { 'Fn::GetAtt': ['B', 'Arn'] }, Export: { Name: 'data:Arn' } } },
    };
    const [first] = open(['user', user], ['relay', relay], ['data', data]);
    expect(first?.values.read({ 'Fn::ImportValue': 'relay:Arn' }).doubts).toEqual([]);
    expect(showSymbols(first?.values.text({ 'Fn::ImportValue': 'relay:Arn' }) ?? '')).toBe('arn:aws:s3:::${data.B}');
  });

  test('an import keeps the doubts of the export', () => {
    const data = { Parameters: { P: { Type: 'String' } }, Resources: {}, Outputs: { O: { Value: { Ref: 'P' }, Export: { Name: 'x' } } } };
    const [first] = open(['user', { Resources: {} }], ['data', data]);
    expect(first?.values.read({ 'Fn::ImportValue': 'x' }).doubts).toHaveLength(1);
  });

  test('exports that import each other end in a doubt', () => {
    const loop = (own: string, other: string) => ({
      Resources: {},
      Outputs: { O: { Value: { 'Fn::ImportValue': other }, Export: { Name: own } } },
    });
    const [first] = open(['a', loop('a', 'b')], ['b', loop('b', 'a')]);
    expect(first?.values.read({ 'Fn::ImportValue': 'a' }).doubts).not.toEqual([]);
  });

  test('the same name in two stacks is two resources, also where the stacks have one name', () => {
    const template = { Resources: { B: { Type: 'AWS::S3::Bucket' } } };
    const names = open(['a', template], ['b', template]).map(({ values }) => values.text({ Ref: 'B' }));
    expect(new Set(names).size).toBe(2);
    const twins = openTemplates([input(template, ENV, 'x.json'), input(template, ENV, 'y.json')], {
      draft: new EstateDraft(),
      account: '',
    });
    expect(new Set(twins.map(({ values }) => values.text({ Ref: 'B' }))).size).toBe(2);
  });
});
