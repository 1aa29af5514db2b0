import type { IConstruct } from 'constructs';
import { Fleets } from '../core/fleet';
import { formatManifest, MANIFEST_FILE } from '../core/manifest';
import type { ReviewInput } from '../core/review/input';
import { TerraformStack } from './core';

/** Every stack of the app, as its file will say it. */
export function inputsOf(root: IConstruct): readonly ReviewInput[] {
  return [
    ...root.node
      .findAll()
      .filter(TerraformStack.isStack)
      .map(
        (stack): ReviewInput => ({
          kind: 'terraform-stack',
          file: `stacks/${stack.node.id}/cdk.tf.json`,
          json: JSON.parse(JSON.stringify(stack.toTerraform())),
          stack: { name: stack.node.id },
        }),
      ),
    { kind: 'manifest', file: MANIFEST_FILE, json: JSON.parse(formatManifest(Fleets.of(root).toManifest())) },
  ];
}
