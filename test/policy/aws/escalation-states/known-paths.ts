import paths from '../../../fixtures/aws-paths.json';
import { allow, arn, HERE, inputsOf, pathsOf, type State, type Statement } from './account';

/** A known way to more access: its id, and the actions it is said to need. */
export interface KnownPath {
  readonly id: string;
  readonly required: readonly string[];
}

export const KNOWN: readonly KnownPath[] = paths.paths;

/** One user with these statements, each list a policy, in a listing that shows nobody else: targets are not in view. */
export function alone(
  ...policies: readonly (readonly Statement[])[]
): Parameters<typeof import('../../../../lib/policy/aws').awsWorldOf>[0] {
  const details = {
    UserDetailList: [
      {
        UserName: 'dev',
        Path: '/',
        Arn: arn('user/dev'),
        UserPolicyList: policies.map((statements, index) => ({
          PolicyName: `p${index}`,
          PolicyDocument: { Version: '2012-10-17', Statement: statements },
        })),
      },
    ],
  };
  return [
    { kind: 'account-details', file: 'account.json', json: details },
    { kind: 'principals', file: 'principals', json: [arn('user/dev')] },
  ];
}

/** The ways to write the same access. */
export const VARIANTS: Readonly<Record<string, (path: KnownPath) => readonly (readonly Statement[])[]>> = {
  plain: ({ required }) => [[allow(required)]],
  'prefix wildcards': ({ required }) => [[allow(required.map((action) => `${action.slice(0, action.indexOf(':') + 5)}*`))]],
  NotAction: ({ required }) => [
    [
      {
        Effect: 'Allow',
        NotAction: UNRELATED.filter((one) => !required.some((action) => action.startsWith(one.slice(0, -1)))),
        Resource: '*',
      },
    ],
  ],
  'split over two policies': ({ required }) => [
    [allow(required.slice(0, 1))],
    [allow(required.length > 1 ? required.slice(1) : 's3:ListAllMyBuckets')],
  ],
};

/** What NotAction leaves out: services that no path is about. */
const UNRELATED = ['aws-portal:*', 'chime:*', 'connect:*', 'workmail:*'];

/** What closes a path. Each gives the policies, and what else the user has. */
export const CLOSINGS: Readonly<Record<string, (path: KnownPath) => State>> = {
  'a separate deny': ({ required }) => one({ may: [allow(required), { Effect: 'Deny', Action: required, Resource: '*' }] }),
  'a boundary': ({ required }) => one({ may: [allow(required)], boundary: [allow('s3:GetObject')] }),
  'an unrelated resource': ({ required }) => one({ may: [allow(required, 'arn:aws:s3:::unrelated')] }),
  'an unrelated role': ({ required }) => one({ may: [allow(required, arn('role/unrelated'))] }),
  'an impossible date': ({ required }) =>
    one({ may: [allow(required, '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2001-01-01T00:00:00Z' } } })] }),
  'a tag it does not have': ({ required }) =>
    one({ may: [allow(required, '*', { Condition: { StringEquals: { 'aws:PrincipalTag/none': 'x' } } })] }),
  'a region that does not exist': ({ required }) =>
    one({ may: [allow(required, '*', { Condition: { StringEquals: { 'aws:RequestedRegion': 'mars-1' } } })] }),
};

function one(dev: NonNullable<State['users']>[string]): State {
  return { users: { dev } };
}

export { HERE, inputsOf, pathsOf };
