import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import facts from '../../catalog/monitoring.json';
import { DETECTOR_PATH } from './detector';
import { callPatterns } from './routes';
import { WatchedRoles } from './watched-roles';

/**
 * Calls of global services reach rules in one region alone: a stack there hands those of the agents on to the bus of the monitoring's region. None is
 * made where the monitoring is in that region itself.
 */
export function globalEvents(scope: Construct, fleet: string, addTo: (roles: WatchedRoles) => void): Stack | undefined {
  const home = Stack.of(scope);
  const region = facts.globalRegion.value;
  if (home.region === region) return undefined;
  if (Token.isUnresolved(home.region)) {
    Annotations.of(scope).addWarningV2(
      'agentic-iam:global-events',
      `The stack says no region: calls of IAM and other global services are seen in ${region} alone, and are not handed on. Give it env: { region }, or deploy it in ${region}.`,
    );
    return undefined;
  }
  const stack = new Stack(home.node.scope ?? home, `${home.node.id}-${region}`, {
    env: { account: home.account, region },
    description: `Hands calls of global services by agents of fleet ${fleet} on to ${home.region}`,
    stackName: `${home.stackName}-${region}`,
  });
  const bus = home.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  const role = new iam.Role(stack, 'Role', {
    path: DETECTOR_PATH,
    description: `Hands calls on to ${home.region}`,
    assumedBy: new iam.ServicePrincipal('events.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    inlinePolicies: {
      forward: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['events:PutEvents'], resources: [bus] })] }),
    },
  });
  const roles = new WatchedRoles(stack, fleet);
  addTo(roles);
  for (const [name, pattern] of Object.entries(callPatterns(roles))) {
    new CfnRule(stack, name, {
      description: `${name} of agents in global services`,
      state: facts.ruleState.value,
      eventPattern: pattern,
      targets: [{ id: 'Home', arn: bus, roleArn: role.roleArn }],
    });
  }
  return stack;
}
