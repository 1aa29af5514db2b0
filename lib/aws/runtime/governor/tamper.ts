import type { JsonObject } from '../../../core/json';

/** What of the trail is known, and what may be done about it. */
export interface TrailPorts {
  readonly name: string;
  readonly start: () => Promise<void>;
  readonly selectors: () => Promise<JsonObject | undefined>;
}

/** A record of CloudTrail, as a rule hands it on. */
export interface TamperEvent {
  readonly eventName?: string;
  readonly eventTime?: string;
  readonly userIdentity?: { readonly arn?: string };
  readonly requestParameters?: JsonObject | null;
  readonly errorCode?: string;
}

/** Answers to somebody who stopped or changed the recording: recording goes on, and people are told who it was. */
export async function answerTampering(
  event: TamperEvent,
  trail: TrailPorts,
  repair: boolean,
): Promise<{ readonly said: string; readonly repaired: boolean }> {
  const who = event.userIdentity?.arn ?? 'somebody';
  const what = `${who} called ${event.eventName ?? 'something'} on trail ${trail.name} at ${event.eventTime ?? 'an unknown time'}`;
  if (event.errorCode !== undefined) return { said: `${what}, and was refused: ${event.errorCode}`, repaired: true };
  if (!repair) return { said: `${what}. Nothing was done about it: repair is off`, repaired: false };
  if (event.eventName === 'DeleteTrail')
    return { said: `${what}. Only a deployment makes it again: until then nothing is recorded`, repaired: false };
  await trail.start();
  if (event.eventName === 'StopLogging') return { said: `${what}. It records again`, repaired: true };
  return { said: `${what}. It records; deploy again, so that it records what it did before`, repaired: false };
}
