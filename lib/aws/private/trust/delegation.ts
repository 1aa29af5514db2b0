import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { invalidTrust } from '../../../core/native-errors';
import type { IAgentIdentity } from '../../agent-identity';
import { exactArn } from './exact';
import { FEDERATION } from './facts';
import { lifeFromChain } from './session';
import type { TrustWay } from './trust-way';

export function agentWay(parent: IAgentIdentity): TrustWay {
  return ({ agent }) => {
    const declared = parent.agent.delegatesTo.map((child) => child.name);
    if (!declared.includes(agent.name)) {
      const rule = `must be a delegate of '${parent.agent.name}' to be taken on by it`;
      const reason = 'a trust that no spec declares is seen in no review';
      throw invalidTrust(agent.name, { rule, reason, value: declared, fix: `add it to 'delegatesTo' of '${parent.agent.name}'` });
    }
    const principal = exactArn(agent.name, 'roleArn', parent.roleArn);
    const after = parent.role.node.defaultChild;
    return {
      kind: 'agent',
      bounds: { agent: parent.agent.name, fleet: parent.fleet, principal },
      principal: new ArnPrincipal(principal),
      actions: FEDERATION.agent.actions,
      conditions: {},
      life: lifeFromChain(agent),
      // The ARN is a literal, so nothing else tells CloudFormation that IAM refuses a principal that does not exist yet.
      ...(after ? { after } : {}),
    };
  };
}
