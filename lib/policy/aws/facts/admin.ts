import type { AccessRequest } from '../../../core/review/access';
import type { Change, Judge } from '../judge';
import type { PolicyText } from '../model';

/**
 * What an administrator can do and nobody else can do all of: give any right to anybody, and change, read and end what the most used
 * services hold. Small denials that administrators live with, such as leaving the organisation or stopping the audit trail, are left out.
 */
const SENTINELS: readonly (readonly [action: string, resource: string])[] = [
  ['iam:CreateUser', 'arn:aws:iam::{A}:user/{N}'],
  ['iam:CreateRole', 'arn:aws:iam::{A}:role/{N}'],
  ['iam:CreateAccessKey', 'arn:aws:iam::{A}:user/{N}'],
  ['iam:AttachUserPolicy', 'arn:aws:iam::{A}:user/{N}'],
  ['iam:AttachRolePolicy', 'arn:aws:iam::{A}:role/{N}'],
  ['iam:PutRolePolicy', 'arn:aws:iam::{A}:role/{N}'],
  ['iam:CreatePolicyVersion', 'arn:aws:iam::{A}:policy/{N}'],
  ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::{A}:role/{N}'],
  ['iam:PassRole', 'arn:aws:iam::{A}:role/{N}'],
  ['iam:DeleteRole', 'arn:aws:iam::{A}:role/{N}'],
  ['ec2:RunInstances', 'arn:aws:ec2:us-east-1:{A}:instance/{N}'],
  ['ec2:TerminateInstances', 'arn:aws:ec2:us-east-1:{A}:instance/{N}'],
  ['s3:GetObject', 'arn:aws:s3:::{N}/{N}'],
  ['s3:PutObject', 'arn:aws:s3:::{N}/{N}'],
  ['s3:DeleteBucket', 'arn:aws:s3:::{N}'],
  ['s3:PutBucketPolicy', 'arn:aws:s3:::{N}'],
  ['lambda:CreateFunction', 'arn:aws:lambda:us-east-1:{A}:function:{N}'],
  ['lambda:UpdateFunctionCode', 'arn:aws:lambda:us-east-1:{A}:function:{N}'],
  ['dynamodb:DeleteTable', 'arn:aws:dynamodb:us-east-1:{A}:table/{N}'],
  ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:us-east-1:{A}:secret:{N}'],
  ['kms:CreateKey', '*'],
  ['cloudformation:CreateStack', 'arn:aws:cloudformation:us-east-1:{A}:stack/{N}/{N}'],
];

/** A name that no policy is about. */
const NOBODYS = 'any-name';

/** Tells administrators from others: every sentinel, on a resource no policy names, without any condition. */
export class AdminTest {
  constructor(private readonly judge: Judge) {}

  holds(arn: PolicyText, change: Omit<Change, 'missing' | 'resourcePolicy'> = {}): boolean {
    const principal = this.judge.principal(arn);
    if (!principal || principal.kind === 'group') return false;
    const partition = /^arn:([^:]*):/.exec(arn)?.[1] ?? 'aws';
    return SENTINELS.every(([action, resource]) => {
      const request: AccessRequest = { action, resource: fill(resource, { partition, account: principal.account }) };
      return this.judge.decideIf(arn, request, { ...change, missing: 'unknown' }).effect === 'allowed';
    });
  }
}

function fill(form: string, { partition, account }: { readonly partition: string; readonly account: PolicyText }): string {
  return form
    .replace(/^arn:aws:/, `arn:${partition}:`)
    .replaceAll('{A}', account)
    .replaceAll('{N}', NOBODYS);
}
