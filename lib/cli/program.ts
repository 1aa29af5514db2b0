import { Command, CommanderError } from 'commander';
import { AgenticIamError } from '../core/errors';
import { VERSION } from '../core/version';
import { collect } from './collect';
import { DIFF_HELP, MAIN_HELP, REVIEW_HELP, TEST_HELP } from './help';
import { type Io, processIo } from './io';
import { addContainment } from './program-containment';
import { addDetection } from './program-detection';
import { addGovernance } from './program-governance';
import type { ReceiptCommand } from './receipt';
import { RECEIPT_HELP } from './receipt-help';

interface SharedOptions {
  readonly accountDetails?: readonly string[];
  readonly resources?: readonly string[];
  readonly principal?: readonly string[];
  readonly json?: boolean;
}

/**
 * Runs the command line and gives the exit code: 0 done and nothing found, 1 something found, 2 wrong use or unreadable input.
 *
 * Commands are loaded when they are called, so that help and slips of the hand are answered at once.
 */
export async function run(args: readonly string[], io: Io = processIo()): Promise<number> {
  let code = 0;
  const program = makeProgram(io, (found) => {
    code = found;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof AgenticIamError)) throw error;
    io.err(`${error.message}\n`);
    return 2;
  }
}

function makeProgram(io: Io, done: (code: number) => void): Command {
  const program = new Command('agentic-iam')
    .description('Shows what agents, roles and accounts may really do, before it is deployed.')
    .version(VERSION)
    .addHelpText('after', MAIN_HELP)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHelpWidth: () => io.width, getErrHelpWidth: () => io.width });
  addReview(program, io, done);
  addDiff(program, io, done);
  addTest(program, io, done);
  addGovernance(program, io, done);
  addReceipt(program, io, done);
  addDetection(program, io, done);
  addContainment(program, io, done);
  return program;
}

function addReview(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('review')
    .description('judges who can do what at worst: findings, ways to more access, and the blast radius of each agent or role')
    .argument(
      '[paths...]',
      'folders that synth wrote, templates, plans, account details; - for standard input (default: cdk.out cdktf.out)',
    )
    .option('--json', 'print the review as JSON')
    .option('--sarif [file]', 'write a SARIF log for code scanning; without a file, print it')
    .option('--html <file>', 'write one page that needs no network, with the graph of who reaches what');
  withInputs(command)
    .addHelpText('after', REVIEW_HELP)
    .action((paths: string[], options: SharedOptions & { readonly sarif?: string | true; readonly html?: string }) => {
      refuseBoth(command, { json: options.json, sarif: options.sarif === true });
      const { review } = require('./review') as typeof import('./review');
      done(review({ ...options, paths }, io));
    });
}

function addDiff(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('diff')
    .description('tells what two versions differ in: who gained or lost which access, which ways opened or closed')
    .argument('<base>', 'what there is: a folder that synth wrote, a template, a plan, account details')
    .argument('<head>', 'what is to be: the same kinds')
    .option('--json', 'print the diff as JSON')
    .option('--markdown [file]', 'write a comment for a pull request; without a file, print it')
    .option('--allow <file>', 'JSON list of new access that is wanted, each with a reason');
  withInputs(command)
    .addHelpText('after', DIFF_HELP)
    .action((base: string, head: string, options: SharedOptions & { readonly markdown?: string | true; readonly allow?: string }) => {
      refuseBoth(command, { json: options.json, markdown: options.markdown === true });
      const { diff } = require('./diff') as typeof import('./diff');
      done(diff({ ...options, base, head }, io));
    });
}

function addTest(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('test')
    .description('checks access expectations: each a request and what must become of it')
    .argument('<files...>', 'expectations as JSON or JSON Lines; - for standard input')
    .option('--in <path>', 'what to check, as review takes it; may be repeated (default: cdk.out cdktf.out)', collect)
    .option('--json', 'print the verdicts as JSON');
  withAccounts(command)
    .addHelpText('after', TEST_HELP)
    .action((files: string[], options: SharedOptions & { readonly in?: readonly string[] }) => {
      const { test } = require('./test') as typeof import('./test');
      done(test({ ...options, files, paths: options.in ?? [] }, io));
    });
}

function addReceipt(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('receipt')
    .description('tells what became of one task: what was issued, what was used, never used, and what fell outside')
    .requiredOption('--task <id>', 'agent@task; the id alone where a ledger or manifest says whose it is')
    .requiredOption('--events <path>', 'CloudTrail log files, or a folder of them; may be repeated', collect)
    .option('--ledger <file>', 'what the broker issued: output of aws dynamodb query or scan on its table')
    .option('--manifest <file>', 'what synth wrote; says what a task grants where no ledger does (default: that of cdk.out)')
    .option('--json', 'print the receipt as JSON')
    .addHelpText('after', RECEIPT_HELP)
    .action(async (options: ReceiptCommand) => {
      const { receipt } = require('./receipt') as typeof import('./receipt');
      done(await receipt(options, io));
    });
}

function withInputs(command: Command): Command {
  return withAccounts(command).option(
    '--principal <id>',
    'review this one only: an ARN, an id, or the name of an agent; may be repeated',
    collect,
  );
}

function withAccounts(command: Command): Command {
  return command
    .option('--account-details <file>', 'output of aws iam get-account-authorization-details; may be repeated', collect)
    .option(
      '--resources <file>',
      'JSON Lines of {arn, type?, role?, policy?}: what runs as which role, and policies; may be repeated',
      collect,
    );
}

/** Two documents on one output are none. */
function refuseBoth(command: Command, asked: Readonly<Record<string, boolean | undefined>>): void {
  const both = Object.keys(asked).filter((name) => asked[name]);
  if (both.length < 2) return;
  command.error(`error: --${both.join(' and --')} both print to standard output; give one of them a file`);
}
