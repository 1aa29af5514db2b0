import { type DiffSide, diffReviews } from '../../../lib/core/review/diff';
import type { DiffView, PrincipalChange } from '../../../lib/core/review/diff-result';
import type { ReviewInput } from '../../../lib/core/review/input';
import { reviewWorlds } from '../../../lib/core/review/review';
import type { AccessWorld } from '../../../lib/core/review/world';
import { awsWorldOf } from '../../../lib/policy/aws';
import { type Toy, toyWorld } from './toy-world';

function sideOf(...worlds: readonly AccessWorld[]): DiffSide {
  return { worlds, review: reviewWorlds(worlds, { sources: [] }) };
}
const toys = (base: Toy, head: Toy): DiffView => diffReviews(sideOf(toyWorld(base)), sideOf(toyWorld(head)));

interface Statement {
  readonly Effect: string;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}
const allow = (Action: unknown, Resource: unknown = '*', more: object = {}): Statement => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: unknown, Resource: unknown = '*', more: object = {}): Statement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const BUCKET = { 'Fn::GetAtt': ['Invoices', 'Arn'] };
const objects = (prefix: string) => ({ 'Fn::Join': ['', [BUCKET, `/${prefix}`]] });

/** A template with one role that has the policies, and another that it may come to assume. */
function template(policies: readonly (readonly Statement[])[], more: object = {}): ReviewInput {
  const trust = (Principal: unknown) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] });
  const Resources = {
    Invoices: { Type: 'AWS::S3::Bucket' },
    Reader: {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: 'reader', AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }) },
    },
    Owner: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'owner',
        AssumeRolePolicyDocument: trust({ AWS: { 'Fn::GetAtt': ['Reader', 'Arn'] } }),
        Policies: [{ PolicyName: 'all', PolicyDocument: { Version: '2012-10-17', Statement: [allow('s3:*', [BUCKET, objects('*')])] } }],
      },
    },
    ...Object.fromEntries(
      policies.map((Statement, at) => [
        `Policy${at}`,
        {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: `p${at}`, Roles: [{ Ref: 'Reader' }], PolicyDocument: { Version: '2012-10-17', Statement } },
        },
      ]),
    ),
    ...more,
  };
  const stack = { name: 'Shop', account: '111122223333', region: 'eu-central-1' };
  return { kind: 'template', file: 'Shop.template.json', json: { Resources }, stack };
}

function stacks(base: readonly (readonly Statement[])[], head: readonly (readonly Statement[])[]): DiffView {
  const worldOf = (policies: readonly (readonly Statement[])[]): AccessWorld[] =>
    [awsWorldOf([template(policies)])].flatMap((one) => one ?? []);
  return diffReviews(sideOf(...worldOf(base)), sideOf(...worldOf(head)));
}

const NO_OWNER = deny('sts:AssumeRole');
const GET = allow('s3:GetObject', objects('*'));
const LIST = allow('s3:ListBucket', BUCKET);

describe('the same in other words is no change', () => {
  test.each<[string, readonly (readonly Statement[])[], readonly (readonly Statement[])[]]>([
    ['the same text', [[GET, LIST]], [[GET, LIST]]],
    ['statements in another order', [[GET, LIST]], [[LIST, GET]]],
    ['one policy as two', [[GET, LIST]], [[GET], [LIST]]],
    ['one statement as two', [[allow(['s3:GetObject', 's3:PutObject'], objects('*'))]], [[GET, allow('s3:PutObject', objects('*'))]]],
    [
      'resources in two statements',
      [[allow('s3:GetObject', [objects('a/*'), objects('b/*')])]],
      [[allow('s3:GetObject', objects('a/*')), allow('s3:GetObject', objects('b/*'))]],
    ],
    ['a part beside the whole', [[GET]], [[GET, allow('s3:GetObject', objects('a/*'))]]],
    [
      'a wildcard that matches the same actions',
      [[allow(['s3:PutObjectAcl', 's3:PutObject', 's3:PutObjectTagging'], objects('*'))]],
      [[allow(['s3:PutObjectA*l', 's3:PutObjec?', 's3:PutObjectTagging'], objects('*'))]],
    ],
    ['letters of another case', [[GET]], [[allow('S3:getobject', objects('*'))]]],
    ['a list of one', [[GET]], [[allow(['s3:GetObject'], [objects('*')])]]],
    ['a denial of what was never allowed', [[GET]], [[GET, deny('dynamodb:*')]]],
    ['a denial instead of nothing', [[allow('s3:GetObject', objects('*')), allow('s3:GetObject', objects('*'))]], [[GET]]],
    [
      'a condition in other words',
      [[allow('s3:GetObject', objects('*'), { Condition: { StringEquals: { 'aws:PrincipalTag/team': ['a', 'b'] } } })]],
      [[allow('s3:GetObject', objects('*'), { Condition: { StringEquals: { 'AWS:PrincipalTag/team': ['b', 'a'] } } })]],
    ],
  ])('%s', (_, base, head) => {
    const view = stacks(base, head);
    expect([view.compared, view.principals]).toEqual([2, []]);
  });
});

/** What a change says, in one line each. */
function told(change: PrincipalChange | undefined): object {
  const { id = '', gained = [], lost = [], newPaths = [], closedPaths = [], claims = [] } = change ?? {};
  const line = ({ actions, resources, conditions, level }: PrincipalChange['gained'][number]): string =>
    [`${level} ${actions.join(', ')} on ${resources.join(', ')}`, ...(conditions ?? [])].join(' if ');
  return {
    id: id.split('/').at(-1),
    gained: gained.map(line),
    lost: lost.map(line),
    newPaths: newPaths.map(({ to, toArn }) => `${to} ${toArn.split(/[:/]/).at(-1)}`),
    closedPaths: closedPaths.map(({ to, toArn }) => `${to} ${toArn.split(/[:/]/).at(-1)}`),
    claims: claims.map(({ claim, before, after }) => `${claim}: ${before} -> ${after}`),
  };
}

describe('a change of meaning', () => {
  test.each<[string, readonly Statement[], readonly Statement[], object]>([
    [
      'one action more',
      [GET],
      [GET, allow('s3:PutObject', objects('*'))],
      { gained: ['write s3:PutObject on arn:aws:s3:::${Invoices}/*'], claims: ['nothing-new: undefined -> refuted'] },
    ],
    ['one action less', [GET, allow('s3:PutObject', objects('*'))], [GET], { lost: ['write s3:PutObject on arn:aws:s3:::${Invoices}/*'] }],
    [
      'more of the bucket: only what is new is told',
      [allow('s3:GetObject', objects('a/*'))],
      [allow('s3:GetObject', [objects('a/*'), objects('b/*')])],
      { gained: ['read s3:GetObject on arn:aws:s3:::${Invoices}/b/*'], claims: ['nothing-new: undefined -> refuted'] },
    ],
    [
      'a wildcard that matches more actions: only those are told',
      [allow('s3:PutObject', objects('*'))],
      [allow(['s3:PutObject', 's3:PutObjectA?l'], objects('*'))],
      { gained: ['permissions s3:PutObjectAcl on arn:aws:s3:::${Invoices}/*'], claims: ['nothing-new: undefined -> refuted'] },
    ],
    [
      'a condition that falls away',
      [allow('s3:GetObject', objects('*'), { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })],
      [GET],
      { gained: ['read s3:GetObject on arn:aws:s3:::${Invoices}/*'], claims: ['nothing-new: undefined -> refuted'] },
    ],
    [
      'a denial that is lifted',
      [GET, deny('s3:GetObject', objects('secret/*'))],
      [GET],
      { gained: ['read s3:GetObject on arn:aws:s3:::${Invoices}/secret/*'], claims: ['nothing-new: undefined -> refuted'] },
    ],
    [
      'a denial that is new',
      [GET],
      [GET, deny('s3:*', objects('secret/*'))],
      { lost: ['read s3:GetObject on arn:aws:s3:::${Invoices}/secret/*'] },
    ],
  ])('%s', (_, base, head, expected) => {
    const { principals } = stacks([[NO_OWNER, ...base]], [[NO_OWNER, ...head]]);
    expect(principals.map(told)).toEqual([{ id: 'reader', gained: [], lost: [], newPaths: [], closedPaths: [], claims: [], ...expected }]);
  });

  test('the statements and constructs that make it are named', () => {
    const { principals } = stacks([[NO_OWNER, GET]], [[NO_OWNER, GET, allow('s3:PutObject', objects('*'))]]);
    expect(principals[0]?.gained[0]?.statements).toEqual(["inline policy 'p0' of role 'reader' statement 3"]);
  });
});

describe('paths and claims', () => {
  const b = { id: 'b', rights: ['read box'] };
  const boss = { id: 'b', rights: ['* *'] };
  const without = { principals: [{ id: 'a', rights: ['look box'] }, b] };
  const withPath = { principals: [{ id: 'a', rights: ['look box', 'become b'] }, b] };

  test('a path that opens, and closes', () => {
    const opened = {
      newPaths: ['principal b'],
      closedPaths: [],
      claims: ['no-escalation: proven -> refuted', 'nothing-new: undefined -> refuted'],
    };
    expect(toys(without, withPath).principals.map(told)).toMatchObject([{ id: 'a', gained: ['permissions become on b'], ...opened }]);
    const closed = { newPaths: [], closedPaths: ['principal b'], claims: ['no-escalation: refuted -> proven'] };
    expect(toys(withPath, without).principals.map(told)).toMatchObject([{ id: 'a', lost: ['permissions become on b'], ...closed }]);
    expect(toys(withPath, withPath).principals).toEqual([]);
  });

  test('the same end by another technique is another path', () => {
    const other = { principals: [{ id: 'a', rights: ['look box', 'pass b', 'run code'] }, b] };
    expect(told(toys(withPath, other).principals[0])).toMatchObject({ newPaths: ['principal b'], closedPaths: ['principal b'] });
  });

  test('a path that opens through somebody else is a change of both', () => {
    const chain = (rights: string[]): Toy => ({
      principals: [{ id: 'a', rights: ['become m'] }, { id: 'm', rights: ['look box', ...rights] }, b],
    });
    expect(toys(chain([]), chain(['become b'])).principals.map(told)).toMatchObject([
      { id: 'a', gained: [], newPaths: ['principal b'] },
      { id: 'm', gained: ['permissions become on b'], newPaths: ['principal b'] },
    ]);
  });

  test('full control closes no path that led to less', () => {
    const whole = { principals: [{ id: 'a', rights: ['* *'] }, b] };
    expect(told(toys(withPath, whole).principals[0])).toMatchObject({ closedPaths: [], newPaths: [] });
    expect(told(toys(whole, withPath).principals[0])).toMatchObject({ closedPaths: [], newPaths: [] });
    expect(toys(withPath, { principals: [{ id: 'a', rights: ['look box', 'become b'] }, boss] }).principals.map(told)).toMatchObject([
      { id: 'a', newPaths: ['admin b'], closedPaths: ['principal b'] },
      { id: 'b' },
    ]);
  });

  test('a claim that is no longer made is told', () => {
    const agent = (mode: string): Toy => ({ principals: [{ id: 'a', declares: ['read box'], rights: ['read box'], mode }] });
    expect(toys(agent('READ_ONLY'), agent('READ_WRITE')).principals.map(told)).toMatchObject([
      { claims: ['read-only: proven -> undefined'] },
    ]);
    expect(toys(agent('READ_WRITE'), agent('READ_ONLY')).principals).toEqual([]);
  });

  test('an agent whose sub-agent can do more can do more', () => {
    const pair = (rights: string[]): Toy => ({
      principals: [
        { id: 'a', declares: [], delegatesTo: ['b'] },
        { id: 'b', declares: rights, rights },
      ],
    });
    const { principals } = toys(pair(['read box']), pair(['read box', 'write box']));
    expect(principals.map(({ id, gained }) => [id, gained.length])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
    const [first] = principals;
    expect([first?.before?.levels['change-data'].actions, first?.after?.levels['change-data'].actions]).toEqual([0, 1]);
  });
});

describe('who is compared with whom', () => {
  const reader = (id: string, name: string): Toy => ({
    principals: [{ id, declares: ['read box'], rights: ['read box'], more: { name } }],
  });
  test('by id', () => {
    const { compared, principals } = toys(
      { principals: [{ id: 'a' }, { id: 'b', rights: ['read box'] }] },
      { principals: [{ id: 'a' }, { id: 'c', rights: ['write box'] }] },
    );
    expect(compared).toBe(3);
    expect(principals.map((one) => [one.id, one.before === undefined, one.after === undefined, told(one)])).toMatchObject([
      ['b', false, true, { gained: [], lost: ['read read on box'] }],
      ['c', true, false, { gained: ['write write on box'], lost: [] }],
    ]);
  });
  test('by agent, where a cloud made up another id', () => {
    expect(toys(reader('role-1', 'reader'), reader('role-2', 'reader'))).toMatchObject({ compared: 1, principals: [] });
    expect(toys(reader('role-1', 'reader'), reader('role-2', 'writer')).compared).toBe(2);
  });
  test('what was not understood of either side is said', () => {
    const view = toys({ principals: [], unknowns: ['Base.', 'Both.'] }, { principals: [], unknowns: ['Both.', 'Head.'] });
    expect(view.unknowns).toEqual(['Base.', 'Both.', 'Head.']);
  });
  test('what is not known is never nothing new', () => {
    const { principals } = toys(
      { principals: [{ id: 'a', unknowns: ['x.'] }] },
      { principals: [{ id: 'a', rights: [{ may: 'read', on: 'box', if: 'c' }], unknowns: ['x.'] }] },
    );
    expect(principals.map(({ claims }) => claims.map(({ claim, after }) => [claim, after]))).toEqual([[['nothing-new', 'not-proven']]]);
  });
});

describe('a role that gets another name', () => {
  const named = (
    RoleName: string,
    Statement: readonly Statement[],
    constructPaths: Readonly<Record<string, string>> = {},
    more: object = {},
  ): DiffSide => {
    const input = template([Statement], more) as ReviewInput & { json: { Resources: Record<string, { Properties: object }> } };
    const json = structuredClone(input.json);
    Object.assign(json.Resources['Reader']?.Properties ?? {}, { RoleName });
    const world = awsWorldOf([{ ...input, json, stack: { ...input.stack, name: 'Shop', constructPaths } }]);
    if (!world) throw new Error('no world');
    return sideOf(world);
  };
  const paths = { Reader: 'Shop/Reader', Owner: 'Shop/Owner' };
  const before = [allow('s3:GetObject', objects('*'))];
  const after = [allow('s3:GetObject', objects('in/*'))];

  test('is compared with itself where it is the same construct, and its old name is told', () => {
    const { principals } = diffReviews(named('reader', before, paths), named('main--reader', after, paths));
    const [reader] = principals.filter(({ name }) => name === 'main--reader');
    expect(reader).toMatchObject({ was: 'reader', gained: [] });
    expect(reader?.lost.flatMap(({ actions }) => actions)).toEqual(['s3:GetObject']);
    expect(principals.filter(({ name }) => name === 'reader')).toEqual([]);
  });

  test('lends what it had to nobody, where one construct makes two', () => {
    const second = { Second: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'second', AssumeRolePolicyDocument: { Statement: [] } } } };
    const twins = { Reader: 'Shop/Reader', Second: 'Shop/Reader' };
    const { principals } = diffReviews(named('reader', before, paths), named('main--reader', before, twins, second));
    const [reader] = principals.filter(({ name }) => name === 'main--reader');
    expect([reader?.was, reader?.gained.flatMap(({ actions }) => actions)]).toEqual([undefined, ['sts:AssumeRole', 's3:GetObject']]);
  });

  test('is gone and new where nobody knows that it is the same', () => {
    const { principals } = diffReviews(named('reader', before), named('main--reader', after));
    expect(principals.filter(({ name }) => /reader/.test(name)).map((one) => [one.name, one.was, one.before !== undefined])).toEqual([
      ['main--reader', undefined, false],
      ['reader', undefined, true],
    ]);
  });
});
