import { awsWorld, readAws } from '../../../lib/policy/aws';
import { parsePolicy } from '../../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../../lib/policy/aws/model';

const ACCOUNT = '111122223333';
const USER = `arn:aws:iam::${ACCOUNT}:user/anna`;
const BUCKET = 'arn:aws:s3:::invoices';

const estate = readAws([
  {
    kind: 'account-details',
    file: 'here.json',
    json: {
      UserDetailList: [
        {
          UserName: 'anna',
          Arn: USER,
          UserPolicyList: [{ PolicyName: 'own', PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } } }],
        },
      ],
    },
  },
  { kind: 'resources', file: 'resources.jsonl', json: [{ arn: BUCKET }] },
]);

function organisation(layer: 'scp' | 'rcp', ...Statement: object[]): AwsPolicy {
  return { name: layer, document: parsePolicy({ Statement }, { name: layer, layer }) };
}

const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const NO_DELETE = { Effect: 'Deny', Action: 's3:DeleteObject', Principal: '*', Resource: '*' };
const decided = (world: ReturnType<typeof awsWorld>, action: string): string => {
  return world.decide(USER, { action, resource: `${BUCKET}/a` }).effect;
};

test('what the organisation denies the account of a principal is denied', () => {
  const world = awsWorld({
    ...estate,
    scps: { [ACCOUNT]: [[organisation('scp', ALL, { ...NO_DELETE, Principal: undefined })]], other: [[]] },
  });
  expect(['s3:GetObject', 's3:DeleteObject'].map((action) => decided(world, action))).toEqual(['allowed', 'explicitly-denied']);
  expect(world.access(USER).entries.flatMap(({ actions }) => actions)).not.toContain('s3:DeleteObject');
});

test('what it denies the account of a resource is denied', () => {
  const located = { ...estate, resources: estate.resources.map((resource) => ({ ...resource, account: ACCOUNT })) };
  const world = awsWorld({ ...located, rcps: { [ACCOUNT]: [[organisation('rcp', NO_DELETE)]] } });
  expect(['s3:GetObject', 's3:DeleteObject'].map((action) => decided(world, action))).toEqual(['allowed', 'explicitly-denied']);
});
