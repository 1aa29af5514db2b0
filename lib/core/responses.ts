import { AgentResponse, Signal } from './enums';
import { unknownResponse } from './errors';

/** How bad a detection is, lowest first. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type SignalSeverity = (typeof SEVERITIES)[number];

/** One answer to a signal, or one from each severity on: `{ high: 'restrict', critical: 'brake' }`. What is below the lowest is told. */
export type SignalResponse = `${AgentResponse}` | Readonly<Partial<Record<SignalSeverity, `${AgentResponse}`>>>;

/** What is done by itself when the agent shows a signal, by signal. */
export type AgentResponses = Readonly<Partial<Record<Signal, SignalResponse>>>;

/** What is said of a signal at a severity; undefined where nothing is said of the signal. */
export function responseTo(
  responses: AgentResponses | undefined,
  signal: Signal,
  severity: SignalSeverity,
): `${AgentResponse}` | undefined {
  const said = responses?.[signal];
  if (said === undefined || typeof said === 'string') return said;
  const reached = SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1).filter((one) => said[one] !== undefined);
  return said[reached.at(-1) ?? severity] ?? AgentResponse.NOTIFY;
}

/** Refuses signals, severities and responses that there are not. */
export function checkResponses(agent: string, responses: AgentResponses): AgentResponses {
  const signals: readonly string[] = Object.values(Signal);
  const known: readonly string[] = Object.values(AgentResponse);
  for (const [signal, said] of Object.entries(responses)) {
    if (!signals.includes(signal)) throw unknownResponse(agent, signal, signals);
    const bySeverity: Readonly<Record<string, unknown>> = typeof said === 'object' && said !== null ? said : { low: said };
    for (const [severity, response] of Object.entries(bySeverity)) {
      if (!(SEVERITIES as readonly string[]).includes(severity)) throw unknownResponse(agent, severity, SEVERITIES);
      if (typeof response !== 'string' || !known.includes(response)) throw unknownResponse(agent, response, known);
    }
  }
  return responses;
}
