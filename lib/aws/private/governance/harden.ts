import { Annotations, AspectPriority, Aspects, type IAspect, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { invalidGovernance } from '../../../core/governance-errors';
import type { JsonObject, JsonValue } from '../../../core/json';
import { identityName } from '../../../core/names';
import facts from '../../catalog/agentcore.json';
import { markOwn } from '../attached-policies';
import { deriveBoundary } from '../boundary';
import { LateDocument } from '../late-document';
import { sizeIn } from '../policy-size';
import { markBounded } from '../role-bounds';
import { readStatement, type Statement } from '../statement';
import { rolePath } from '../trust/role-name';
import { boundable, grantedTo, warnOfUnread } from './hardened-bounds';

export interface Hardening {
  readonly agent: string;
  readonly fleet: string;
  readonly owner: string;
  readonly secrets: readonly ISecret[];
}

const ROLE_NAME_LIMIT = 64;

/** The role of a construct that is made in this app; undefined where it has none. */
export function roleOf(construct: IConstruct): iam.CfnRole | undefined {
  const { role, executionRole } = construct as { readonly role?: IConstruct; readonly executionRole?: IConstruct };
  // A Runtime or Gateway has a role; a Memory has one to work with.
  const own = construct instanceof iam.Role ? construct : (role ?? executionRole);
  const resource = own?.node?.defaultChild;
  return resource instanceof iam.CfnRole ? resource : undefined;
}

/** Narrows, bounds, shortens and enrols the role of a construct. */
export function harden(construct: IConstruct, hardening: Hardening): void {
  const role = roleOf(construct);
  if (!role)
    throw invalidGovernance(`hardening of '${construct.node.path}'`, {
      rule: 'needs a construct with a role that is made in this app',
      reason: 'a role from elsewhere is changed where it is made',
      fix: 'apply it to the Runtime, Gateway or Memory itself, or to its role',
    });
  const stack = Stack.of(role);
  const { agent, fleet, owner } = hardening;
  role.roleName = identityName(fleet, agent, ROLE_NAME_LIMIT);
  role.path = rolePath(fleet);
  role.maxSessionDuration = facts.sessionSeconds;
  for (const [key, value] of Object.entries({ agent, fleet, owner })) role.tags.setTag(`agentic-iam:${key}`, value, 200);
  const policies = new Set<InlinePolicy>();
  const rewriter = new Rewriter(construct, hardening);
  const boundary = new iam.ManagedPolicy(role.node.scope ?? construct, 'AgenticIamBoundary', {
    managedPolicyName: `${identityName(fleet, agent, ROLE_NAME_LIMIT)}-boundary`,
    path: rolePath(fleet),
    description: `Boundary of agent ${agent}`,
    document: new LateDocument(
      () =>
        deriveBoundary({
          agent,
          granted: rewriter.narrowed(grantedTo(role)).map((statement) => boundable(statement, role)),
          regions: [stack.region],
          sizeOf: sizeIn(construct),
        }).statements,
    ),
  });
  role.permissionsBoundary = boundary.managedPolicyArn;
  markBounded(role);
  markOwn(boundary);
  rewriter.takeInline(role);
  const visit: IAspect['visit'] = (node) => {
    if (node === role) warnOfUnread(role);
    if (!isInline(node) || policies.has(node) || !names(node, role)) return;
    policies.add(node);
    rewriter.take(node);
  };
  // Below the whole stack: policies are attached to the role from anywhere.
  Aspects.of(stack).add({ visit }, { priority: AspectPriority.MUTATING });
}

type InlinePolicy = iam.CfnPolicy | iam.CfnRolePolicy;
const isInline = (node: IConstruct): node is InlinePolicy => node instanceof iam.CfnPolicy || node instanceof iam.CfnRolePolicy;

function names(policy: InlinePolicy, role: iam.CfnRole): boolean {
  const stack = Stack.of(role);
  const roles = policy instanceof iam.CfnPolicy ? policy.roles : [policy.roleName];
  return JSON.stringify(stack.resolve(roles) ?? []).includes(`"${String(stack.resolve(role.logicalId))}"`);
}

/** What the documents of policies say after hardening. */
class Rewriter {
  constructor(
    private readonly construct: IConstruct,
    private readonly hardening: Hardening,
  ) {}

  /** Puts the hardened document in the place of the one that is there. */
  take(policy: InlinePolicy): void {
    const original: unknown = policy.policyDocument;
    policy.policyDocument = Lazy.any({
      produce: () => ({ Version: '2012-10-17', Statement: this.ofDocument(Stack.of(policy).resolve(original)) }),
    });
  }

  /** The same for the policies that are written into the role itself. */
  takeInline(role: iam.CfnRole): void {
    const written = role.policies;
    if (written === undefined) return;
    role.policies = Lazy.any({
      produce: () =>
        (Stack.of(role).resolve(written) as iam.CfnRole.PolicyProperty[]).map((policy) => ({
          ...policy,
          policyDocument: { Version: '2012-10-17', Statement: this.ofDocument(policy.policyDocument) },
        })),
    });
  }

  narrowed(statements: readonly (JsonObject | Statement)[]): readonly Statement[] {
    return statements.flatMap((statement) => this.narrow(statement as JsonObject));
  }

  private ofDocument(document: unknown): readonly Statement[] {
    const { Statement } = document as { readonly Statement?: JsonObject | readonly JsonObject[] };
    return this.narrowed([Statement ?? []].flat() as readonly JsonObject[]);
  }

  private narrow(statement: JsonObject): readonly Statement[] {
    const read = readStatement(statement);
    if (read.Effect !== 'Allow') return [read];
    const actions = (read.Action ?? []).filter((action) => !facts.dropped.actions.includes(action));
    if (read.Action && actions.length === 0) return [];
    const resources = ((read.Resource ?? []) as readonly JsonValue[]).flatMap((resource) => this.narrowResource(resource));
    if (read.Resource && resources.length === 0) return [];
    return [
      { ...read, ...(read.Action ? { Action: actions } : {}), ...(read.Resource ? { Resource: resources as unknown as string[] } : {}) },
    ];
  }

  private narrowResource(resource: JsonValue): readonly JsonValue[] {
    const text = JSON.stringify(resource);
    const others = [facts.logs.every, facts.workloads.every].find((every) => text.includes(every));
    if (others !== undefined) {
      const name = (this.construct as { readonly agentRuntimeName?: string }).agentRuntimeName;
      if (name === undefined) return [resource];
      return [JSON.parse(text.replace(others, others.replace('*', `${name}-*`))) as JsonValue];
    }
    if (!text.includes(facts.vault.every)) return [resource];
    const { secrets } = this.hardening;
    if (secrets.length === 0)
      Annotations.of(this.construct).addWarningV2(
        'agentic-iam:vaulted-secrets',
        `${this.construct.node.path} was granted every secret of the token vault, and is granted none: name those that it needs in 'secrets'`,
      );
    return secrets.map((secret) => Stack.of(this.construct).resolve(secret.secretArn) as JsonValue);
  }
}
