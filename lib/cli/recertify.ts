import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { missingManifest } from '../core/errors';
import { accessDigest } from '../core/governance/access-digest';
import { addReceipt, checkReceipts, type ReceiptBook, ReceiptKind, readReceipts } from '../core/governance/receipts';
import { type ManifestAgent, readManifest } from '../core/manifest';
import { unreadableInput } from '../core/review-errors';
import { readInputs } from './inputs';
import { type Io, jsonText } from './io';

export interface RecertifyCommand {
  readonly paths: readonly string[];
  readonly agent: string;
  readonly by: string;
  readonly receipts: string;
  readonly fleet?: string;
  readonly cloud?: string;
}

/** Writes down that an owner looked at an agent's access; gives the exit code. */
export function recertify(command: RecertifyCommand, io: Io): number {
  const agents = agentsIn(command, io);
  const at = new Date().toISOString();
  for (const agent of agents) {
    if (agent.owner !== command.by)
      throw unreadableInput('--by', {
        rule: `must be the owner of agent '${agent.name}', ${agent.owner}`,
        reason: 'who does not own an agent cannot say that it is still needed',
        value: command.by,
        fix: 'ask the owner, or change the owner in the spec first',
      });
  }
  let book = bookAt(command.receipts);
  for (const agent of agents) {
    const permissions = new Set([...agent.access, ...agent.native].flatMap((grant) => grant.permissions)).size;
    book = addReceipt(book, {
      kind: ReceiptKind.RECERTIFICATION,
      cloud: agent.cloud,
      fleet: agent.fleet,
      agent: agent.name,
      at,
      by: command.by,
      steps: [{ what: `looked at ${permissions} permissions`, held: true }],
      access: accessDigest(agent),
    });
    io.out(`${agent.name} of fleet ${agent.fleet} on ${agent.cloud}: ${permissions} permissions, kept by ${command.by}\n`);
  }
  writeFileSync(command.receipts, jsonText(book));
  return 0;
}

function agentsIn({ paths, agent, fleet, cloud }: RecertifyCommand, io: Io): readonly ManifestAgent[] {
  const there = paths.filter((path) => existsSync(path));
  const manifests = there.length === 0 ? [] : readInputs({ paths: there }, io).filter(({ kind }) => kind === 'manifest');
  if (manifests.length === 0) throw missingManifest(paths);
  const all = manifests.flatMap(({ file, json }) => readManifest(file, JSON.stringify(json)).agents);
  const found = all.filter(
    (one) => one.name === agent && (fleet === undefined || one.fleet === fleet) && (cloud === undefined || one.cloud === cloud),
  );
  const fleets = [...new Set(found.map((one) => one.fleet))];
  if (found.length === 0)
    throw unreadableInput('--agent', {
      rule: 'must be an agent of the manifests',
      value: agent,
      fix: `use one of: ${[...new Set(all.map(({ name }) => name))].sort().join(', ')}`,
    });
  if (fleets.length > 1)
    throw unreadableInput('--agent', {
      rule: 'is in several fleets',
      value: agent,
      fix: `say which with --fleet: ${fleets.sort().join(', ')}`,
    });
  return found;
}

/** The book that is there, or a new one. A book that was changed is not written on: what follows a broken receipt would prove nothing. */
export function bookAt(path: string): ReceiptBook {
  if (!existsSync(path)) return { schemaVersion: 1, receipts: [] };
  const book = readReceipts(path, readFileSync(path, 'utf8'));
  const { broken } = checkReceipts(book);
  if (broken.length === 0) return book;
  throw unreadableInput(path, {
    rule: 'must be as it was written',
    reason: `${broken.length} of its receipts were changed afterwards, or stand behind one that was`,
    fix: 'take it back from version control',
  });
}
