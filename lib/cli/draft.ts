import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAgentEvent } from '../core/agent-event';
import { AgentSpec } from '../core/agent-spec';
import { AgentDraft } from '../core/detection/draft';
import { matcherOf } from '../core/detection/patterns';
import { readRegistry } from '../core/detection/read-registry';
import { checkName } from '../core/names';
import { plain } from '../core/report/text';
import { unreadableInput } from '../core/review-errors';
import { type Io, jsonText, progress, writeReport } from './io';
import { logFiles, recordsOf } from './receipt-logs';

export interface DraftCommand {
  readonly from: readonly string[];
  readonly principal: string;
  readonly name?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Names of agents are that long at most. */
const LONGEST_NAME = 30;

/** Writes a first declaration of an agent from logs. */
export async function draft(command: DraftCommand, io: Io): Promise<number> {
  const name = checkName('agent', command.name ?? nameOf(command.principal));
  const { readCloudTrail, AWS_DRAFT_NAMES } = require('../events/aws') as typeof import('../events/aws');
  const isIt = matcherOf([command.principal]);
  const made = new AgentDraft({ name, fleet: 'main', cloud: 'aws', principal: command.principal }, AWS_DRAFT_NAMES);
  let records = 0;
  let unread = 0;
  for await (const file of logFiles(command.from)) {
    progress(io, `reading ${file}`);
    for await (const read of recordsOf(file)) {
      records += 1;
      const event = 'unread' in read ? undefined : readCloudTrail(read.record);
      if (!event || !isAgentEvent(event)) unread += 1;
      else if (isIt(event.principal)) made.add(event);
    }
  }
  progress(io, '');
  const drafted = made.finish();
  if (drafted.calls === 0) {
    throw unreadableInput(command.principal, {
      rule: 'must have made a call',
      reason: `none of the ${records} records is by it`,
      fix: "give the ARN of the role or user itself, as userIdentity.sessionContext.sessionIssuer.arn has it, or a pattern with '*'",
    });
  }
  const about = [
    `Drafted from ${drafted.calls} calls of ${command.principal}. Whatever was seen is taken for wanted: prune it.`,
    ...drafted.guesses,
  ];
  const registry = { schemaVersion: 1, about, agents: [drafted.watched] };
  // What is written must be read again.
  readRegistry('draft', structuredClone(registry));
  AgentSpec.fromJson(structuredClone(drafted.spec));
  if (command.json) {
    io.out(jsonText({ spec: drafted.spec, resources: drafted.resources, registry, records, unread }));
    return 0;
  }
  mkdirSync(command.out, { recursive: true });
  const files: readonly (readonly [string, unknown, string])[] = [
    ['spec.json', drafted.spec, '"capabilities"'],
    ['resources.json', drafted.resources, '{'],
    ['registry.json', registry, '"grants"'],
  ];
  for (const [file, value, mark] of files)
    writeReport(join(command.out, file), jsonText(value), { what: 'draft', isOne: (text) => text.includes(mark) });
  io.out(`Drafted ${plain(name)} from ${drafted.calls} of ${records} records${unread > 0 ? `; ${unread} could not be read` : ''}.\n\n`);
  for (const [file] of files) io.out(`  ${join(command.out, file)}\n`);
  io.out(`\nWhat was guessed:\n`);
  for (const guess of drafted.guesses) io.out(`  - ${plain(guess)}\n`);
  return 0;
}

function nameOf(principal: string): string {
  const last = principal.split('/').at(-1) ?? principal;
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, '');
  return name.length < 2 ? 'drafted' : name;
}
