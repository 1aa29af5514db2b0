import fc from 'fast-check';
import { findPaths } from '../../../lib/core/review/paths';
import type { AccessPath } from '../../../lib/core/review/result';
import { reviewWorlds } from '../../../lib/core/review/review';
import type { AccessWorld } from '../../../lib/core/review/world';
import { awsWorldOf } from '../../../lib/policy/aws';

const ACCOUNT = 'arn:aws:iam::111122223333:';
const NAMES = ['u', 'v', 'r', 's', 't'];
const arnOf = (name: string): string => `${ACCOUNT}${name === 'u' || name === 'v' ? 'user' : 'role'}/${name}`;
const BUCKET = 'arn:aws:s3:::box';
const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:f';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}
interface Person {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly trusts: object;
  readonly boundary: boolean;
}

const action = fc.constantFrom(
  'sts:AssumeRole',
  'iam:PassRole',
  'iam:PutRolePolicy',
  'iam:PutUserPolicy',
  'iam:CreateAccessKey',
  'iam:UpdateAssumeRolePolicy',
  'iam:DeleteRolePermissionsBoundary',
  'lambda:CreateFunction',
  'lambda:InvokeFunction',
  'lambda:UpdateFunctionCode',
  'ec2:RunInstances',
  's3:GetObject',
  's3:PutObject',
  's3:PutBucketPolicy',
  'iam:*',
  'lambda:*',
  's3:*',
);
const resource = fc.constantFrom('*', ...NAMES.map(arnOf), `${ACCOUNT}role/*`, `${BUCKET}/*`, BUCKET, FUNCTION);
const condition = fc.constantFrom<object>(
  {},
  {},
  {},
  { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
  { StringEquals: { 'aws:PrincipalTag/team': 'nobody' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
);
const statement = fc.tuple(fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'), action, resource, condition).map(
  ([Effect, Action, Resource, Condition]): Statement => ({
    Effect,
    Action,
    Resource,
    ...(Object.keys(Condition).length > 0 ? { Condition } : {}),
  }),
);
const people = fc.tuple(
  ...NAMES.map((name) =>
    fc
      .tuple(
        fc.array(statement, { maxLength: 4 }),
        fc.constantFrom<object>({ Service: 'lambda.amazonaws.com' }, { AWS: `${ACCOUNT}root` }, { AWS: arnOf('u') }, { AWS: arnOf('r') }),
        fc.boolean(),
      )
      .map(([statements, trusts, bounded]): Person => ({ name, statements, trusts, boundary: bounded && name === 's' })),
  ),
);

function worldOf(all: readonly Person[], more: readonly Statement[] = []): AccessWorld {
  const document = (Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
  const bounds = { PermissionsBoundary: { PermissionsBoundaryArn: `${ACCOUNT}policy/bounds` } };
  const rows = all.map(({ name, statements, trusts, boundary }) => ({
    Arn: arnOf(name),
    ...(boundary ? bounds : {}),
    ...(/user/.test(arnOf(name))
      ? { UserName: name, UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document([...statements, ...more]) }] }
      : {
          RoleName: name,
          RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document([...statements, ...more]) }],
          AssumeRolePolicyDocument: document([{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: trusts }]),
        }),
  }));
  const json = {
    UserDetailList: rows.filter((row) => 'UserName' in row),
    RoleDetailList: rows.filter((row) => 'RoleName' in row),
    GroupDetailList: [],
    Policies: [
      {
        Arn: `${ACCOUNT}policy/bounds`,
        PolicyName: 'bounds',
        PolicyVersionList: [
          { IsDefaultVersion: true, Document: document([{ Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' }]) },
        ],
      },
    ],
  };
  const lines = [{ arn: BUCKET }, { arn: FUNCTION, role: arnOf('t') }];
  const world = awsWorldOf([
    { kind: 'account-details', file: 'details.json', json },
    { kind: 'resources', file: 'resources.jsonl', json: lines },
  ]);
  if (!world) throw new Error('no world');
  return world;
}

/** Techniques whose first request changes what decides the rest: a trust that is rewritten, a role that is made, a tag that is set. */
const CHANGES_THE_REST = /^iam-(update-trust|create-role|create-user|tag-[a-z]+)$/;

function refusedIn({ steps }: AccessPath, world: AccessWorld): readonly string[] {
  const held = new Set([arnOf('u')]);
  return steps.flatMap((step) => {
    const asked = CHANGES_THE_REST.test(step.technique) ? step.requests.slice(0, 1) : step.requests;
    const refused = asked.filter((request) => ![...held].some((id) => world.decide(id, request).effect === 'allowed'));
    const stranger = held.has(step.from) ? [] : [`${step.from} is not held`];
    held.add(step.to);
    return [...stranger, ...refused.map((one) => `${step.technique}: ${one.action} on ${one.resource}`)];
  });
}

describe('paths in random accounts of AWS', () => {
  let seen = 0;

  test('every request of every step is allowed to somebody who is held by then', () => {
    fc.assert(
      fc.property(people, (all) => {
        const world = worldOf(all);
        const { paths } = findPaths(arnOf('u'), [world]);
        seen += paths.length;
        expect(paths.flatMap((path) => refusedIn(path, world))).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(20);
  });

  test('what is denied to all is a step of nobody', () => {
    fc.assert(
      fc.property(
        people,
        fc.constantFrom('sts:AssumeRole', 'iam:PassRole', 'iam:PutRolePolicy', 'lambda:UpdateFunctionCode'),
        (all, denied) => {
          const world = worldOf(all, [{ Effect: 'Deny', Action: denied, Resource: '*' }]);
          const asked = findPaths(arnOf('u'), [world]).paths.flatMap(({ steps }) =>
            steps.flatMap(({ requests }) => requests.map((one) => one.action)),
          );
          expect(asked).not.toContain(denied);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('without any allowance there is no path, and the review says that nothing can be done', () => {
    fc.assert(
      fc.property(people, (all) => {
        const world = worldOf(
          all.map((one) => ({ ...one, trusts: { Service: 'ec2.amazonaws.com' } })),
          [{ Effect: 'Deny', Action: '*', Resource: '*' }],
        );
        for (const { paths, blastRadius } of reviewWorlds([world], { sources: [] }).principals) {
          expect(paths).toEqual([]);
          expect(blastRadius.sentence).toMatch(/can read, change and delete nothing\.$/);
        }
      }),
      { numRuns: 30 },
    );
  });
});
