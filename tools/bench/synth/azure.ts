import { DataAzurermSubscription } from '@cdktf/provider-azurerm/lib/data-azurerm-subscription';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment';
import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity';
import { App, Fn, TerraformStack } from 'cdktf';
import { fromDist } from '../dist';
import type { SynthCase } from './case';
import { FLEET, OWNER, PREFIX, PURPOSE, specOf } from './spec';
import { terraformInventory } from './terraform-inventory';

const { Agent, AgentResource, AgentTrust } = fromDist<typeof import('../../../lib/azure')>('azure/index.js');

const GROUP = { name: 'rg-bench', location: 'westeurope' };
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const PROVIDERS = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP.name}/providers`;
const CONTAINER = `${PROVIDERS}/Microsoft.Storage/storageAccounts/bench/blobServices/default/containers/invoices`;
const SECRET = `${PROVIDERS}/Microsoft.KeyVault/vaults/bench/secrets/token`;
const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers';
const BLOBS = `${CONTAINERS}/blobs`;
/** Reads below the prefix; lists nothing, since no container is named so. */
const READ_INVOICES = [
  `((!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[${BLOBS}:path] StringStartsWith '${PREFIX}'))`,
  `((!(ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'})) OR (@Resource[${CONTAINERS}:name] StringEquals '-'))`,
].join(' AND ');
/** Any UUID: a person takes one of their own to derive the ids of assignments from. */
const NAMESPACE = '9d1c7d3c-6f1d-4b3b-8a53-1f0f6f2f4c11';

/** All agents in one stack: Terraform has no limit of resources, and custom roles are shared within a stack. */
export const azure: SynthCase = {
  cloud: 'azure',
  library: (agents, outdir, review = 'off') => {
    const { app, stack } = makeStack(outdir, review);
    const resources = {
      invoices: AgentResource.storageContainer({ resourceId: CONTAINER }, { prefix: PREFIX }),
      token: AgentResource.keyVaultSecret({ resourceId: SECRET }),
    };
    for (let number = 0; number < agents; number += 1) {
      new Agent(stack, `Agent${number}`, { agent: specOf(number), trust: AgentTrust.azureCompute(), resourceGroup: GROUP, resources });
    }
    app.synth();
  },
  byHand: (agents, outdir) => {
    const { app, stack } = makeStack(outdir);
    const subscription = new DataAzurermSubscription(stack, 'Subscription', {});
    const readBlobs = makeRole(stack, 'ReadBlobs', { scope: subscription.id, action: `${BLOBS}/read` });
    const readSecret = makeRole(stack, 'ReadSecret', {
      scope: subscription.id,
      action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    });
    for (let number = 0; number < agents; number += 1) {
      const identity = new UserAssignedIdentity(stack, `Identity${number}`, {
        name: `bench--agent-${number}`,
        resourceGroupName: GROUP.name,
        location: GROUP.location,
        tags: { agent: `agent-${number}`, environment: FLEET, fleet: FLEET, owner: OWNER, purpose: PURPOSE },
      });
      const common = { principalType: 'ServicePrincipal', skipServicePrincipalAadCheck: true, description: `agent ${number} of the bench` };
      new RoleAssignment(stack, `Invoices${number}`, {
        ...common,
        name: Fn.uuidv5(NAMESPACE, `${CONTAINER}|${identity.principalId}|${readBlobs.roleDefinitionResourceId}`),
        principalId: identity.principalId,
        roleDefinitionId: readBlobs.roleDefinitionResourceId,
        scope: CONTAINER,
        conditionVersion: '2.0',
        condition: READ_INVOICES,
      });
      new RoleAssignment(stack, `Token${number}`, {
        ...common,
        name: Fn.uuidv5(NAMESPACE, `${SECRET}|${identity.principalId}|${readSecret.roleDefinitionResourceId}`),
        principalId: identity.principalId,
        roleDefinitionId: readSecret.roleDefinitionResourceId,
        scope: SECRET,
      });
    }
    app.synth();
  },
  inventory: (outdir) =>
    terraformInventory(outdir, {
      azurerm_role_definition: ['name', 'role_definition_id', 'description'],
      azurerm_role_assignment: ['name', 'description'],
    }),
};

function makeStack(outdir: string, review = 'off'): { app: App; stack: TerraformStack } {
  const app = new App({ outdir, context: { 'agentic-iam:review': review } });
  const stack = new TerraformStack(app, 'bench');
  new AzurermProvider(stack, 'azurerm', { features: [{}], subscriptionId: SUBSCRIPTION });
  return { app, stack };
}

function makeRole(stack: TerraformStack, id: string, { scope, action }: { scope: string; action: string }): RoleDefinition {
  return new RoleDefinition(stack, id, {
    name: `bench ${id}`,
    roleDefinitionId: Fn.uuidv5(NAMESPACE, `${scope}|${id}`),
    description: 'what agents of the bench need on one kind of resource',
    scope,
    assignableScopes: [scope],
    permissions: [{ actions: [], notActions: [], dataActions: [action], notDataActions: [] }],
  });
}
