import { Construct } from 'constructs';
import {
  ApplicationInsights,
  FunctionAppFlexConsumption,
  RoleAssignment,
  ServicePlan,
  StorageAccount,
  StorageContainer,
  UserAssignedIdentity,
} from '../../terraform/azurerm';
import { AssetType, TerraformAsset } from '../../terraform/core';
import type { ResourceGroupRef } from '../agent-identity';
import facts from '../catalog/monitoring.json';
import { handlerFolder } from './handler-code';
import { fleetName, worldName } from './monitoring/names';
import { nameBasedId } from './name-based-id';

export interface WorkerFunctionProps {
  readonly fleet: string;
  readonly group: ResourceGroupRef;
  /** Folder of the handler. */
  readonly handler: 'detector' | 'containment' | 'governor';
  readonly workspaceId: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly maxInstances: number;
}

/** A function of the library: its identity, its storage without keys, its code and its log. What it may do beyond that is granted role by role. */
export class WorkerFunction extends Construct {
  readonly identity: UserAssignedIdentity;
  readonly storage: StorageAccount;
  readonly insights: ApplicationInsights;
  readonly app: FunctionAppFlexConsumption;
  private readonly fleet: string;

  constructor(scope: Construct, id: string, props: WorkerFunctionProps) {
    super(scope, id);
    const { fleet, group, handler } = props;
    this.fleet = fleet;
    const place = { resourceGroupName: group.name, location: group.location };
    this.identity = new UserAssignedIdentity(this, 'Identity', { name: fleetName(fleet, handler), ...place });
    this.storage = new StorageAccount(this, 'Storage', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, handler.slice(0, 4)),
      ...place,
      accountTier: 'Standard',
      accountReplicationType: 'ZRS',
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      allowNestedItemsToBePublic: false,
      minTlsVersion: 'TLS1_2',
    });
    const code = new StorageContainer(this, 'CodeContainer', { name: 'code', storageAccountId: this.storage.id });
    this.grant('RunHost', this.storage.id, facts.roles.runHost);
    this.insights = new ApplicationInsights(this, 'Insights', {
      name: fleetName(fleet, handler),
      ...place,
      applicationType: 'web',
      workspaceId: props.workspaceId,
    });
    const plan = new ServicePlan(this, 'Plan', { name: fleetName(fleet, handler), ...place, osType: 'Linux', skuName: 'FC1' });
    this.app = new FunctionAppFlexConsumption(this, 'App', {
      name: worldName(fleet, `${this.node.path} ${group.name}`, handler),
      ...place,
      servicePlanId: plan.id,
      runtimeName: facts.runtime.name,
      runtimeVersion: facts.runtime.version,
      maximumInstanceCount: props.maxInstances,
      instanceMemoryInMb: 2048,
      httpsOnly: true,
      storageContainerType: 'blobContainer',
      storageContainerEndpoint: `${this.storage.primaryBlobEndpoint}${code.name}`,
      storageAuthenticationType: 'UserAssignedIdentity',
      storageUserAssignedIdentityId: this.identity.id,
      identity: { type: 'UserAssigned', identityIds: [this.identity.id] },
      siteConfig: { applicationInsightsConnectionString: this.insights.connectionString },
      webdeployPublishBasicAuthenticationEnabled: false,
      zipDeployFile: new TerraformAsset(this, 'Code', { path: handlerFolder(handler), type: AssetType.ARCHIVE }).path,
      appSettings: {
        AZURE_CLIENT_ID: this.identity.clientId,
        AzureWebJobsStorage__accountName: this.storage.name,
        AzureWebJobsStorage__credential: 'managedidentity',
        AzureWebJobsStorage__clientId: this.identity.clientId,
        FLEET: fleet,
        ...props.settings,
      },
    });
  }

  /** Gives the function settings that are known only once it is there. */
  add(settings: Readonly<Record<string, string>>): void {
    this.app.appSettings = { ...(this.app.appSettingsInput ?? {}), ...settings };
  }

  /** Gives the function a role on one resource. */
  grant(id: string, scope: string, roleDefinitionName: string): RoleAssignment {
    return new RoleAssignment(this, `May${id}`, {
      name: nameBasedId(scope, this.identity.principalId, roleDefinitionName),
      scope,
      roleDefinitionName,
      principalId: this.identity.principalId,
      principalType: 'ServicePrincipal',
      skipServicePrincipalAadCheck: true,
      description: `agentic-iam: of fleet ${this.fleet}`,
    });
  }
}
