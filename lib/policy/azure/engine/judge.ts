import type { AccessEntry, AccessOrigin, AccessRegion, AccessRequest, Decision, EffectiveAccess } from '../../../core/review/access';
import { hasSymbol, showSymbols, type Ternary } from '../../../core/review/glob';
import { holdsIn } from '../../../core/review/region-search';
import { planeOf, type RolePermission } from '../facts';
import { bare, DATA, matchesName } from '../facts/names';
import type { Assignment, AzureEstate, DenyAssignment } from '../model';
import { EVERYONE } from '../model';
import { parseAbac } from './abac';
import { OPERATION, operation } from './constraints';
import { entriesAt, regionsFor } from './entries';
import { namesAt } from './scopes';

/** Decides and lists what the identities of an estate may do: assignments add up, deny assignments take out. */
export class AzureJudge {
  private readonly byPrincipal = new Map<string, Assignment[]>();
  private readonly anywhere = new Map<string, boolean>();
  private readonly whole: ReadonlySet<string>;

  constructor(readonly estate: AzureEstate) {
    const identities = estate.principals.flatMap(({ resource }) => resource ?? []);
    this.whole = new Set([...identities, ...estate.resources.flatMap(({ id, part }) => (part ? [] : [id]))].filter(hasSymbol));
    for (const assignment of estate.assignments) {
      const list = this.byPrincipal.get(assignment.principal);
      if (list) list.push(assignment);
      else this.byPrincipal.set(assignment.principal, [assignment]);
    }
  }

  assignmentsOf(id: string): readonly Assignment[] {
    return this.byPrincipal.get(id) ?? [];
  }

  /** Whether two names begin with references to two things that are made here, neither of which can be in the other. */
  areApart(a: string, b: string): boolean {
    const [one, other] = [referenceOf(a), referenceOf(b)];
    return one !== other && this.whole.has(one) && this.whole.has(other);
  }

  private inScope(scope: string, resource: string): Ternary {
    if (this.areApart(scope, resource)) return 'no';
    return holdsIn({ resources: [namesAt(scope)], notResources: [], when: [] }, { resource, context: {} });
  }

  /** Whether a role of an identity may permit an operation anywhere; a quick look before places are searched. */
  mayPermit(id: string, action: string): boolean {
    const key = `${id} ${action}`;
    const known = this.anywhere.get(key);
    if (known !== undefined) return known;
    const made = this.assignmentsOf(id).some(({ role }) => role === undefined || permits(role, action));
    this.anywhere.set(key, made);
    return made;
  }

  access(id: string): EffectiveAccess {
    const assignments = this.assignmentsOf(id);
    const denials = this.denialsOf(id);
    const unknowns = assignments
      .filter(({ role }) => role === undefined)
      .map(
        ({ roleName, origin }) =>
          `What the role '${showSymbols(roleName)}' permits is not known; ${origin.statement} assigns it to '${showSymbols(id)}'.`,
      );
    const entries = assignments.flatMap(({ role, scope, condition, origin }) =>
      role ? entriesAt({ role, scope, origin, ...(condition ? { condition } : {}) }) : [],
    );
    return {
      principal: showSymbols(id),
      entries: entries.flatMap((entry) => less(entry, denials)),
      unknowns: [...new Set([...unknowns, ...(this.estate.doubts.get(id) ?? []), ...this.estate.unread])],
    };
  }

  decide(id: string, asked: AccessRequest, missing: 'absent' | 'unknown' = 'absent'): Decision {
    const request = { ...asked, action: nameOf(asked) };
    let doubtful: DenyAssignment | undefined;
    for (const denial of this.denialsOf(id)) {
      const within = permits(denial.role, request.action) ? this.inScope(denial.scope, request.resource) : 'no';
      if (within === 'maybe') doubtful ??= denial;
      if (within !== 'yes') continue;
      return { effect: 'explicitly-denied', origins: [denial.origin], reason: `${denial.origin.statement} denies it.` };
    }
    let open: Assignment | undefined;
    for (const assignment of this.assignmentsOf(id)) {
      const answer = this.ask(assignment, request, missing);
      if (answer === 'yes' && doubtful) return depends(doubtful.origin, `whether ${doubtful.origin.statement} denies it there`);
      if (answer === 'yes') return { effect: 'allowed', origins: [assignment.origin], reason: `${assignment.origin.statement} allows it.` };
      if (answer === 'maybe') open ??= assignment;
    }
    if (!open) {
      return {
        effect: 'implicitly-denied',
        origins: [],
        reason: `No role assignment allows ${request.action} on ${showSymbols(request.resource)}.`,
      };
    }
    const { origin, role, roleName } = open;
    const on = role ? `the condition of ${origin.statement}` : `what the role '${showSymbols(roleName)}' permits`;
    return depends(origin, on);
  }

  private ask(
    { role, scope, condition }: Assignment,
    { action, resource, context = {} }: AccessRequest,
    missing: 'absent' | 'unknown',
  ): Ternary {
    // What the role permits is known at once, where a scope may have to be searched.
    if (role && !permits(role, action)) return 'no';
    if (this.inScope(scope, resource) === 'no') return 'no';
    if (!role) return 'maybe';
    const given = Object.fromEntries(Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]));
    let best: Ternary = 'no';
    for (const block of role.permissions) {
      if (!blockPermits(block, action)) continue;
      const conditions = [condition, block.condition === undefined ? undefined : parseAbac(block.condition)].filter(
        (one) => one !== undefined,
      );
      for (const region of regionsFor(scope, conditions, action)) {
        const open = missing === 'unknown' && region.when.some(({ key }) => !(key in given));
        const answer = holdsIn(open ? { ...region, when: [] } : region, { resource, context: given });
        if (answer === 'yes' && !open) return 'yes';
        if (answer !== 'no') best = 'maybe';
      }
    }
    return best;
  }

  denialsOf(id: string): readonly DenyAssignment[] {
    return this.estate.denials.filter(
      ({ principals, exceptPrincipals }) => (principals.includes(id) || principals.includes(EVERYONE)) && !exceptPrincipals.includes(id),
    );
  }
}

function depends(origin: AccessOrigin, on: string): Decision {
  return { effect: 'depends', origins: [origin], reason: `It depends on ${on}.`, dependsOn: [on] };
}

function blockPermits({ actions, notActions, dataActions, notDataActions }: RolePermission, action: string): boolean {
  const name = bare(action);
  const plane = action.startsWith(DATA) ? 'data' : (planeOf(name) ?? (name.includes('*') ? 'control' : undefined));
  const matches = (patterns: readonly string[]): boolean => patterns.some((pattern) => matchesName(pattern, name));
  return (
    (plane !== 'data' && matches(actions) && !matches(notActions)) ||
    (plane !== 'control' && matches(dataActions) && !matches(notDataActions))
  );
}

function permits(role: NonNullable<Assignment['role']>, action: string): boolean {
  return role.permissions.some((block) => blockPermits(block, action));
}

function referenceOf(name: string): string {
  return name.slice(0, name.indexOf('\uE001') + 1);
}

/** The operation that is asked about; of one that no catalog names, by the key that tells it. */
function nameOf({ action, context = {} }: AccessRequest): string {
  const told = context[OPERATION];
  if (!action.includes('*') || typeof told !== 'string') return action;
  return action.startsWith(DATA) ? `${DATA}${told}` : told;
}

/** An entry without what is denied, operations with the same denials together. */
function less(entry: AccessEntry, denials: readonly DenyAssignment[]): readonly AccessEntry[] {
  const groups = new Map<string, { readonly actions: string[]; readonly except: readonly AccessRegion[] }>();
  for (const action of entry.actions) {
    const except = denials.flatMap((denial) => holesOf(denial, action));
    const key = JSON.stringify(except);
    const group = groups.get(key);
    if (group) group.actions.push(action);
    else groups.set(key, { actions: [action], except });
  }
  return [...groups.values()].map(({ actions, except }) => ({ ...entry, actions, except }));
}

/** What a denial takes out of an action. */
function holesOf({ role, scope }: DenyAssignment, action: string): readonly AccessRegion[] {
  const hole: AccessRegion = { resources: [namesAt(scope)], notResources: [], when: [] };
  if (!action.includes('*')) return permits(role, action) ? [hole] : [];
  return role.permissions.map((block) => {
    const [patterns, without] = action.startsWith(DATA) ? [block.dataActions, block.notDataActions] : [block.actions, block.notActions];
    return { ...hole, when: [operation(patterns, true), ...(without.length > 0 ? [operation(without, false)] : [])] };
  });
}
