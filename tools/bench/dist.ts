import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The compiled package. */
export const DIST = join(__dirname, '..', '..', 'dist');

/**
 * An entry point of the compiled package, which is what users run: loading the sources through a transpiler would
 * measure the transpiler as well.
 */
export function fromDist<T>(entry: string): T {
  if (!existsSync(DIST)) throw new Error("dist is missing: run 'npm run build' first");
  return require(join(DIST, entry)) as T;
}
