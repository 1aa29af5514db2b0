import { AgentMode, AgentSpec, Capability, minutes, Workflow } from 'agentic-iam';

/** One declaration; aws.ts, azure.ts and gcp.ts bind its names to real things and change nothing in it. */
export const invoiceReader = new AgentSpec({
  name: 'invoice-reader',
  owner: 'finance-platform@example.com',
  purpose: 'answers questions about invoices',
  mode: AgentMode.READ_ONLY,
  capabilities: [
    Capability.listObjects('invoices'),
    Capability.readObjects('invoices'),
    Capability.invokeModel('assistant'),
    Capability.readSecret('erp-token'),
    Capability.writeTelemetry('log'),
  ],
  workflows: [Workflow.named('answer').step('invoices:list').step('invoices:read').repeated().step('assistant:invoke')],
  limits: { callsPerMinute: 120 },
  scope: { environment: 'prod', domain: 'finance' },
  maxSession: minutes(15),
});
