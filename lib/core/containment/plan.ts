import { type ContainmentStage, STAGES, type StepDefinition, type StepRecord } from './types';

/** The steps of a stage, in the order of their definitions, none of them begun. */
export function planOf(definitions: readonly StepDefinition[], stage: ContainmentStage, now: number): readonly StepRecord[] {
  return definitions
    .filter((definition) => STAGES.indexOf(definition.stage) <= STAGES.indexOf(stage))
    .map(({ id }) => ({ id, status: 'pending', attempts: 0, notBefore: now }));
}

/**
 * The step to be done next: the first that may be tried now. One that failed and waits for its next attempt holds up none but those that must come
 * last, so that one broken step does not keep the others from stopping the agent.
 */
export function nextOf(records: readonly StepRecord[], definitions: readonly StepDefinition[], now: number): StepRecord | undefined {
  return records.find((record, index) => {
    if (record.status !== 'pending' || record.notBefore > now) return false;
    const isLast = definitions.find(({ id }) => id === record.id)?.last;
    return !isLast || records.slice(0, index).every(({ status }) => status !== 'pending');
  });
}

/** When the next step may be tried, in seconds since 1970; undefined where none is open. What comes last is due when nothing else is open. */
export function dueOf(records: readonly StepRecord[], definitions: readonly StepDefinition[]): number | undefined {
  const open = records.filter(({ status }) => status === 'pending');
  const early = open.filter(({ id }) => !definitions.find((definition) => definition.id === id)?.last);
  const due = (early.length > 0 ? early : open).map(({ notBefore }) => notBefore);
  return due.length > 0 ? Math.min(...due) : undefined;
}
