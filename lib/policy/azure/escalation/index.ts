import type { AccessOrigin, AccessRequest } from '../../../core/review/access';
import { isBeyond } from '../../../core/review/difference';
import { showSymbols } from '../../../core/review/glob';
import type { AccessWorld, EscalationStep, PathEnd } from '../../../core/review/world';
import { guidText } from '../engine/constraints';
import { entriesAt } from '../engine/entries';
import type { AzureJudge } from '../engine/judge';
import { isWhole, isWide } from '../engine/scopes';
import { builtInRole } from '../facts';
import catalogOfTypes from '../input/types.json';
import type { AzureEstate, AzurePrincipal } from '../model';
import { federateFrom } from './federation';
import catalog from './techniques.json';

const KINDS: Readonly<Record<string, { readonly kind?: string; readonly native?: string; readonly [other: string]: unknown }>> =
  catalogOfTypes.types;
const ASSIGN = 'Microsoft.Authorization/roleAssignments/write';
const REQUEST = '@Request[Microsoft.Authorization/roleAssignments:';
/** Holds for a token that a service of Azure got to act for its caller. */
const ON_BEHALF = '@Resource[HasObotoken]';
const OWNER = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
/** A thing that nobody has named: what is allowed on it is allowed on anything of its scope. */
const NOBODYS = 'any-name';

/** What a request to assign a role to an identity carries. */
function assigning(role: string): Readonly<Record<string, string>> {
  return { [`${REQUEST}RoleDefinitionId]`]: role, [`${REQUEST}PrincipalType]`]: 'ServicePrincipal' };
}

interface Granted {
  readonly request: AccessRequest;
  readonly origins: readonly AccessOrigin[];
}

interface Technique {
  readonly id: string;
  readonly does: string;
}

/** The steps of an attacker on Azure. Each operation of a step is decided with its conditions and deny assignments. */
export function makeSteps(judge: AzureJudge, isAdmin: (id: string) => boolean, lucky = false): AccessWorld['steps'] {
  const { estate } = judge;
  const known = new Set(estate.principals.map(({ id }) => id));
  return (from, held): readonly EscalationStep[] => {
    if (!known.has(from)) return federateFrom(from, estate, isAdmin);
    const actor = new Actor(from, held, { judge, isAdmin, lucky });
    return [
      ...actor.graph(),
      ...actor.assign(),
      ...actor.changeRoles(),
      ...actor.identities(),
      ...actor.takeOvers(),
      ...actor.credentials(),
    ];
  };
}

/** One principal that acts, and all that it may try. */
class Actor {
  private readonly estate: AzureEstate;
  private readonly scopes: readonly string[];

  constructor(
    private readonly from: string,
    private readonly held: ReadonlySet<string>,
    /** `lucky` where what depends on something that is not known turns out well for the attacker. */
    private readonly world: { readonly judge: AzureJudge; readonly isAdmin: (id: string) => boolean; readonly lucky: boolean },
  ) {
    this.estate = world.judge.estate;
    this.scopes = [...new Set(world.judge.assignmentsOf(from).map(({ scope }) => scope))];
  }

  private try(action: string, resource: string, context?: AccessRequest['context']): Granted | undefined {
    if (!this.world.judge.mayPermit(this.from, action)) return undefined;
    const request: AccessRequest = { action, resource, ...(context ? { context } : {}) };
    const { judge, lucky } = this.world;
    const sure = judge.decide(this.from, request);
    if (sure.effect === 'allowed') return { request, origins: sure.origins };
    const open = lucky ? judge.decide(this.from, request, 'unknown') : sure;
    return lucky && (open.effect === 'allowed' || open.effect === 'depends') ? { request, origins: open.origins } : undefined;
  }

  private tryAll(actions: readonly string[], resource: string): readonly Granted[] | undefined {
    if (!actions.every((action) => this.world.judge.mayPermit(this.from, action))) return undefined;
    const found = actions.map((action) => this.try(action, resource));
    return found.every((one) => one !== undefined) ? found : undefined;
  }

  /** On a thing, or on all of the group that it is in. */
  private tryOn(actions: readonly string[], id: string, group: string | undefined): readonly Granted[] | undefined {
    return this.tryAll(actions, id) ?? (group === undefined ? undefined : this.tryAll(actions, `${group}/${NOBODYS}`));
  }

  /** Scopes below which there are resources that are not in view: subscriptions, resource groups, management groups. */
  private get wide(): readonly string[] {
    return this.scopes.filter((scope) => isWide(showSymbols(scope)));
  }

  graph(): readonly EscalationStep[] {
    return this.estate.graph
      .filter(({ principal }) => principal === this.from)
      .map(({ right, origin }) => ({
        from: this.from,
        to: 'admin' as const,
        toId: this.from,
        technique: 'graph-right',
        sentence: `uses its right ${right} on Microsoft Graph to take over an application or a role of the tenant`,
        requests: [{ action: right, resource: 'https://graph.microsoft.com' }],
        allowedBy: [origin],
      }));
  }

  /** A role that it may assign to itself: any, or only those that a condition names. */
  assign(): readonly EscalationStep[] {
    const [technique] = catalog.grants;
    if (!technique) return [];
    return this.scopes.flatMap((scope): EscalationStep[] => {
      const any = this.try(ASSIGN, scope, assigning(OWNER));
      if (any) {
        const end = isWhole(showSymbols(scope)) ? ({ to: 'admin', toId: this.from } as const) : ({ to: 'resource', toId: scope } as const);
        return [this.step({ ...end, technique, says: `${technique.does}, Owner for one`, granted: [any] })];
      }
      for (const role of this.assignable()) {
        if (!this.gains(role, scope)) continue;
        const own = this.try(ASSIGN, scope, assigning(role));
        const through = own ?? this.try(ASSIGN, scope, { ...assigning(role), [ON_BEHALF]: 'true' });
        if (!through) continue;
        const says = `${technique.does}: ${builtInRole(role)?.name ?? role}`;
        const step = this.step({ to: 'resource', toId: scope, technique, says, granted: [through] });
        return [own ? step : { ...step, conditions: ['the service that the role is made for asks on its behalf'] }];
      }
      return [];
    });
  }

  /** Whether a role at a scope gives anything that the attacker does not have; of one that is not known that is taken for granted. */
  private gains(id: string, scope: string): boolean {
    const role = builtInRole(id);
    if (!role) return true;
    const origin = { statement: role.name, layer: 'assignment' };
    return isBeyond(entriesAt({ role, scope, origin }), this.world.judge.access(this.from).entries);
  }

  /** Roles that conditions of its assignments name. */
  private assignable(): readonly string[] {
    const texts = this.world.judge
      .assignmentsOf(this.from)
      .flatMap(({ condition, role }) => [
        ...(condition ? [JSON.stringify(condition)] : []),
        ...(role?.permissions ?? []).flatMap((one) => one.condition ?? []),
      ]);
    const ids = texts.flatMap((text) => text.match(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi) ?? []);
    return [...new Set(ids.map(guidText))];
  }

  changeRoles(): readonly EscalationStep[] {
    const technique = catalog.grants[1];
    if (!technique) return [];
    return this.world.judge.assignmentsOf(this.from).flatMap(({ custom, roleName, scope }): EscalationStep[] => {
      const granted = custom ? this.try(technique.action, scope) : undefined;
      if (!granted) return [];
      const end: PathEnd = isWhole(showSymbols(scope)) ? 'admin' : 'resource';
      const says = technique.does.replaceAll('{target}', showSymbols(roleName));
      return [this.step({ to: end, toId: end === 'admin' ? this.from : scope, technique, says, granted: [granted] })];
    });
  }

  identities(): readonly EscalationStep[] {
    return catalog.identities.flatMap((technique) => {
      const compute = 'compute' in technique ? this.compute(technique.compute ?? []) : [];
      if (!compute) return [];
      const real = this.estate.principals.flatMap((target): EscalationStep[] => {
        if (target.resource === undefined || target.id === this.from || this.held.has(target.id)) return [];
        const granted = this.tryOn(technique.identity, target.resource, target.group);
        return granted ? [this.toPrincipal(target, technique, { says: technique.does, granted: [...granted, ...compute] })] : [];
      });
      return [...real, ...this.assumed(technique.identity, technique, { says: 'any managed identity of the scope', granted: compute })];
    });
  }

  /** What runs the code: anything of a wide scope, or one that is there already. */
  private compute(actions: readonly string[]): readonly Granted[] | undefined {
    const [first] = actions;
    if (first === undefined) return [];
    const type = first.slice(0, first.lastIndexOf('/')).toLowerCase();
    const there = this.estate.resources.filter((resource) => KINDS[resource.type]?.native?.toLowerCase() === type).map(({ id }) => id);
    const written = this.scopes.filter((scope) => scope.toLowerCase().includes(`/providers/${type}/`));
    for (const place of [...this.wide.map((scope) => `${scope}/${NOBODYS}`), ...there, ...written]) {
      const granted = this.tryAll(actions, place);
      if (granted) return granted;
    }
    return undefined;
  }

  takeOvers(): readonly EscalationStep[] {
    return catalog.takeovers.flatMap((technique) => {
      const real = this.estate.resources.flatMap(({ id, name, type, group, identities }) => {
        const kind = KINDS[type]?.kind;
        const granted = kind !== undefined && technique.kinds.includes(kind) ? this.tryOn(technique.actions, id, group) : undefined;
        if (!granted) return [];
        return identities.flatMap((identity): EscalationStep[] => {
          if (identity === this.from || this.held.has(identity)) return [];
          const target = this.estate.principals.find((one) => one.id === identity);
          return target ? [this.toPrincipal(target, technique, { says: technique.does.replaceAll('{resource}', name), granted })] : [];
        });
      });
      return [...real, ...this.assumed(technique.actions, technique, { says: 'an identity that holds more', granted: [] })];
    });
  }

  /** Terraform never shows a whole subscription: what may be done to anything of it may be done to one that holds more. */
  private assumed(
    actions: readonly string[],
    technique: Technique,
    { says, granted }: Pick<Draft, 'says' | 'granted'>,
  ): readonly EscalationStep[] {
    for (const scope of this.wide) {
      const found = this.tryAll(actions, `${scope}/${NOBODYS}`);
      if (!found) continue;
      const sentence = technique.does
        .replaceAll("the identity '{target}'", says)
        .replaceAll("'{target}'", says)
        .replaceAll("'{resource}'", 'any of its kind in the scope');
      return [
        { ...this.step({ to: 'admin', toId: this.from, technique, says: sentence, granted: [...found, ...granted] }), assumed: true },
      ];
    }
    return [];
  }

  credentials(): readonly EscalationStep[] {
    return catalog.credentials.flatMap((technique) =>
      this.estate.resources.flatMap(({ id, name, type, group }): EscalationStep[] => {
        const granted = technique.types.includes(type) ? this.tryOn([technique.action], id, group) : undefined;
        return granted
          ? [this.step({ to: 'credentials', toId: id, technique, says: technique.does.replaceAll('{resource}', name), granted })]
          : [];
      }),
    );
  }

  private toPrincipal(target: AzurePrincipal, technique: Technique, { says, granted }: Pick<Draft, 'says' | 'granted'>): EscalationStep {
    const to = this.world.isAdmin(target.id) ? 'admin' : 'principal';
    return this.step({ to, toId: target.id, technique, says: says.replaceAll('{target}', target.name), granted });
  }

  private step({ to, toId, technique, says, granted }: Draft): EscalationStep {
    return {
      from: this.from,
      to,
      toId,
      technique: technique.id,
      sentence: says,
      requests: granted.map(({ request }) => request),
      allowedBy: [...new Set(granted.flatMap(({ origins }) => origins))],
    };
  }
}

interface Draft {
  readonly to: PathEnd;
  readonly toId: string;
  readonly technique: { readonly id: string };
  readonly says: string;
  readonly granted: readonly Granted[];
}
