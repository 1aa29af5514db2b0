import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Manifest } from '../../lib';
import { ROOT } from './command';

/** What `npm run synth` wrote for one stack. */
export interface Synthesised {
  readonly name: string;
  /** CloudFormation template or Terraform JSON. */
  readonly file: string;
}

/** CloudFormation templates of the examples, nested assemblies too. */
export function cloudFormationTemplates(): Synthesised[] {
  return find(join(ROOT, 'cdk.out'), '.template.json').map((file) => ({ name: basename(file, '.template.json'), file }));
}

/** Terraform stacks of the examples. */
export function terraformStacks(): Synthesised[] {
  return find(join(ROOT, 'cdktf.out'), 'cdk.tf.json').map((file) => ({ name: basename(join(file, '..')), file }));
}

/** The manifests that lie beside an output. */
export function manifests(folder: 'cdk.out' | 'cdktf.out'): Manifest[] {
  return find(join(ROOT, folder), 'agentic-iam.manifest.json').map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest);
}

function find(folder: string, suffix: string): string[] {
  if (!existsSync(folder)) throw new Error(`${basename(folder)} is missing: run 'npm run synth' first`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
