import type { DetectionEvidence } from './types';

/** The part of an event that shows what happened. */
export function evidenceOf(event: DetectionEvidence): DetectionEvidence {
  return {
    id: event.id,
    time: event.time,
    action: event.action,
    resources: event.resources,
    outcome: event.outcome,
    ...(event.error === undefined ? {} : { error: event.error }),
    ...(event.account === undefined ? {} : { account: event.account }),
    ...(event.region === undefined ? {} : { region: event.region }),
    ...(event.source === undefined ? {} : { source: event.source }),
  };
}
