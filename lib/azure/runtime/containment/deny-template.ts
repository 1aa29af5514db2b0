import { digestOf } from '../../../core/detection/hash';
import type { Deployment } from './deployments';

export const DENY_VERSION = '2024-07-01-preview';
/** Everything but reading, which a deny assignment of a user cannot name; nor can it name data. */
export const CHANGES: readonly string[] = ['*/action', '*/delete', '*/write'];

const SCHEMAS = 'https://schema.management.azure.com/schemas';
/** Subscription, group, and in it a resource with whatever it is inside of: types and names by turns. An extension of a resource is none. */
const SCOPE = /^(\/subscriptions\/[^/]+)(?:(\/resourceGroups\/[^/]+)(?:\/providers\/([^/]+(?:\/(?!providers\/)[^/]+\/[^/]+)+))?)?$/i;

/** Where a template is deployed so that it reaches a scope. */
interface Place {
  /** A subscription or a resource group. */
  readonly container: string;
  /** The resource below that group, as the `scope` of a template names it. @default - the group or subscription itself */
  readonly target?: string;
  readonly isSubscription: boolean;
}

/** Undefined for what no template can be deployed to. */
export function placeOf(scope: string): Place | undefined {
  const [whole, subscription = '', group = '', target] = SCOPE.exec(scope) ?? [];
  if (whole === undefined) return undefined;
  return { container: `${subscription}${group}`, isSubscription: group === '', ...(target === undefined ? {} : { target }) };
}

/** The same scope and principal give the same id (a UUID of version 8), so that denying twice is denying once. */
export function denialId(scope: string, principalId: string): string {
  const hex = digestOf('denial', scope.toLowerCase(), principalId.toLowerCase());
  const name = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  return `${scope}/providers/Microsoft.Authorization/denyAssignments/${name}`;
}

export interface DenialPlan {
  readonly scope: string;
  readonly principalId: string;
  /** What people read. */
  readonly title: string;
  /** Region that keeps what is known of a deployment to a subscription; one to a group is kept where the group is. */
  readonly location: string;
}

/**
 * One of the same name is written over, so that each agent and scope leave one entry in the history. Of a subscription the name depends on the region, too: Azure refuses
 * one in another region than before.
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/deploy-to-subscription#deployment-location-and-name
 */
export function deploymentId({ container, isSubscription }: Place, { scope, principalId, location }: Omit<DenialPlan, 'title'>): string {
  const region = isSubscription ? location.toLowerCase().replace(/\s/g, '') : '';
  const name = `agentic-iam-deny-${digestOf('deny', scope.toLowerCase(), principalId.toLowerCase(), region)}`;
  return `${container}/providers/Microsoft.Resources/deployments/${name}`;
}

/**
 * A template that declares one deny assignment. What somebody chose goes in as parameters, which Azure never reads as expressions.
 * @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/scope-extension-resources
 */
export function denyTemplate(place: Place, plan: DenialPlan): Deployment {
  const { target, isSubscription } = place;
  const given: Readonly<Record<string, string>> = {
    name: denialId(plan.scope, plan.principalId).split('/').at(-1) ?? '',
    principalId: plan.principalId,
    title: plan.title,
    ...(target === undefined ? {} : { target }),
  };
  const each = <T>(make: (value: string) => T): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [name, make(value)]));
  const denial = {
    type: 'Microsoft.Authorization/denyAssignments',
    apiVersion: DENY_VERSION,
    ...(target === undefined ? {} : { scope: "[parameters('target')]" }),
    name: "[parameters('name')]",
    properties: {
      denyAssignmentName: "[parameters('title')]",
      denyAssignmentEffect: 'enforced',
      permissions: [{ actions: CHANGES }],
      principals: [{ id: "[parameters('principalId')]", type: 'ServicePrincipal' }],
    },
  };
  const template = {
    $schema: `${SCHEMAS}/${isSubscription ? '2018-05-01/subscriptionDeploymentTemplate' : '2019-04-01/deploymentTemplate'}.json#`,
    contentVersion: '1.0.0.0',
    parameters: each(() => ({ type: 'string' })),
    resources: [denial],
  };
  return {
    id: deploymentId(place, plan),
    body: {
      ...(isSubscription ? { location: plan.location } : {}),
      properties: { mode: 'Incremental', template, parameters: each((value) => ({ value })) },
    },
  };
}
