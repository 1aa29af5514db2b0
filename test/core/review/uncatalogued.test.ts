import { proveNothingBeyond } from '../../../lib/core/review/claims';
import { diffReviews } from '../../../lib/core/review/diff';
import { findPaths } from '../../../lib/core/review/paths';
import { reviewWorlds } from '../../../lib/core/review/review';
import type { AccessWorld } from '../../../lib/core/review/world';
import { awsWorldOf } from '../../../lib/policy/aws';

const U = 'arn:aws:iam::111122223333:user/u';
const ACCOUNT = 'arn:aws:iam::111122223333:';
const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

/** Ends of the paths of a user that may assume the role `r`, which may only do what no catalog knows. */
function endsOf(...statements: readonly object[]): readonly string[] {
  const json = {
    UserDetailList: [
      { Arn: `${ACCOUNT}user/u`, UserName: 'u', UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document(...statements) }] },
    ],
    RoleDetailList: [
      {
        Arn: `${ACCOUNT}role/r`,
        RoleName: 'r',
        RolePolicyList: [
          { PolicyName: 'own', PolicyDocument: document({ Effect: 'Allow', Action: ['s3:NotYetKnown', 's3:GetObject'], Resource: '*' }) },
        ],
        AssumeRolePolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: `${ACCOUNT}root` } }),
      },
    ],
    GroupDetailList: [],
    Policies: [],
  };
  const world = awsWorldOf([{ kind: 'account-details', file: 'details.json', json }]);
  return world ? findPaths(`${ACCOUNT}user/u`, [world]).paths.map(({ toArn }) => toArn) : ['no world'];
}

const assume = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `${ACCOUNT}role/r` };

test.each<readonly [string, object, readonly string[]]>([
  ['a wildcard covers it', { Effect: 'Allow', Action: 's3:*', Resource: '*' }, []],
  ['a pattern covers it', { Effect: 'Allow', Action: ['s3:NotYet*', 's3:Get*'], Resource: '*' }, []],
  ['no pattern covers it', { Effect: 'Allow', Action: 's3:Get*', Resource: '*' }, [`${ACCOUNT}role/r`]],
  ['a wildcard covers it elsewhere', { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::box/*' }, [`${ACCOUNT}role/r`]],
])('a role with an action that the catalog does not know, where %s', (_, statement, expected) => {
  expect(endsOf(assume, statement)).toEqual(expected);
});

function userWith(...statements: readonly object[]): AccessWorld {
  const json = {
    UserDetailList: [{ Arn: U, UserName: 'u', UserPolicyList: [{ PolicyName: 'own', PolicyDocument: document(...statements) }] }],
    RoleDetailList: [],
    GroupDetailList: [],
    Policies: [],
  };
  const world = awsWorldOf([{ kind: 'account-details', file: 'details.json', json }]);
  if (!world) throw new Error('the account holds nothing');
  return world;
}

const allow = (Action: unknown, Resource = '*'): object => ({ Effect: 'Allow', Action, Resource });

test.each<readonly [string, object, readonly string[], string]>([
  ['a wildcard', allow('s3:*'), [], 'not-proven'],
  ['a wildcard elsewhere', allow('s3:*', 'arn:aws:s3:::box/*'), ['s3:GetObject', 's3:NotYetKnown'], 'refuted'],
  ['another pattern', allow('s3:Get*'), ['s3:NotYetKnown'], 'refuted'],
  ['its own name', allow(['s3:NotYetKnown', 's3:GetObject']), [], 'proven'],
])('an action that the catalog does not know, allowed before by %s', (_, statement, gained, verdict) => {
  const [before, after] = [userWith(statement), userWith(allow(['s3:NotYetKnown', 's3:GetObject']))];
  const sides = [before, after].map((world) => ({ worlds: [world], review: reviewWorlds([world], { sources: [] }) })) as [never, never];
  const changes = diffReviews(...sides).principals.flatMap((one) => one.gained.flatMap(({ actions }) => actions));
  expect([...new Set(changes)].sort()).toEqual(gained);
  expect(proveNothingBeyond(after.access(U), before.access(U), { world: before, principal: U }).verdict).toBe(verdict);
});
