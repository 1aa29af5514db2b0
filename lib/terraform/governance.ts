import { Annotations } from 'cdktf/lib/annotations';
import type { IConstruct } from 'constructs';
import { Severity } from '../core/finding';
import type { GovernanceFinding } from '../core/governance/findings';
import { findingsAtSynth, type GovernanceAsked, type PostureMaker } from '../core/governance/synth';
import { TerraformStack } from './core';
import { inputsOf } from './inputs';
import type { WorldMaker } from './review';

/** What a cloud gives for its targets to be checked. */
export interface GovernedCloud {
  readonly worldOf: WorldMaker;
  readonly postureOf: PostureMaker;
  /** The code that satisfies a control. */
  readonly codeOf: (control: string) => string | undefined;
}

/** Has targets checked whenever the stack of a construct is validated; for one outside of stacks, with the first stack of the app. */
export function governOnSynth(construct: IConstruct, asked: GovernanceAsked, cloud: GovernedCloud): void {
  const { root } = construct.node;
  const stack = construct.node.scopes.find(TerraformStack.isStack) ?? root.node.findAll().find(TerraformStack.isStack);
  (stack ?? construct).node.addValidation({
    validate: () => tell(root, findingsAtSynth(root, asked, { ...cloud, inputs: inputsOf(root) })),
  });
}

/** Errors stop synth; the rest goes to the annotations of the construct it is about. */
function tell(root: IConstruct, found: readonly GovernanceFinding[]): string[] {
  for (const one of found) if (one.severity !== Severity.ERROR) warn(root, one);
  return found.filter(({ severity }) => severity === Severity.ERROR).map(textOf);
}

function warn(root: IConstruct, finding: GovernanceFinding): void {
  const scope = root.node.findAll().find(({ node }) => node.path === finding.construct) ?? root;
  const text = textOf(finding);
  if (!scope.node.metadata.some(({ data }) => data === text)) Annotations.of(scope).addWarning(text);
}

const textOf = ({ message, fix }: GovernanceFinding): string => `${message}\n  what to change: ${fix}`;
