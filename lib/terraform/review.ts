import { Annotations } from 'cdktf/lib/annotations';
import type { IConstruct } from 'constructs';
import { Severity } from '../core/finding';
import { ACKNOWLEDGED_IN, type Acknowledgement, isWithin } from '../core/review/acknowledgements';
import type { ReviewInput } from '../core/review/input';
import { REVIEW_CONTEXT, readReviewMode } from '../core/review/review-mode';
import type { SynthFinding } from '../core/review/synth-findings';
import type { AccessWorld } from '../core/review/world';
import { acknowledgements } from './acknowledgements';
import { TerraformStack } from './core';
import { inputsOf } from './inputs';

/** Makes the world of one cloud of what was synthesised. */
export type WorldMaker = (inputs: readonly ReviewInput[]) => AccessWorld | undefined;

const BY_ROOT = new WeakMap<IConstruct, Reviews>();

/**
 * Has the agent of an identity reviewed whenever its stack is validated. Safe to call for every identity. What is read is every stack of
 * the app, as its file will say it: what an agent can reach may be in another stack, or in another cloud that trusts it.
 */
export function reviewOnSynth(identity: IConstruct, worldOf: WorldMaker): void {
  const { root } = identity.node;
  const reviews = BY_ROOT.get(root) ?? new Reviews(root);
  BY_ROOT.set(root, reviews);
  reviews.add(identity, worldOf);
}

/** The agents under one construct root, by stack. */
class Reviews {
  private readonly makers = new Set<WorldMaker>();
  private readonly identities = new Map<TerraformStack, IConstruct[]>();
  /** What was found in each stack that was validated. */
  private readonly found = new Map<TerraformStack, readonly SynthFinding[]>();

  constructor(private readonly root: IConstruct) {}

  add(identity: IConstruct, worldOf: WorldMaker): void {
    const stack = TerraformStack.of(identity);
    const known = this.identities.get(stack);
    this.makers.add(worldOf);
    if (known) {
      known.push(identity);
      return;
    }
    this.identities.set(stack, [identity]);
    stack.node.addValidation({ validate: () => this.validate(stack) });
  }

  /** What stops the synth of a stack. What only warns goes to the annotations of the constructs it is about. */
  private validate(stack: TerraformStack): string[] {
    const identities = this.identities.get(stack) ?? [];
    const modes = new Map(identities.map(({ node }) => [node.path, readReviewMode(node.tryGetContext(REVIEW_CONTEXT))]));
    if ([...modes.values()].every((mode) => mode === 'off')) return [];
    const acknowledged = acknowledgements(this.root);
    const { synthFindings } = engine();
    const found = synthFindings({ worlds: this.worlds(), modeOf: (construct) => modes.get(construct) ?? 'off', acknowledged });
    this.found.set(stack, found);
    const open = [...found.filter((one) => one.acknowledged === undefined), ...this.unused(stack, acknowledged)];
    for (const one of open) if (one.severity !== Severity.ERROR) warn(this.root, one);
    return open.filter(({ severity }) => severity === Severity.ERROR).map(textOf);
  }

  /** Acknowledgements inside the stack; once every stack was validated, those above stacks, too. */
  private unused(stack: TerraformStack, acknowledged: readonly Acknowledgement[]): readonly SynthFinding[] {
    const last = this.found.size === this.identities.size;
    const judged = acknowledged.filter(({ construct }) => isWithin(construct, stack.node.path) || (last && !this.isInStack(construct)));
    return engine().unusedAcknowledgements([...this.found.values()].flat(), judged);
  }

  private isInStack(construct: string): boolean {
    return [...this.identities.keys()].some(({ node }) => isWithin(construct, node.path));
  }

  private worlds(): readonly AccessWorld[] {
    const inputs = inputsOf(this.root);
    return [...this.makers].flatMap((make) => make(inputs) ?? []);
  }
}

/** Loaded only where something is reviewed. */
function engine(): typeof import('../core/review/synth-findings') {
  return require('../core/review/synth-findings') as typeof import('../core/review/synth-findings');
}

/** On the construct it is about, once, however often the stack is validated. */
function warn(root: IConstruct, finding: SynthFinding): void {
  const scope = root.node.findAll().find(({ node }) => node.path === finding.construct) ?? root;
  const text = textOf(finding);
  if (!scope.node.metadata.some(({ data }) => data === text)) Annotations.of(scope).addWarning(text);
}

function textOf({ id, message, fix }: SynthFinding): string {
  return `${message}\n  what to change: ${fix}\n  acknowledge with: '${ACKNOWLEDGED_IN}${id}'`;
}
