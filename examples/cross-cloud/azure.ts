import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { MaturityLevel } from 'agentic-iam';
import {
  AgentContainment,
  AgentGovernance,
  AgentIdentity,
  AgentMonitoring,
  AgentResource,
  AgentTrail,
  AgentTrust,
  AlertTarget,
  PeerResponder,
  ScopedAgentRole,
} from 'agentic-iam/azure';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ACCOUNT, FLEET, ledgerReader } from './agent';
import * as peers from './peers';

/** The output of the AWS stack. */
const { issuer } = peers.aws;
const container =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/finance/providers/Microsoft.Storage/storageAccounts/financedata/blobServices/default/containers/ledger';

/** A managed identity that exactly the agent's role on AWS may become. */
export class LedgerReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AzurermProvider(this, 'Azure', { features: [{}] });
    const resourceGroup = new ResourceGroup(this, 'Agents', { name: 'agents', location: 'westeurope' });
    const trust = AgentTrust.awsAgent({ agent: ledgerReader, accountId: ACCOUNT, issuer, fleet: FLEET });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, fleet: FLEET, trust, resourceGroup });
    new ScopedAgentRole(this, 'ReaderRole', {
      identity,
      resources: { ledger: AgentResource.storageContainer({ resourceId: container }) },
    });

    const onCall = AlertTarget.email('finance-oncall@example.com');
    const trail = AgentTrail.create({ locked: true });
    const monitoring = new AgentMonitoring(this, 'Monitoring', { agents: [identity], resourceGroup, trail, notify: [onCall] });
    new AgentContainment(this, 'Containment', {
      agents: [identity],
      monitoring,
      notify: [onCall],
      people: { tenantId: peers.azure.tenantId, clientId: peers.azure.audience.replace('api://', '') },
      peers: [PeerResponder.aws(peers.aws), PeerResponder.gcp(peers.gcp)],
    });
    // Told, and not put back: `repair: true` does that, too.
    new AgentGovernance(this, 'Governance', {
      target: MaturityLevel.LOGGING,
      fleet: FLEET,
      continuous: { agents: [identity], monitoring, notify: [onCall] },
    });
  }
}
