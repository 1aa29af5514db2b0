import { CfnElement, type Reference, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { AgentSpec } from '../../core/agent-spec';
import { byCodePoint } from '../../core/json';
import type { AccessWindow } from '../../core/window';
import { PolicyIndex } from './attached-policies';
import { type Boundary, type Bounds, denyStatements, deriveBoundary } from './boundary';
import { type NativeStatement, nativeStatements } from './native-grants';
import { sizeIn } from './policy-size';
import { referencesIn, waitsFor } from './references';
import type { Statement } from './statement';

export interface RoleBoundsProps {
  readonly agent: AgentSpec;
  readonly role: iam.IRole;
  /** What the capabilities were compiled to. */
  readonly granted: readonly Statement[];
  /** Stack whose policies hold it. */
  readonly home: Stack;
  /** What else the ceiling admits. */
  readonly admitted: readonly Statement[];
  readonly regions: readonly string[];
  readonly window?: AccessWindow;
}

/** Roles that have a boundary of this library: making one waits for everything its boundary refers to. */
const BOUNDED = new WeakSet<CfnElement>();

/** Says that a role waits for its boundary. */
export function markBounded(role: CfnElement): void {
  BOUNDED.add(role);
}

/** Whether an element is made after some role with a boundary of this library, so that no such boundary can name it. */
export const waitsForBounded = (element: CfnElement): boolean => waitsFor(element, (one) => BOUNDED.has(one));

/** What bounds one role, and the actions whose resources or conditions are left to the role's policies, since they are made after the role. */
export interface RoleBoundary extends Boundary {
  readonly openActions: readonly string[];
}

/** What bounds one role, asked when the template is written: what the user's code granted until then is part of it. */
export class RoleBounds {
  /** The last answer. Synthesis asks several times, and nothing changes between. */
  private last: { readonly key: string; readonly boundary: RoleBoundary } | undefined;

  constructor(private readonly props: RoleBoundsProps) {}

  /** The permissions boundary. */
  boundary(): RoleBoundary {
    const native = nativeStatements(this.props.role);
    const isFinal = PolicyIndex.of(this.props.role).isComplete;
    const key = JSON.stringify([isFinal, native.map(({ policy, statement }) => [policy.name, statement])]);
    if (this.last?.key !== key) this.last = { key, boundary: this.derive(native) };
    return this.last.boundary;
  }

  /** Only what is denied, for a role whose boundary is someone else's. */
  guardrails(): readonly Statement[] {
    const { granted, admitted, role } = this.props;
    return denyStatements(this.boundsOf([...granted, ...admitted, ...nativeStatements(role).map(({ statement }) => statement)]));
  }

  private derive(native: readonly NativeStatement[]): RoleBoundary {
    const { granted, admitted, home } = this.props;
    const opened = new Set<string>();
    const prepare = (statement: Statement, stack: Stack): Statement => {
      const named = this.withoutCycle(statement, stack);
      if (named !== statement) for (const action of statement.Action ?? ['*']) opened.add(action);
      return named;
    };
    const own = [...granted, ...admitted].map((statement) => prepare(statement, home));
    const others = native.map(({ policy, statement }) => prepare(statement, Stack.of(policy.owner)));
    return { ...deriveBoundary(this.boundsOf([...own, ...others])), openActions: [...opened].sort(byCodePoint) };
  }

  private boundsOf(granted: readonly Statement[]): Bounds {
    const { agent, role, regions, window } = this.props;
    return { agent: agent.name, granted, regions, ...(window ? { window } : {}), sizeOf: sizeIn(role) };
  }

  /**
   * The role waits for its boundary, and the boundary for what it refers to. A resource that itself waits for an
   * agent's role, like a function that runs as the agent, cannot be named there: then the actions alone are.
   */
  private withoutCycle(statement: Statement, home: Stack): Statement {
    const { Condition, Resource, NotResource, ...rest } = statement;
    const isNamable = (value: unknown): boolean =>
      referencesIn(value, this.props.role).every((reference) => this.isMadeBefore(reference, home));
    if (isNamable([Resource, NotResource, Condition])) return statement;
    const where = isNamable([Resource, NotResource]) ? { Resource, NotResource } : { Resource: ['*'] };
    return { ...rest, ...where, ...(isNamable(Condition) ? { Condition } : {}) };
  }

  private isMadeBefore({ target }: Reference, home: Stack): boolean {
    if (!CfnElement.isCfnElement(target)) return true;
    const here = Stack.of(this.props.role);
    const there = Stack.of(target);
    // Another stack can be referred to only where the role's stack waits for it anyway, and a nested one is made as a whole.
    if (there !== here && (home !== here || there.nested)) return false;
    return !waitsForBounded(target);
  }
}
