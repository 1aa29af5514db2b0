import { CfnElement, type Reference, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { AgentSpec } from '../../core/agent-spec';
import { byCodePoint } from '../../core/json';
import type { AccessWindow } from '../../core/window';
import { type Boundary, type Bounds, denyStatements, deriveBoundary } from './boundary';
import { nativeStatements } from './native-grants';
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

/** What bounds one role, asked when the template is written: what the user's code granted until then is part of it. */
export class RoleBounds {
  /** Actions whose resources the boundary leaves to the role's policies, since they can only be made after the role. */
  private readonly opened = new Set<string>();

  constructor(private readonly props: RoleBoundsProps) {}

  /** The permissions boundary. */
  boundary(): Boundary {
    return deriveBoundary(this.bounds((statement, home) => this.withoutCycle(statement, home)));
  }

  /** Only what is denied, for a role whose boundary is someone else's. */
  guardrails(): readonly Statement[] {
    return denyStatements(this.bounds((statement) => statement));
  }

  /** Actions whose resources the last boundary did not name. */
  openedActions(): readonly string[] {
    return [...this.opened].sort(byCodePoint);
  }

  private bounds(prepare: (statement: Statement, home: Stack) => Statement): Bounds {
    const { agent, role, granted, home, admitted, regions, window } = this.props;
    return {
      agent: agent.name,
      granted: [
        ...[...granted, ...admitted].map((statement) => prepare(statement, home)),
        ...nativeStatements(role).map(({ policy, statement }) => prepare(statement, Stack.of(policy.owner))),
      ],
      regions,
      ...(window ? { window } : {}),
      sizeOf: sizeIn(role),
    };
  }

  /**
   * The role waits for its boundary, and the boundary for what it refers to. A resource that itself waits for an
   * agent's role, like a function that runs as the agent, cannot be named there: then the actions alone are.
   */
  private withoutCycle(statement: Statement, home: Stack): Statement {
    const isNamable = (value: unknown): boolean =>
      referencesIn(value, this.props.role).every((reference) => this.isMadeBefore(reference, home));
    const { Condition, Resource, NotResource: _notResource, ...rest } = statement;
    const condition = Condition && isNamable(Condition) ? { Condition } : {};
    if (isNamable(statement.NotResource ?? Resource)) return { ...statement, Condition: undefined, ...condition };
    for (const action of statement.Action ?? ['*']) this.opened.add(action);
    return { ...rest, Resource: ['*'], ...condition };
  }

  private isMadeBefore({ target }: Reference, home: Stack): boolean {
    if (!CfnElement.isCfnElement(target)) return true;
    const here = Stack.of(this.props.role);
    const there = Stack.of(target);
    // Another stack can be referred to only where the role's stack waits for it anyway, and a nested one is made as a whole.
    if (there !== here && (home !== here || there.nested)) return false;
    return !waitsFor(target, (element) => BOUNDED.has(element));
  }
}
