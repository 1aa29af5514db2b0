import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct, IMixin } from 'constructs';
import { checkName } from '../core/names';
import type * as parts from './private/governance/harden';

export interface AgentCoreHardeningProps {
  /** Name of the agent that the construct is; its role is called so. */
  readonly agent: string;
  /** Who owns it. */
  readonly owner: string;
  /** @default 'main' */
  readonly fleet?: string;
  /** Secrets of the token vault that it may read, in place of all of them. @default - none */
  readonly secrets?: readonly ISecret[];
}

/**
 * Hardens what AWS's own AgentCore constructs generate: the role of a `Runtime`, or of any other construct with a role of its own. As a mixin: `runtime.with(...)`, or
 * `hardening.applyTo(runtime)`; for the L2s of aws-cdk-lib and for constructs of others alike.
 *
 * - *Narrowed*: no workload tokens of other agents and no keys fetched as them, no logs of other runtimes, no secrets of the vault but those that are named.
 * - *Bounded*: a permissions boundary of exactly what is left, which denies everything else whatever is granted later. It holds what managed policies of the stack and of
 *   AWS give, too; one that is not read here is a warning at synth. What is made after the role is bounded by its actions alone.
 * - *Shortened*: sessions of an hour, not of eight.
 * - *Enrolled*: name, path and tags of an agent, so that the fleet's detector sees its calls, and tells that nobody declared them, until there is a spec for it.
 *
 * Renaming a role replaces it: apply it before the first deployment, or expect a replacement. `agentic-iam diff` shows what changes.
 *
 * Throws for a construct without a role that is made in this app.
 */
export class AgentCoreHardening implements IMixin {
  private readonly fleet: string;
  private readonly agent: string;

  constructor(private readonly props: AgentCoreHardeningProps) {
    this.fleet = checkName('fleet', props.fleet ?? 'main');
    this.agent = checkName('agent', props.agent);
  }

  /** Whether the construct has a role of its own that is made here. */
  supports(construct: IConstruct): boolean {
    const { roleOf } = require('./private/governance/harden') as typeof parts;
    return roleOf(construct) !== undefined;
  }

  applyTo(construct: IConstruct): void {
    const { harden } = require('./private/governance/harden') as typeof parts;
    harden(construct, { agent: this.agent, fleet: this.fleet, owner: this.props.owner, secrets: this.props.secrets ?? [] });
  }
}
