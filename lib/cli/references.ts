import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Fields, fieldsOf, follow, textOf } from '../core/json-fields';
import type { ManifestAgent } from '../core/manifest';
import { readText } from '../policy/documents/files';
import { parseText } from '../policy/documents/json-text';

/**
 * What references of an agent's stack stand for, as far as the template beside the manifest says it: names that were written down. The rest is known once it is
 * deployed, and is `*`.
 */
export function referencesOf(manifest: string, { construct }: ManifestAgent): (reference: string) => string {
  const [stack = ''] = construct.split('/');
  const file = join(dirname(manifest), 'stacks', stack, 'cdk.tf.json');
  if (!existsSync(file)) return () => '*';
  const parsed = parseText(file, readText(file));
  const resources = 'json' in parsed ? fieldsOf(fieldsOf(parsed.json)?.['resource']) : undefined;
  return (reference) => valueIn(resources, reference) ?? '*';
}

function valueIn(resources: Fields | undefined, reference: string, depth = 0): string | undefined {
  const [, type = '', name = '', attribute = ''] = /^([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.([a-z0-9_]+)$/.exec(reference) ?? [];
  const text = textOf(follow(fieldsOf(fieldsOf(resources?.[type])?.[name]), attribute));
  if (text === undefined || depth > MOST_STEPS) return undefined;
  const inner = /^\$\{([^}]*)\}$/.exec(text)?.[1];
  if (inner !== undefined) return valueIn(resources, inner, depth + 1);
  return text.includes('${') ? undefined : text;
}

/** A reference to a reference to a reference, and no circle. */
const MOST_STEPS = 5;
