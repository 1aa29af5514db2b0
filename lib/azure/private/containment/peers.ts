import { Construct } from 'constructs';
import { checkConnectedOnce } from '../../../core/containment/peer';
import { providerFor } from '../../../peers/outputs';
import type { PeerAddress } from '../../../peers/types';
import { type EventgridTopic, FederatedIdentityCredential, RoleAssignment, UserAssignedIdentity } from '../../../terraform/azurerm';
import type { ResourceGroupRef } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import type { PeerTrust } from '../../peer-responder';
import { FACTS } from '../identity/facts';
import { fleetName } from '../monitoring/names';
import { nameBasedId } from '../name-based-id';

export interface PeersProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  /** Topic that containments of other clouds are sent to. */
  readonly topic: EventgridTopic;
}

/** The responders of other clouds: the identity by which they send here, and where they are told. */
export class Peers extends Construct {
  /** May send to the topic, and nothing else; nobody is it before a responder is connected. */
  readonly listener: UserAssignedIdentity;
  readonly addresses: PeerAddress[] = [];
  private last?: FederatedIdentityCredential;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PeersProps,
  ) {
    super(scope, id);
    const { fleet, group, topic } = props;
    this.listener = new UserAssignedIdentity(this, 'Listener', {
      name: fleetName(fleet, 'containment-listener'),
      resourceGroupName: group.name,
      location: group.location,
    });
    new RoleAssignment(this, 'MaySend', {
      name: nameBasedId(topic.id, this.listener.principalId, facts.roles.publish),
      scope: topic.id,
      roleDefinitionName: facts.roles.publish,
      principalId: this.listener.principalId,
      principalType: 'ServicePrincipal',
      skipServicePrincipalAadCheck: true,
      description: `agentic-iam: containments of fleet ${fleet} on other clouds`,
    });
  }

  /** Federates the listener with one subject of one issuer. */
  connect({ cloud, issuer, subject }: PeerTrust, address: PeerAddress): void {
    checkConnectedOnce(cloud, this.addresses);
    this.addresses.push(address);
    // Two written at once under one identity are refused.
    this.last = new FederatedIdentityCredential(this, `From-${cloud}`, {
      name: providerFor(cloud),
      parentId: this.listener.id,
      resourceGroupName: this.props.group.name,
      issuer,
      subject,
      audience: [FACTS.federation.audience.value],
      ...(this.last ? { dependsOn: [this.last] } : {}),
    });
  }
}
