import { createHash } from 'node:crypto';
import type { AgentEvent } from '../core/agent-event';
import { showSymbols, symbol, type Ternary } from '../core/review/glob';
import type { CallVerdict, IssuedAccess, IssuedGrant } from '../core/task-receipt-types';
import { canName } from '../policy/aws/engine';
import { allowedBy, deniedBy } from '../policy/aws/engine/layers';
import { RequestView } from '../policy/aws/engine/request';
import { readPolicy } from '../policy/aws/input/read-policy';
import type { AwsPolicy } from '../policy/aws/model';
import free from './receipt-actions.json';

const FREE = new Set(Object.keys(free.actions).map((action) => action.toLowerCase()));

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

interface Part {
  readonly grant: IssuedGrant;
  readonly policy: AwsPolicy;
}

/** What the session policy of an issuance grants, action by action, and what it says of a call. */
export function accessByPolicy(document: unknown, name: string): IssuedAccess {
  const statements = listOf((document as { readonly Statement?: unknown } | null)?.Statement) as readonly Statement[];
  const read = (Statement: readonly unknown[]): AwsPolicy => readPolicy({ Version: '2012-10-17', Statement }, { name, layer: 'identity' });
  const parts: readonly Part[] = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap((statement) =>
      listOf(statement.Action).map((Action) => ({
        grant: { permission: String(Action), resources: listOf(statement.Resource).map((one) => showSymbols(String(one))) },
        policy: read([{ ...statement, Action }]),
      })),
    );
  const whole = read(statements);
  const [unread] = whole.document.unknowns;
  return {
    grants: parts.map(({ grant }) => grant),
    judge: (call) => judge(call, { whole, parts }),
    ...(unread === undefined ? {} : { note: unread }),
  };
}

/** The policy that the ledger holds. One that is not what was issued judges nothing. */
export function accessByLedger(policy: string, policyHash: string | undefined): IssuedAccess | undefined {
  const hash = createHash('sha256').update(policy).digest('hex');
  if (policyHash !== undefined && policyHash !== hash) return undefined;
  try {
    return accessByPolicy(JSON.parse(policy), 'the issued policy');
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function judge(call: AgentEvent, { whole, parts }: { readonly whole: AwsPolicy; readonly parts: readonly Part[] }): CallVerdict {
  if (FREE.has(call.action.toLowerCase())) return { answer: 'granted', grants: [] };
  const named = call.resources.filter((resource) => canName(call.action, resource));
  // A record that names nothing of the action's own kind leaves open what the call was about.
  const resources = named.length > 0 ? named : [symbol('resource')];
  const open = new Set<string>();
  const answers = resources.map((resource) => answerOf(call, resource, { whole, parts, open }));
  const grants = [...new Set(answers.flatMap((one) => one.grants))];
  if (answers.some(({ answer }) => answer === 'no')) return { answer: 'outside', grants: [] };
  if (answers.every(({ answer }) => answer === 'yes')) return { answer: 'granted', grants };
  const conditions = [...open].filter((one) => named.length > 0 || !one.startsWith('the resources of ')).sort();
  const dependsOn = named.length > 0 ? conditions : ['the resource, which the record does not name', ...conditions];
  return { answer: 'undecided', grants, dependsOn };
}

function answerOf(
  { action, principal, account = '' }: AgentEvent,
  resource: string,
  { whole, parts, open }: { readonly whole: AwsPolicy; readonly parts: readonly Part[]; readonly open: Set<string> },
): { readonly answer: Ternary; readonly grants: readonly number[] } {
  const view = new RequestView({ action, resource, missing: 'unknown', principal: { arn: principal, account, kind: 'role' } });
  const denied = deniedBy([whole], view, open).answer;
  const said = parts.map(({ policy }) => allowedBy([policy], view, open).answer);
  const best: Ternary = said.includes('yes') ? 'yes' : said.includes('maybe') ? 'maybe' : 'no';
  const answer = denied === 'yes' || best === 'no' ? 'no' : denied === 'maybe' ? 'maybe' : best;
  return { answer, grants: said.flatMap((one, index) => (one === best && one !== 'no' ? [index] : [])) };
}
