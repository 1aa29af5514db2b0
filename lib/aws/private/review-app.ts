import type { Stage } from 'aws-cdk-lib';
import { Fleets } from '../../core/fleet';
import { formatManifest, MANIFEST_FILE } from '../../core/manifest';
import type { Acknowledgement } from '../../core/review/acknowledgements';
import type { ReviewMode } from '../../core/review/review-mode';
import { type SynthFinding, synthFindings, unusedAcknowledgements } from '../../core/review/synth-findings';
import { awsWorldOf } from '../../policy/aws';
import { readAssembly } from '../../policy/documents/cdk-assembly';
import { Folder } from '../../policy/documents/files';

/** What the review finds in an app that was just written to its output folder: read from there, as the command line would. */
export function reviewApp(
  root: Stage,
  modeOf: (construct: string) => ReviewMode,
  acknowledged: readonly Acknowledgement[],
): readonly SynthFinding[] {
  const manifest: unknown = JSON.parse(formatManifest(Fleets.of(root).toManifest()));
  const world = awsWorldOf([...readAssembly(new Folder(root.outdir, '')), { kind: 'manifest', file: MANIFEST_FILE, json: manifest }]);
  const found = synthFindings({ worlds: world ? [world] : [], modeOf, acknowledged });
  return [...found, ...unusedAcknowledgements(found, acknowledged)];
}
