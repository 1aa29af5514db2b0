import { Construct } from 'constructs';
import type { IDuration } from '../../../core/duration';
import { LogAnalyticsDataExportRule, StorageAccount } from '../../../terraform/azurerm';
import type { ResourceGroupRef } from '../../agent-identity';
import facts from '../../catalog/monitoring.json';
import { fleetName, worldName } from './names';

export interface LockedArchiveProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  readonly workspaceId: string;
  readonly retention: IDuration;
}

/**
 * An account that the workspace exports its calls to, and from which nobody can delete them before their time; appends are let through, which is how an export writes.
 * @see https://learn.microsoft.com/en-us/azure/storage/blobs/immutable-policy-configure-version-scope
 */
export class LockedArchive extends Construct {
  constructor(scope: Construct, id: string, { fleet, group, workspaceId, retention }: LockedArchiveProps) {
    super(scope, id);
    const account = new StorageAccount(this, 'Account', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, 'archive'),
      resourceGroupName: group.name,
      location: group.location,
      accountTier: 'Standard',
      accountReplicationType: 'ZRS',
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      allowNestedItemsToBePublic: false,
      minTlsVersion: 'TLS1_2',
      blobProperties: { versioningEnabled: true },
      immutabilityPolicy: {
        allowProtectedAppendWrites: true,
        periodSinceCreationInDays: Math.ceil(retention.toSeconds() / 86_400),
        state: 'Locked',
      },
      lifecycle: { preventDestroy: true },
    });
    new LogAnalyticsDataExportRule(this, 'Export', {
      name: fleetName(fleet, 'archive'),
      resourceGroupName: group.name,
      workspaceResourceId: workspaceId,
      destinationResourceId: account.id,
      tableNames: facts.archive.tables,
      enabled: true,
    });
  }
}
