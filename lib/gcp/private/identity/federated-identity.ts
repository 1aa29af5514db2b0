import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { invalidTrust } from '../../../core/native-errors';
import type { AgentIdentityProps, IAgentIdentity } from '../../agent-identity';
import { bindTrust } from './bind-trust';
import { checkProject } from './check-project';
import type { NativeGrant } from './native-grant';
import { checkAgent, LIFE, register } from './registration';

/** A federated principal that is the agent itself; see `AgentIdentity.federated`. */
export class FederatedIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly member: string;
  readonly project: string;
  readonly kind = 'federated-principal';
  private readonly record: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: AgentIdentityProps) {
    super(scope, id);
    const { agent } = props;
    this.agent = agent;
    this.fleet = checkAgent(agent, props.fleet);
    this.project = checkProject(agent.name, 'project', props.project);
    checkOneFederated(props);
    const trust = bindTrust(this, { ...props, fleet: this.fleet, direct: true });
    this.member = trust[0]?.member ?? '';
    const { kind, member, fleet } = this;
    const name = member.slice(member.indexOf('/subject/') + '/subject/'.length);
    this.record = register(this, { agent, fleet, kind, name, member, trust, life: LIFE.federated });
  }

  recordNativeGrant(grant: NativeGrant): void {
    this.record(grant);
  }
}

function checkOneFederated({ agent, trust }: AgentIdentityProps): void {
  const [way] = trust.ways;
  if (trust.ways.length === 1 && (way?.form === 'provider' || way?.form === 'gke')) return;
  throw invalidTrust(agent.name, {
    rule: 'needs a trust of exactly one external workload to be federated',
    reason: 'that workload is the identity; there is no service account that others could take on',
    value: trust.ways.map(({ kind }) => kind),
    fix: 'use new AgentIdentity(...), which makes a service account, or one of gke, gitHubActions, oidc, aws, azure, x509',
  });
}
