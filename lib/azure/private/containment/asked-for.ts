import { notContainable } from '../../../core/containment-errors';
import type { FleetMember } from '../../../core/fleet';
import { invalidResourceId } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import type { FleetRights } from '../fleet-rights';
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
const SCOPE = /^\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+(\/providers\/.*[^/])?)?$/i;

/** Gives the responder what these take, and nothing where nobody asked. @returns what is wrong, once all roles were made */
export function giveAskedFor(rights: FleetRights, member: FleetMember, { denyChangesIn, disableSecrets }: AskedFor): () => string[] {
  const { name } = member.identity.agent;
  for (const scope of denyChangesIn) {
    if (!Token.isUnresolved(scope) && !SCOPE.test(scope))
      throw invalidResourceId(`'denyChangesIn' of agent '${name}'`, '/subscriptions/<id>/resourceGroups/<name>', scope);
    rights.addOnce('Deny', scope, { actions: ON_DENIALS });
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
