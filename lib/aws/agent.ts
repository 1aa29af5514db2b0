import { Construct } from 'constructs';
import { AgentIdentity, type AgentIdentityProps } from './agent-identity';
import { ScopedAgentRole, type ScopedAgentRoleProps } from './scoped-agent-role';

/** What an agent's identity and role are made of. */
export interface AgentProps extends AgentIdentityProps, Omit<ScopedAgentRoleProps, 'identity'> {}

/** One agent on AWS: a role of its own with exactly the access its spec declares. */
export class Agent extends Construct {
  readonly identity: AgentIdentity;
  readonly role: ScopedAgentRole;

  constructor(scope: Construct, id: string, props: AgentProps) {
    super(scope, id);
    this.identity = new AgentIdentity(this, 'Identity', props);
    this.role = new ScopedAgentRole(this, 'Role', { ...props, identity: this.identity });
  }
}
