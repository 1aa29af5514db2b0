import type { Construct } from 'constructs';
import { stableStringify } from '../../core/json';
import { resolveTokens } from '../../terraform/core';
import type { IAgentIdentity } from '../agent-identity';
import { eachGiven, type GivenRole } from './given-roles';
import type { GcpScope } from './scopes';

/** One thing, and the roles that an agent is given by its policy. */
export interface GivenPlace {
  readonly place: GcpScope;
  /** The place, resolved: equal for equal places. */
  readonly key: string;
  readonly roles: readonly GivenRole[];
}

/** The places where an agent is given something, as they come. */
export class GivenPlaces {
  private readonly places = new Map<string, GivenPlace & { readonly roles: GivenRole[] }>();

  /** @param hear is told of each role, after it was added to its place */
  constructor(scope: Construct, identity: IAgentIdentity, hear: (place: GivenPlace) => void = () => {}) {
    eachGiven(identity, (role) => {
      // What is meant of a project limits nothing.
      const { meant: _meant, ...rest } = role.place;
      const place = rest as GcpScope;
      const key = stableStringify(resolveTokens(scope, place));
      const known = this.places.get(key) ?? { place, key, roles: [] };
      this.places.set(key, known);
      known.roles.push(role);
      hear(known);
    });
  }

  get all(): readonly GivenPlace[] {
    return [...this.places.values()];
  }
}

/** What names a place for who reads its policy. Where the place does not say its project, it is the provider's, which the grant itself knows once it is made. */
export function fieldsOf({ place, roles: [first] }: GivenPlace): Readonly<Record<string, string>> {
  const { type: _type, ...fields } = place;
  const project = first?.by.project;
  return project === undefined || fields['project'] !== undefined ? fields : { ...fields, project };
}
