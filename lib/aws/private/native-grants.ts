import { type Reference, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { AgentSpec } from '../../core/agent-spec';
import { AgentMode, modeAdmits } from '../../core/enums';
import { type AgenticIamError, modeExceeded } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { ManifestNativeGrant } from '../../core/manifest';
import { actionLevel, expandActions, isResourceLess } from '../../policy/aws/action-levels';
import { CATALOG } from '../catalog';
import type { AttachedPolicy } from './attached-policies';
import { attachedPolicies, ownerOf, roleResource, unknownPolicies } from './attached-policies';
import { referencesIn, textOf } from './references';
import type { Statement } from './statement';

/** One statement that the user's own code put on a role. */
export interface NativeStatement {
  readonly policy: AttachedPolicy;
  /** Construct path of what granted it; see {@link originOf}. */
  readonly origin: string;
  readonly statement: Statement;
  /** The statement and what it reaches, for people: `statement 2 of Desk/Role/DefaultPolicy allows it on ${Desk/Archive.Arn}/*`. */
  readonly allows?: string;
}

/** Everything that allows a role anything and was not made by ScopedAgentRole, as the manifest shows it. */
export function nativeGrants(role: iam.IRole): readonly ManifestNativeGrant[] {
  const stack = Stack.of(role);
  const known = nativeStatements(role).map(({ origin, statement }) => {
    // What is allowed by leaving something out, and what stands in another account's policy, may be anything.
    const permissions = statement.Action ? [...statement.Action].sort() : ['*'];
    const permissionCount = countActions(permissions);
    return {
      origin,
      permissions,
      ...(permissionCount === permissions.length ? {} : { permissionCount }),
      scopes: (statement.Resource ?? ['*']).map((resource) => stack.resolve(resource) as JsonValue),
      conditions: statement.Condition ? [stack.resolve(statement.Condition) as JsonValue] : [],
    };
  });
  const resource = roleResource(role);
  const unknown = (resource ? unknownPolicies(resource) : []).map((name) => ({
    origin: `${role.node.path} (${name})`,
    permissions: ['*'],
    scopes: ['*'],
    conditions: [],
  }));
  return [...known, ...unknown];
}

/** Exact actions behind the patterns; one that matches no known action counts as one. */
function countActions(patterns: readonly string[]): number {
  const expanded = patterns.map((pattern) => expandActions(pattern));
  return new Set(expanded.flat()).size + expanded.filter((actions) => actions.length === 0).length;
}

/** The allowing statements of all policies of a role whose content this app knows. */
export function nativeStatements(role: iam.IRole): readonly NativeStatement[] {
  return attachedPolicies(role).flatMap((policy) =>
    (policy.statements ?? [])
      .map((statement, index) => ({
        policy,
        origin: originOf(statement, policy),
        statement,
        get allows() {
          const resources = (statement.Resource ?? ['*']).map((resource) => textOf(resource, policy.owner));
          return `statement ${index + 1} of ${policy.name} allows it on ${resources.join(', ')}`;
        },
      }))
      .filter(({ statement }) => statement.Effect === 'Allow'),
  );
}

/**
 * A statement does not know who made it. Where all its resources belong to one construct, that is taken for its
 * origin, as in `bucket.grantRead(identity)`; else it is the policy.
 */
function originOf(statement: Statement, policy: AttachedPolicy): string {
  const references = (statement.Resource ?? []).map((resource) => referencesIn(resource, policy.owner));
  const owners = new Set(
    references
      .flat()
      .filter(isResourceReference)
      .map(({ target }) => ownerOf(target).node.path),
  );
  const [only] = owners;
  return only !== undefined && owners.size === 1 ? only : policy.name;
}

const isResourceReference = ({ target }: Reference): boolean => !Stack.isStack(target);

/** What a read-only agent holds natively beyond reading, each thing once. */
export function modeProblems(agent: AgentSpec, statements: readonly Omit<NativeStatement, 'policy'>[]): readonly AgenticIamError[] {
  if (agent.mode !== AgentMode.READ_ONLY) return [];
  const problems = statements.flatMap((native) =>
    (native.statement.Action ?? ['*']).flatMap((pattern) => {
      const excess = firstExcess(pattern);
      if (!excess) return [];
      const what = `${excess.action}, granted by ${native.origin}`;
      return [modeExceeded(agent.name, { mode: agent.mode, what, level: excess.level, because: native.allows })];
    }),
  );
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

function firstExcess(pattern: string): { readonly action: string; readonly level: string } | undefined {
  const actions = expandActions(pattern);
  if (actions.length === 0) return { action: pattern, level: 'unknown' };
  const beyond = actions.find((action) => !isRead(action) && !isEvidence(action));
  return beyond === undefined ? undefined : { action: beyond, level: actionLevel(beyond) ?? 'unknown' };
}

function isRead(action: string): boolean {
  const level = actionLevel(action);
  return level !== undefined && modeAdmits(AgentMode.READ_ONLY, level);
}

const TELEMETRY: ReadonlySet<string> = new Set(CATALOG.capabilities['telemetry:write']?.grants?.flatMap(({ permissions }) => permissions));

/** Appending traces and metrics changes nothing and, unlike a log, belongs to no one whose evidence could be forged. */
function isEvidence(action: string): boolean {
  return TELEMETRY.has(action) && isResourceLess(action);
}
