import { GetRoleCommand, type IAMClient, type Role } from '@aws-sdk/client-iam';
import { NotEligible } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import { nativeOf } from './agent';

const ARN = /^arn:[a-z-]+:iam::\d{12}:role\/agentic-iam\/([a-z0-9-]+)\/([A-Za-z0-9+=,.@_-]+)$/;

/**
 * The role of an agent, by ARN, path and tags: roles of services, of deployments, of single sign-on, of this responder, and roles that share a name with an
 * agent's lie elsewhere or are tagged otherwise.
 */
export async function eligibleRole(client: IAMClient, agent: ContainableAgent): Promise<Role> {
  const { roleArn, roleName } = nativeOf(agent);
  const [, fleet, name] = ARN.exec(roleArn) ?? [];
  if (fleet !== agent.fleet || name !== roleName) throw new NotEligible(`'${roleArn}' is no role of an agent of fleet '${agent.fleet}'.`);
  const { Role: role } = await client.send(new GetRoleCommand({ RoleName: roleName }));
  if (role?.Arn !== roleArn) throw new NotEligible(`The role '${roleName}' is '${role?.Arn}', and not the registered '${roleArn}'.`);
  const tags = new Map(role.Tags?.map(({ Key, Value }) => [Key, Value]));
  if (tags.get('agentic-iam:agent') !== agent.name || tags.get('agentic-iam:fleet') !== agent.fleet)
    throw new NotEligible(`The role '${roleArn}' is not tagged as that of agent '${agent.name}' of fleet '${agent.fleet}'.`);
  return role;
}
