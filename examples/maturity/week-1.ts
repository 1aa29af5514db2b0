import { MaturityLevel } from 'agentic-iam';
import { AgentGovernance, AgentMonitoring, AgentTrail } from 'agentic-iam/aws';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeskStack } from './desk';

/** Logging: what the agent does is recorded, and the record holds. */
export class WeekOne extends DeskStack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new AgentMonitoring(this, 'Monitoring', {
      agents: [this.identity],
      level: MaturityLevel.LOGGING,
      trail: AgentTrail.create({ locked: true }),
    });
    new AgentGovernance(this, 'Governance', { target: MaturityLevel.LOGGING });
  }
}
