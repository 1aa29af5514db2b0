import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { Fleets } from '../../core/fleet';
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
    onSynthesize: ({ outdir }) => writeFileSync(join(outdir, MANIFEST_FILE), formatManifest(Fleets.of(root).toManifest())),
  });
}
