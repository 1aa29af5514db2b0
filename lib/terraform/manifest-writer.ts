import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCustomSynthesis } from 'cdktf/lib/synthesize/synthesizer';
import { Construct, type IConstruct } from 'constructs';
import { Fleets } from '../core/fleet';
import { formatManifest, MANIFEST_FILE } from '../core/manifest';
import { acknowledgements } from './acknowledgements';

const WRITER_ID = 'AgenticIamManifest';

/** Makes the synth of this stack write the manifest of the whole app into the output folder. Safe to call for every identity. */
export function writeManifestOnSynth(stack: IConstruct): void {
  if (stack.node.tryFindChild(WRITER_ID)) return;
  Fleets.of(stack.node.root).acknowledgeBy(() => acknowledgements(stack.node.root));
  const writer = new Construct(stack as Construct, WRITER_ID);
  addCustomSynthesis(writer, {
    onSynthesize: ({ outdir }) => {
      mkdirSync(outdir, { recursive: true });
      writeFileSync(join(outdir, MANIFEST_FILE), formatManifest(Fleets.of(stack.node.root).toManifest()));
    },
  });
}
