import { MaturityLevel } from 'agentic-iam';
import {
  AgentContainment,
  AgentGovernance,
  AgentIdentity,
  AgentMonitoring,
  AgentTrail,
  AlertTarget,
  ScopedAgentRole,
} from 'agentic-iam/aws';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { canary } from './agents';
import { DeskStack } from './desk';

/** Governance: all of that is checked and repaired by itself. */
export class WeekFour extends DeskStack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const drilled = new AgentIdentity(this, 'Canary', { agent: canary, trust: this.trust });
    new ScopedAgentRole(this, 'CanaryRole', { identity: drilled, resources: { log: this.log } });
    const agents = [this.identity, drilled];
    const monitoring = new AgentMonitoring(this, 'Monitoring', {
      agents,
      level: MaturityLevel.ALERTING,
      trail: AgentTrail.create({ locked: true }),
      notify: [AlertTarget.topic(this.oncall)],
    });
    const containment = new AgentContainment(this, 'Containment', {
      agents: [this.identity],
      monitoring,
      notify: [this.oncall],
      armed: true,
    });
    containment.drill(drilled);
    new AgentGovernance(this, 'Governance', {
      target: MaturityLevel.GOVERNANCE,
      fleet: 'desk',
      guardrails: { attachTo: ['ou-ab12-cdefgh34'], regions: ['eu-central-1'] },
      continuous: { agents, monitoring, notify: [this.oncall], repair: true, cleanUp: true, configRules: true },
    });
  }
}
