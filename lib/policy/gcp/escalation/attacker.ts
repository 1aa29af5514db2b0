import type { AccessOrigin, AccessRequest } from '../../../core/review/access';
import type { GcpJudge } from '../engine/judge';
import type { GcpEstate, GcpPrincipal, Place } from '../model';

/** A request that is allowed, and what allows it. */
export interface Granted {
  readonly request: AccessRequest;
  readonly origins: readonly AccessOrigin[];
  /** Where it is granted. */
  readonly levels: readonly Place['level'][];
}

/** Requests are made after the day the catalogs were checked. */
const NOW = '2026-11-25T12:00:00Z';
/** An account and a role that nobody has named: what is allowed on them is allowed on any of the project. */
const NOBODYS = 'any-name';

/** Asks what an attacker who holds a member may do, at a time of its choice. */
export class Attacker {
  /** Projects that something is known of. */
  readonly projects: readonly string[];
  /** Service accounts whose name as a resource is known, by id. */
  readonly accounts: ReadonlyMap<string, GcpPrincipal & { readonly resource: string }>;

  constructor(
    readonly judge: GcpJudge,
    readonly estate: GcpEstate,
    /** Whether what depends on something that is not known turns out well for the attacker. */
    private readonly lucky = false,
  ) {
    const named = [
      ...estate.principals.flatMap(({ project }) => project ?? []),
      ...estate.resources.map(({ project }) => project),
      ...estate.bindings.flatMap(({ place }) => (place.level === 'project' ? [place.name.slice('projects/'.length)] : [])),
    ];
    this.projects = [...new Set(named)];
    this.accounts = new Map(
      estate.principals.flatMap((one) => {
        const resource = one.resource ?? accountResource(one);
        return resource === undefined ? [] : [[one.id, { ...one, resource }] as const];
      }),
    );
  }

  /** Whether any binding of the member holds a permission at all: a quick no for most. */
  mayEver(by: string, permission: string): boolean {
    return this.judge.bindingsOf(by).some(({ permissions }) => permissions?.includes(permission) === true);
  }

  try(by: string, permission: string, resource: string): Granted | undefined {
    const request: AccessRequest = { action: permission, resource, context: contextOf(resource) };
    const sure = this.judge.decide(by, request);
    const decision = sure.effect !== 'allowed' && this.lucky ? this.judge.decide(by, request, 'unknown') : sure;
    if (decision.effect !== 'allowed' && !(this.lucky && decision.effect === 'depends')) return undefined;
    const levels = this.judge.bindingsOf(by).flatMap(({ origin, place }) => (decision.origins.includes(origin) ? [place.level] : []));
    return { request, origins: decision.origins, levels };
  }

  /** Where a member holds a role now, as far as a condition leaves the whole place. */
  placesHeld(by: string, role: string): readonly Place[] {
    return this.judge
      .bindingsOf(by)
      .filter((binding) => binding.role === role && this.judge.covers(binding, NOW))
      .map(({ place }) => place);
  }

  tryAll(by: string, permissions: readonly string[], resource: string): readonly Granted[] | undefined {
    const found: Granted[] = [];
    for (const permission of permissions) {
      const granted = this.try(by, permission, resource);
      if (!granted) return undefined;
      found.push(granted);
    }
    return found;
  }

  /** A name in a project for a service account that is not in view. */
  nobodysAccount(project: string): string {
    return `projects/${project}/serviceAccounts/${NOBODYS}@${project}.iam.gserviceaccount.com`;
  }
}

function accountResource({ id, kind, project }: GcpPrincipal): string | undefined {
  if (kind !== 'service-account' || project === undefined) return undefined;
  return `projects/${project}/serviceAccounts/${id.slice('serviceAccount:'.length)}`;
}

/** What a request at a time after the catalogs were checked carries. */
export function contextOf(resource: string): Readonly<Record<string, string>> {
  return { 'request.time': NOW, ...typeKeys(resource) };
}

/** What conditions may ask of the kind of a resource, where its name tells. */
function typeKeys(resource: string): Readonly<Record<string, string>> {
  if (resource.includes('/serviceAccounts/'))
    return { 'resource.type': 'iam.googleapis.com/ServiceAccount', 'resource.service': 'iam.googleapis.com' };
  if (/^projects\/[^/]+$/.test(resource)) {
    return { 'resource.type': 'cloudresourcemanager.googleapis.com/Project', 'resource.service': 'cloudresourcemanager.googleapis.com' };
  }
  if (resource.includes('/buckets/')) return { 'resource.service': 'storage.googleapis.com' };
  if (resource.includes('/secrets/')) return { 'resource.service': 'secretmanager.googleapis.com' };
  return {};
}
