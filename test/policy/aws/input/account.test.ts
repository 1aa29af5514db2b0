import { AgenticIamError } from '../../../../lib/core/errors';
import type { ReviewInput } from '../../../../lib/core/review/input';
import { readAws } from '../../../../lib/policy/aws/input';

const A = 'arn:aws:iam::111122223333:';
const allow = (Action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
};
const details = (json: unknown): ReviewInput => ({ kind: 'account-details', file: 'details.json', json });
const principals = (...json: unknown[]): ReviewInput => ({ kind: 'principals', file: '--principal', json });
const lines = (...json: unknown[]): ReviewInput => ({ kind: 'resources', file: 'resources.jsonl', json });

const DETAILS = {
  UserDetailList: [
    {
      UserName: 'anna',
      Arn: `${A}user/staff/anna`,
      GroupList: ['admins'],
      UserPolicyList: [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(JSON.stringify(allow('s3:ListBucket'))) }],
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: `${A}policy/bound` },
      Tags: [{ Key: 'team', Value: 'a' }],
    },
  ],
  GroupDetailList: [
    {
      GroupName: 'admins',
      Arn: `${A}group/x/admins`,
      GroupPolicyList: [],
      AttachedManagedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
    },
  ],
  RoleDetailList: [
    {
      RoleName: 'box',
      Arn: `${A}role/app/box`,
      AssumeRolePolicyDocument: JSON.stringify(trust),
      InstanceProfileList: [{ Arn: `${A}instance-profile/box` }],
      RolePolicyList: [{ PolicyName: 'own', PolicyDocument: allow('sqs:SendMessage') }],
      AttachedManagedPolicies: [
        { PolicyName: 'shared', PolicyArn: `${A}policy/shared` },
        { PolicyName: 'gone', PolicyArn: `${A}policy/gone` },
      ],
    },
    { RoleName: 'bare', Arn: `${A}role/bare` },
  ],
  Policies: [
    {
      PolicyName: 'shared',
      Arn: `${A}policy/shared`,
      DefaultVersionId: 'v2',
      PolicyVersionList: [
        { VersionId: 'v1', IsDefaultVersion: false, Document: allow('*') },
        { VersionId: 'v2', IsDefaultVersion: true, Document: allow('sns:Publish') },
      ],
    },
    {
      PolicyName: 'bound',
      Arn: `${A}policy/bound`,
      DefaultVersionId: 'v1',
      PolicyVersionList: [{ VersionId: 'v1', Document: allow('s3:*') }],
    },
  ],
};

describe('account details', () => {
  const estate = readAws([details(DETAILS)]);
  const [admins, anna, box, bare] = estate.principals;

  test('a user has its own policies, its group and its boundary', () => {
    expect(anna).toMatchObject({
      arn: `${A}user/staff/anna`,
      path: '/staff/',
      account: '111122223333',
      groups: [`${A}group/x/admins`],
      tags: { team: 'a' },
      boundary: { name: "managed policy 'bound'" },
    });
    expect(anna?.policies[0]?.document.statements[0]?.actions).toEqual(['s3:ListBucket']);
    expect(admins?.policies[0]?.document.statements[0]?.actions).toEqual(['*']);
  });

  test('a role has the default version of what is attached, its trust and its profile', () => {
    expect(box?.policies.map(({ document }) => document.statements[0]?.actions)).toEqual([['sqs:SendMessage'], ['sns:Publish']]);
    expect(box?.trust?.document.statements[0]?.principals?.service).toEqual(['ec2.amazonaws.com']);
    expect(box?.instanceProfiles).toEqual([`${A}instance-profile/box`]);
    expect(box?.unknowns).toEqual([
      `The text of managed policy '${A}policy/gone' of role 'box' is not at hand; give it with --account-details.`,
    ]);
    expect(bare?.trust).toBeUndefined();
  });

  test.each<[string, ReviewInput[], string[]]>([
    ['lists roles', [details(DETAILS)], ['111122223333']],
    ['lists roles beside the one under review', [details(DETAILS), principals(`${A}role/bare`)], ['111122223333']],
    ['lists only the role under review', [details({ RoleDetailList: [DETAILS.RoleDetailList[1]] }), principals(`${A}role/bare`)], []],
    ['lists no role', [details({ UserDetailList: DETAILS.UserDetailList })], []],
    ['was cut off', [details({ ...DETAILS, IsTruncated: true })], []],
  ])('an account is known in full or not when its file %s', (_, inputs, full) => {
    expect([...readAws(inputs).accountsInFull]).toEqual(full);
  });

  test.each([null, [], 'x', 7, {}, { RoleDetailList: {} }])('what is something else is refused: %j', (json) => {
    expect(() => readAws([details(json)])).toThrow(AgenticIamError);
  });

  test.each<[string, unknown]>([
    ['rows that are no objects', { RoleDetailList: [null, 3, 'x', []] }],
    ['rows without an ARN', { RoleDetailList: [{ RoleName: 'a' }], Policies: [{}], UserDetailList: [{ Arn: 7 }] }],
    ['an ARN of another kind', { RoleDetailList: [{ Arn: `${A}user/a` }] }],
    [
      'lists that are no lists',
      { RoleDetailList: [{ Arn: `${A}role/a`, RolePolicyList: 'x', AttachedManagedPolicies: 3, Tags: 'y', InstanceProfileList: {} }] },
    ],
    [
      'policies that are none',
      { RoleDetailList: [{ Arn: `${A}role/a`, RolePolicyList: [{ PolicyDocument: '%7' }], AssumeRolePolicyDocument: '{' }] },
    ],
    ['versions that are none', { RoleDetailList: [], Policies: [{ Arn: `${A}policy/p`, PolicyVersionList: [null, {}] }] }],
  ])('%s are left out and said, and nothing breaks', (_, json) => {
    const read = readAws([details(json)]);
    const said = [
      ...read.unknowns,
      ...read.principals.flatMap(({ unknowns, policies, trust }) => [
        ...unknowns,
        ...[...policies, ...(trust ? [trust] : [])].flatMap(({ document }) => document.unknowns),
      ]),
    ];
    for (const sentence of said) expect(sentence).toMatch(/^[A-Z].*\.$/s);
  });
});

describe('what is reviewed', () => {
  test.each([
    [`${A}role/app/box`, `${A}role/app/box`],
    ['arn:aws:sts::111122223333:assumed-role/box/session', `${A}role/app/box`],
    [`${A}user/staff/anna`, `${A}user/staff/anna`],
    ['anna', `${A}user/staff/anna`],
  ])('%s is %s', (id, arn) => {
    expect([...readAws([details(DETAILS), principals(id)]).reviewed]).toEqual([arn]);
  });

  test('one that is not there is named with those that are near', () => {
    expect(() => readAws([details(DETAILS), principals(`${A}role/bax`)])).toThrow(
      `did you mean '${A}role/app/box', '${A}role/bare'? [unknown-principal]`,
    );
    expect(() => readAws([details(DETAILS), principals(`${A}role/nothing-like-it`)])).toThrow(/give the file that lists it/);
  });

  test.each(['agent@project.iam.gserviceaccount.com', '6f9619ff-8b86-4011-b42d-00c04fc964ff', '/subscriptions/x/y', 'serviceAccount:a'])(
    'an id of another cloud is left to it: %s',
    (id) => expect(readAws([details(DETAILS), principals(id)]).reviewed.size).toBe(0),
  );

  test('beside account details it is what a template makes', () => {
    const made = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'new', AssumeRolePolicyDocument: trust } };
    const estate = readAws([details(DETAILS), { kind: 'template', file: 't.json', json: { Resources: { R: made } } }]);
    // A template that is bound to no account is meant for the only one that is given.
    expect([...estate.reviewed]).toEqual([`${A}role/new`]);
  });
});

describe('resource lines', () => {
  const read = (...rows: unknown[]) => readAws([details(DETAILS), lines(...rows)]);

  test.each<[unknown, Record<string, unknown>]>([
    [
      { arn: 'arn:aws:lambda:us-east-1:111122223333:function:f', role: `${A}role/app/box` },
      { type: 'AWS::Lambda::Function', role: `${A}role/app/box` },
    ],
    [
      { arn: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1', role: `${A}instance-profile/box` },
      { type: 'AWS::EC2::Instance', role: `${A}role/app/box` },
    ],
    [{ arn: 'arn:aws:ec2:us-east-1:111122223333:instance/i-1', role: 'box' }, { role: `${A}role/app/box` }],
    [{ arn: 'arn:aws:s3:::data' }, { type: 'AWS::S3::Bucket', account: undefined, role: undefined, policy: undefined }],
    [{ arn: 'arn:aws:s3:::data', account: '444455556666' }, { account: '444455556666' }],
    [{ arn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:a/b-AbCdEf' }, { type: 'AWS::SecretsManager::Secret' }],
    [{ arn: 'arn:aws:glue:us-east-1:111122223333:devEndpoint/d' }, { type: 'AWS::Glue::DevEndpoint' }],
    [{ arn: 'arn:aws:strange:us-east-1:111122223333:thing/d' }, { type: 'strange' }],
    [{ arn: 'arn:aws:s3:::data', type: 'Bucket' }, { type: 'Bucket' }],
    [
      { arn: 'arn:aws:s3:::data', policy: JSON.stringify(allow('s3:*')) },
      { policy: { document: { statements: [{ actions: ['s3:*'] }] } } },
    ],
    [{ arn: 'arn:aws:s3:::data', policy: allow('s3:*') }, { policy: { document: { statements: [{ actions: ['s3:*'] }] } } }],
    [
      { arn: 'arn:aws:s3:::data', policy: 'nonsense' },
      { policy: { document: { statements: [], unknowns: [expect.stringMatching(/could not be read/)] } } },
    ],
  ])('%j', (row, expected) => {
    const estate = read(row);
    expect(estate.resources).toEqual([expect.objectContaining({ source: 'resources.jsonl' })]);
    expect(estate.resources[0]).toMatchObject(expected);
    expect(estate.resourcesInFull).toBe(true);
  });

  test.each([[[{}]], [[null]], [[{ arn: 'bucket' }]], [[{ arn: 7 }]]])('a line that names nothing is refused: %j', (rows) => {
    expect(() => read(...rows)).toThrow(/line/);
  });

  test('what is no list is refused', () => {
    expect(() => readAws([{ kind: 'resources', file: 'r', json: { arn: 'x' } }])).toThrow(AgenticIamError);
  });
});
