import { type AwsRequest, parsePolicy, type RequestPrincipal } from '../../../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../../../lib/policy/aws/model';

export const OWN = '111111111111';
export const OTHER = '222222222222';

export const USER: RequestPrincipal = { kind: 'user', account: OWN, arn: `arn:aws:iam::${OWN}:user/team/alice` };
export const ROLE: RequestPrincipal = { kind: 'role', account: OWN, arn: `arn:aws:iam::${OWN}:role/app` };
export const SESSION: RequestPrincipal = { ...ROLE, kind: 'role-session', sessionArn: `arn:aws:sts::${OWN}:assumed-role/app/run1` };
export const FEDERATED: RequestPrincipal = {
  kind: 'federated-user',
  account: OWN,
  arn: `arn:aws:sts::${OWN}:federated-user/bob`,
  federatedBy: USER.arn,
};
export const ROOT: RequestPrincipal = { kind: 'root', account: OWN, arn: `arn:aws:iam::${OWN}:root` };
export const SERVICE: RequestPrincipal = { kind: 'service', account: OWN, arn: 'lambda.amazonaws.com' };
export const ANYBODY: RequestPrincipal = { kind: 'anonymous', account: '', arn: '*' };

/** A policy of the given statements; Effect, Action and Resource are what they are in most. */
export function policy(...statements: readonly object[]): AwsPolicy {
  return versioned('2012-10-17', ...statements);
}

export function versioned(version: string, ...statements: readonly object[]): AwsPolicy {
  const json = {
    Version: version,
    Statement: statements.map((one) => ({
      Effect: 'Allow',
      ...(!('NotAction' in one) && { Action: '*' }),
      ...(!('NotResource' in one) && { Resource: '*' }),
      ...one,
    })),
  };
  return { name: 'P', document: parsePolicy(json, { name: 'P', layer: 'identity' }) };
}

export const ALLOW = policy({});
export const NOTHING = policy({ Action: 'none:None' });
export const DENY = policy({ Effect: 'Deny' });

/** A trust policy has no resource. */
export function trust(...statements: readonly object[]): AwsPolicy {
  const json = { Version: '2012-10-17', Statement: statements.map((one) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...one })) };
  return { name: 'T', document: parsePolicy(json, { name: 'T', layer: 'trust' }) };
}

export function request(change: Partial<AwsRequest> = {}): AwsRequest {
  return { principal: ROLE, action: 'sqs:SendMessage', resource: `arn:aws:sqs:eu-west-1:${OWN}:jobs`, ...change };
}
