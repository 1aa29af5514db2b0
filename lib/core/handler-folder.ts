import { copyFileSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Only there in a checkout, and no part of the package. */
const BUNDLER = join(__dirname, '..', '..', 'tools', 'bundle-handler');

const MADE = new Map<string, string>();

/**
 * The folder with the bundled code of a handler. The package ships the code; in a checkout it is bundled when it is first asked for.
 * @param runtime folder of the cloud's handlers
 * @param files what the cloud wants beside the code, by name; written as JSON
 */
export function handlerFolderIn(runtime: string, name: string, files: Readonly<Record<string, object>> = {}): string {
  const shipped = join(runtime, name, 'bundle', 'index.js');
  const isShipped = existsSync(shipped);
  if (isShipped && Object.keys(files).length === 0) return join(runtime, name, 'bundle');
  const key = join(runtime, name);
  const known = MADE.get(key);
  if (known !== undefined) return known;
  const made = mkdtempSync(join(tmpdir(), 'agentic-iam-handler-'));
  if (isShipped) copyFileSync(shipped, join(made, 'index.js'));
  else {
    const { bundleHandler } = require(BUNDLER) as { readonly bundleHandler: (entry: string, into: string) => void };
    bundleHandler(join(runtime, name, 'index.ts'), join(made, 'index.js'));
  }
  for (const [file, content] of Object.entries(files)) writeFileSync(join(made, file), `${JSON.stringify(content, null, 2)}\n`);
  MADE.set(key, made);
  return made;
}
