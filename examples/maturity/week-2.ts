import { MaturityLevel } from 'agentic-iam';
import { AgentGovernance, AgentMonitoring, AgentTrail, AlertTarget } from 'agentic-iam/aws';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeskStack } from './desk';

/** Alerting: people hear of what the agent should not do. */
export class WeekTwo extends DeskStack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new AgentMonitoring(this, 'Monitoring', {
      agents: [this.identity],
      level: MaturityLevel.ALERTING,
      trail: AgentTrail.create({ locked: true }),
      notify: [AlertTarget.topic(this.oncall)],
    });
    new AgentGovernance(this, 'Governance', { target: MaturityLevel.ALERTING });
  }
}
