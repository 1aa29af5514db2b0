// Bundles the code of a Lambda function into one file. Used by tools/bundle-handlers.ts when the package is built, and by a checkout at synth.
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Left out of what the SDK brings along: ways to find credentials that a function never has, and names of browsers. */
const STAND_INS = {
  '@aws-sdk/credential-provider-node': join(__dirname, 'stand-ins', 'credentials.ts'),
  bowser: join(__dirname, 'stand-ins', 'bowser.ts'),
};

/** Oldest Node that the functions run on. */
const TARGET = 'node22';

/** Bundles one entry into one CommonJS file; the same sources give the same bytes. */
export function bundleHandler(entry: string, into: string): void {
  buildSync({
    entryPoints: [entry],
    outfile: into,
    bundle: true,
    minify: true,
    platform: 'node',
    target: TARGET,
    format: 'cjs',
    // The CommonJS forms of the SDK cannot be cut to what is used.
    mainFields: ['module', 'main'],
    alias: STAND_INS,
    // The host of functions on Azure has it.
    external: ['@azure/functions-core'],
    // Some libraries ask where they are in the words of modules, which this form has not.
    define: { 'import.meta.url': 'IMPORT_META_URL' },
    banner: { js: "const IMPORT_META_URL = require('node:url').pathToFileURL(__filename).href;" },
    legalComments: 'none',
    logLevel: 'error',
  });
}
