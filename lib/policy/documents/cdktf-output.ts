import type { ReviewInput } from '../../core/review/input';
import type { Folder } from './files';
import { fieldsOf } from './kinds';

/** Name of the file that holds one stack. */
export const STACK_FILE = 'cdk.tf.json';
const MANIFEST = 'manifest.json';
const STACKS = 'stacks';

/**
 * The stacks of a folder that cdktf wrote: those its manifest names, or every stack below `stacks` where there is no manifest.
 * @throws AgenticIamError where a stack that is named is missing or damaged
 */
export function readTerraformOutput(folder: Folder): readonly ReviewInput[] {
  const named = folder.has(MANIFEST) ? fieldsOf(fieldsOf(folder.json(MANIFEST))?.['stacks']) : undefined;
  const files = named
    ? Object.entries(named).map(([name, stack]) => ({ name, file: pathOf(name, fieldsOf(stack)?.['synthesizedStackPath']) }))
    : folder.has(STACKS)
      ? folder
          .below(STACKS)
          .folders()
          .map((name) => ({ name, file: pathOf(name, undefined) }))
      : [];
  return files.map(({ name, file }) => ({
    kind: 'terraform-stack',
    file: folder.nameOf(file),
    json: folder.json(file),
    stack: { name },
  }));
}

function pathOf(name: string, given: unknown): string {
  return typeof given === 'string' ? given : `${STACKS}/${name}/${STACK_FILE}`;
}
