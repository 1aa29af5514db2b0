import type { AgentEvent } from './agent-event';

/** One link of a chain: who acted, and the event by which it got the credential it acted with. */
export interface AttributionLink {
  readonly principal: string;
  /** Name of the agent. @default - the principal is no agent, as far as the events say */
  readonly agent?: string;
  /** Id of the event that issued the credential. @default - it is not among the events */
  readonly issuedBy?: string;
}

/** Which agent did something, for which task, and through whom. */
export interface EventAttribution {
  /** Who acted last, and whoever stood behind it, nearest first. */
  readonly links: readonly AttributionLink[];
  readonly agent?: string;
  readonly task?: string;
  /** The agent at which the chain began. */
  readonly begunBy?: string;
}

/**
 * Says of one event which agent, for which task, and through whom: what its own record says, and the events by which the credentials were
 * issued one after the other. Undefined where the event is not among those given.
 */
export function attributionOf(eventId: string, events: readonly AgentEvent[]): EventAttribution | undefined {
  const found = events.find(({ id }) => id === eventId);
  if (!found) return undefined;
  const issuers = new Map(events.flatMap((event) => (event.issued === undefined ? [] : [[event.issued, event] as const])));
  const links: AttributionLink[] = [];
  const seen = new Set<string>();
  for (let at: AgentEvent | undefined = found; at && !seen.has(at.id); ) {
    seen.add(at.id);
    const issuer: AgentEvent | undefined = at.credential === undefined ? undefined : issuers.get(at.credential);
    links.push({
      principal: at.principal,
      ...(at.agent === undefined ? {} : { agent: at.agent }),
      ...(issuer ? { issuedBy: issuer.id } : {}),
    });
    at = issuer;
  }
  const task = found.task ?? events.find(({ issued, task: known }) => issued !== undefined && issued === found.credential && known)?.task;
  const begunBy = found.chain?.[0] ?? links.at(-1)?.agent;
  return {
    links,
    ...(found.agent === undefined ? {} : { agent: found.agent }),
    ...(task === undefined ? {} : { task }),
    ...(begunBy === undefined ? {} : { begunBy }),
  };
}
