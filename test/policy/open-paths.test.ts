import { proveNoEscalation } from '../../lib/core/review/claims';
import type { AccessWorld } from '../../lib/core/review/world';
import { awsWorldOf } from '../../lib/policy/aws';
import { stack as azureStack, worldOf as azureWorld, DEV as ON_AZURE, SUBSCRIPTION } from './azure/stack';
import { stack as gcpStack, worldOf as gcpWorld, DEV as ON_GCP } from './gcp/stack';

const ACCOUNT = 'arn:aws:iam::111122223333:';
const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const ANYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };

/** A user that may assume a role with full control, whose trust asks for something more; and a denial that holds the user in. */
function awsWorld(condition: object, denied?: object): AccessWorld {
  const json = {
    UserDetailList: [
      {
        Arn: `${ACCOUNT}user/u`,
        UserName: 'u',
        UserPolicyList: [
          {
            PolicyName: 'own',
            PolicyDocument: document(
              { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
              ...(denied ? [{ Effect: 'Deny', Action: 'sts:*', Resource: '*', Condition: denied }] : []),
            ),
          },
        ],
      },
    ],
    RoleDetailList: [
      {
        Arn: `${ACCOUNT}role/r`,
        RoleName: 'r',
        RolePolicyList: [{ PolicyName: 'own', PolicyDocument: document(ANYTHING) }],
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { AWS: `${ACCOUNT}root` },
          Condition: condition,
        }),
      },
    ],
    GroupDetailList: [],
    Policies: [],
  };
  const world = awsWorldOf([{ kind: 'account-details', file: 'details.json', json }]);
  if (!world) throw new Error('the account holds nothing');
  return world;
}

function verdictOf(id: string, world: AccessWorld): string {
  const principal = world.principals.find((one) => one.id === id);
  if (!principal) throw new Error(`nobody is called ${id}`);
  const { verdict, reason } = proveNoEscalation(principal, [world]);
  return verdict === 'not-proven' ? reason : verdict;
}

const WHETHER = "Whether this works is not known: assumes the role 'r', which trusts it. It depends on ";

test.each<readonly [string, object, object | undefined, string]>([
  ['the organisation', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, undefined, `${WHETHER}StringEquals aws:PrincipalOrgID o-1.`],
  ['an address', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, undefined, `${WHETHER}IpAddress aws:SourceIp 10.0.0.0/8.`],
  ['a second factor', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, undefined, `${WHETHER}Bool aws:MultiFactorAuthPresent true.`],
  [
    'a denial by address',
    {},
    { NotIpAddress: { 'aws:SourceIp': '8.8.8.0/24' } },
    "Whether this works is not known: assumes the role 'r', which trusts it. It depends on NotIpAddress aws:SourceIp 8.8.8.0/24.",
  ],
  ['nothing', {}, undefined, 'refuted'],
  ['what the attacker chooses', { StringLike: { 'sts:RoleSessionName': 'x*' } }, undefined, 'refuted'],
  ['being another', { ArnEquals: { 'aws:PrincipalArn': `${ACCOUNT}user/other` } }, undefined, 'proven'],
  ['a time that is over', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, undefined, 'proven'],
  ['a tag that the user has not', { StringEquals: { 'aws:PrincipalTag/team': 'ops' } }, undefined, 'proven'],
])('on AWS, where the way to a role depends on %s', (_, condition, denied, expected) => {
  expect(verdictOf(`${ACCOUNT}user/u`, awsWorld(condition, denied))).toBe(expected);
});

const member = '${google_service_account.dev.member}';
const OTHER = {
  google_project_iam_member: { o: { project: 'acme', role: 'roles/owner', member: 'serviceAccount:o@acme.iam.gserviceaccount.com' } },
};
const onAccount = (more: object): object => ({
  google_service_account_iam_member: {
    m: {
      service_account_id: 'projects/acme/serviceAccounts/o@acme.iam.gserviceaccount.com',
      role: 'roles/iam.serviceAccountTokenCreator',
      member,
      ...more,
    },
  },
});
/** One of several ways to the account is named. */
const TOKEN = 'It depends on ';

test.each<readonly [string, object, string]>([
  ['nothing', onAccount({}), 'refuted'],
  [
    'a variable',
    onAccount({ service_account_id: '${var.account}' }),
    `${TOKEN}whether projects/acme/serviceAccounts/o@acme.iam.gserviceaccount.com is \${var.account} or in it.`,
  ],
  [
    'a tag',
    onAccount({ condition: [{ title: 'c', expression: 'resource.matchTag("acme/env", "dev")' }] }),
    `${TOKEN}resource.matchTag("acme/env", "dev").`,
  ],
  [
    'an account of another name',
    onAccount({ service_account_id: 'projects/acme/serviceAccounts/p@acme.iam.gserviceaccount.com' }),
    'proven',
  ],
  [
    'a time that is over',
    onAccount({ condition: [{ title: 'c', expression: 'request.time < timestamp("2020-01-01T00:00:00Z")' }] }),
    'proven',
  ],
])('on Google Cloud, where the way to an account depends on %s', (_, resources, expected) => {
  expect(
    verdictOf(ON_GCP, gcpWorld(gcpStack({ ...OTHER, ...resources } as never))).replace(/^Whether this works is not known: .*\. (?=It)/, ''),
  ).toBe(expected);
});

const assign = (more: object): object => ({
  azurerm_role_assignment: {
    a: { scope: SUBSCRIPTION, role_definition_name: 'User Access Administrator', principal_id: ON_AZURE, ...more },
  },
});

test.each<readonly [string, object, string | RegExp]>([
  ['nothing', assign({}), /^refuted$/],
  [
    'a condition about who asks',
    assign({ condition_version: '2.0', condition: "@Principal[Microsoft.Directory/CustomSecurityAttributes/Id:team] StringEquals 'ops'" }),
    /^Whether this works is not known: .* It depends on the condition of azurerm_role_assignment\.a\.$/,
  ],
  ['a role that reads', assign({ role_definition_name: 'Reader' }), /^proven$/],
])('on Azure, where the way to more depends on %s', (_, resources, expected) => {
  expect(verdictOf(ON_AZURE, azureWorld(azureStack(resources as never)))).toMatch(expected);
});
