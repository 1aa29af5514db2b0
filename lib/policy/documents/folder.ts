import { GOVERNANCE_FILE } from '../../core/governance/record';
import { MANIFEST_FILE } from '../../core/manifest';
import type { ReviewInput } from '../../core/review/input';
import { unreadableInput } from '../../core/review-errors';
import { ASSEMBLY_FILE, readAssembly } from './cdk-assembly';
import { readTerraformOutput, STACK_FILE } from './cdktf-output';
import type { Folder } from './files';
import { fieldsOf, kindOf } from './kinds';

/**
 * Everything of a folder that a review reads: what the CDK wrote, what cdktf wrote, one stack of cdktf, or a folder of templates; and
 * the manifest of its agents.
 * @throws AgenticIamError where it is none of them, or holds a file that can not be read
 */
export function readFolder(folder: Folder): readonly ReviewInput[] {
  const inputs = [...readStacks(folder), ...readManifestOf(folder)];
  if (inputs.length > 0) return inputs;
  throw unreadableInput(folder.nameOf('.'), {
    rule: 'must be a folder that cdk synth or cdktf synth wrote',
    reason: `it has no ${ASSEMBLY_FILE}, no stacks, no template and no ${MANIFEST_FILE}`,
    fix: 'run synth first, or give another folder',
  });
}

function readStacks(folder: Folder): readonly ReviewInput[] {
  const listing = folder.has(ASSEMBLY_FILE) ? fieldsOf(folder.json(ASSEMBLY_FILE)) : undefined;
  if (listing && fieldsOf(listing['artifacts'])) return readAssembly(folder);
  if ((listing && fieldsOf(listing['stacks'])) || folder.has('stacks')) return readTerraformOutput(folder);
  if (folder.has(STACK_FILE)) return [{ kind: 'terraform-stack', file: folder.nameOf(STACK_FILE), json: folder.json(STACK_FILE) }];
  return folder
    .files()
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => templateIn(folder, file));
}

/** A folder of templates alone, as a pipeline may have kept it. */
function templateIn(folder: Folder, file: string): ReviewInput {
  const json = folder.json(file);
  if (kindOf(json) !== 'template') {
    throw unreadableInput(folder.nameOf(file), {
      rule: "must be a CloudFormation template with 'Resources'",
      fix: 'synthesise the app again',
    });
  }
  return { kind: 'template', file: folder.nameOf(file), json };
}

function readManifestOf(folder: Folder): readonly ReviewInput[] {
  if (!folder.has(MANIFEST_FILE)) return [];
  const governance: readonly ReviewInput[] = folder.has(GOVERNANCE_FILE)
    ? [{ kind: 'governance', file: folder.nameOf(GOVERNANCE_FILE), json: folder.json(GOVERNANCE_FILE) }]
    : [];
  return [{ kind: 'manifest', file: folder.nameOf(MANIFEST_FILE), json: folder.json(MANIFEST_FILE) }, ...governance];
}
