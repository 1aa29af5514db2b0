#!/usr/bin/env node
import { Command } from 'commander';
import { AgenticIamError } from '../core/errors';
import { VERSION } from '../core/version';
import { report } from './report';

const program = new Command('agentic-iam')
  .description('Shows what the agents of a synthesised app may do.')
  .version(VERSION)
  .addHelpText('after', '\nExit codes: 0 done, 1 a finding of severity error, 2 wrong use or unreadable input.')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('report')
  .description('prints each agent with its identity, permissions, resources, credential life and findings')
  .argument('[paths...]', 'manifest files, or folders that synth wrote to', ['cdk.out', 'cdktf.out'])
  .option('--json', 'print the manifests as one JSON document instead of a table')
  .action((paths: string[], options: { json?: boolean }) => {
    process.exitCode = report(paths, { json: options.json ?? false });
  });

// A reader such as `head` may close the pipe before everything is printed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  program.parse();
} catch (error) {
  if (!(error instanceof AgenticIamError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
