import type { AgentEvent, UnreadEvent } from './agent-event';
import { isAgentEvent } from './agent-event';
import type { Attribution } from './attribution';
import type { TaskIssuance } from './task-issuance';
import type {
  CallVerdict,
  GrantUse,
  IssuedAccess,
  IssuedGrant,
  JudgedCall,
  OutsideReason,
  ReceiptIssuance,
  TaskReceipt,
} from './task-receipt-types';

/** What a receipt is made out from, besides the calls. */
export interface ReceiptBasis extends Attribution {
  /** Entries of the ledger for this task. @default - no ledger is at hand */
  readonly issuances?: readonly TaskIssuance[];
  /** What an issuance lets do; undefined where neither its policy nor its template is at hand. */
  readonly accessOf: (issuance: TaskIssuance) => IssuedAccess | undefined;
  /** What a call is judged by that no issuance is known for. @default - such a call is not judged */
  readonly otherwise?: IssuedAccess;
  /** Agents that work of an issuance may reach, over however many hands; undefined where its template is not at hand. */
  readonly handsOverTo: (issuance: TaskIssuance) => readonly string[] | undefined;
  /** Now, ISO 8601 in UTC. */
  readonly asOf: string;
}

/** Calls that are listed one by one; more are counted. */
const MOST_LISTED = 100;
/** Different reasons of unread records that are kept apart. */
const MOST_REASONS = 20;

/**
 * Makes out the receipt of one task from audit records, which come in any order and may come twice. What it keeps grows with the calls of the
 * task, never with the length of the log.
 */
export class ReceiptBuilder {
  private readonly issuances: readonly ReceiptIssuance[];
  private readonly accesses: readonly (IssuedAccess | undefined)[];
  private readonly byCredential = new Map<string, number>();
  private readonly callsOf = new Map<number, number>();
  private readonly uses = new Map<string, GrantUse>();
  private readonly seen = new Set<string>();
  private readonly outside: Listed = { count: 0, calls: [] };
  private readonly undecided: Listed = { count: 0, calls: [] };
  private readonly handedOver = new Map<string, number>();
  private readonly unread = new Map<string, number>();
  private readonly counts = { records: 0, calls: 0, succeeded: 0, denied: 0, failed: 0, repeated: 0, unread: 0 };
  private withoutCredential = 0;

  constructor(private readonly basis: ReceiptBasis) {
    const own = (basis.issuances ?? []).filter(({ agent, task }) => agent === basis.agent && task === basis.task);
    this.issuances = [...own]
      .sort((a, b) => Date.parse(a.requestedAt) - Date.parse(b.requestedAt))
      .map((one) => ({ ...one, state: stateOf(one, basis.asOf), calls: 0 }));
    this.accesses = this.issuances.map((one) => basis.accessOf(one));
    for (const [index, { credential, status }] of this.issuances.entries()) {
      if (credential !== undefined) this.byCredential.set(credential, index);
      if (status === 'issued') this.noteGrants(this.accesses[index]);
    }
    if (this.issuances.length === 0) this.noteGrants(basis.otherwise);
  }

  /** Takes in one record, of whomever it is. */
  add(read: AgentEvent | UnreadEvent): void {
    this.counts.records += 1;
    if (!isAgentEvent(read)) this.addUnread(read);
    else if (this.isOfTask(read)) this.addCall(read);
  }

  /** The receipt of what was taken in so far. */
  finish(): TaskReceipt {
    const { agent, task, asOf } = this.basis;
    const uses = [...this.uses.values()];
    return {
      agent,
      task,
      asOf,
      verdict: this.outside.count > 0 ? 'outside' : this.counts.calls > 0 ? 'within' : 'nothing-recorded',
      issuances: this.issuances.map((one, index) => ({ ...one, calls: this.callsOf.get(index) ?? 0 })),
      used: uses.filter(({ calls }) => calls > 0),
      unused: uses.filter(({ calls }) => calls === 0),
      outside: inOrder(this.outside),
      undecided: inOrder(this.undecided),
      handedOver: [...this.handedOver].map(([name, calls]) => ({ agent: name, calls })).sort((a, b) => (a.agent < b.agent ? -1 : 1)),
      counts: { ...this.counts },
      unread: [...this.unread].map(([reason, count]) => ({ reason, count })),
      notes: this.notes(uses),
    };
  }

  private addUnread({ reason }: UnreadEvent): void {
    this.counts.unread += 1;
    const key = this.unread.has(reason) || this.unread.size < MOST_REASONS ? reason : 'for other reasons';
    this.unread.set(key, (this.unread.get(key) ?? 0) + 1);
  }

  /** By what its session carries, or by a credential that was issued for it. */
  private isOfTask({ task, agent, chain, credential }: AgentEvent): boolean {
    if (credential !== undefined && this.byCredential.has(credential)) return true;
    return task === this.basis.task && (chain?.[0] ?? agent) === this.basis.agent;
  }

  private addCall(event: AgentEvent): void {
    if (this.seen.has(event.id)) {
      this.counts.repeated += 1;
      return;
    }
    this.seen.add(event.id);
    this.counts.calls += 1;
    this.counts[event.outcome === 'succeeded' ? 'succeeded' : event.outcome === 'denied' ? 'denied' : 'failed'] += 1;
    const index = event.credential === undefined ? undefined : this.byCredential.get(event.credential);
    if (index !== undefined) this.callsOf.set(index, (this.callsOf.get(index) ?? 0) + 1);
    if (index === undefined && this.subAgentOf(event) !== undefined) this.addHandedOver(event);
    else this.addOwn(event, index);
  }

  /** The sub-agent that made a call further down the chain. */
  private subAgentOf({ chain = [], agent }: AgentEvent): string | undefined {
    const last = chain.at(-1) ?? agent;
    return last === undefined || last === this.basis.agent ? undefined : last;
  }

  private addHandedOver(event: AgentEvent): void {
    const child = this.subAgentOf(event) ?? '';
    this.handedOver.set(child, (this.handedOver.get(child) ?? 0) + 1);
    const allowed = this.issuances.map((one) => this.basis.handsOverTo(one));
    const refused = allowed.length > 0 && allowed.every((names) => names !== undefined && !names.includes(child));
    const late = this.afterAll(event);
    const reasons = [...(refused ? (['no-hand-over'] as const) : []), ...late];
    if (reasons.length > 0) list(this.outside, { event, reasons });
  }

  private addOwn(event: AgentEvent, index: number | undefined): void {
    const issuance = index === undefined ? undefined : this.issuances[index];
    const access = index === undefined ? this.basis.otherwise : this.accesses[index];
    const verdict = access?.judge(event);
    for (const at of verdict?.grants ?? []) this.noteUse(access?.grants[at], event);
    const reasons: OutsideReason[] = verdict?.answer === 'outside' ? ['not-granted'] : [];
    if (issuance) reasons.push(...lateness(event, issuance));
    else if (this.basis.issuances && event.credential !== undefined) reasons.push('unknown-credential', ...this.afterAll(event));
    else if (event.credential === undefined) this.withoutCredential += 1;
    if (reasons.length > 0) list(this.outside, { event, reasons });
    else if (isUndecided(verdict)) list(this.undecided, { event, reasons: [], dependsOn: verdict?.dependsOn ?? ['no policy is at hand'] });
  }

  /** Later than everything that was issued for the task. */
  private afterAll(event: AgentEvent): readonly OutsideReason[] {
    const issued = this.issuances.filter(({ status }) => status === 'issued');
    const each = issued.map((one) => lateness(event, one));
    const all = (reason: OutsideReason): boolean => issued.length > 0 && each.every((reasons) => reasons.includes(reason));
    return (['after-expiry', 'after-revocation'] as const).filter(all);
  }

  private noteGrants(access: IssuedAccess | undefined): void {
    for (const grant of access?.grants ?? []) {
      const key = keyOf(grant);
      if (!this.uses.has(key)) this.uses.set(key, { ...grant, calls: 0, denied: 0 });
    }
  }

  private noteUse(grant: IssuedGrant | undefined, { time, outcome }: AgentEvent): void {
    if (!grant) return;
    const key = keyOf(grant);
    const { first = time, last = time, calls, denied } = this.uses.get(key) ?? { ...grant, calls: 0, denied: 0 };
    this.uses.set(key, {
      ...grant,
      calls: calls + 1,
      denied: denied + (outcome === 'denied' ? 1 : 0),
      first: time < first ? time : first,
      last: time > last ? time : last,
    });
  }

  private notes(uses: readonly GrantUse[]): readonly string[] {
    const notes = this.accesses.flatMap((access) => access?.note ?? []);
    if (!this.basis.issuances) notes.push('No ledger was read: whether a credential was issued, expired or revoked is not judged.');
    else if (this.issuances.length === 0) notes.push('The ledger has no entry for this task.');
    if (this.issuances.some(({ status }, index) => status === 'issued' && !this.accesses[index]))
      notes.push('Of some issuances neither the policy nor the template is at hand; their calls are not judged.');
    if (this.issuances.length === 0 && this.basis.otherwise?.note) notes.push(this.basis.otherwise.note);
    if (this.withoutCredential > 0)
      notes.push(`${this.withoutCredential} calls carry no credential id; they are judged without their issuance.`);
    if (uses.some(({ calls }) => calls === 0))
      notes.push('Never used means never recorded: reads and writes of data are in a log only where it records data events.');
    return [...new Set(notes)];
  }
}

interface Listed {
  count: number;
  readonly calls: JudgedCall[];
}

function list(listed: Listed, call: JudgedCall): void {
  listed.count += 1;
  if (listed.calls.length < MOST_LISTED) listed.calls.push(call);
}

function inOrder({ count, calls }: Listed): Listed {
  return { count, calls: [...calls].sort((a, b) => Date.parse(a.event.time) - Date.parse(b.event.time)) };
}

function isUndecided(verdict: CallVerdict | undefined): boolean {
  return verdict === undefined || verdict.answer === 'undecided';
}

function keyOf({ permission, resources, capability = '' }: IssuedGrant): string {
  return JSON.stringify([permission, resources, capability]);
}

function lateness({ time }: AgentEvent, { expiresAt, revokedAt }: TaskIssuance): readonly OutsideReason[] {
  const later = (than: string | undefined): boolean => than !== undefined && Date.parse(time) > Date.parse(than);
  return [...(later(expiresAt) ? (['after-expiry'] as const) : []), ...(later(revokedAt) ? (['after-revocation'] as const) : [])];
}

function stateOf({ status, expiresAt, revokedAt }: TaskIssuance, asOf: string): ReceiptIssuance['state'] {
  if (status !== 'issued') return status;
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(asOf) ? 'expired' : 'live';
}
