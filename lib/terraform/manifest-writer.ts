import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addCustomSynthesis } from 'cdktf/lib/synthesize/synthesizer';
import { Construct, type IConstruct } from 'constructs';
import { Fleets } from '../core/fleet';
import { GovernanceBook } from '../core/governance/book';
import { digestOfPart, formatRecord, GOVERNANCE_FILE, makeRecord, type Part } from '../core/governance/record';
import { formatManifest, MANIFEST_FILE } from '../core/manifest';
import { acknowledgements } from './acknowledgements';
import { TerraformResource, TerraformStack } from './core';

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
      writeFileSync(join(outdir, GOVERNANCE_FILE), governanceText(stack.node.root));
    },
  });
}

/** What the scorecard is to know of an app: targets, exceptions, and every resource of the library as its stack has it. */
export function governanceText(root: IConstruct): string {
  const { targets, exceptions } = GovernanceBook.of(root);
  return formatRecord(makeRecord({ targets, exceptions, parts: root.node.findAll().filter(TerraformStack.isStack).flatMap(partsOf) }));
}

function partsOf(stack: TerraformStack): readonly Part[] {
  const book = GovernanceBook.of(stack.node.root);
  const made = (JSON.parse(JSON.stringify(stack.toTerraform())) as { resource?: Record<string, Record<string, unknown>> }).resource ?? {};
  return stack.node.findAll().flatMap((construct): Part[] => {
    if (!TerraformResource.isTerraformResource(construct) || TerraformStack.of(construct) !== stack) return [];
    const claim = book.claimFor(construct.node.path);
    const { terraformResourceType: type, friendlyUniqueId: name } = construct;
    const resource = made[type]?.[name];
    return claim && resource ? [{ ...claim, stack: stack.node.id, resource: `${type}.${name}`, type, digest: digestOfPart(resource) }] : [];
  });
}
