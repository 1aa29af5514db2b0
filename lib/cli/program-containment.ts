import type { Command } from 'commander';
import type { Io } from './io';
import type { ContainCommand, DrillCommand, OperatorCommand, RestoreCommand } from './operator';

const ASKS = `
The responder of the fleet is asked, by its address (--url, or AGENTIC_IAM_CONTAINMENT_URL), as whoever you are to its cloud: on AWS by credentials of the
environment or of --profile, on Google Cloud by gcloud's identity token, on Azure by az for --application (or AGENTIC_IAM_CONTAINMENT_APPLICATION).
Who may ask is said by AgentContainment (operators).
`;

const CONTAIN_HELP = `${ASKS}
Without --yes it says what would be done, and does nothing. restrict denies everything above reading (on Google Cloud it is the brake), brake denies
everything, quarantine also keeps the agent from coming back.

Examples:
  $ agentic-iam contain --agent invoice-reader --fleet prod --reason "asks for payroll"
  $ agentic-iam contain --agent invoice-reader --fleet prod --reason "asks for payroll" --yes

Exit codes:
  0  contained and checked, or rehearsed
  1  not done, or not wholly: see what it says
  2  wrong use, or the responder could not be asked
`;

const STATUS_HELP = `${ASKS}
Exit codes:
  0  not contained
  1  contained, or being contained or restored
  2  wrong use, or the responder could not be asked
`;

const RESTORE_HELP = `${ASKS}
Two people must agree, each with a reason that is kept. With the second the agent is restored as its template says.

Exit codes:
  0  restored, or another person must agree
  1  refused, or not done
  2  wrong use, or the responder could not be asked
`;

const DRILL_HELP = `${ASKS}
Only an agent that is there for it is drilled: AgentContainment.drill(canary). With --receipts what came of it is written down, step by step; keep the file beside
the code, and give it to agentic-iam report.

Exit codes:
  0  it was contained, checked and restored
  1  it was not: see what it says
  2  wrong use, or the responder could not be asked
`;

/** The commands of people who contain and restore. */
export function addContainment(program: Command, io: Io, done: (code: number) => void): void {
  withAgent(program.command('contain').description('stops an agent now; without --yes, says what would be done'))
    .option('--response <response>', 'restrict, brake or quarantine', 'brake')
    .requiredOption('--reason <text>', 'why; it is kept')
    .option('--yes', 'do it')
    .addHelpText('after', CONTAIN_HELP)
    .action(async (options: ContainCommand) => {
      const { contain } = require('./operator') as typeof import('./operator');
      done(await contain(options, io));
    });
  withAgent(program.command('status').description('tells how far an agent is contained, step by step'))
    .addHelpText('after', STATUS_HELP)
    .action(async (options: OperatorCommand) => {
      const { status } = require('./operator') as typeof import('./operator');
      done(await status(options, io));
    });
  withAgent(program.command('restore').description('agrees to restore an agent that is contained'))
    .requiredOption('--reason <text>', 'why it is safe; it is kept')
    .addHelpText('after', RESTORE_HELP)
    .action(async (options: RestoreCommand) => {
      const { restore } = require('./operator') as typeof import('./operator');
      done(await restore(options, io));
    });
  withAgent(program.command('drill').description('contains a canary for real, checks that, and restores it; says how long it took'))
    .option('--receipts <file>', 'file of receipts to add to, for agentic-iam report; made where there is none')
    .addHelpText('after', DRILL_HELP)
    .action(async (options: DrillCommand) => {
      const { drill } = require('./operator') as typeof import('./operator');
      done(await drill(options, io));
    });
}

function withAgent(command: Command): Command {
  return command
    .requiredOption('--agent <name>', 'name of the agent')
    .option('--fleet <name>', 'fleet of the agent', 'main')
    .option('--workflow <name>', 'this workflow of the agent alone')
    .option('--url <address>', 'address of the responder')
    .option('--cloud <name>', 'aws, azure or gcp, where the address does not tell')
    .option('--profile <name>', 'profile of the AWS command line')
    .option('--application <id>', 'application of the directory, on Azure')
    .option('--json', 'print the answer as JSON');
}
