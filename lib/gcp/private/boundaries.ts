import type { Construct } from 'constructs';
import type { AccessPlan } from '../../core/access-plan';
import { AgentMode } from '../../core/enums';
import { byCodePoint } from '../../core/json';
import { checkLiteral, identityName, shortenName } from '../../core/names';
import { invalidBinding, tooMany } from '../../core/native-errors';
import { TerraformStack } from '../../terraform/core';
import { IamDenyPolicy, IamPrincipalAccessBoundaryPolicy, IamProjectsPolicyBinding } from '../../terraform/google';
import type { IAgentIdentity } from '../agent-identity';
import { DENIABLE, LIMITS } from '../catalog';

/** A fence around one principal: outside these projects it can do nothing, whatever it is granted there. */
export interface PrincipalAccessBoundaryOptions {
  /** Number of the organization. */
  readonly organization: string;
  /**
   * Version of the list of permissions the fence covers, for example `3`. Pinned, because a newer one fences more and
   * may stop an agent that works.
   *
   * @see https://docs.cloud.google.com/iam/docs/principal-access-boundary-policies
   */
  readonly enforcementVersion: string;
  /** Ids of the projects inside the fence. @default - the agent's own project */
  readonly projects?: readonly string[];
}

/** What an agent can never do, whatever it is granted; as the manifest shows it. */
export interface Ceiling {
  /** @default - no deny policy */
  readonly deniedPermissions?: readonly string[];
  /** Projects it cannot leave. @default - no fence */
  readonly onlyWithin?: readonly string[];
}

/** Projects inside a fence, in the fence's own words. */
export function insideOf(identity: IAgentIdentity, { projects }: PrincipalAccessBoundaryOptions): readonly string[] {
  const checked = (projects ?? [identity.project]).map((one) => checkLiteral(`agent '${identity.agent.name}'`, 'projects', one));
  return checked.map((one) => `//cloudresourcemanager.googleapis.com/projects/${one}`);
}

/** The permissions a deny policy refuses an agent: ways to more access always, every write where it is read-only; never one that its plan grants. */
export function deniedPermissions(plan: AccessPlan): readonly string[] {
  const granted = new Set(plan.grants.flatMap((grant) => grant.permissions.map(inV2)));
  const wanted = plan.agent.mode === AgentMode.READ_ONLY ? [...DENIABLE.escalation, ...DENIABLE.write] : DENIABLE.escalation;
  return wanted.filter((permission) => !granted.has(permission)).sort(byCodePoint);
}

/** `storage.objects.get` as a deny policy writes it: `storage.googleapis.com/objects.get`. */
function inV2(permission: string): string {
  const [service = '', ...rest] = permission.split('.');
  const names: Readonly<Record<string, string>> = DENIABLE.services;
  return `${names[service] ?? `${service}.googleapis.com`}/${rest.join('.')}`;
}

/** Refuses the permissions on the agent's project and everything in it. @see https://docs.cloud.google.com/iam/docs/deny-overview */
export function addDenyPolicy(scope: Construct, identity: IAgentIdentity, permissions: readonly string[]): void {
  const { agent, fleet, project, email, member } = identity;
  new IamDenyPolicy(scope, 'DenyPolicy', {
    // The attachment point is one path segment of the policy's own name, so its slashes are encoded.
    parent: `cloudresourcemanager.googleapis.com%2Fprojects%2F${encodeURIComponent(project)}`,
    name: `agentic-iam.${identityName(fleet, agent.name, 50)}`,
    displayName: `agentic-iam: ceiling of ${agent.name}`,
    rules: [
      {
        description: agent.mode === AgentMode.READ_ONLY ? 'no way to more access, and no write' : 'no way to more access',
        denyRule: {
          deniedPrincipals: [email === undefined ? member : `principal://iam.googleapis.com/projects/-/serviceAccounts/${email}`],
          deniedPermissions: [...permissions],
        },
      },
    ],
  });
}

/** Fences the agent's service account in. @see https://docs.cloud.google.com/iam/docs/principal-access-boundary-policies */
export function addAccessBoundary(scope: Construct, identity: IAgentIdentity, options: PrincipalAccessBoundaryOptions): void {
  const { agent, fleet, project, email } = identity;
  if (email === undefined) {
    const why = 'the fence is tied to the address of a service account';
    const fix = "leave out 'principalAccessBoundary', or make the identity with new AgentIdentity(...)";
    throw invalidBinding(`agent '${agent.name}'`, {
      rule: 'needs a service account to be fenced in',
      reason: why,
      value: identity.kind,
      fix,
    });
  }
  checkBoundaryCount(scope, project);
  const id = shortenName(`${fleet}--${agent.name}--${project}`.replace(/[^a-z0-9-]/g, '-'), 63);
  const resources = [...insideOf(identity, options)];
  const policy = new IamPrincipalAccessBoundaryPolicy(scope, 'AccessBoundary', {
    organization: options.organization,
    location: 'global',
    principalAccessBoundaryPolicyId: id,
    displayName: `agentic-iam: fence of ${agent.name}`,
    details: { enforcementVersion: options.enforcementVersion, rules: [{ effect: 'ALLOW', resources }] },
  });
  new IamProjectsPolicyBinding(scope, 'AccessBoundaryBinding', {
    project,
    location: 'global',
    policyBindingId: id,
    policyKind: 'PRINCIPAL_ACCESS_BOUNDARY',
    policy: policy.name,
    target: { principalSet: `//cloudresourcemanager.googleapis.com/projects/${project}` },
    condition: {
      title: 'agentic-iam: this agent',
      expression: `principal.type == "iam.googleapis.com/ServiceAccount" && principal.subject == "${email}"`,
    },
  });
}

/** A project, as a set of principals, takes only so many fences, one for each agent here. */
function checkBoundaryCount(scope: Construct, project: string): void {
  const bindings = TerraformStack.of(scope)
    .node.findAll()
    .filter((one) => one instanceof IamProjectsPolicyBinding);
  const count = 1 + bindings.filter((one) => one.projectInput === project).length;
  const most = LIMITS.accessBoundaries.perPrincipalSet;
  if (count > most) throw tooMany(`project '${project}'`, { what: 'principal access boundaries', count, limit: most });
}
