import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stableStringify } from '../../../lib/core/json';

type Arguments = Readonly<Record<string, unknown>>;

interface TerraformJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
}

/**
 * One line per resource: its type and arguments, without those that are names each program chooses for itself. A
 * reference is shown as the type it leads to.
 */
export function terraformInventory(outdir: string, ownNames: Readonly<Record<string, readonly string[]>>): string[] {
  const stacks = join(outdir, 'stacks');
  return readdirSync(stacks).flatMap((stack) => {
    const { resource = {} } = JSON.parse(readFileSync(join(stacks, stack, 'cdk.tf.json'), 'utf8')) as TerraformJson;
    return Object.entries(resource).flatMap(([type, byName]) => Object.values(byName).map((one) => `${type} ${show(one, ownNames[type])}`));
  });
}

function show(resource: Arguments, ownNames: readonly string[] = []): string {
  const shown = Object.entries(resource).map(([key, value]) => [key, key === '//' ? undefined : ownNames.includes(key) ? '<name>' : value]);
  return stableStringify(Object.fromEntries(shown)).replace(/\$\{(data\.)?(\w+)\.[\w-]+\.(\w+)\}/g, '<$2.$3>');
}
