import { AgentMode, AgentSpec, Capability, minutes, TaskParameter, TaskTemplate } from 'agentic-iam';

const common = {
  owner: 'claims-platform@example.com',
  scope: { environment: 'prod', domain: 'claims' },
  maxSession: minutes(60),
};

/** Reads what a customer sent in: in a task, of that one customer alone. */
export const claimReader = new AgentSpec({
  ...common,
  name: 'claim-reader',
  purpose: 'reads the documents of a claim',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.listObjects('documents'), Capability.readObjects('documents'), Capability.queryTable('claims')],
  tasks: [
    new TaskTemplate({
      name: 'read-claim',
      allows: [Capability.listObjects('documents'), Capability.readObjects('documents'), Capability.queryTable('claims')],
      parameters: { customerId: TaskParameter.identifier({ maxLength: 24 }) },
      within: { documents: 'customers/{customerId}/', claims: '{customerId}' },
      lasts: minutes(15),
    }),
  ],
});

/** What is asked of Vault: its policy and the binding on AWS are of this one path. */
export const PARTNER_KEY = 'secret/data/claims/partner-key';

/** Asks the registry of vehicles, which knows the desk by a token, and a partner whose key lies in Vault. */
export const registryClient = new AgentSpec({
  ...common,
  name: 'registry-client',
  purpose: 'asks the registry whose a vehicle is',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('registry-token'), Capability.readSecret('partner-key')],
});

/** Writes the decision. */
export const claimWriter = new AgentSpec({
  ...common,
  name: 'claim-writer',
  purpose: 'writes the decision into the claim and queues the letter',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.writeTable('claims'), Capability.sendMessages('letters')],
});

/** Takes claims and hands each piece of work to the agent that may do it. */
export const claimsDesk = new AgentSpec({
  ...common,
  name: 'claims-desk',
  purpose: 'takes claims and hands each piece of work to the agent that may do it',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.receiveMessages('inbox'), Capability.invokeModel('assistant')],
  delegatesTo: [claimReader, registryClient, claimWriter],
});

/** The archive of old claims is on Google Cloud; the registry client's role on AWS is known there. */
export const archiveReader = new AgentSpec({
  ...common,
  name: 'archive-reader',
  purpose: 'looks up old claims in the archive',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readObjects('archive'), Capability.readSecret('archive-key')],
});
