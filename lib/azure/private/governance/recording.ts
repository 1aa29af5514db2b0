import { Construct } from 'constructs';
import {
  PolicyDefinition,
  SubscriptionPolicyAssignment,
  SubscriptionPolicyRemediation,
  UserAssignedIdentity,
} from '../../../terraform/azurerm';
import type { AgentMonitoring } from '../../agent-monitoring';
import facts from '../../catalog/governance.json';
import monitoring from '../../catalog/monitoring.json';
import { FleetRights } from '../fleet-rights';
import { fleetName } from '../monitoring/names';

const { remediation, rights } = facts;

/**
 * A policy of Azure by which the subscription's own log is recorded again where somebody took its setting away: it holds when the governor does not run, too.
 * @see https://learn.microsoft.com/en-us/azure/governance/policy/how-to/remediate-resources
 */
export class Recording extends Construct {
  constructor(scope: Construct, id: string, { fleet, resourceGroup: group, subscription, workspaceId, calls }: AgentMonitoring) {
    super(scope, id);
    const name = fleetName(fleet, 'recording');
    const displayName = `Calls of the subscription are recorded for fleet ${fleet}`;
    const identity = new UserAssignedIdentity(this, 'Identity', { name, resourceGroupName: group.name, location: group.location });
    const may = new FleetRights(this, 'Rights', {
      who: 'governor',
      fleet,
      subscription,
      principalId: identity.principalId,
      mayGive: false,
      onIdentity: [],
      onCosmos: false,
    });
    const role = may.addEverywhere('Restore', remediation.everywhere);
    may.addOn('SendCalls', calls.namespace.id, rights.toEventHub);
    may.addOn('KeepCalls', workspaceId, rights.toWorkspace);
    const values = {
      workspace: workspaceId,
      rule: calls.destination().eventhubAuthorizationRuleId,
      hub: calls.destination().eventhubName,
    };
    const definition = new PolicyDefinition(this, 'Definition', {
      name,
      displayName,
      policyType: 'Custom',
      mode: 'All',
      parameters: JSON.stringify(textParameters(values)),
      policyRule: JSON.stringify(
        rule({
          setting: fleetName(fleet, 'calls'),
          location: group.location,
          names: Object.keys(values),
          role: role.roleDefinitionResourceId,
        }),
      ),
    });
    const assignment = new SubscriptionPolicyAssignment(this, 'Assignment', {
      name,
      displayName,
      subscriptionId: subscription,
      policyDefinitionId: definition.id,
      location: group.location,
      identity: { type: 'UserAssigned', identityIds: [identity.id] },
      parameters: JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value }]))),
    });
    new SubscriptionPolicyRemediation(this, 'Remediation', { name, subscriptionId: subscription, policyAssignmentId: assignment.id });
  }
}

const textParameters = (values: object): object => Object.fromEntries(Object.keys(values).map((key) => [key, { type: 'String' }]));

interface Rule {
  /** Name of the diagnostic setting. */
  readonly setting: string;
  readonly location: string;
  readonly names: readonly string[];
  /** Id of the role that restoring takes. */
  readonly role: string;
}

function rule({ setting, location, names, role }: Rule): object {
  const handedOn = Object.fromEntries(names.map((key) => [key, { value: `[parameters('${key}')]` }]));
  const same = (field: string, key: string): object => ({ field, equals: `[parameters('${key}')]` });
  return {
    if: { field: 'type', equals: remediation.type },
    // biome-ignore lint/suspicious/noThenProperty: a policy rule has these two members.
    then: {
      effect: 'deployIfNotExists',
      details: {
        type: remediation.setting,
        name: setting,
        existenceScope: 'subscription',
        deploymentScope: 'subscription',
        existenceCondition: {
          allOf: [{ field: remediation.enabled, equals: 'true' }, same(remediation.workspace, 'workspace'), same(remediation.hub, 'rule')],
        },
        roleDefinitionIds: [role],
        deployment: {
          location,
          properties: { mode: 'incremental', parameters: handedOn, template: template(setting, names) },
        },
      },
    },
  };
}

function template(name: string, names: readonly string[]): object {
  return {
    $schema: remediation.schema,
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(names.map((key) => [key, { type: 'string' }])),
    resources: [
      {
        type: remediation.setting,
        apiVersion: remediation.apiVersion,
        name,
        properties: {
          workspaceId: "[parameters('workspace')]",
          eventHubAuthorizationRuleId: "[parameters('rule')]",
          eventHubName: "[parameters('hub')]",
          logs: monitoring.activity.categories.map((category) => ({ category, enabled: true })),
        },
      },
    ],
  };
}
