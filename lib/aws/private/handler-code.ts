import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUNTIME = join(__dirname, '..', 'runtime');
/** Only there in a checkout, and no part of the package. */
const BUNDLER = join(__dirname, '..', '..', '..', 'tools', 'bundle-handler');

const MADE = new Map<string, string>();

/** The folder with the bundled code of a handler. The package ships it; in a checkout it is bundled when it is first asked for. */
export function handlerFolder(name: string): string {
  const shipped = join(RUNTIME, name, 'bundle');
  const known = existsSync(join(shipped, 'index.js')) ? shipped : MADE.get(name);
  if (known !== undefined) return known;
  const made = mkdtempSync(join(tmpdir(), 'agentic-iam-handler-'));
  const { bundleHandler } = require(BUNDLER) as { readonly bundleHandler: (entry: string, into: string) => void };
  bundleHandler(join(RUNTIME, name, 'index.ts'), join(made, 'index.js'));
  MADE.set(name, made);
  return made;
}
