import { type IPolicyValidationPlugin, type PolicyValidationPluginReport, type PolicyViolation, Stage, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Severity } from '../../../core/finding';
import type { GovernanceFinding } from '../../../core/governance/findings';
import type { GovernanceAsked } from '../../../core/governance/synth';
import { VERSION } from '../../../core/version';

const NAME = 'agentic-iam-governance';
const INSTALLED = new WeakMap<IConstruct, GovernanceAsked[]>();

/** Has targets checked whenever the app is synthesised: one plugin for the app. A root that is no app or stage is never validated by the CDK. */
export function governOnSynth(construct: IConstruct, asked: GovernanceAsked): void {
  const { root } = construct.node;
  if (!Stage.isStage(root)) return;
  const known = INSTALLED.get(root);
  if (known) {
    known.push(asked);
    return;
  }
  const all = [asked];
  INSTALLED.set(root, all);
  Validations.of(root).addPlugins(new GovernancePlugin(root, all));
}

class GovernancePlugin implements IPolicyValidationPlugin {
  readonly name = NAME;
  readonly version = VERSION;

  constructor(
    private readonly root: Stage,
    private readonly asked: readonly GovernanceAsked[],
  ) {}

  validate(): PolicyValidationPluginReport {
    const { governApp } = require('./govern-app') as typeof import('./govern-app');
    const found = this.asked.flatMap((asked) => governApp(this.root, asked));
    const violations = [...new Map(found.map((one) => [`${one.id} ${one.construct}`, violation(one)])).values()];
    return { success: violations.every(({ severity }) => severity !== Severity.ERROR), violations };
  }
}

function violation({ id, severity, message, fix, construct }: GovernanceFinding): PolicyViolation {
  return { ruleName: id, description: message, severity, fix, violatingResources: [{ constructPath: construct, locations: [] }] };
}
