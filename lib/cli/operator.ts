import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { ContainmentRecord, Incident } from '../core/containment/types';
import { drillSeconds } from '../core/containment/words';
import { plain as plainText } from '../core/report/text';
import { unreadableInput } from '../core/review-errors';
import { drillReceipts } from './drill-receipts';
import { type Io, jsonText } from './io';
import { bookAt } from './recertify';
import { type AddressOptions, askResponder, cloudOf } from './responder-address';

/** What the commands for people who contain and restore have in common. */
export interface OperatorCommand extends AddressOptions {
  readonly agent: string;
  readonly fleet: string;
  readonly workflow?: string;
  readonly url?: string;
  readonly json?: boolean;
}

export interface ContainCommand extends OperatorCommand {
  readonly response: string;
  readonly reason: string;
  readonly yes?: boolean;
}

export interface RestoreCommand extends OperatorCommand {
  readonly reason: string;
}

interface Answer {
  readonly decision?: { readonly kind: string; readonly reason?: string; readonly stage?: string; readonly steps?: readonly string[] };
  readonly record: ContainmentRecord | null;
}

/** Where the responder is asked; printed by the deployment of the containment. */
const URL_SETTING = 'AGENTIC_IAM_CONTAINMENT_URL';

/** Contains an agent; without `yes` it only says what would be done. @returns 0 contained or rehearsed, 1 not so (yet) */
export async function contain(command: ContainCommand, io: Io): Promise<number> {
  const { response, reason, yes = false } = command;
  const answer = await ask(command, { action: 'contain', response, reason, requestId: randomUUID(), dryRun: !yes });
  if (command.json) io.out(jsonText(answer));
  else {
    io.out(decisionText(command, answer));
    if (answer.decision?.kind === 'rehearsed') io.out('Nothing was done. Add --yes to do it.\n');
    else io.out(incidentText(answer.record?.incident));
  }
  const { status } = answer.record?.incident ?? {};
  return answer.decision?.kind === 'rehearsed' || status === 'contained' ? 0 : 1;
}

/** Agrees to restore an agent. @returns 0 restored or waiting for another person, 1 refused or not done */
export async function restore(command: RestoreCommand, io: Io): Promise<number> {
  const answer = await ask(command, { action: 'restore', reason: command.reason });
  if (command.json) io.out(jsonText(answer));
  else io.out(`${decisionText(command, answer)}${incidentText(answer.record?.incident)}`);
  const done = answer.decision?.kind === 'waits' || answer.record?.incident?.status === 'restored';
  return done ? 0 : 1;
}

/** What a drill also takes. */
export interface DrillCommand extends OperatorCommand {
  /** File of receipts to add to. @default - none is written */
  readonly receipts?: string;
}

/** Contains a canary for real, and says how long it took. @returns 0 it worked, 1 it did not */
export async function drill(command: DrillCommand, io: Io): Promise<number> {
  // Before anything is stopped: a book that cannot be written on is found out now.
  const book = command.receipts === undefined ? undefined : bookAt(command.receipts);
  const answer = await ask(command, { action: 'drill', requestId: randomUUID() });
  const incident = answer.record?.incident;
  const worked = answer.decision?.kind === 'opened' && incident?.status === 'restored';
  const seconds = worked && incident ? drillSeconds(incident) : undefined;
  if (book && command.receipts !== undefined && incident && answer.record)
    writeFileSync(
      command.receipts,
      jsonText(
        drillReceipts(book, {
          cloud: cloudOf(command.url ?? process.env[URL_SETTING] ?? '', command.cloud),
          incident,
          outbox: answer.record.outbox,
        }),
      ),
    );
  if (command.json) io.out(jsonText(answer));
  else if (seconds === undefined) io.out(`${decisionText(command, answer)}${incidentText(incident)}`);
  else
    io.out(
      plainText(`Agent ${command.agent} of fleet ${command.fleet} was stopped and checked after ${seconds} s, and is restored.`).concat(
        '\n',
      ),
    );
  return worked ? 0 : 1;
}

/** Tells how far an agent is contained. @returns 0 not contained, 1 contained or being so */
export async function status(command: OperatorCommand, io: Io): Promise<number> {
  const answer = await ask(command, { action: 'status' });
  if (command.json) io.out(jsonText(answer));
  else io.out(incidentText(answer.record?.incident));
  const { status: found } = answer.record?.incident ?? {};
  return found === undefined || found === 'restored' ? 0 : 1;
}

async function ask(command: OperatorCommand, fields: object): Promise<Answer> {
  const { agent, fleet, workflow, url = process.env[URL_SETTING] } = command;
  if (url === undefined || !URL.canParse(url))
    throw unreadableInput('--url', {
      rule: 'must be the address of the responder of the fleet',
      value: url ?? '',
      fix: `give the output of the deployment, here or in ${URL_SETTING}`,
    });
  const asked = JSON.stringify({ agent, fleet, ...(workflow === undefined ? {} : { workflow }), ...fields });
  const { code, body } = await askResponder(url, asked, command);
  const value = body as Answer & { readonly code?: string; readonly message?: string };
  if (code === 200) return value;
  throw unreadableInput('the request', {
    rule: `was answered with ${code}`,
    value: `${value.code ?? ''} ${value.message ?? ''}`.trim(),
    fix: code === 403 ? 'ask to be made an operator of the containment' : 'see what it says',
  });
}

function decisionText({ agent, fleet, workflow }: OperatorCommand, { decision }: Answer): string {
  const who = `${workflow === undefined ? 'Agent' : `Workflow ${workflow} of agent`} ${agent} of fleet ${fleet}`;
  const { kind = '', reason = '', stage = '', steps = [] } = decision ?? {};
  const texts: Readonly<Record<string, string>> = {
    opened: `${who} is being contained.`,
    joined: `${who} is under containment already; this was added to its incident.`,
    rehearsed: `${who} would be ${stage} by: ${steps.join(', ')}.`,
    told: `${who} is left as it is. ${reason}`,
    refused: `Refused. ${reason}`,
    waits: `You agreed. Another person must, too, before ${who} is restored.`,
    restoring: `Two people agreed: ${who} is being restored.`,
  };
  return `${plainText(texts[kind] ?? kind)}\n`;
}

function incidentText(incident: Incident | undefined): string {
  if (!incident) return 'It was never contained.\n';
  const steps = incident.status === 'restoring' || incident.status === 'restored' ? incident.restore : incident.steps;
  const lines = [
    `incident ${incident.id}: ${incident.status}, ${incident.stage}, since ${incident.openedAt}`,
    ...incident.triggers.map(({ by, at, reason }) => `  asked for by ${by} at ${at}: ${reason}`),
    ...steps.map(({ id, status: of, receipt }) => `  ${of.padEnd(8)}${id.padEnd(16)}${receipt?.said ?? ''}`),
    ...incident.approvals.map(({ by, at, reason }) => `  ${by} agreed to restore at ${at}: ${reason}`),
  ];
  return `${lines.map(plainText).join('\n')}\n`;
}
