import { AgentMode, AgentSpec, Capability, minutes, Workflow } from 'agentic-iam';

const common = {
  owner: 'support-platform@example.com',
  scope: { environment: 'prod', domain: 'support' },
  maxSession: minutes(30),
};

/** Finds passages; can change nothing. */
export const researcher = new AgentSpec({
  ...common,
  name: 'desk-researcher',
  purpose: 'finds the passages that answer a question',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.retrieveKnowledge('handbook'), Capability.queryTable('tickets'), Capability.invokeModel('assistant')],
});

/** Writes answers; reads no customer data but the ticket at hand. */
export const writer = new AgentSpec({
  ...common,
  name: 'desk-writer',
  purpose: 'writes the answer into the ticket and queues the mail',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.readTable('tickets'), Capability.writeTable('tickets'), Capability.sendMessages('outbox')],
});

/** Takes questions and hands the work to the other two, under their identities and never its own. */
export const coordinator = new AgentSpec({
  ...common,
  name: 'desk-coordinator',
  purpose: 'takes support questions and hands each to the agent that may answer it',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.receiveMessages('inbox'), Capability.streamModel('assistant')],
  workflows: [
    Workflow.named('answer')
      .step('inbox:receive')
      .step('assistant:stream')
      .step('desk-researcher:delegate')
      .repeated()
      .step('desk-writer:delegate')
      .optional(),
  ],
  delegatesTo: [researcher, writer],
});
