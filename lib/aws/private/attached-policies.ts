import { AspectPriority, Aspects, CfnResource, Stack, Stage, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../../core/json';
import { readable, textOf } from './references';
import { readStatement, type Statement } from './statement';

/** A policy that acts on a role, made by anyone but this library. */
export interface AttachedPolicy {
  /** What made it. */
  readonly owner: IConstruct;
  readonly kind: 'inline' | 'managed';
  /** What it says, or undefined for a policy that is not part of this app. */
  readonly statements?: readonly Statement[];
  /** What a person calls it. */
  readonly name: string;
}

type PolicyResource = iam.CfnPolicy | iam.CfnManagedPolicy | iam.CfnRolePolicy;

const OWN = new WeakSet<IConstruct>();

/** Marks a policy as this library's own, so that it is not taken for one of the user's. */
export function markOwn(policy: IConstruct): void {
  OWN.add(policy);
}

/** The resource behind a role of this app; undefined for an imported one, and where the app makes no roles. */
export function roleResource(role: iam.IRole): iam.CfnRole | undefined {
  const resource = role.node.defaultChild;
  return resource instanceof iam.CfnRole ? resource : undefined;
}

/** Every policy that acts on a role and was not made by this library, in the order of the construct tree. */
export function attachedPolicies(role: iam.IRole): readonly AttachedPolicy[] {
  const resource = roleResource(role);
  const named = PolicyIndex.of(role).find(resource ?? role.roleName);
  const referred = resource ? managedOf(resource) : { known: [], unknown: [] };
  const resources = [...new Set<PolicyResource>([...named, ...referred.known])].filter((policy) => !isOwn(policy));
  return [
    ...(resource ? inlineOf(resource) : []),
    ...resources.map((policy) => ({ ...describe(policy), statements: readDocument(policy.policyDocument, policy) })),
    ...referred.unknown.map((name) => ({ owner: role, kind: 'managed', name }) as const),
  ];
}

function describe(policy: PolicyResource): Omit<AttachedPolicy, 'statements'> {
  const kind = policy instanceof iam.CfnManagedPolicy ? 'managed' : 'inline';
  return { owner: ownerOf(policy), kind, name: ownerOf(policy).node.path };
}

/** The construct a user made: the one around the resource, where the resource is its main part. */
export function ownerOf(resource: IConstruct): IConstruct {
  const around = resource.node.scope;
  return around?.node.defaultChild === resource ? around : resource;
}

function isOwn(policy: PolicyResource): boolean {
  return OWN.has(ownerOf(policy));
}

/** Policies written into the role itself. */
function inlineOf(role: iam.CfnRole): readonly AttachedPolicy[] {
  const owner = ownerOf(role);
  const policies: unknown = role.policies;
  const list = Array.isArray(policies) ? policies : policies ? Stack.of(role).resolve(policies) : [];
  return (list as readonly iam.CfnRole.PolicyProperty[]).map(({ policyName, policyDocument }) => ({
    owner,
    kind: 'inline',
    name: `${owner.node.path} (${policyName})`,
    statements: readDocument(policyDocument, role),
  }));
}

/** Names of the managed policies of a role whose content this app does not know. */
export function unknownPolicies(role: iam.CfnRole): readonly string[] {
  return managedOf(role).unknown;
}

/** Managed policies that the role names, those of this app and others. */
function managedOf(role: iam.CfnRole): { readonly known: readonly iam.CfnManagedPolicy[]; readonly unknown: readonly string[] } {
  const arns: unknown = role.managedPolicyArns ?? [];
  const { references, text } = readable(arns, role);
  const known = references.flatMap(({ target }) => (target instanceof iam.CfnManagedPolicy ? [target] : []));
  const texts = new Set(known.map((policy) => textOf(policy.ref, role)));
  const listed = (text ?? []) as readonly string[];
  return { known, unknown: listed.filter((arn) => !texts.has(arn)) };
}

function readDocument(document: unknown, resource: CfnResource): readonly Statement[] {
  const json: unknown = document instanceof iam.PolicyDocument ? document.toJSON() : Stack.of(resource).resolve(document);
  const statements = (json as { readonly Statement?: JsonObject | readonly JsonObject[] } | undefined)?.Statement ?? [];
  return (Array.isArray(statements) ? statements : [statements]).map((statement: JsonObject) => readStatement(statement));
}

/**
 * Which policies act on which role, for one stage. Looked up for each agent, so the tree is searched once: after every
 * aspect has run, since an aspect may make policies, and not always where it will still be led. Before synthesis nothing
 * tells what is final, and the tree is searched each time.
 */
export class PolicyIndex {
  private static readonly byStage = new WeakMap<IConstruct, PolicyIndex>();

  /** The index of the stage that a construct is in. */
  static of(scope: IConstruct): PolicyIndex {
    const stage = Stage.of(scope) ?? scope.node.root;
    const known = PolicyIndex.byStage.get(stage) ?? new PolicyIndex(stage);
    PolicyIndex.byStage.set(stage, known);
    return known;
  }

  private watching = false;
  private complete = false;
  private byRole: ReadonlyMap<iam.CfnRole | string, readonly PolicyResource[]> | undefined;

  private constructor(private readonly stage: IConstruct) {}

  /** Whether a synthesis has come by here, after which nothing is granted any more. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** Makes the index notice the next synthesis. Safe to call for every agent. */
  watch(): void {
    if (this.watching) return;
    this.watching = true;
    Aspects.of(this.stage).add({ visit: () => this.notice() }, { priority: AspectPriority.READONLY });
  }

  /** Policies that name a role, by its resource or by its literal name. */
  find(role: iam.CfnRole | string): readonly PolicyResource[] {
    const byRole = this.byRole ?? indexByRole(this.stage.node.findAll().filter(isPolicy));
    if (this.complete) this.byRole = byRole;
    const byName = typeof role === 'string' ? role : role.roleName;
    const literal = byName !== undefined && !Token.isUnresolved(byName) ? (byRole.get(byName) ?? []) : [];
    return typeof role === 'string' ? literal : [...(byRole.get(role) ?? []), ...literal];
  }

  private notice(): void {
    this.complete = true;
    this.byRole = undefined;
  }
}

function isPolicy(node: IConstruct): node is PolicyResource {
  return (
    CfnResource.isCfnResource(node) &&
    (node instanceof iam.CfnPolicy || node instanceof iam.CfnManagedPolicy || node instanceof iam.CfnRolePolicy)
  );
}

function indexByRole(policies: Iterable<PolicyResource>): ReadonlyMap<iam.CfnRole | string, readonly PolicyResource[]> {
  const index = new Map<iam.CfnRole | string, PolicyResource[]>();
  for (const policy of policies) {
    const roles = policy instanceof iam.CfnRolePolicy ? [policy.roleName] : (policy.roles ?? []);
    const { references, text } = readable(roles, policy);
    const named = [...references.map(({ target }) => target), ...((text ?? []) as readonly string[])];
    for (const role of new Set(named)) {
      if (typeof role !== 'string' && !(role instanceof iam.CfnRole)) continue;
      index.set(role, [...(index.get(role) ?? []), policy]);
    }
  }
  return index;
}
