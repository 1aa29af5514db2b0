import { AgenticIamError, agentNamed } from './errors';

/** An agent whose access is not known here, so that nothing could be compared with it. */
export const agentNotWatchable = (agent: string, where: string): AgenticIamError =>
  new AgenticIamError({
    code: 'agent-not-watchable',
    subject: agentNamed(agent),
    rule: 'needs its ScopedAgentRole in the app that watches it',
    reason: 'what it may do is what its calls are compared with',
    value: where,
    fix: 'give it its role here, or let the app that does watch it, with AgentMonitoring.fromFleet()',
  });

/** One fleet, one detector. */
export const agentOfOtherFleet = (agent: string, { fleet, other }: { readonly fleet: string; readonly other: string }): AgenticIamError =>
  new AgenticIamError({
    code: 'other-fleet',
    subject: agentNamed(agent),
    rule: `must be of fleet '${fleet}' to be watched by its monitoring`,
    reason: 'rules and trails choose calls by the fleet in the name of a role',
    value: other,
    fix: 'make one AgentMonitoring for each fleet',
  });

export const agentWatchedTwice = (agent: string): AgenticIamError =>
  new AgenticIamError({
    code: 'watched-twice',
    subject: agentNamed(agent),
    rule: 'must be watched once',
    reason: 'each call would be judged and told twice',
    value: agent,
    fix: 'leave it out of one of the two',
  });

export const invalidAlertTarget = (what: string, value: unknown, fix: string): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-alert-target',
    subject: `alert target '${what}'`,
    rule: 'must be one that alerts can be sent to',
    reason: 'an alert that goes nowhere is found out when it is needed',
    value,
    fix,
  });

/** An option that asks the log of a trail that this app does not make, or where nobody is told anything. */
export const noLogToAsk = (fleet: string, { option, asks }: { readonly option: string; readonly asks: string }): AgenticIamError =>
  new AgenticIamError({
    code: 'no-log-to-ask',
    subject: `monitoring of fleet '${fleet}'`,
    rule: `takes '${option}' only with a trail of its own, from level ALERTING on`,
    reason: `it asks ${asks} of that trail`,
    value: true,
    fix: `leave 'trail' out, or leave '${option}' out`,
  });

/** A value that a query of an alert would read as more than itself. */
export const textNotForQuery = (value: string, rule: string): AgenticIamError =>
  new AgenticIamError({
    code: 'text-not-for-query',
    subject: 'a value in the query of an alert',
    rule,
    reason: 'it becomes part of the query, and nothing is left out of it unsaid',
    value,
    fix: 'give another name or subject',
  });
