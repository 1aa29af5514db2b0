import type { CheckContext, Judgement } from '../../lib/core/checks/control-check';
import { CONTROL_CHECKS } from '../../lib/core/checks/controls';
import { Signal } from '../../lib/core/enums';
import { accessDigest } from '../../lib/core/governance/access-digest';
import type { AgentPosture } from '../../lib/core/governance/posture';
import { addReceipt, checkReceipts, type GovernanceReceipt, type ReceiptBook, ReceiptKind } from '../../lib/core/governance/receipts';
import type { ControlException } from '../../lib/core/governance/record';
import { AGENT, GAP, SHOWN, WHOLE } from './postures';

const NOW = new Date('2026-11-26T12:00:00Z');
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
const MADE = { cloud: 'aws', fleet: 'prod', agent: 'reader', at: daysAgo(10), by: AGENT.owner, steps: [{ what: 'stopped', held: true }] };
const bookOf = (...made: readonly Omit<GovernanceReceipt, 'digest' | 'previous'>[]): ReceiptBook =>
  made.reduce<ReceiptBook>(addReceipt, { schemaVersion: 1, receipts: [] });
const receipts = (...made: readonly Omit<GovernanceReceipt, 'digest' | 'previous'>[]): readonly GovernanceReceipt[] =>
  checkReceipts(bookOf(...made)).valid;
const ALL = receipts(
  { ...MADE, kind: ReceiptKind.DRILL },
  { ...MADE, kind: ReceiptKind.ALERT },
  { ...MADE, kind: ReceiptKind.RECERTIFICATION, access: accessDigest(AGENT) },
);
const CONTEXT: CheckContext = { now: NOW, receipts: ALL, broken: 0, exceptions: [] };
const exception = (until: string): ControlException => ({
  control: 'guardrail',
  reason: 'not ours',
  owner: 'x@example.com',
  until,
  cloud: 'aws',
  fleet: 'prod',
});

function judge(id: string, posture: Partial<AgentPosture> = {}, context: Partial<CheckContext> = {}): Judgement {
  const check = CONTROL_CHECKS.find((one) => one.id === id);
  if (!check) throw new Error(`no check ${id}`);
  return check.judge({ ...WHOLE, ...posture }, { ...CONTEXT, ...context });
}
const missing = (judged: Judgement): string | undefined => ('missing' in judged ? judged.missing : undefined);
const receiptOf = (kind: ReceiptKind, more: Partial<GovernanceReceipt>): Partial<CheckContext> => ({
  receipts: receipts({ ...MADE, kind, ...more }),
});

test.each(CONTROL_CHECKS.map(({ id }) => id))('%s is met by a whole posture', (id) => {
  expect(judge(id)).toHaveProperty('met');
});

const { [Signal.VELOCITY]: _velocity, ...FOUR } = WHOLE.signals;
const [LIMITED] = WHOLE.stores;
const without = (field: keyof AgentPosture): Partial<AgentPosture> => ({ [field]: undefined }) as Partial<AgentPosture>;

/** Control, what is not so, and what is said of it. */
const FAILS: readonly (readonly [id: string, posture: Partial<AgentPosture>, said: RegExp, context?: Partial<CheckContext>])[] = [
  ['own-identity', { identity: [] }, /no identity 'prod--reader'/],
  ['own-identity', { sharedWith: ['writer'] }, /also that of writer/],
  ['management-recorded', { management: [] }, /nothing in the output records/],
  ['management-recorded', { management: [GAP] }, /something \(it was taken out\)/],
  ['data-recorded', { data: [] }, /nothing in the output records/],
  ['data-recorded', { data: [...WHOLE.data, GAP] }, /something/],
  ['records-validated', { stores: [{ name: 'log', evidence: SHOWN, locked: true }] }, /nothing shows that a record in log was changed/],
  ['records-kept', { stores: [] }, /keeps no records/],
  ['records-kept', { stores: [{ ...LIMITED, name: 'log', evidence: SHOWN, locked: true, days: 364 }] }, /364 days, and 365/],
  ['records-locked', { stores: [{ name: 'log', evidence: SHOWN, locked: false }] }, /can be deleted before their time/],
  ['records-out-of-reach', { reach: [{ action: 'stop', store: 'log', effect: 'allowed' }] }, /stop on log is allowed/],
  ['records-out-of-reach', { reach: [{ action: 'stop', store: 'log', effect: 'depends' }] }, /may be allowed/],
  ['signals-watched', { watched: [] }, /no detector knows/],
  ['signals-watched', { signals: FOUR }, /nothing watches for velocity/],
  ['people-told', { told: [] }, /nobody is told/],
  ['pipeline-watched', { stages: [{ what: 'the queue', evidence: SHOWN, watchedBy: [] }] }, /fails: the queue/],
  ['pipeline-watched', { stages: [] }, /no way from a call/],
  ['owner-known', without('owner'), /does not say who owns it/],
  ['owner-known', { owner: { value: ' ', evidence: SHOWN } }, /its owner is empty/],
  ['alert-drilled', {}, /no receipt/, { receipts: [] }],
  ['alert-drilled', {}, /101 days old/, receiptOf(ReceiptKind.ALERT, { at: daysAgo(101) })],
  ['access-as-declared', { claims: [{ claim: 'within-declared', verdict: 'refuted', reason: 'it may do more' }] }, /it may do more/],
  ['access-as-declared', { claims: [] }, /could not be compared/],
  ['access-as-declared', { roles: [] }, /its role is not in the output/],
  ['ceiling', { ceiling: [GAP] }, /something/],
  ['no-escalation', { claims: [{ claim: 'no-escalation', verdict: 'not-proven', reason: 'a wildcard' }] }, /a wildcard/],
  ['credentials-short', { agent: { ...AGENT, maxSessionSeconds: 900 } }, /lives 1 h, and the spec says 15 min: so it is/],
  ['tasks-scoped', { tasks: [] }, /no broker/],
  ['guardrail', { guardrails: [] }, /nothing above its own account/],
  ['perimeter', { perimeter: [] }, /nothing in the output holds it/],
  ['tools-governed', { tools: [{ tool: 'search', by: [], enforced: true }] }, /no policy is asked before a call of search/],
  ['tools-governed', { tools: [{ tool: 'search', by: [SHOWN], enforced: false }] }, /only notes/],
  ['containment-armed', without('brake'), /nothing in the output can stop it/],
  ['containment-armed', { brake: { armed: false, points: [{ what: 'a brake', by: [SHOWN] }] } }, /not armed/],
  ['containment-armed', { brake: { armed: true, points: [GAP] } }, /something/],
  ['containment-drilled', {}, /did not hold: stopped/, receiptOf(ReceiptKind.DRILL, { steps: [{ what: 'stopped', held: false }] })],
  ['containment-drilled', {}, /has not come yet/, receiptOf(ReceiptKind.DRILL, { at: daysAgo(-5) })],
  ['drift-found', { drift: [] }, /nothing compares/],
  ['drift-repaired', { repair: [GAP] }, /something/],
  ['tampering-answered', { tamper: [] }, /nothing answers/],
  ['unused-found', { unused: [] }, /nothing looks for access/],
  ['credentials-tidied', { hygiene: [] }, /nothing looks for old credentials/],
  ['access-recertified', {}, /access was changed since/, receiptOf(ReceiptKind.RECERTIFICATION, { access: '0'.repeat(64) })],
  [
    'access-recertified',
    {},
    /looked at by x@example.com, and team@example.com owns it/,
    receiptOf(ReceiptKind.RECERTIFICATION, { access: accessDigest(AGENT), by: 'x@example.com' }),
  ],
  ['access-recertified', {}, /no receipt/, receiptOf(ReceiptKind.RECERTIFICATION, { access: accessDigest(AGENT), agent: 'writer' })],
  ['exceptions-ended', {}, /ended on 2026-11-25/, { exceptions: [exception('2026-11-25')] }],
  ['exceptions-ended', {}, /more than a year/, { exceptions: [exception('2028-01-01')] }],
  ['evidence-kept', { kept: [] }, /nothing keeps the evidence/],
];

test.each(FAILS.map((one, index) => [one[0], index] as const))('%s is missing, case %i', (_, index) => {
  const [id, posture, said, context = {}] = FAILS[index] as (typeof FAILS)[number];
  expect(missing(judge(id, posture, context))).toMatch(said);
});

test('each control has a case that fails', () => {
  expect([...new Set(FAILS.map(([id]) => id))].sort()).toEqual(CONTROL_CHECKS.map(({ id }) => id).sort());
});

test.each<[string, Partial<AgentPosture>]>([
  ['data-recorded', { agent: { ...AGENT, access: [] } }],
  ['tasks-scoped', { agent: { ...AGENT, tasks: [] } }],
  ['tools-governed', { tools: [] }],
])('%s does not arise where there is nothing to ask of', (id, posture) => {
  expect(judge(id, posture)).toHaveProperty('notApplicable');
});

test('an exception that holds until today is not over', () => {
  expect(judge('exceptions-ended', {}, { exceptions: [exception('2026-11-26')] })).toHaveProperty('met');
});

test('a receipt that was changed proves nothing, nor does any behind it', () => {
  const book = bookOf({ ...MADE, kind: ReceiptKind.DRILL }, { ...MADE, kind: ReceiptKind.ALERT }, { ...MADE, kind: ReceiptKind.DRILL });
  const changed = { ...book, receipts: book.receipts.map((one, index) => (index === 1 ? { ...one, by: 'somebody' } : one)) };
  expect(checkReceipts(book)).toMatchObject({ valid: { length: 3 }, broken: [] });
  expect(checkReceipts(changed)).toMatchObject({ valid: { length: 1 }, broken: { length: 2 } });
  expect(checkReceipts({ ...book, receipts: book.receipts.slice(1) }).valid).toEqual([]);
});
