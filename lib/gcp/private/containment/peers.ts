import { Construct } from 'constructs';
import { checkConnectedOnce } from '../../../core/containment/peer';
import { shortHash } from '../../../core/names';
import { providerFor } from '../../../peers/outputs';
import type { PeerAddress } from '../../../peers/types';
import {
  DataGoogleProject,
  IamWorkloadIdentityPool,
  IamWorkloadIdentityPoolProvider,
  PubsubTopicIamMember,
} from '../../../terraform/google';
import type { PeerTrust } from '../../peer-responder';
import { equal } from '../identity/provider-spec';

export interface PeersProps {
  readonly fleet: string;
  readonly project: string;
  /** Topic that containments of other clouds are published on. */
  readonly topic: { readonly name: string };
}

/** The responders of other clouds: who of them may publish here, and where they are told. */
export class Peers extends Construct {
  /** Full name of the pool, whether anybody is in it yet or not. */
  readonly poolName: string;
  readonly addresses: PeerAddress[] = [];
  private pool?: IamWorkloadIdentityPool;
  private readonly poolId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PeersProps,
  ) {
    super(scope, id);
    const { fleet, project } = props;
    this.poolId = `aim-peers-${shortHash(fleet)}`;
    const { number } = new DataGoogleProject(this, 'Project', { projectId: project });
    this.poolName = `//iam.googleapis.com/projects/${number}/locations/global/workloadIdentityPools/${this.poolId}`;
  }

  /** Lets in one subject of one issuer, as a principal whose name says the cloud and nothing that others choose. */
  connect({ cloud, issuer, subject, audience }: PeerTrust, address: PeerAddress): void {
    checkConnectedOnce(cloud, this.addresses);
    this.addresses.push(address);
    const { fleet, project, topic } = this.props;
    this.pool ??= new IamWorkloadIdentityPool(this, 'Pool', {
      workloadIdentityPoolId: this.poolId,
      displayName: `responders of ${fleet}`,
      description: `Responders of other clouds that may tell of containments of fleet '${fleet}'`,
      project,
    });
    const name = `responder-on-${cloud}`;
    new IamWorkloadIdentityPoolProvider(this, `From-${cloud}`, {
      workloadIdentityPoolId: this.pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: providerFor(cloud),
      displayName: name,
      description: `Admits exactly ${subject}`.slice(0, 256),
      attributeMapping: { 'google.subject': `'${name}'` },
      attributeCondition: equal('assertion.sub', subject),
      project,
      oidc: { issuerUri: issuer, allowedAudiences: [audience] },
    });
    new PubsubTopicIamMember(this, `MayTell-${cloud}`, {
      project,
      topic: topic.name,
      role: 'roles/pubsub.publisher',
      member: `principal://iam.googleapis.com/${this.pool.name}/subject/${name}`,
    });
  }
}
