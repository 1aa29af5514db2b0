import type { Stack } from 'aws-cdk-lib';
import type { AgentSpec } from '../../../core/agent-spec';
import { identityName } from '../../../core/names';

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const ROLE_NAME_LIMIT = 64;

export const roleName = (fleet: string, agent: AgentSpec): string => identityName(fleet, agent.name, ROLE_NAME_LIMIT);

export const rolePath = (fleet: string): string => `/agentic-iam/${fleet}/`;

export interface RoleOwner {
  readonly fleet: string;
  readonly agent: AgentSpec;
  /** @default - the account of the stack */
  readonly account?: string;
}

/**
 * The role's ARN by name: naming it makes nothing depend on it. A parent's boundary names the roles of its children, whose
 * trust names the parent: with attributes of the resources this would be a cycle.
 */
export function roleArn(stack: Stack, { fleet, agent, account }: RoleOwner): string {
  const resourceName = `${rolePath(fleet)}${roleName(fleet, agent)}`.slice(1);
  return stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName, ...(account === undefined ? {} : { account }) });
}
