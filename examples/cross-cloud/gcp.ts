import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
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
} from 'agentic-iam/gcp';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { ACCOUNT, FLEET, ledgerReader } from './agent';
import * as peers from './peers';

const project = 'example-finance';

/** A service account that exactly the agent's role on AWS may become. */
export class LedgerReaderStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new GoogleProvider(this, 'Google', { project, region: 'europe-west1' });
    const ledger = new StorageBucket(this, 'Ledger', { name: 'example-finance-ledger', location: 'EU', uniformBucketLevelAccess: true });
    const trust = AgentTrust.awsAgent({ agent: ledgerReader, accountId: ACCOUNT, fleet: FLEET });
    const identity = new AgentIdentity(this, 'Reader', { agent: ledgerReader, fleet: FLEET, trust, project });
    new ScopedAgentRole(this, 'ReaderRole', { identity, resources: { ledger: AgentResource.bucket(ledger) } });

    const onCall = AlertTarget.email('finance-oncall@example.com');
    const monitoring = new AgentMonitoring(this, 'Monitoring', {
      agents: [identity],
      region: 'europe-west1',
      trail: AgentTrail.create({ locked: true }),
      notify: [onCall],
    });
    new AgentContainment(this, 'Containment', {
      agents: [identity],
      monitoring,
      notify: [onCall],
      peers: [PeerResponder.aws(peers.aws), PeerResponder.azure(peers.azure)],
    });
    // Told, and not put back: `repair: true` does that, too.
    new AgentGovernance(this, 'Governance', {
      target: MaturityLevel.LOGGING,
      fleet: FLEET,
      continuous: { agents: [identity], monitoring, notify: [onCall] },
    });
  }
}
