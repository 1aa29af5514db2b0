import { policyTooLarge } from '../../core/native-errors';
import limits from '../catalog/limits.json';
import type { SizeOf, Statement } from './statement';
import { documentSize } from './statement';

/** How much a role may hold. Sizes in characters of IAM's count. */
export interface PolicyRoom {
  /** All inline policies together. */
  readonly inline: number;
  /** One managed policy. */
  readonly managed: number;
  /** Number of managed policies. */
  readonly managedPolicies: number;
}

/** What an agent's role may use: the quotas of IAM, less what is kept free for containment. */
export const ROLE_ROOM: PolicyRoom = {
  inline: limits.policy.inlinePerRole - limits.kept.inline,
  managed: limits.policy.managed,
  managedPolicies: limits.policy.managedPerRole - limits.kept.managedPolicies,
};

/** Statements put into policies. */
export interface PackedPolicies {
  /** Statements of the one inline policy; may be none. */
  readonly inline: readonly Statement[];
  /** Statements of each managed policy. */
  readonly managed: readonly (readonly Statement[])[];
}

export interface PackOptions {
  readonly agent: string;
  readonly sizeOf: SizeOf;
  /** @default - what a role may hold less what is kept for containment */
  readonly room?: PolicyRoom;
}

/**
 * Puts statements into policies: inline while there is room, then managed ones. A statement too large for any policy
 * is split by its resources, then by its actions: together the parts say what it said, and no part says more.
 */
export function packPolicies(statements: readonly Statement[], options: PackOptions): PackedPolicies {
  const { agent, sizeOf, room = ROLE_ROOM } = options;
  const inline: Statement[] = [];
  const managed: Statement[][] = [];
  const fits = (into: readonly Statement[], statement: Statement, limit: number): boolean =>
    documentSize([...into, statement], sizeOf) <= limit;

  const place = (statement: Statement): void => {
    if (fits(inline, statement, room.inline)) {
      inline.push(statement);
      return;
    }
    const open = managed.find((policy) => fits(policy, statement, room.managed));
    if (open) {
      open.push(statement);
      return;
    }
    if (fits([], statement, room.managed)) {
      managed.push([statement]);
      return;
    }
    const parts = splitStatement(statement);
    if (!parts)
      throw policyTooLarge(agent, {
        what: 'one action on one resource',
        size: sizeOf(statement),
        limit: room.managed,
        largest: describeStatement(statement),
      });
    for (const part of parts) place(part);
  };
  for (const statement of statements) place(statement);

  if (managed.length > room.managedPolicies) {
    const total = statements.reduce((sum, statement) => sum + sizeOf(statement), 0);
    const limit = room.inline + room.managed * room.managedPolicies;
    throw policyTooLarge(agent, {
      what: `the policies of its role (1 inline, ${room.managedPolicies} managed)`,
      size: total,
      limit,
      largest: largest(statements, sizeOf),
    });
  }
  return { inline, managed };
}

/** Two statements that together say the same, or undefined where there is one action on one resource left. */
export function splitStatement(statement: Statement): readonly [Statement, Statement] | undefined {
  for (const element of ['Resource', 'Action'] as const) {
    const values = statement[element] ?? [];
    const half = Math.ceil(values.length / 2);
    if (values.length > 1)
      return [
        { ...statement, [element]: values.slice(0, half) },
        { ...statement, [element]: values.slice(half) },
      ];
  }
  return undefined;
}

/** The statement that takes most room, in words. */
export function largest(statements: readonly Statement[], sizeOf: SizeOf): string {
  const [first] = [...statements].sort((a, b) => sizeOf(b) - sizeOf(a));
  return first ? `${describeStatement(first)}, ${sizeOf(first)} characters` : 'none';
}

function describeStatement({ Action, NotAction, Resource }: Statement): string {
  const actions = Action ?? NotAction ?? [];
  const more = actions.length > 1 ? ` and ${actions.length - 1} more` : '';
  const on = Resource?.length ?? 0;
  return `${actions[0]}${more} on ${on} resource${on === 1 ? '' : 's'}`;
}
