import { invalidContainment } from '../../../core/containment-errors';
import { checkName } from '../../../core/names';

/** What an organisation is to keep everyone from, in the accounts that it is attached to. */
export interface IrremovableOptions {
  readonly fleet: string;
  /** Roles that deploy agents, by ARN without their account: `role/cdk-hnb659fds-cfn-exec-role-*`; `*` is any text. */
  readonly deployers: readonly string[];
}

const RESPONDER = 'role/agentic-iam-responder/*';
const ROLE_ARN = /^role\/[A-Za-z0-9+=,.@_/*-]+$/;

/** Versions of a brake: no deployment touches them, so nobody but the responder may. */
const VERSIONS = ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion', 'iam:SetDefaultPolicyVersion'];
const ROLE_CHANGES = [
  'iam:AttachRolePolicy',
  'iam:DeleteRole',
  'iam:DeleteRolePermissionsBoundary',
  'iam:DeleteRolePolicy',
  'iam:DetachRolePolicy',
  'iam:PutRolePermissionsBoundary',
  'iam:PutRolePolicy',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:UpdateAssumeRolePolicy',
  'iam:UpdateRole',
];

/**
 * A service control policy that keeps administrators of the account, too, from undoing a containment.
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
 */
export function irremovable({ fleet, deployers }: IrremovableOptions): object {
  const name = checkName('fleet', fleet);
  const anyAccount = (role: string): string => `arn:*:iam::*:${role}`;
  const odd = deployers.find((role) => !ROLE_ARN.test(role));
  if (odd !== undefined)
    throw invalidContainment(name, {
      rule: "needs 'deployers' by their ARN without the account, from 'role/' on",
      reason: 'a policy of the organisation holds in every account',
      value: odd,
      fix: "write for example 'role/cdk-hnb659fds-cfn-exec-role-*'",
    });
  const butFor = (roles: readonly string[]) => ({ ArnNotLike: { 'aws:PrincipalArn': roles.map(anyAccount) } });
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'KeepBrakes',
        Effect: 'Deny',
        Action: VERSIONS,
        Resource: anyAccount(`policy/agentic-iam/${name}/${name}--*--brake`),
        Condition: butFor([RESPONDER]),
      },
      {
        Sid: 'KeepAgents',
        Effect: 'Deny',
        Action: ROLE_CHANGES,
        Resource: anyAccount(`role/agentic-iam/${name}/*`),
        Condition: butFor([RESPONDER, ...deployers]),
      },
    ],
  };
}
