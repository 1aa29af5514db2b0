import { Construct } from 'constructs';
import { stableStringify } from '../../../core/json';
import { shortHash } from '../../../core/names';
import { tooMany } from '../../../core/native-errors';
import { Lazy, resolveTokens } from '../../../terraform/core';
import type { IAgentIdentity } from '../../agent-identity';
import { SCOPES } from '../../catalog';
import policies from '../../catalog/policies.json';
import type { GrantedPlace } from '../../runtime/containment/agent';
import { CustomRoles } from '../custom-roles';
import { fieldsOf, type GivenPlace, GivenPlaces } from '../given-places';
import type { GivenRole } from '../given-roles';
import { addMember, type MadeMember } from '../members';
import type { GcpScope } from '../scopes';

export interface BindingBrakeProps {
  readonly identity: IAgentIdentity;
  /** Who takes the bindings away, as IAM names it. */
  readonly responder: string;
  /** Where rights are made that cannot be narrowed, once for all agents: taking one agent out must not take the others' with it. */
  readonly shared: Construct;
}

const { narrowing } = policies;

/**
 * Lets the responder take away what one agent was granted, and give it again. Who writes the policy of a thing may give anybody anything there, so that the right is
 * narrowed to the agent's own roles by a condition, where a policy takes one.
 * @see https://docs.cloud.google.com/iam/docs/setting-limits-on-granting-roles
 */
export class BindingBrake extends Construct {
  private readonly places: GivenPlaces;
  private readonly rights = new Map<string, MadeMember>();
  private readonly props: BindingBrakeProps;

  constructor(scope: Construct, id: string, props: BindingBrakeProps) {
    super(scope, id);
    this.props = props;
    this.places = new GivenPlaces(this, props.identity, (place) => this.add(place));
  }

  /** What there is to take away, for the responder; asked when the template is made. */
  get granted(): readonly GrantedPlace[] {
    return this.places.all.map((one) => ({
      type: one.place.type,
      fields: fieldsOf(one),
      grants: one.roles.map(({ role, condition }) => (condition ? { role, condition } : { role })),
      right: this.rights.get(one.key)?.id ?? '',
    }));
  }

  private add({ place, key, roles }: GivenPlace): void {
    if (!this.rights.has(key)) this.rights.set(key, this.allow(place, roles));
    const count = new Set(roles.map((one) => one.role)).size;
    const limit = narrowing.mostRoles;
    if (count > limit)
      throw tooMany(`agent '${this.props.identity.agent.name}'`, {
        what: `roles on one ${place.type} that are taken away ('removeBindings')`,
        count,
        limit,
      });
  }

  private allow(place: GcpScope, roles: readonly GivenRole[]): MadeMember {
    const { identity, responder, shared } = this.props;
    const { agent, fleet } = identity;
    const permissions = policies.types[place.type].rights;
    const id = `${place.type}-${shortHash(stableStringify(resolveTokens(this, place)))}`;
    const granted = () => ({
      place,
      member: responder,
      role: CustomRoles.of(this).nameFor({ fleet, project: place.project, permissions }),
    });
    if (SCOPES[place.type].conditions) {
      const condition = {
        title: `roles of agent ${agent.name}`,
        expression: Lazy.stringValue({ produce: () => onlyThese(roles) }),
      };
      return addMember(this, id, { ...granted(), condition });
    }
    const common = `MayWrite-${id}`;
    return (shared.node.tryFindChild(common) as MadeMember | undefined) ?? addMember(shared, common, granted());
  }
}

/** Where the attribute is not known there is no list, and the condition holds: see the catalog. */
function onlyThese(roles: readonly GivenRole[]): string {
  const names = [...new Set(roles.map(({ role }) => `"${role}"`))];
  return `api.getAttribute("${narrowing.attribute}", []).hasOnly([${names.join(', ')}])`;
}
