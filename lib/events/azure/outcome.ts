import type { EventOutcome } from '../../core/agent-event';

/** What became of a call, by the status that the log gives it, what it says of it, and the code of HTTP. */
export function outcomeOf(status: string | undefined, detail: string | undefined, code?: number): EventOutcome {
  if (code !== undefined && code >= 400) return byCode(code);
  if (status === undefined ? code !== undefined : /^(success|succeeded|start|started|accept|accepted|0)$/i.test(status)) return 'succeeded';
  const said = `${status ?? ''} ${detail ?? ''}`;
  if (/forbidden|unauthorized|authorizationfailed|authorizationerror|accessdenied|\b40[13]\b/i.test(said)) return 'denied';
  if (/not ?found|\b404\b/i.test(said)) return 'not-found';
  if (/toomanyrequests|throttl|serverbusy|\b429\b/i.test(said)) return 'throttled';
  if (/badrequest|invalid|\b400\b/i.test(said)) return 'invalid';
  return 'failed';
}

function byCode(code: number): EventOutcome {
  const known: Readonly<Record<number, EventOutcome>> = {
    400: 'invalid',
    401: 'denied',
    403: 'denied',
    404: 'not-found',
    429: 'throttled',
  };
  return known[code] ?? 'failed';
}
