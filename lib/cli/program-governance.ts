import type { Command } from 'commander';
import { collect } from './collect';
import { PROMOTE_HELP, RECERTIFY_HELP, REPORT_HELP } from './help-governance';
import type { Io } from './io';
import type { PromoteCommand } from './promote';
import type { RecertifyCommand } from './recertify';
import type { ReportCommand } from './report';

/** Commands of governance: where agents stand, and what their owners say. */
export function addGovernance(program: Command, io: Io, done: (code: number) => void): void {
  const command = program
    .command('report')
    .description('says on which level of the ladder each agent stands, what shows it, and what to do next')
    .argument('[paths...]', 'folders that synth wrote to, or their files', ['cdk.out', 'cdktf.out'])
    .option('--receipts <file>', 'receipts of drills and recertifications, which show some controls')
    .option(
      '--since <path>',
      'an earlier output folder, or what --json printed then, for the trend; may be repeated, oldest first',
      collect,
    )
    .option('--on <day>', 'judge as of this day (default: today)')
    .option('--json', 'print the scorecard as JSON')
    .option('--html <file>', 'write one page that needs no network, for people who read no JSON')
    .option('--markdown [file]', 'write it in Markdown; without a file, print it')
    .option('--sarif [file]', 'write a SARIF log; without a file, print it')
    .option('--oscal [file]', 'write OSCAL assessment results; without a file, print them')
    .option('--csv [file]', 'write the matrix of frames, controls and agents for auditors; without a file, print it')
    .addHelpText('after', REPORT_HELP)
    .action((paths: string[], options: Omit<ReportCommand, 'paths'>) => {
      const printed = (['json', 'markdown', 'sarif', 'oscal', 'csv'] as const).filter((name) => options[name] === true);
      if (printed.length > 1) command.error(`error: --${printed.join(' and --')} print to standard output; give all but one a file`);
      const { report } = require('./report') as typeof import('./report');
      done(report({ ...options, paths }, io));
    });
  program
    .command('promote')
    .description(
      'says whether an agent may go from alerting to enforcement: recorded calls are judged, and none that was wanted would have been stopped',
    )
    .requiredOption('--agent <name>', 'the agent')
    .requiredOption('--events <path>', 'log files of the days, or a folder of them; may be repeated', collect)
    .option('--check', 'only say it; without, the receipt is written to --receipts')
    .option('--days <number>', 'days that the calls must cover', '14')
    .option('--on <day>', 'last of the days (default: today)')
    .option(
      '--confirmed <file>',
      'JSON list of ids or fingerprints of detections that were right: what they would have stopped was not wanted',
    )
    .option('--manifest <path>', 'what synth wrote, or a registry; may be repeated (default: cdk.out cdktf.out)', collect)
    .option('--fleet <name>', 'where several fleets have an agent of the name')
    .option('--cloud <name>', 'where it runs on several clouds')
    .option('--receipts <file>', 'file of receipts to add to')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', PROMOTE_HELP)
    .action(async (options: PromoteCommand) => {
      const { promote } = require('./promote') as typeof import('./promote');
      done(await promote(options, io));
    });
  program
    .command('recertify')
    .description('writes down that the owner of an agent looked at what it may do, and keeps it')
    .argument('[paths...]', 'folders that synth wrote to, or manifests', ['cdk.out', 'cdktf.out'])
    .requiredOption('--agent <name>', 'the agent')
    .requiredOption('--by <owner>', 'who looked: the owner that the spec names')
    .requiredOption('--receipts <file>', 'file of receipts to add to; made where there is none')
    .option('--fleet <name>', 'where several fleets have an agent of the name')
    .option('--cloud <name>', 'on this cloud alone (default: on every one it runs on)')
    .addHelpText('after', RECERTIFY_HELP)
    .action((paths: string[], options: Omit<RecertifyCommand, 'paths'>) => {
      const { recertify } = require('./recertify') as typeof import('./recertify');
      done(recertify({ ...options, paths }, io));
    });
}
