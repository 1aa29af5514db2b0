import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, CfnResource, type NestedStack, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { Fleets } from '../../core/fleet';
import { GovernanceBook } from '../../core/governance/book';
import { digestOfPart, formatRecord, GOVERNANCE_FILE, makeRecord, type Part } from '../../core/governance/record';
import { formatManifest, MANIFEST_FILE } from '../../core/manifest';
import { acknowledgements } from './review-plugin';

const WRITER_ID = 'AgenticIamManifest';

/**
 * Makes the synth of the whole app write its manifest beside the templates. Safe to call for every identity. The writer hangs
 * under the root, not under a stack or stage, so that there is one manifest and it names every agent.
 */
export function writeManifestOnSynth(scope: IConstruct): void {
  const { root } = scope.node;
  if (root.node.tryFindChild(WRITER_ID)) return;
  Fleets.of(root).acknowledgeBy(() => acknowledgements(root));
  attachCustomSynthesis(new Construct(root as Construct, WRITER_ID), {
    onSynthesize: ({ outdir }) => {
      writeFileSync(join(outdir, MANIFEST_FILE), formatManifest(Fleets.of(root).toManifest()));
      writeFileSync(join(outdir, GOVERNANCE_FILE), governanceText(root));
    },
  });
}

/** What the scorecard is to know of an app: targets, exceptions, and every resource of the library as its template has it. */
export function governanceText(root: IConstruct): string {
  const { targets, exceptions } = GovernanceBook.of(root);
  return formatRecord(makeRecord({ targets, exceptions, parts: partsOf(root) }));
}

/** Resources of nested stacks are left out: their templates are read as part of the stack that holds them, under other names. */
function partsOf(root: IConstruct): readonly Part[] {
  const book = GovernanceBook.of(root);
  return root.node.findAll().flatMap((construct): Part[] => {
    if (!CfnResource.isCfnResource(construct)) return [];
    const claim = book.claimFor(construct.node.path);
    const stack = Stack.of(construct);
    if (!claim || (stack as NestedStack).nestedStackParent) return [];
    const resource = String(stack.resolve(construct.logicalId));
    // What a template is made of; the method is internal to the CDK, and every element has it.
    const { Resources } = stack.resolve((construct as unknown as { _toCloudFormation(): object })._toCloudFormation()) as {
      Resources?: Record<string, unknown>;
    };
    // Left out by a condition of its own, such as a role that somebody customises away.
    if (!Resources?.[resource]) return [];
    return [{ ...claim, stack: stack.stackName, resource, type: construct.cfnResourceType, digest: digestOfPart(Resources[resource]) }];
  });
}
