import { Annotations, AspectPriority, Aspects, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { boundaryNotHere, unchangeableIdentity } from '../../core/native-errors';
import type { IAgentIdentity } from '../agent-identity';
import { markOwn, roleResource, unknownPolicies } from './attached-policies';
import { LateDocument, writeStatement } from './late-document';
import { packPolicies, ROLE_ROOM } from './pack-policies';
import { sizeIn } from './policy-size';
import { textOf } from './references';
import { markBounded, type RoleBounds } from './role-bounds';
import type { Statement } from './statement';

/** What was attached to a role. */
export interface OwnPolicies {
  readonly inline: readonly Statement[];
  /** Number of managed policies that take a slot of the role. */
  readonly managed: number;
}

const pathOf = ({ fleet }: IAgentIdentity): string => `/agentic-iam/${fleet}/`;

/** Attaches statements to the identity's role: one inline policy, then managed ones. `slots` are taken by others. */
export function attachAccess(
  scope: Construct,
  identity: IAgentIdentity,
  access: { statements: readonly Statement[]; slots: number },
): OwnPolicies {
  const room = { ...ROLE_ROOM, managedPolicies: ROLE_ROOM.managedPolicies - access.slots };
  const { inline, managed } = packPolicies(access.statements, { agent: identity.agent.name, sizeOf: sizeIn(scope), room });
  if (inline.length > 0) attachInline(scope, identity, inline);
  managed.forEach((statements, index) => {
    attachManaged(scope, identity, { id: `Policy${index + 2}`, document: documentOf(statements) });
  });
  return { inline, managed: managed.length + access.slots };
}

function attachInline(scope: Construct, identity: IAgentIdentity, statements: readonly Statement[]): void {
  const policy = new iam.Policy(scope, 'Policy', { document: documentOf(statements) });
  markOwn(policy);
  identity.role.attachInlinePolicy(policy);
  // CDK drops a policy for an imported role it cannot change without a word.
  const { roles } = policy.node.defaultChild as iam.CfnPolicy;
  const isAttached = iam.Role.isRole(identity.role) || textOf(roles, scope).includes(textOf(identity.roleName, scope));
  if (!isAttached) throw unchangeableIdentity(identity.agent.name, identity.node.path);
}

function attachManaged(scope: Construct, identity: IAgentIdentity, { id, document }: { id: string; document: iam.PolicyDocument }): void {
  const description = `Access of agent ${identity.agent.name}`;
  markOwn(new iam.ManagedPolicy(scope, id, { document, description, path: pathOf(identity), roles: [identity.role] }));
}

/** Not minimised: the statements are packed as they are, and must stay so whatever the app's feature flags say. */
function documentOf(statements: readonly Statement[]): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: statements.map((one) => iam.PolicyStatement.fromJson(writeStatement(one))),
    minimize: false,
  });
}

/** How a role is bounded: by a boundary of its own, or, where the boundary is someone else's, by denies in a policy. */
export interface Bounding {
  readonly kind: 'permissions-boundary' | 'managed-policy';
  readonly policy: iam.IManagedPolicy | undefined;
}

/** Sets the derived boundary, or the given one and the denies as a managed policy. */
export function attachBounds(
  scope: Construct,
  identity: IAgentIdentity,
  options: { bounds: RoleBounds; given?: iam.IManagedPolicy },
): Bounding {
  const { bounds, given } = options;
  const resource = roleResource(identity.role);
  const isMade = iam.Role.isRole(identity.role);
  if (given && !isMade) throw boundaryNotHere(identity.agent.name);
  if (given || !isMade) {
    if (given && resource) resource.permissionsBoundary = given.managedPolicyArn;
    attachManaged(scope, identity, { id: 'Guardrails', document: new LateDocument(() => bounds.guardrails()) });
    return { kind: 'managed-policy', policy: given };
  }
  const policy = new iam.ManagedPolicy(identity, 'Boundary', {
    managedPolicyName: `${identity.fleet}--${identity.agent.name}-boundary`,
    path: pathOf(identity),
    description: `Boundary of agent ${identity.agent.name}`,
    document: new LateDocument(() => bounds.boundary().statements),
  });
  markOwn(policy);
  if (resource) {
    resource.permissionsBoundary = policy.managedPolicyArn;
    markBounded(resource);
  }
  return { kind: 'permissions-boundary', policy };
}

/** Warns, once everything is declared, of what the boundary does not cover or silently cuts. */
export function warnOfLimits(scope: Construct, identity: IAgentIdentity, { policy }: Bounding): void {
  const resource = roleResource(identity.role);
  if (!resource) return;
  const visit = (): void => {
    const unknown = unknownPolicies(resource);
    if (unknown.length > 0) {
      const text = `agent '${identity.agent.name}' holds ${unknown.join(', ')}, whose content this app does not know: the role can use only what its boundary admits; declare capabilities, or add statements to 'ceiling'`;
      Annotations.of(scope).addWarningV2('agentic-iam:unknownManagedPolicy', text);
    }
    FINAL.set(resource, readBoundary(resource));
    if (policy && finalBoundary(resource) !== JSON.stringify(Stack.of(resource).resolve(policy.managedPolicyArn))) {
      const text = `agent '${identity.agent.name}' has another permissions boundary than the one made for it, so that its denies do not hold; pass yours as 'permissionsBoundary' to keep them`;
      Annotations.of(scope).addWarningV2('agentic-iam:boundaryReplaced', text);
    }
  };
  Aspects.of(resource).add({ visit }, { priority: AspectPriority.READONLY });
}

/** Boundaries as they were once every aspect had run. */
const FINAL = new WeakMap<iam.CfnRole, string | undefined>();

/** The boundary as the template will have it, after every aspect and override; before synthesis, as it would have it now. */
export function finalBoundary(resource: iam.CfnRole): string | undefined {
  return FINAL.has(resource) ? FINAL.get(resource) : readBoundary(resource);
}

/** An override, which is what an aspect sets, wins over the property. Rendering the whole role would say the same, ten times slower. */
function readBoundary(resource: iam.CfnRole): string | undefined {
  const overrides = Reflect.get(resource, 'rawOverrides') as
    | { readonly Properties?: { readonly PermissionsBoundary?: unknown } }
    | undefined;
  const value =
    overrides?.Properties && 'PermissionsBoundary' in overrides.Properties
      ? overrides.Properties.PermissionsBoundary
      : resource.permissionsBoundary;
  return JSON.stringify(Stack.of(resource).resolve(value));
}
