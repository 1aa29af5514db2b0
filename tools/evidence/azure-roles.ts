import { byCodePoint } from '../../lib/core/json';

/** Which list of a role an operation stands in. `cosmos`: the data actions of Cosmos DB's own roles. */
export type Plane = 'actions' | 'dataActions' | 'cosmos';

interface RolePermissions {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** A built-in role as Azure lists it. */
export interface BuiltInRole {
  readonly roleName: string;
  /** The GUID. */
  readonly name: string;
  readonly permissions: readonly RolePermissions[];
}

/** A role that holds an operation: by which pattern, and what it excepts. */
export interface OperationEvidence {
  readonly role: string;
  readonly id: string;
  readonly pattern: string;
  readonly except: readonly string[];
}

/**
 * Whether a role's pattern covers an operation: `*` stands for any text, slashes too, and case does not count.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions#actions-format
 */
export function covers(pattern: string, operation: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i').test(operation);
}

/** The two roles that say it most exactly; none where only `*` does, which says nothing of whether it exists. */
export function evidenceFor(roles: readonly BuiltInRole[], operation: string, plane: Plane): OperationEvidence[] {
  const found = roles.flatMap((role) =>
    role.permissions.flatMap((permissions) => {
      const [held, except] =
        plane === 'actions' ? [permissions.actions, permissions.notActions] : [permissions.dataActions, permissions.notDataActions];
      if (except.some((pattern) => covers(pattern, operation))) return [];
      const matching = held.filter((pattern) => pattern.replace(/[*/]/g, '') !== '' && covers(pattern, operation));
      const pattern = matching.sort((a, b) => b.length - a.length)[0];
      return pattern && pattern !== '*/read' ? [{ role: role.roleName, id: role.name, pattern, except, size: held.length }] : [];
    }),
  );
  return found
    .sort((a, b) => b.pattern.length - a.pattern.length || a.size - b.size || byCodePoint(a.role, b.role))
    .slice(0, 2)
    .map(({ size: _size, ...evidence }) => evidence);
}
