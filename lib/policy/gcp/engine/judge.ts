import type { AccessEntry, AccessRegion, AccessRequest, Decision, EffectiveAccess } from '../../../core/review/access';
import { showSymbols, type Ternary } from '../../../core/review/glob';
import { holdsIn } from '../../../core/review/region-search';
import type { Binding, DenyRule, Fence, GcpEstate, GcpPrincipal } from '../model';
import { entriesAt, regionsOf } from './entries';
import { mayBeSamePool, poolOf } from './pools';

/** Basic roles, and the sets of those who hold them on a project. */
const BASIC: ReadonlyMap<string, string> = new Map([
  ['roles/owner', 'projectOwner'],
  ['roles/editor', 'projectEditor'],
  ['roles/viewer', 'projectViewer'],
]);

/** Decides and lists what the members of an estate may do: bindings add up, deny policies take out. */
export class GcpJudge {
  private readonly byMember = new Map<string, Binding[]>();
  private readonly principals: ReadonlyMap<string, GcpPrincipal>;

  constructor(readonly estate: GcpEstate) {
    this.principals = new Map(estate.principals.map((one) => [one.id, one]));
    for (const binding of estate.bindings) {
      const list = this.byMember.get(binding.member);
      if (list) list.push(binding);
      else this.byMember.set(binding.member, [binding]);
    }
  }

  /** Bindings that name a member, or everyone it is one of for sure. */
  bindingsOf(id: string): readonly Binding[] {
    const own = [...new Set([id, 'allUsers', 'allAuthenticatedUsers', ...this.setsOf(id)])].flatMap(
      (member) => this.byMember.get(member) ?? [],
    );
    const sets = own.flatMap(({ role, place }) => {
      const set = BASIC.get(role);
      return set !== undefined && place.level === 'project' ? [`${set}:${place.name.slice('projects/'.length)}`] : [];
    });
    return sets.length === 0 ? own : [...own, ...[...new Set(sets)].flatMap((member) => this.byMember.get(member) ?? [])];
  }

  /** Sets that are granted something and of which it is not known whether the member is in them. */
  private maybeIn(id: string): readonly string[] {
    const pool = poolOf(id);
    if (pool === undefined) return [];
    const [sure] = this.setsOf(id);
    return [...this.byMember.keys()].filter(
      (member) => member !== id && member !== sure && member.startsWith('principalSet:') && mayBeSamePool(poolOf(member), pool),
    );
  }

  /** Sets that a member is in for sure: the whole of its pool, the domain of a user. */
  private setsOf(id: string): readonly string[] {
    const groups = this.estate.groups.get(id) ?? [];
    const domain = /^user:[^@]+@(.+)$/.exec(id)?.[1];
    if (domain !== undefined) return [`domain:${domain}`, ...groups];
    const pool = poolOf(id);
    return pool === undefined ? groups : [`principalSet://iam.googleapis.com/${pool}/*`];
  }

  /** Why more may be granted to a member than is listed. */
  private doubtsOf(id: string): readonly string[] {
    const kind = kindOf(id);
    const unread = this.estate.unread.filter((one) =>
      one.only === undefined ? (one.kind ?? '') === '' || one.kind === kind : one.only === id,
    );
    return [...unread.map(({ sentence }) => sentence), ...this.groupsMaybe(id)];
  }

  /** An account that is made here is in no group but those it is put into here; of whoever was there before it is not known. */
  private groupsMaybe(id: string): readonly string[] {
    const isMade = this.principals.get(id)?.resource !== undefined;
    if (isMade || !/^(user|serviceAccount):/.test(id)) return [];
    const sure = new Set(this.setsOf(id));
    const groups = [...this.byMember.keys()].filter((member) => member.startsWith('group:') && !sure.has(member));
    return groups.map((group) => `Whether '${showSymbols(id)}' is in '${showSymbols(group)}' is not known.`);
  }

  access(id: string): EffectiveAccess {
    const denies = this.deniesOf(id);
    const bindings = this.bindingsOf(id);
    const entries = bindings.flatMap(({ permissions = [], ...binding }) => entriesAt({ ...binding, permissions }));
    const unknowns = bindings
      .filter(({ permissions }) => permissions === undefined)
      .map(
        ({ role, origin }) =>
          `What the role '${showSymbols(role)}' permits is not known; ${origin.statement} grants it to '${showSymbols(id)}'.`,
      );
    const sets = this.maybeIn(id).map((set) => `Whether '${showSymbols(id)}' is one of '${showSymbols(set)}' is not known.`);
    return {
      principal: showSymbols(id),
      entries: entries.flatMap((entry) => less(entry, denies)),
      unknowns: [...new Set([...unknowns, ...sets, ...this.doubtsOf(id)])],
    };
  }

  decide(id: string, request: AccessRequest, missing: 'absent' | 'unknown' = 'absent'): Decision {
    let doubtful: DenyRule | undefined;
    for (const rule of this.deniesOf(id)) {
      if (!isDenied(rule, request.action)) continue;
      const denied = anyRegion(regionsOf(rule.place, rule.condition), request, missing);
      if (denied === 'yes' && rule.doubt === undefined)
        return { effect: 'explicitly-denied', origins: [rule.origin], reason: `${rule.origin.statement} denies it.` };
      if (denied !== 'no') doubtful ??= rule;
    }
    const fence = this.fenceAround(id, request.resource);
    let open: Binding | undefined;
    for (const binding of this.bindingsOf(id)) {
      if (binding.permissions && !binding.permissions.includes(request.action)) continue;
      const inside = anyRegion(regionsOf(binding.place, binding.condition), request, missing);
      if (inside === 'no') continue;
      if (doubtful) return this.depends(doubtful, doubtful.doubt ?? doubtful.condition?.text);
      if (inside === 'yes' && binding.permissions && fence) return this.depends(fence, 'whether the boundary covers the permission');
      if (inside === 'yes' && binding.permissions)
        return { effect: 'allowed', origins: [binding.origin], reason: `${binding.origin.statement} allows it.` };
      open ??= binding;
    }
    if (open) {
      const place = `whether ${showSymbols(request.resource)} is ${showSymbols(open.place.name)} or in it`;
      return this.depends(open, open.condition?.text ?? (open.permissions ? place : `what the role '${showSymbols(open.role)}' permits`));
    }
    return { effect: 'implicitly-denied', origins: [], reason: `No binding allows ${request.action} on ${showSymbols(request.resource)}.` };
  }

  /** The boundaries of a member, where all of them leave a resource out. */
  private fenceAround(id: string, resource: string): Fence | undefined {
    const around = this.fencesOf(id);
    const point = { resource, context: {} };
    const within = around.some(({ places }) =>
      places.some((place) => regionsOf(place, undefined).some((region) => holdsIn(region, point) !== 'no')),
    );
    return within ? undefined : around[0];
  }

  /** The principal access boundaries that hold a member in; several of them add up. */
  fencesOf(id: string): readonly Fence[] {
    const project = this.principals.get(id)?.project;
    return this.estate.fences.filter(({ members, project: of }) => (members ? members.includes(id) : of === project));
  }

  private depends({ origin }: Pick<Binding, 'origin'>, on: string | undefined): Decision {
    return {
      effect: 'depends',
      origins: [origin],
      reason: `It depends on ${origin.statement}.`,
      dependsOn: [showSymbols(on ?? origin.statement)],
    };
  }

  /** Whether a binding holds on its whole place at a time. */
  covers({ place, condition }: Binding, time: string): boolean {
    const resource = place.level === 'resource' || place.level === 'project' ? place.name : 'projects/any';
    return anyRegion(regionsOf(place, condition), { action: '', resource, context: { 'request.time': time } }, 'absent') === 'yes';
  }

  deniesOf(id: string): readonly DenyRule[] {
    const names = new Set([id, 'allUsers', ...this.setsOf(id)]);
    return this.estate.denies.filter(
      ({ principals, exceptPrincipals }) => principals.some((one) => names.has(one)) && !exceptPrincipals.some((one) => names.has(one)),
    );
  }
}

/** The kind of a member, as grants that are not read in full name it. */
function kindOf(id: string): string {
  const [kind = ''] = id.split(':');
  return kind.startsWith('principal') ? 'principal' : kind;
}

/** An entry without what is denied, permissions with the same denials together. */
function less(entry: AccessEntry, denies: readonly DenyRule[]): readonly AccessEntry[] {
  const groups = new Map<string, { readonly actions: string[]; readonly except: AccessRegion[] }>();
  for (const action of entry.actions) {
    const rules = denies.filter((rule) => rule.doubt === undefined && isDenied(rule, action));
    const key = rules.map((rule) => denies.indexOf(rule)).join();
    const group = groups.get(key);
    if (group) group.actions.push(action);
    else groups.set(key, { actions: [action], except: rules.flatMap((rule) => regionsOf(rule.place, rule.condition)) });
  }
  return [...groups.values()].map(({ actions, except }) => ({ ...entry, actions, except }));
}

/** `storage.objects.*` and `iam.*` take in all that begins so. */
function isDenied({ permissions, exceptPermissions }: DenyRule, permission: string): boolean {
  const matches = (pattern: string): boolean =>
    pattern.endsWith('*') ? permission.startsWith(pattern.slice(0, -1)) : pattern === permission;
  return permissions.some(matches) && !exceptPermissions.some(matches);
}

function anyRegion(regions: readonly AccessRegion[], { resource, context = {} }: AccessRequest, missing: 'absent' | 'unknown'): Ternary {
  const lists = Object.fromEntries(Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]));
  let best: Ternary = 'no';
  for (const region of regions) {
    const open = missing === 'unknown' && region.when.some(({ key }) => !(key in lists));
    const answer = holdsIn(open ? { ...region, when: [] } : region, { resource, context: lists });
    if (answer === 'yes' && !open) return 'yes';
    if (answer !== 'no') best = 'maybe';
  }
  return best;
}
