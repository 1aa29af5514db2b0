import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITaskAccess } from '../../task-access';
import { BEGUN_BY, CHAIN, transitive } from './delegation';
import { exactArn } from './exact';
import { FEDERATION } from './facts';
import { lifeFromChain } from './session';
import type { TrustWay } from './trust-way';

/**
 * The broker of tasks takes on the agent, for one task at a time: a chain begins with the agent, and every session of it says for which task.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
export function taskBrokerWay(broker: ITaskAccess): TrustWay {
  return ({ agent }) => {
    const principal = exactArn(agent.name, 'brokerRoleArn', broker.brokerRoleArn);
    const after = broker.node.tryFindChild('Role');
    return {
      kind: 'taskBroker',
      bounds: { principal, fleet: broker.fleet, sourceIdentity: [`${agent.name}@*`] },
      principal: new ArnPrincipal(principal),
      actions: FEDERATION.taskBroker.actions,
      conditions: {
        StringEquals: { [BEGUN_BY]: agent.name, [CHAIN]: agent.name },
        ...transitive(agent.name),
      },
      life: lifeFromChain(agent, 'the broker'),
      starts: [agent.name],
      ...(after ? { after } : {}),
    };
  };
}
