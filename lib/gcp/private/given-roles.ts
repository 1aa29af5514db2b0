import type { IAgentIdentity } from '../agent-identity';
import type { CelCondition } from './conditions';
import type { MadeMember } from './members';
import type { GcpScope } from './scopes';

/** A role that this app gives an agent at one place. */
export interface GivenRole {
  readonly place: GcpScope;
  readonly role: string;
  /** What the role holds; none is known of a role of the user's own choice. */
  readonly permissions: readonly string[];
  readonly condition?: CelCondition;
  /** What gives it. */
  readonly by: MadeMember;
}

type Hear = (role: GivenRole) => void;

/** Of one agent. */
interface Given {
  readonly roles: GivenRole[];
  readonly listeners: Hear[];
}

const KNOWN = new WeakMap<object, Map<string, Given>>();

/** An identity that is referred to and the one that is made are the same agent. */
function of({ node, fleet, agent }: IAgentIdentity): Given {
  const agents = KNOWN.get(node.root) ?? new Map<string, Given>();
  KNOWN.set(node.root, agents);
  const key = `${fleet}/${agent.name}`;
  const known = agents.get(key) ?? { roles: [], listeners: [] };
  agents.set(key, known);
  return known;
}

/** Notes a role that was given, so that containment knows what there is to take away. */
export function noteGiven(identity: IAgentIdentity, role: GivenRole): void {
  const { roles, listeners } = of(identity);
  roles.push(role);
  for (const hear of listeners) hear(role);
}

/** Hears of each role that this app gives an agent, whether it was given before or comes later. */
export function eachGiven(identity: IAgentIdentity, hear: Hear): void {
  const { roles, listeners } = of(identity);
  for (const role of roles) hear(role);
  listeners.push(hear);
}
