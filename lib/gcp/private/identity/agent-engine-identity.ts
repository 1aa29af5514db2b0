import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { identityName } from '../../../core/names';
import { invalidTrust } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { RawResource } from '../../../terraform/raw';
import type { IAgentIdentity } from '../../agent-identity';
import { LIMITS } from '../../catalog';
import { pinAddress } from '../address';
import { needGoogle } from '../google-version';
import { checkProject } from './check-project';
import { describeAgent } from './description';
import type { NativeGrant } from './native-grant';
import { checkAgent, LIFE, register } from './registration';

export interface AgentEngineIdentityProps {
  readonly agent: AgentSpec;
  /** Project id of the engine. */
  readonly project: string;
  /** Region of the engine, for example `europe-west4`. */
  readonly location: string;
  /** Name of the fleet. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
  /**
   * The rest of the engine's `spec` block in Terraform's own spelling, for example `source_code_spec`.
   *
   * @default - an engine without code, whose code is then deployed by other means and left alone by Terraform
   * @see https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/vertex_ai_reasoning_engine
   */
  readonly spec?: Readonly<Record<string, unknown>>;
  /**
   * Version constraint of the google provider, for the whole stack; the field is there since 7.28.0. The typed resources
   * of this library follow 6.50, whose arguments 7.x still takes.
   *
   * @default '>= 7.28.0, < 8.0.0'
   */
  readonly googleVersion?: string;
}

const RESERVED = ['identity_type', 'service_account'];
const DEPLOYED_LATER = ['agent_framework', 'class_methods', 'deployment_spec', 'package_spec', 'source_code_spec'].map(
  (field) => `spec[0].${field}`,
);

/** See `AgentIdentity.agentEngine`. */
export class AgentEngineIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly member: string;
  readonly project: string;
  readonly kind = 'agent-identity';
  private readonly record: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, props: AgentEngineIdentityProps) {
    super(scope, id);
    const { agent, spec = {} } = props;
    this.agent = agent;
    this.fleet = checkAgent(agent, props.fleet);
    this.project = checkProject(agent.name, 'project', props.project);
    checkSpec(agent.name, spec);
    const name = identityName(this.fleet, agent.name, 63);
    const region = checkLocation(agent.name, props.location);
    const engine = new RawResource(this, 'Engine', {
      type: 'google_vertex_ai_reasoning_engine',
      providerName: 'google',
      attributes: {
        display_name: name,
        description: describeAgent(agent),
        project: this.project,
        region,
        spec: [{ ...spec, identity_type: 'AGENT_IDENTITY' }],
      },
      ...(Object.keys(spec).length === 0 ? { lifecycle: { ignoreChanges: DEPLOYED_LATER } } : {}),
    });
    pinAddress(engine, this.fleet, agent.name);
    const { googleVersion: chosen } = props;
    needGoogle(this, { needed: LIMITS.providers.agentIdentity, ...(chosen === undefined ? {} : { chosen }) });
    this.member = `principal://${Token.asString(engine.interpolationForAttribute('spec[0].effective_identity'))}`;
    const { kind, member, fleet } = this;
    const trust = [{ kind: 'agentEngine', bounds: { engine: engine.fqn, region } }];
    this.record = register(this, { agent, fleet, kind, name, member, trust, life: LIFE.agentIdentity });
  }

  recordNativeGrant(grant: NativeGrant): void {
    this.record(grant);
  }
}

function checkLocation(agent: string, location: string): string {
  if (Token.isUnresolved(location)) return location;
  if (/^[a-z]+-[a-z]+\d+$/.test(location)) return location;
  const rule = "needs a 'location' that is one region";
  throw invalidTrust(agent, {
    rule,
    reason: 'the identity is tied to an engine, and an engine to its region',
    value: location,
    fix: "write it like 'europe-west4'",
  });
}

function checkSpec(agent: string, spec: Readonly<Record<string, unknown>>): void {
  const reserved = Object.keys(spec).find((field) => RESERVED.includes(field));
  if (!reserved) return;
  throw invalidTrust(agent, {
    rule: `must not set '${reserved}' in the 'spec' of its engine`,
    reason: 'the engine has an identity of its own or runs as a service account, never both',
    value: spec[reserved],
    fix: `remove it, or use new AgentIdentity(...) with AgentTrust.attached() and run the engine as that account`,
  });
}
