import type { Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import facts from '../../catalog/governance.json';
import type { Statement } from '../statement';

function iamArn(stack: Stack, resource: string, resourceName: string): string {
  return stack.formatArn({ service: 'iam', region: '', resource, resourceName });
}

/** What it compares. */
export function reading(stack: Stack, fleet: string): readonly Statement[] {
  const roles = iamArn(stack, 'role', `agentic-iam/${fleet}/*`);
  return [
    {
      Effect: 'Allow',
      Action: [
        'iam:GenerateServiceLastAccessedDetails',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
      ],
      Resource: [roles],
    },
    {
      Effect: 'Allow',
      Action: ['iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:GetServiceLastAccessedDetails', 'iam:ListRoles'],
      Resource: ['*'],
    },
    {
      Effect: 'Allow',
      Action: ['ssm:GetParametersByPath'],
      Resource: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `agentic-iam/${fleet}/expected` })],
    },
  ];
}

/**
 * Roles of the fleet's agents alone, by path and tag, and only within boundaries of this library; never a brake, which is containment's.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function repairing(stack: Stack, fleet: string): readonly Statement[] {
  const roles = iamArn(stack, 'role', `agentic-iam/${fleet}/*`);
  const own = iamArn(stack, 'policy', `agentic-iam/${fleet}/*`);
  const tagged = { 'aws:ResourceTag/agentic-iam:fleet': fleet };
  const bounded = { 'iam:PermissionsBoundary': own };
  return [
    {
      Effect: 'Allow',
      Action: ['iam:UpdateAssumeRolePolicy', 'iam:DetachRolePolicy', 'iam:DeleteRolePolicy'],
      Resource: [roles],
      Condition: { StringEquals: tagged },
    },
    {
      Effect: 'Allow',
      Action: ['iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      Resource: [roles],
      Condition: { StringEquals: tagged, StringLike: bounded },
    },
    {
      Effect: 'Allow',
      Action: ['iam:AttachRolePolicy'],
      Resource: [roles],
      Condition: { StringEquals: tagged, ArnLike: { 'iam:PolicyARN': own } },
    },
    {
      Effect: 'Allow',
      Action: ['iam:CreatePolicyVersion', 'iam:DeletePolicyVersion', 'iam:ListPolicyVersions'],
      // Boundaries, and what did not fit into a role; brakes and chains have other names.
      Resource: ['*-boundary', '*Policy*'].map((name) => iamArn(stack, 'policy', `agentic-iam/${fleet}/${name}`)),
    },
  ];
}

/**
 * What was forgotten, by one policy that denies everything, and by a rotation as it was set up: whoever may name the function that rotates a secret may read the
 * secret by it. What earlier sweeps found is read back, and no other evidence.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function cleaningUp(
  stack: Stack,
  fleet: string,
  { evidence, secrets }: { readonly evidence: IBucket; readonly secrets: readonly string[] },
): readonly Statement[] {
  const { putAway, rotate } = facts;
  const found = `governance/${fleet}/found/*`;
  const denyAll = stack.formatArn({ service: 'iam', region: '', account: 'aws', resource: 'policy', resourceName: putAway.policy });
  return [
    {
      Effect: 'Allow',
      Action: ['iam:AttachRolePolicy'],
      Resource: [iamArn(stack, 'role', `agentic-iam/${fleet}/*`)],
      Condition: { StringEquals: { 'aws:ResourceTag/agentic-iam:fleet': fleet }, ArnEquals: { 'iam:PolicyARN': denyAll } },
    },
    ...(secrets.length === 0
      ? []
      : [
          {
            Effect: 'Allow',
            Action: ['secretsmanager:RotateSecret'],
            Resource: secrets,
            Condition: {
              Null: Object.fromEntries(rotate.absent.map((key) => [key, 'true'])),
              BoolIfExists: Object.fromEntries(rotate.notTrue.map((key) => [key, 'false'])),
            },
          } as const,
        ]),
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: [evidence.arnForObjects(found)] },
    { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [evidence.bucketArn], Condition: { StringLike: { 's3:prefix': found } } },
  ];
}
