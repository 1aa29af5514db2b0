import { AgentMode, AgentSpec, Capability, minutes } from 'agentic-iam';

/** Compares the ledgers of three clouds; can change nothing on any of them. */
export const ledgerReader = new AgentSpec({
  name: 'ledger-reader',
  owner: 'group-finance@example.com',
  purpose: 'compares the ledgers of three clouds',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readObjects('ledger')],
  scope: { environment: 'prod', domain: 'finance' },
  maxSession: minutes(60),
});

/** Watched and stopped by itself: the agents of `prod` have a monitoring of their own. */
export const FLEET = 'ledgers';

/** The account that the agent runs in. Azure and Google Cloud know the agent's role by it and by the spec. */
export const ACCOUNT = '111122223333';

/** What Azure takes an agent's token for. */
export const AZURE_AUDIENCE = 'api://AzureADTokenExchange';
