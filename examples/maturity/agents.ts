import { AgentMode, AgentSpec, Capability, hours, Workflow } from 'agentic-iam';

/** The agent that climbs the ladder: it reads tickets and sorts them. */
export const ticketSorter = new AgentSpec({
  name: 'ticket-sorter',
  owner: 'support-platform@example.com',
  purpose: 'sorts tickets by what they are about',
  mode: AgentMode.READ_ONLY,
  capabilities: [
    Capability.listObjects('tickets'),
    Capability.readObjects('tickets'),
    Capability.invokeModel('assistant'),
    Capability.writeTelemetry('log'),
  ],
  workflows: [Workflow.named('sort').step('tickets:list').step('tickets:read').repeated().step('assistant:invoke')],
  limits: { callsPerMinute: 60 },
  scope: { environment: 'desk', regions: ['eu-central-1'] },
  maxSession: hours(1),
});

/** It does nothing but to be stopped by drills. */
export const canary = new AgentSpec({
  name: 'drill-canary',
  owner: 'support-platform@example.com',
  purpose: 'is stopped once a quarter, to show that agents can be',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.writeTelemetry('log')],
  scope: { environment: 'desk', regions: ['eu-central-1'] },
  maxSession: hours(1),
});
