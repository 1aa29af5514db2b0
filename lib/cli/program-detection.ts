import type { Command } from 'commander';
import type { AlertsCommand } from './alerts';
import { collect } from './collect';
import type { DraftCommand } from './draft';
import type { Io } from './io';
import type { ReplayCommand } from './replay';
import { ALERTS_HELP, DRAFT_HELP, REPLAY_HELP } from './replay-help';

/** The commands that compare what agents did with what they declared. */
export function addDetection(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('replay')
    .description('runs the detector over recorded logs: what it would have found, and what would have been done')
    .requiredOption('--events <path>', 'CloudTrail log files, or a folder of them; may be repeated', collect)
    .option('--manifest <path>', 'what synth wrote, or a registry; may be repeated (default: cdk.out cdktf.out)', collect)
    .option('--min-severity <severity>', 'tell and count only from low, medium, high or critical on', 'low')
    .option('--json', 'print everything as one JSON document')
    .option('--lines', 'print each detection as one line of JSON when it is found, and nothing else')
    .addHelpText('after', REPLAY_HELP)
    .action(async (options: ReplayCommand) => {
      const { replay } = require('./replay') as typeof import('./replay');
      done(await replay(options, io));
    });
  program
    .command('draft')
    .description('drafts the declaration of an agent that is there already, from what it was seen to do')
    .requiredOption('--from <path>', 'CloudTrail log files, or a folder of them; may be repeated', collect)
    .requiredOption('--principal <arn>', 'role or user whose calls they are; * is any text')
    .option('--name <name>', 'name of the agent (default: from the principal)')
    .option('--out <folder>', 'where to write', 'agentic-iam-draft')
    .option('--json', 'print what was drafted as one JSON document, and write nothing')
    .addHelpText('after', DRAFT_HELP)
    .action(async (options: DraftCommand) => {
      const { draft } = require('./draft') as typeof import('./draft');
      done(await draft(options, io));
    });
  program
    .command('alerts')
    .description('writes saved searches for Splunk, or monitors for Datadog, for the fleets of a manifest')
    .requiredOption('--for <product>', 'splunk or datadog')
    .option('--manifest <path>', 'what synth wrote; may be repeated (default: cdk.out cdktf.out)', collect)
    .option('--out <folder>', 'where to write; without it, print')
    .addHelpText('after', ALERTS_HELP)
    .action((options: AlertsCommand) => {
      const { alerts } = require('./alerts') as typeof import('./alerts');
      done(alerts(options, io));
    });
}
