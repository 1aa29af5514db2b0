import { type IPolicyValidationPlugin, type PolicyValidationPluginReport, type PolicyViolation, Stage, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Severity } from '../../core/finding';
import { ACKNOWLEDGED_IN, type Acknowledgement } from '../../core/review/acknowledgements';
import { REVIEW_CONTEXT, readReviewMode } from '../../core/review/review-mode';
import type { SynthFinding } from '../../core/review/synth-findings';
import { VERSION } from '../../core/version';

/** Name of the plugin, and so what stands before the ids that its findings are acknowledged by. */
const NAME = ACKNOWLEDGED_IN.replace(/:+$/, '');

const INSTALLED = new WeakMap<IConstruct, IConstruct[]>();

/**
 * Has the agent of an identity reviewed whenever the app is synthesised. Safe to call for every identity: there is one plugin for the
 * whole app, because what an agent can reach may be in another stack. A root that is no app or stage is never validated by the CDK.
 */
export function reviewOnSynth(identity: IConstruct): void {
  const { root } = identity.node;
  if (!Stage.isStage(root)) return;
  const known = INSTALLED.get(root);
  if (known) {
    known.push(identity);
    return;
  }
  const identities = [identity];
  INSTALLED.set(root, identities);
  Validations.of(root).addPlugins(new ReviewPlugin(root, identities));
}

/** What was acknowledged of ours anywhere below a root, through the CDK's own `Validations`. */
export function acknowledgements(root: IConstruct): readonly Acknowledgement[] {
  const made = root.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
      .filter(([id]) => id.startsWith(ACKNOWLEDGED_IN))
      .map(([id, reason]) => ({ id, reason, construct: node.path })),
  );
  return [...new Map(made.map((one) => [`${one.construct} ${one.id}`, one])).values()];
}

class ReviewPlugin implements IPolicyValidationPlugin {
  readonly name = NAME;
  readonly version = VERSION;

  constructor(
    private readonly root: Stage,
    private readonly identities: readonly IConstruct[],
  ) {}

  /**
   * Reads what was synthesised, as the command line would. Not what the context of a plugin names: before 2.276 it did not name the stacks
   * of the templates. Nothing is written, because the CDK refuses a plugin that does.
   */
  validate(): PolicyValidationPluginReport {
    const modes = new Map(this.identities.map(({ node }) => [node.path, readReviewMode(node.tryGetContext(REVIEW_CONTEXT))]));
    if ([...modes.values()].every((mode) => mode === 'off')) return { success: true, violations: [] };
    // Loaded only where something is reviewed: who imports constructs does not wait for it.
    const { reviewApp } = require('./review-app') as typeof import('./review-app');
    const found = reviewApp(this.root, (construct) => modes.get(construct) ?? 'off', acknowledgements(this.root));
    const violations = found.map(violation);
    // What is acknowledged is taken out by the CDK, which then asks again whether an error is left.
    return { success: violations.every(({ severity }) => severity !== Severity.ERROR), violations };
  }
}

function violation({ id, severity, message, fix, construct }: SynthFinding): PolicyViolation {
  return {
    ruleName: id,
    description: message,
    severity,
    fix,
    violatingResources: [{ constructPath: construct, locations: [] }],
  };
}
