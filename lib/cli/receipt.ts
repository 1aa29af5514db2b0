import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentEvent, isAgentEvent, type UnreadEvent } from '../core/agent-event';
import { checkTaskId, tryReadSourceIdentity } from '../core/attribution';
import { MANIFEST_FILE, type ManifestAgent, type ManifestTask, readManifest } from '../core/manifest';
import { symbol } from '../core/review/glob';
import type { TaskIssuance } from '../core/task-issuance';
import { type ReceiptBasis, ReceiptBuilder } from '../core/task-receipt';
import { ambiguousTask, unknownTask } from '../core/task-receipt-errors';
import { accessByPermissions } from '../core/task-receipt-permissions';
import type { IssuedAccess, TaskReceipt } from '../core/task-receipt-types';
import { fillPattern } from '../core/task-values';
import { isFolder, readText } from '../policy/documents/files';
import { type Io, jsonText, progress } from './io';
import { readLedger } from './receipt-ledger';
import { logFiles, recordsOf } from './receipt-logs';
import { accessByLedger, accessByPolicy } from './receipt-policy';
import { renderReceipt } from './receipt-text';

export interface ReceiptCommand {
  /** `agent@task`, or the id of the task alone where ledger or manifest say whose it is. */
  readonly task: string;
  /** Log files and folders of them. */
  readonly events: readonly string[];
  /** @default - the one in cdk.out, where there is one */
  readonly manifest?: string;
  readonly ledger?: string;
  readonly json?: boolean;
}

/** Reads logs, prints the receipt of one task and gives the exit code: 1 where a call fell outside of what was issued. */
export async function receipt(command: ReceiptCommand, io: Io): Promise<number> {
  const issuances = command.ledger === undefined ? undefined : readLedger(command.ledger, io);
  const agents = readAgents(command.manifest);
  const { agent, task } = findTask(command.task, issuances, agents);
  const builder = new ReceiptBuilder({
    agent,
    task,
    asOf: new Date().toISOString(),
    ...basisOf(
      agents.find(({ name }) => name === agent),
      agents,
    ),
    ...(issuances ? { issuances } : {}),
  });
  // Loaded here: a slip of the hand above is answered at once.
  const { readCloudTrail } = require('../events/aws') as typeof import('../events/aws');
  let files = 0;
  for await (const file of logFiles(command.events)) {
    files += 1;
    progress(io, `reading log file ${files}`);
    for await (const read of recordsOf(file))
      builder.add('unread' in read ? { reason: read.unread } : ofSession(readCloudTrail(read.record), read.record));
  }
  progress(io, '');
  const made = builder.finish();
  if (made.counts.calls === 0 && made.issuances.length === 0)
    throw unknownTask(command.task, { records: made.counts.records, entries: issuances?.length ?? 0 });
  tell(made, { command, io });
  return made.outside.count > 0 ? 1 : 0;
}

function tell(made: TaskReceipt, { command, io }: { readonly command: ReceiptCommand; readonly io: Io }): void {
  io.out(command.json ? jsonText(made) : renderReceipt(made, { width: io.width, color: io.color }));
}

/**
 * A call as that of the session that made it. The call that makes a session tells of the task too, and is made by whoever gives out the
 * credentials, under an identity of its own.
 */
function ofSession(read: AgentEvent | UnreadEvent, record: unknown): AgentEvent | UnreadEvent {
  if (!isAgentEvent(read)) return read;
  const { userIdentity } = record as { readonly userIdentity?: { readonly sessionContext?: { readonly sourceIdentity?: unknown } } };
  if (userIdentity?.sessionContext?.sourceIdentity !== undefined) return read;
  const { task: _task, chain: _chain, ...rest } = read;
  return rest;
}

/** Agents of the manifest that the logs can tell of. */
function readAgents(path: string | undefined): readonly ManifestAgent[] {
  const given = path ?? 'cdk.out';
  if (path === undefined && !existsSync(join(given, MANIFEST_FILE))) return [];
  const file = isFolder(given) ? join(given, MANIFEST_FILE) : given;
  return readManifest(file, readText(file)).agents.filter(({ cloud }) => cloud === 'aws');
}

function findTask(given: string, issuances: readonly TaskIssuance[] | undefined, agents: readonly ManifestAgent[]) {
  const whole = tryReadSourceIdentity(given);
  if (whole) return whole;
  const task = checkTaskId(given);
  const issued = [...new Set((issuances ?? []).filter((one) => one.task === task).map(({ agent }) => agent))];
  const declared = [...new Set(agents.filter(({ tasks = [] }) => tasks.length > 0).map(({ name }) => name))];
  const known = issued.length > 0 ? issued : declared;
  const [agent, ...more] = known;
  if (agent === undefined || more.length > 0) throw ambiguousTask(task, known);
  return { agent, task };
}

/** What was issued, from the policy itself where it is at hand, else from what the manifest says of the task. */
function basisOf(
  agent: ManifestAgent | undefined,
  agents: readonly ManifestAgent[],
): Pick<ReceiptBasis, 'accessOf' | 'handsOverTo' | 'otherwise'> {
  const templateOf = ({ template }: TaskIssuance) => agent?.tasks?.find(({ name }) => name === template);
  return {
    accessOf: (issuance) => {
      const template = templateOf(issuance);
      if (issuance.policy !== undefined) return accessByLedger(issuance.policy, issuance.policyHash);
      if (template?.native !== undefined) return byTemplate(template.native, issuance);
      return agent && template ? accessByPermissions(agent, template) : undefined;
    },
    handsOverTo: (issuance) => {
      const template = templateOf(issuance);
      return template && reachedFrom(handedTo(template), agents);
    },
    ...(agent ? { otherwise: accessByPermissions(agent) } : {}),
  };
}

function handedTo({ capabilities }: ManifestTask): readonly string[] {
  return capabilities.flatMap(({ capability, resource }) => (capability === 'agents:delegate' ? [resource] : []));
}

/** Those agents and whom they may hand work on to: a record names the first and the last of a chain only. */
function reachedFrom(names: readonly string[], agents: readonly ManifestAgent[]): readonly string[] {
  const reached = new Set(names);
  for (const name of reached) for (const next of agents.find((one) => one.name === name)?.delegatesTo ?? []) reached.add(next);
  return [...reached];
}

/** The policy as the manifest holds it, with the values of the request. */
function byTemplate(native: unknown, { parameters }: TaskIssuance): IssuedAccess {
  const { statements = [] } = native as { readonly statements?: unknown };
  const filled: unknown = JSON.parse(JSON.stringify({ Statement: statements }), (_, value: unknown) =>
    typeof value === 'string' ? fillPattern(value, parameters) : reference(value),
  );
  return accessByPolicy(filled, 'the policy of the manifest');
}

/** What the template fills in at deployment is not known here, and is an unknown text. */
function reference(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [name = '', ...more] = Object.keys(value);
  return more.length === 0 && (name === 'Ref' || name.startsWith('Fn::')) ? symbol('a reference of the template') : value;
}
