import { isoOf } from './decide';
import { planOf } from './plan';
import type { ContainmentSettings } from './settings';
import type { Approval, Incident, Receipt, StepDefinition, StepRecord } from './types';

/** What became of an attempt at a step. */
export type StepOutcome =
  | { readonly ok: true; readonly receipt: Receipt }
  | {
      readonly ok: false;
      readonly receipt: Receipt;
      /** It will not get better by itself. */
      readonly final?: boolean;
      /** It waits for its turn, and is tried again after so many seconds: no failed attempt, unless it waits for too long. @default - it was tried, and failed */
      readonly later?: number;
    };

/** An attempt that came to its end. */
export interface EndedStep {
  readonly step: string;
  readonly outcome: StepOutcome;
}

export interface ProgressContext {
  readonly definitions: readonly StepDefinition[];
  /** Steps of a restore, for a drill that restores by itself. */
  readonly restore?: readonly StepDefinition[];
  readonly settings: Required<ContainmentSettings>;
  readonly now: number;
}

/** Notes what became of one step; an incident whose steps are all ended comes to rest. */
export function progress(incident: Incident, ended: EndedStep, context: ProgressContext): Incident {
  const restoring = incident.status === 'restoring';
  const records = restoring ? incident.restore : incident.steps;
  const after = settled(records, ended, context);
  const changed: Incident = restoring ? { ...incident, restore: after } : { ...incident, steps: after };
  if (after.some(({ status }) => status === 'pending')) return changed;
  const at = isoOf(context.now);
  const failed = after.some(({ status }) => status === 'failed');
  if (failed) return { ...changed, status: 'needs-person', restedAt: at, approvals: [] };
  if (restoring) return { ...changed, status: 'restored', restoredAt: at, restedAt: at };
  const contained: Incident = { ...changed, status: 'contained', restedAt: at, containedAt: changed.containedAt ?? at };
  return contained.drill && context.restore ? restoringFrom(contained, context.restore, context.now) : contained;
}

function settled(
  records: readonly StepRecord[],
  { step, outcome }: EndedStep,
  { definitions, settings, now }: ProgressContext,
): readonly StepRecord[] {
  const at = records.findIndex(({ id }) => id === step);
  // What waited for too long in another step is not waited for again.
  const since = Math.min(
    now,
    ...records.flatMap(({ status, queuedAt }) => (status === 'failed' && queuedAt !== undefined ? [queuedAt] : [])),
  );
  return records.map((record, index): StepRecord => {
    if (index === at) {
      const { queuedAt = since, ...tried } = record;
      const waits = laterOf(outcome);
      if (waits !== undefined && now - queuedAt < settings.queueSeconds)
        return { ...tried, queuedAt, notBefore: now + waits, receipt: outcome.receipt };
      const attempts = record.attempts + 1;
      if (outcome.ok) return { ...tried, status: 'done', attempts, receipt: outcome.receipt };
      const over = outcome.final || waits !== undefined || attempts >= settings.attempts;
      const notBefore = now + settings.retrySeconds * 2 ** (attempts - 1);
      const receipt = waits === undefined ? outcome.receipt : waitedTooLong(outcome.receipt, queuedAt);
      // How long it waits is counted from when it first did, whatever fails in between: else it could wait for ever.
      const queued = record.queuedAt === undefined && waits === undefined ? {} : { queuedAt };
      return { ...tried, ...queued, status: over ? 'failed' : 'pending', attempts, notBefore, receipt };
    }
    const waits = definitions.find(({ id }) => id === record.id)?.waitSeconds ?? 0;
    // What lets a change spread counts from the last change before it.
    return record.status === 'pending' && index > at && waits > 0 && outcome.ok
      ? { ...record, notBefore: Math.max(record.notBefore, now + waits) }
      : record;
  });
}

/** Seconds that something waits for its turn, a second at least: who tries again at once waits for nothing. */
function laterOf(outcome: StepOutcome): number | undefined {
  return outcome.ok || outcome.later === undefined ? undefined : Math.max(1, outcome.later);
}

const waitedTooLong = (receipt: Receipt, since: number): Receipt => ({
  ...receipt,
  said: `${receipt.said} (its turn did not come since ${isoOf(since)})`,
});

/** When an agent that is contained is looked at again, in seconds since 1970; undefined for any other. */
export function recheckAt(
  { status, restedAt, checkedAt, look }: Incident,
  { recheckSeconds }: Required<ContainmentSettings>,
): number | undefined {
  const last = checkedAt ?? restedAt;
  return status === 'contained' && last !== undefined
    ? Math.max(Date.parse(last) / 1000 + recheckSeconds, look?.notBefore ?? 0)
    : undefined;
}

/**
 * Notes what a look at a contained agent showed: where it is no longer contained, everything but the evidence is done again. A look that waits for its turn shows nothing
 * yet; one that waits for too long is done again with everything, so that a person hears of it if that waits, too.
 */
export function rechecked(incident: Incident, outcome: StepOutcome, { definitions, settings, now }: ProgressContext): Incident {
  const { restedAt, checkedAt: _checked, look, ...rest } = incident;
  if (outcome.ok) return { ...rest, ...(restedAt === undefined ? {} : { restedAt }), checkedAt: isoOf(now) };
  const waits = laterOf(outcome);
  const queuedAt = look?.queuedAt ?? now;
  if (waits !== undefined && now - queuedAt < settings.queueSeconds) return { ...incident, look: { queuedAt, notBefore: now + waits } };
  const steps = planOf(definitions, incident.stage, now).map((planned) => {
    const once = definitions.find(({ id }) => id === planned.id)?.once;
    return (once && incident.steps.find(({ id }) => id === planned.id)) || planned;
  });
  return { ...rest, status: 'containing', approvals: [], steps };
}

/** What becomes of a wish to restore. */
export type RestoreDecision =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'waits' | 'restoring'; readonly incident: Incident };

/** People who must agree, each another one. */
const PEOPLE = 2;

/** Notes somebody's leave to restore; with the second person's the restore begins. */
export function approve(
  incident: Incident | undefined,
  approval: Approval,
  { definitions, settings, now }: ProgressContext,
): RestoreDecision {
  if (!incident || incident.status === 'restored') return { kind: 'refused', reason: 'The agent is not contained.' };
  if (incident.status === 'containing' || incident.restedAt === undefined)
    return { kind: 'refused', reason: 'The agent is just being contained; wait until that has come to an end.' };
  if (incident.status === 'restoring') return { kind: 'refused', reason: 'It is being restored already.' };
  const earliest = Date.parse(incident.restedAt) / 1000 + settings.restoreAfterSeconds;
  if (now < earliest) return { kind: 'refused', reason: `It stays contained until ${isoOf(earliest)} at least.` };
  if (approval.reason.trim() === '') return { kind: 'refused', reason: 'Say why it is safe: the reason is kept.' };
  if (incident.approvals.some(({ by }) => by === approval.by))
    return { kind: 'refused', reason: `${approval.by} agreed already; another person must, too.` };
  const approvals = [...incident.approvals, approval];
  if (approvals.length < PEOPLE) return { kind: 'waits', incident: { ...incident, approvals } };
  return { kind: 'restoring', incident: restoringFrom({ ...incident, approvals }, definitions, now) };
}

function restoringFrom(incident: Incident, definitions: readonly StepDefinition[], now: number): Incident {
  const restore = definitions.map(({ id }): StepRecord => ({ id, status: 'pending', attempts: 0, notBefore: now }));
  const { restedAt: _rested, ...rest } = incident;
  return { ...rest, status: 'restoring', restore };
}
