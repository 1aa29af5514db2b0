import type { Construct } from 'constructs';
import { notContainable } from '../../../core/containment-errors';
import { emptyField } from '../../../core/errors';
import type { FleetMember } from '../../../core/fleet';
import { resolveTokens } from '../../../terraform/core';
import { AgentIdentity, type IAgentIdentity } from '../../agent-identity';
import { checkProject } from '../identity/check-project';
import { FleetPool } from '../identity/fleet-pool';
import { type DenyPlace, placeOf, type WrittenPolicy } from './written-deny';

/** How an agent without a service account is stopped. */
export interface AccountlessOptions {
  readonly denyIn?: readonly string[];
  readonly denyAt?: DenyPlace;
  readonly withPool?: boolean;
}

/** What of an agent is switched off. */
export type IdentitySwitch =
  | { readonly kind: 'account'; readonly identity: AgentIdentity }
  | { readonly kind: 'denied'; readonly projects: readonly string[] }
  | ({ readonly kind: 'written' } & WrittenPolicy)
  | { readonly kind: 'pool'; readonly pool: FleetPool };

const REASON =
  'disabling an account refuses its live tokens, and nothing does that for one federated principal or agent identity by itself';

/** Finds what stops an agent; refuses what stops it by nothing, or by two things. */
export function switchOf(identity: IAgentIdentity, { denyIn, denyAt, withPool = false }: AccountlessOptions): IdentitySwitch {
  const { name } = identity.agent;
  const asked = [...(denyIn ? ['denyIn'] : []), ...(denyAt ? ['denyAt'] : []), ...(withPool ? ['withPool'] : [])];
  if (identity instanceof AgentIdentity) {
    if (asked.length === 0) return { kind: 'account', identity };
    throw notContainable(name, {
      rule: `must not be given '${asked.join("' and '")}'`,
      reason: 'its service account is disabled, which refuses its live tokens at once',
      value: identity.kind,
      fix: 'leave it out',
    });
  }
  if (asked.length === 1) {
    if (denyIn) return { kind: 'denied', projects: projectsOf(name, denyIn) };
    return denyAt ? { kind: 'written', ...placeOf(name, denyAt) } : { kind: 'pool', pool: poolOf(identity) };
  }
  throw notContainable(name, {
    rule: 'must have a service account that is made in this app, or one way to be stopped without',
    reason: REASON,
    value: asked.length === 0 ? identity.kind : asked,
    fix: "give it an AgentIdentity, and let its workload take that on; or protect it with 'denyIn', or 'denyAt', or, where all who come in by the fleet's pool may be stopped with it, 'withPool'",
  });
}

function projectsOf(agent: string, denyIn: readonly string[]): readonly string[] {
  if (denyIn.length === 0) throw emptyField(`agent '${agent}'`, 'denyIn', 'a deny policy on no project stops nothing');
  const twice = denyIn.find((project, index) => denyIn.indexOf(project) !== index);
  if (twice !== undefined)
    throw notContainable(agent, {
      rule: "must be denied in each project of 'denyIn' once",
      reason: 'a second policy would have the same name',
      value: twice,
      fix: 'leave one of the two out',
    });
  return denyIn.map((project) => checkProject(agent, 'denyIn', project));
}

function poolOf(identity: IAgentIdentity): FleetPool {
  const { agent, fleet, kind } = identity;
  const pool = FleetPool.tryFind(identity, fleet);
  if (pool?.agents.has(agent.name) && kind === 'federated-principal') return pool;
  throw notContainable(agent.name, {
    rule: "must come in by the pool of its fleet to be stopped by it ('withPool')",
    reason: "pools of GKE are Google's own, and an agent identity comes in by none",
    value: kind,
    fix: "use 'denyIn'",
  });
}

/** Says what of an agent the deny policies of projects would not stop: what was given elsewhere, or past its capabilities. */
export function leftOpen(
  scope: Construct,
  { identity, member, projects }: { readonly identity: IAgentIdentity; readonly member: FleetMember; readonly projects: readonly string[] },
): readonly string[] {
  const { name } = identity.agent;
  const native = member.identity.native().map(({ origin }) => origin);
  return [
    ...elsewhere(scope, { member, projects }).map(
      (place) =>
        notContainable(name, {
          rule: "must be denied in each project that it was granted something in ('denyIn')",
          reason: 'a deny policy holds on its own project',
          value: place,
          fix: 'add the project',
        }).message,
    ),
    ...native.map(
      (origin) =>
        notContainable(name, {
          rule: 'must not be granted anything past its capabilities where a deny policy stops it',
          reason: 'the policy names what the capabilities need',
          value: origin,
          fix: 'declare a capability for it, or give the agent a service account',
        }).message,
    ),
  ];
}

/** Says what of an agent a policy that is written at one project would not stop. Of folders and organizations nobody says here what is in them. */
export function leftOutside(
  scope: Construct,
  { identity, member, place }: { readonly identity: IAgentIdentity; readonly member: FleetMember; readonly place: string },
): readonly string[] {
  const { name } = identity.agent;
  const [, project] = /^projects\/(.+)$/.exec(String(resolveTokens(scope, place))) ?? [];
  if (project === undefined) return [];
  return elsewhere(scope, { member, projects: [project] }).map(
    (other) =>
      notContainable(name, {
        rule: "must be denied above all that it was granted something in ('denyAt')",
        reason: 'a deny policy holds on its own project',
        value: other,
        fix: "give a folder that holds all of its projects as 'place', or leave that out",
      }).message,
  );
}

/** Projects in which an agent was granted something, but for these. */
function elsewhere(
  scope: Construct,
  { member, projects }: { readonly member: FleetMember; readonly projects: readonly string[] },
): readonly string[] {
  const known = new Set(projects.map((project) => String(resolveTokens(scope, project))));
  const places = member.plan?.grants.flatMap(({ scopes }) => scopes.map((one) => (one as { readonly project?: unknown }).project)) ?? [];
  const resolved = places.flatMap((place) => (place === undefined ? [] : [String(resolveTokens(scope, place))]));
  return [...new Set(resolved)].filter((place) => !known.has(place));
}
