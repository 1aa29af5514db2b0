import { Construct } from 'constructs';
import type { MaturityLevel } from '../core/enums';
import { GovernanceBook } from '../core/governance/book';
import { EVERY_FLEET } from '../core/governance/record';
import { type GovernanceException, GovernanceMode, holdTo } from '../core/governance/settings';
import { invalidGovernance } from '../core/governance-errors';
import { checkName } from '../core/names';
import { governOnSynth } from '../terraform/governance';
import { CATALOG } from './catalog';
import { GOVERNED } from './private/governance/checked';
import type * as parts from './private/governance/guardrails';

export interface AgentGovernanceProps {
  /** Level that every agent must have reached. */
  readonly target: MaturityLevel;
  /** Fleet that is held to it. @default - every fleet of the app on this cloud */
  readonly fleet?: string;
  /** What becomes of a control that is missing. @default GovernanceMode.FAIL */
  readonly mode?: GovernanceMode;
  /** Controls that are set aside for a while, each by somebody, until a day. @default - none */
  readonly exceptions?: readonly GovernanceException[];
  /** File with receipts of drills and recertifications, beside the code. @default - what only receipts show is told, and stops nothing */
  readonly receipts?: string;
  /** What policies above the agents' own access forbid them; needs 'fleet'. @default - nothing */
  readonly guardrails?: parts.GuardrailProps;
}

/**
 * Holds a fleet to a level of the ladder. When the app is synthesised, each control up to that level must be shown by what was synthesised, or by a receipt that nobody
 * changed; what is missing is named, for which agent, with the code that would satisfy it.
 *
 * Nothing is believed because it was set: the templates are read.
 *
 * Throws for a level that is none, an exception without reason, owner or end, and a second target for the same fleet.
 */
export class AgentGovernance extends Construct {
  readonly target: MaturityLevel;
  /** Fleet that is held to it, or `*`. */
  readonly fleet: string;

  constructor(scope: Construct, id: string, props: AgentGovernanceProps) {
    super(scope, id);
    const { target, exceptions = [], mode = GovernanceMode.FAIL, receipts } = props;
    this.fleet = props.fleet === undefined ? EVERY_FLEET : checkName('fleet', props.fleet);
    this.target = target;
    holdTo(this.node.root, { cloud: CATALOG.cloud, fleet: this.fleet, target, exceptions });
    const asked = { mode, ...(receipts === undefined ? {} : { receipts }) };
    governOnSynth(this, asked, GOVERNED);
    if (!props.guardrails) return;
    if (this.fleet === EVERY_FLEET)
      throw invalidGovernance('governance of every fleet', {
        rule: "needs 'fleet' for guardrails",
        reason: 'they are named after one',
        fix: 'name the fleet',
      });
    const { Guardrails } = require('./private/governance/guardrails') as typeof parts;
    const made = new Guardrails(this, 'Guardrails', { ...props.guardrails, fleet: this.fleet });
    GovernanceBook.of(this.node.root).claim(made.node.path, { control: 'guardrail', cloud: CATALOG.cloud, fleet: this.fleet });
  }
}
