// Bundles every handler below lib/*/runtime into dist, so that no user's synth has to. Run by: npm run build
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleHandler } from './bundle-handler';

const ROOT = join(__dirname, '..');

function main(): void {
  for (const cloud of readdirSync(join(ROOT, 'lib'))) {
    const runtime = join(ROOT, 'lib', cloud, 'runtime');
    if (!existsSync(runtime)) continue;
    for (const name of readdirSync(runtime)) {
      const entry = join(runtime, name, 'index.ts');
      if (existsSync(entry)) bundleHandler(entry, join(ROOT, 'dist', cloud, 'runtime', name, 'bundle', 'index.js'));
    }
  }
}

if (require.main === module) main();
