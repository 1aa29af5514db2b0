import { notContainable } from '../../../core/containment-errors';
import type { FleetMember } from '../../../core/fleet';
import { shortHash } from '../../../core/names';
import { resolveTokens } from '../../../terraform/core';
import facts from '../../catalog/monitoring.json';
import type { FleetRights } from '../fleet-rights';
import { deployedTo } from './deny-scope';
import { secretsOf } from './registry';

/** What quarantine does to an agent only where somebody asked for it. */
export interface AskedFor {
  readonly denyChangesIn: readonly string[];
  readonly disableSecrets: boolean;
}

const DENIALS = 'Microsoft.Authorization/denyAssignments';
/** No condition can narrow it: Azure has none for deny assignments. */
const ON_DENIALS = [`${DENIALS}/delete`, `${DENIALS}/read`, `${DENIALS}/write`];
/**
 * Neither reads a value, nor changes one.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/permissions/security#microsoftkeyvault
 */
const ON_SECRETS = ['Microsoft.KeyVault/vaults/secrets/readMetadata/action', 'Microsoft.KeyVault/vaults/secrets/update/action'];

/**
 * Gives the responder what these take, and nothing where nobody asked: to make and delete deny assignments in the scopes, and to deploy to their subscriptions or groups.
 * A deployment is done with the rights of who deploys, so that the second gives no more than the first, but for one thing: what others deployed there, as far as it is no
 * secret of a template, can be read in the history.
 * @returns what is wrong, once all roles were made
 */
export function giveAskedFor(rights: FleetRights, member: FleetMember, { denyChangesIn, disableSecrets }: AskedFor): () => string[] {
  const { name } = member.identity.agent;
  for (const scope of denyChangesIn) {
    const place = deployedTo(rights, scope);
    if (!place) throw notDeployable(name, scope);
    rights.addOnce('Deny', scope, { actions: ON_DENIALS });
    // Azure refuses a role twice in one place: where that may turn out at deployment, each has a role of its own.
    const role = place.isKnown ? 'Deploy' : `Deploy-${shortHash(String(resolveTokens(rights, place.container)))}`;
    rights.addOnce(role, place.container, { actions: facts.deploy.actions });
  }
  if (!disableSecrets) return () => [];
  rights.later(() => {
    for (const secret of secretsOf(member)) rights.addOnce('Secrets', secret, { dataActions: ON_SECRETS });
  });
  return () => (secretsOf(member).length > 0 ? [] : [readsNone(name)]);
}

const readsNone = (agent: string): string =>
  notContainable(agent, {
    rule: "must read a secret of a key vault where 'disableSecrets' is asked for",
    reason: 'else there is nothing to disable, and who asked believes that there is',
    value: [],
    fix: "leave 'disableSecrets' out, or bind the secret that it reads",
  }).message;

const notDeployable = (agent: string, scope: string): Error =>
  notContainable(agent, {
    rule: "must name subscriptions, resource groups or resources in 'denyChangesIn'",
    reason: 'changes are denied by a template, which is deployed to a subscription or to a resource group and reaches what is in it',
    value: scope,
    fix: "pass ids of the form '/subscriptions/<id>/resourceGroups/<name>', with '/providers/<type>/<name>' for one resource",
  });
