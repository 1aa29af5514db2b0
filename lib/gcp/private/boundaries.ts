import type { Construct } from 'constructs';
import type { AccessPlan } from '../../core/access-plan';
import { AgentMode } from '../../core/enums';
import { emptyField } from '../../core/errors';
import { byCodePoint } from '../../core/json';
import { checkLiteral, identityName, shortenName, shortHash } from '../../core/names';
import { invalidBinding } from '../../core/native-errors';
import { Fn, resolveTokens, type TerraformResource, TerraformStack, Token } from '../../terraform/core';
import { IamDenyPolicy, IamPrincipalAccessBoundaryPolicy, IamProjectsPolicyBinding } from '../../terraform/google';
import type { IAgentIdentity } from '../agent-identity';
import { DENIABLE, LIMITS } from '../catalog';
import { pinAddress } from './address';
import { checkProject } from './identity/check-project';
import { countOne } from './quota';

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
export function insideOf({ agent, project }: IAgentIdentity, { projects = [project] }: PrincipalAccessBoundaryOptions): readonly string[] {
  const subject = `agent '${agent.name}'`;
  if (projects.length === 0) throw emptyField(subject, 'projects', 'a fence around nothing stops the agent everywhere');
  const checked = projects.map((one) => (Token.isUnresolved(one) ? one : checkLiteral(subject, 'projects', one)));
  return checked.map((one) => `//cloudresourcemanager.googleapis.com/projects/${checkProject(agent.name, 'projects', one)}`);
}

/** The permissions a deny policy refuses an agent: ways to more access always, every write where it is read-only; never one that its plan grants. */
export function deniedPermissions(plan: AccessPlan): readonly string[] {
  const granted = new Set(plan.grants.flatMap((grant) => grant.permissions.map(inV2)));
  const wanted = plan.agent.mode === AgentMode.READ_ONLY ? [...DENIABLE.escalation, ...DENIABLE.write] : DENIABLE.escalation;
  return wanted.filter((permission) => !granted.has(permission)).sort(byCodePoint);
}

/** `storage.objects.get` as a deny policy writes it: `storage.googleapis.com/objects.get`. */
export function inV2(permission: string): string {
  const [service = '', ...rest] = permission.split('.');
  const names: Readonly<Record<string, string>> = DENIABLE.services;
  return `${names[service] ?? `${service}.googleapis.com`}/${rest.join('.')}`;
}

/** Refuses the permissions on the agent's project and everything in it. @see https://docs.cloud.google.com/iam/docs/deny-overview */
export function addDenyPolicy(scope: Construct, identity: IAgentIdentity, permissions: readonly string[]): void {
  const { agent, fleet, project, email, member } = identity;
  countOne(scope, { what: 'deny policies', ...placeOf(scope, project), limit: LIMITS.denyPolicies.perProject });
  const policy = new IamDenyPolicy(scope, 'DenyPolicy', {
    parent: attachedTo(project),
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
  pinAddress(policy, fleet, agent.name, 'deny');
  afterLast('deny', policy);
}

/** A project as deny policies are attached to it: one path segment of the policy's own name, so that its slashes are encoded. */
export function attachedTo(project: string): string {
  const encoded = Token.isUnresolved(project) ? Fn.urlencode(project) : encodeURIComponent(project);
  return `cloudresourcemanager.googleapis.com%2Fprojects%2F${encoded}`;
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
  const { where, local } = placeOf(scope, project);
  countOne(scope, { what: 'principal access boundaries', where, local, limit: LIMITS.accessBoundaries.perPrincipalSet });
  // A reference has no length yet, so a hash of it stands in.
  const part = local ? shortHash(where) : project.replace(/[^a-z0-9-]/g, '-');
  const id = shortenName(`${fleet}--${agent.name}--${part}`, 63);
  const policy = new IamPrincipalAccessBoundaryPolicy(scope, 'AccessBoundary', {
    organization: checkNumber(agent.name, 'organization', options.organization),
    location: 'global',
    principalAccessBoundaryPolicyId: id,
    displayName: `agentic-iam: fence of ${agent.name}`,
    details: {
      enforcementVersion: checkNumber(agent.name, 'enforcementVersion', options.enforcementVersion),
      rules: [{ effect: 'ALLOW', resources: [...insideOf(identity, options)] }],
    },
  });
  pinAddress(policy, fleet, agent.name, 'fence');
  afterLast('fence', policy);
  const binding = new IamProjectsPolicyBinding(scope, 'AccessBoundaryBinding', {
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
  pinAddress(binding, fleet, agent.name, 'fence');
  afterLast('fence binding', binding);
}

/** The project, resolved: as errors call it, and whether its name is a reference of this stack. */
export function placeOf(scope: Construct, project: string): { readonly where: string; readonly local: boolean } {
  return { where: `project '${resolveTokens(scope, project)}'`, local: Token.isUnresolved(project) };
}

/** Organizations and versions are numbers; `latest` would change what is fenced without a change here. */
function checkNumber(agent: string, field: string, value: string): string {
  if (Token.isUnresolved(value) || /^[1-9]\d*$/.test(value)) return value;
  throw invalidBinding(`agent '${agent}'`, {
    rule: `needs '${field}' of its 'principalAccessBoundary' in digits`,
    reason: 'Google knows organizations by number, and only a numbered version stays as it is',
    value,
    fix: field === 'organization' ? 'give the number of the organization' : "give a version, for example '3'",
  });
}

const LAST = new WeakMap<TerraformStack, Map<string, TerraformResource>>();

/** Makes the resource wait for the one of its kind before it in the stack: Google takes five writes of a kind a minute. */
export function afterLast(kind: string, made: TerraformResource): void {
  const stack = TerraformStack.of(made);
  const last = LAST.get(stack) ?? new Map<string, TerraformResource>();
  LAST.set(stack, last);
  const before = last.get(kind);
  // Spelled out: Terraform takes no interpolation here.
  if (before) made.dependsOn = [`${before.terraformResourceType}.${before.friendlyUniqueId}`];
  last.set(kind, made);
}
