import type { Stage } from 'aws-cdk-lib';
import { Fleets } from '../../../core/fleet';
import type { GovernanceFinding } from '../../../core/governance/findings';
import { findingsAtSynth, type GovernanceAsked } from '../../../core/governance/synth';
import { formatManifest, MANIFEST_FILE } from '../../../core/manifest';
import { awsWorldOf } from '../../../policy/aws';
import { awsPostureOf } from '../../../policy/aws/posture';
import evidence from '../../../policy/aws/posture/evidence.json';
import { readAssembly } from '../../../policy/documents/cdk-assembly';
import { Folder } from '../../../policy/documents/files';

const CODE: Readonly<Record<string, { readonly code: string }>> = evidence.controls;

/** What is missing in an app that was just written to its output folder: read from there, as the command line would. */
export function governApp(root: Stage, asked: GovernanceAsked): readonly GovernanceFinding[] {
  const manifest: unknown = JSON.parse(formatManifest(Fleets.of(root).toManifest()));
  return findingsAtSynth(root, asked, {
    inputs: [...readAssembly(new Folder(root.outdir, '')), { kind: 'manifest', file: MANIFEST_FILE, json: manifest }],
    worldOf: awsWorldOf,
    postureOf: awsPostureOf,
    codeOf: (control) => CODE[control]?.code,
  });
}
