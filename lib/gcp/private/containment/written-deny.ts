import type { Construct } from 'constructs';
import { notContainable } from '../../../core/containment-errors';
import { shortenName, shortHash } from '../../../core/names';
import { resolveTokens, Token } from '../../../terraform/core';
import { FirestoreField, OrganizationIamMember } from '../../../terraform/google';
import { DENIABLE, LIMITS } from '../../catalog';
import { checkProject } from '../identity/check-project';
import { countOne } from '../quota';

/** Where a responder writes a deny policy. */
export interface DenyPlace {
  /** Number of the organization. */
  readonly organization: string;
  /** `folders/NUMBER` or `projects/ID` in it. @default - the organization itself */
  readonly place?: string;
}

/** The policy of a fleet at one place, and what it is attached to. */
export interface WrittenPolicy {
  readonly organization: string;
  /** `organizations/N`, `folders/N` or `projects/ID`. */
  readonly place: string;
}

/** Refuses what is no place, and gives it as Google names it. */
export function placeOf(agent: string, { organization, place }: DenyPlace): WrittenPolicy {
  if (!Token.isUnresolved(organization) && !/^[1-9]\d*$/.test(organization))
    throw notContainable(agent, {
      rule: "needs the 'organization' of its 'denyAt' in digits",
      reason: 'the right to write deny policies is given on the organization, which Google knows by its number',
      value: organization,
      fix: 'give the number of the organization',
    });
  if (place === undefined) return { organization, place: `organizations/${organization}` };
  const [, project] = /^projects\/(.+)$/.exec(place) ?? [];
  if (project !== undefined) return { organization, place: `projects/${checkProject(agent, 'denyAt', project)}` };
  if (Token.isUnresolved(place) || /^folders\/[1-9]\d*$/.test(place)) return { organization, place };
  throw notContainable(agent, {
    rule: "needs the 'place' of its 'denyAt' to be a folder or a project",
    reason: 'deny policies are attached to nothing else below an organization',
    value: place,
    fix: "give 'folders/NUMBER' or 'projects/ID', or leave it out for the organization itself",
  });
}

/**
 * Id and display name of the policy. Two fleets may be called alike in two projects: the project is in both names, so that neither changes what is the other's.
 *
 * @see https://docs.cloud.google.com/iam/docs/reference/rest/v2/policies#Policy
 */
export function policyNames(scope: Construct, { fleet, project }: { readonly fleet: string; readonly project: string }) {
  const displayName = `stops ${fleet} of ${project}`;
  return {
    policy: `agentic-iam-stop-${fleet}-${shortHash(String(resolveTokens(scope, project)))}`,
    displayName: Token.isUnresolved(project) ? displayName : shortenName(displayName, LIMITS.denyPolicies.displayNameLength),
  };
}

export interface DenyAdminProps {
  readonly project: string;
  /** Database of the responder's records. */
  readonly database: string;
  /** The responder, as IAM names it. */
  readonly responder: string;
}

/**
 * Lets the responder write deny policies. No custom role may hold the permissions, and no project the role: it is the whole of Deny Admin, on the organization.
 *
 * @see https://docs.cloud.google.com/iam/docs/deny-access
 */
export function allowDenies(
  scope: Construct,
  { organization, place }: WrittenPolicy,
  { project, database, responder }: DenyAdminProps,
): void {
  const where = String(resolveTokens(scope, place));
  countOne(scope, {
    what: 'rules of deny policies',
    where: `'${where}'`,
    local: Token.isUnresolved(place),
    limit: LIMITS.denyPolicies.rulesPerResource,
  });
  const id = `MayDeny-${shortHash(String(resolveTokens(scope, organization)))}`;
  // Once for all agents: were it made for each, taking out one would take the others' with it.
  if (!scope.node.tryFindChild(id))
    new OrganizationIamMember(scope, id, { orgId: organization, role: DENIABLE.admin.role, member: responder });
  if (scope.node.tryFindChild('UnindexedTurns')) return;
  new FirestoreField(scope, 'UnindexedTurns', { project, database, collection: 'denialTurns', field: 'state', indexConfig: {} });
}
