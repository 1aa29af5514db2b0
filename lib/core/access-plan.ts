import type { AgentSpec } from './agent-spec';
import type { Capability } from './capability';
import type { Catalog, CatalogEntry, CatalogGrant } from './catalog';
import type { AccessLevel } from './enums';
import { surplusResource, unboundResource, unsupportedCapability, wrongKind } from './errors';
import type { JsonObject } from './json';
import { wrongDelegate } from './native-errors';

/** A place permissions are granted on, in native terms (an ARN, a scope id, a resource name): opaque to the core, may hold tokens. */
export type NativeScope = string | Readonly<Record<string, string>>;

/** One grantable part of a bound resource. */
export interface ResourceTarget {
  /** Where: all of these. */
  readonly scopes: readonly NativeScope[];
  /** Native conditions under which, for example a prefix. @default - none */
  readonly conditions?: JsonObject;
  /** True where it takes in more than the bound resource, because the cloud offers nothing narrower. @default false, but true for the scope `*` */
  readonly wide?: boolean;
}

/** A real thing that a resource name is bound to. */
export interface BoundResource {
  /** A kind of the cloud's catalog. */
  readonly kind: string;
  /** Its parts by name; the catalog says which permission goes on which. */
  readonly targets: Readonly<Record<string, ResourceTarget>>;
  /** Name of the agent it is, where it is a sub-agent. @default - not a sub-agent */
  readonly agent?: string;
  /** Name of it in a store that is no part of the cloud, which then grants nothing for it. @default - it is part of the cloud */
  readonly outside?: string;
}

/** A capability that something else than the cloud grants. */
export interface OutsideUse {
  readonly capability: string;
  readonly resource: string;
  readonly kind: string;
  /** What the store calls it. */
  readonly name: string;
}

/** Permissions that one capability needs on one target of one bound resource. */
export interface PlannedGrant {
  /** Capability id. */
  readonly capability: string;
  /** Resource name in the spec. */
  readonly resource: string;
  /** Kind it is bound to. */
  readonly kind: string;
  /** Name of the target. */
  readonly target: string;
  readonly level: AccessLevel;
  readonly permissions: readonly string[];
  readonly scopes: readonly NativeScope[];
  /** Native conditions; all must hold. */
  readonly conditions: readonly JsonObject[];
  readonly via?: string;
  /** It takes in more than the bound resource. */
  readonly wide: boolean;
  readonly traits: readonly string[];
}

/** A spec's capabilities resolved against a catalog and bound resources. Pure data. */
export interface AccessPlan {
  readonly agent: AgentSpec;
  readonly cloud: string;
  /** In the order the capabilities were declared. */
  readonly grants: readonly PlannedGrant[];
  /** What stores outside the cloud grant. @default - nothing */
  readonly outside?: readonly OutsideUse[];
}

/** Resolves what a spec asks for into what a cloud must grant; throws on an unbound, surplus or unusable resource. */
export function planAccess(agent: AgentSpec, catalog: Catalog, resources: Readonly<Record<string, BoundResource>>): AccessPlan {
  for (const name of Object.keys(resources)) {
    if (!agent.resourceNames.includes(name)) throw surplusResource(agent.name, name, agent.resourceNames);
  }
  const outside: OutsideUse[] = [];
  const grants = agent.capabilities.flatMap((capability) => {
    const { kind = '', outside: name } = (Object.hasOwn(resources, capability.resource) && resources[capability.resource]) || {};
    if (name !== undefined && capability.traits.includes('credentials')) {
      outside.push({ capability: capability.id, resource: capability.resource, kind, name });
      return [];
    }
    const entry = supportedEntry(agent, catalog, capability);
    const bound = Object.hasOwn(resources, capability.resource) ? resources[capability.resource] : undefined;
    if (bound?.agent !== undefined && bound.agent !== capability.resource)
      throw wrongDelegate(agent.name, capability.resource, bound.agent);
    if (!bound) throw unboundResource(agent.name, capability.resource, Object.keys(resources));
    return planCapability(agent, { capability, grants: entry, bound });
  });
  return Object.freeze({
    agent,
    cloud: catalog.cloud,
    grants: Object.freeze(grants),
    ...(outside.length > 0 ? { outside: Object.freeze(outside) } : {}),
  });
}

function supportedEntry(agent: AgentSpec, catalog: Catalog, capability: Capability): readonly CatalogGrant[] {
  const entry: CatalogEntry | undefined = catalog.capabilities[capability.id];
  if (entry?.grants) return entry.grants;
  const gap = entry?.unsupported ?? { reason: 'its catalog does not know it', nearest: 'another cloud' };
  throw unsupportedCapability(agent.name, { id: capability.id, cloud: catalog.cloud, reason: gap.reason, nearest: gap.nearest });
}

interface Use {
  readonly capability: Capability;
  readonly grants: readonly CatalogGrant[];
  readonly bound: BoundResource;
}

function planCapability(agent: AgentSpec, { capability, grants, bound }: Use): PlannedGrant[] {
  const fitting = grants.filter((grant) => grant.kinds.includes(bound.kind));
  const planned = fitting.flatMap((grant) => {
    const target = bound.targets[grant.on];
    return target
      ? [
          {
            capability: capability.id,
            resource: capability.resource,
            kind: bound.kind,
            traits: capability.traits,
            ...planGrant(grant, target),
          },
        ]
      : [];
  });
  const missing = fitting.some((grant) => !grant.optional && !bound.targets[grant.on]);
  if (fitting.length === 0 || missing || planned.length === 0) {
    throw wrongKind(agent.name, {
      capability: capability.id,
      resource: capability.resource,
      kind: bound.kind,
      allowed: [...new Set(grants.flatMap((grant) => grant.kinds))],
    });
  }
  return planned;
}

function planGrant(grant: CatalogGrant, target: ResourceTarget): Omit<PlannedGrant, 'capability' | 'resource' | 'kind' | 'traits'> {
  const conditions = [grant.conditions, target.conditions].filter((one) => one !== undefined);
  return {
    target: grant.on,
    level: grant.level,
    permissions: grant.permissions,
    scopes: target.scopes,
    conditions: Object.freeze(conditions),
    wide: target.wide ?? target.scopes.includes('*'),
    ...(grant.via ? { via: grant.via } : {}),
  };
}
