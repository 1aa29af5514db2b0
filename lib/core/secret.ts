import type { AgentSpec } from './agent-spec';
import { checkLiteral } from './names';
import { invalidSecret } from './secret-errors';

const READ = 'secrets:read';

/** Refuses agents that do not declare to read any secret: what they are let in to would stand in no spec. */
export function checkReaders(secret: string, agents: readonly AgentSpec[]): readonly string[] {
  if (agents.length === 0)
    throw invalidSecret(secret, {
      rule: 'must name the agents that read it',
      reason: 'everyone else is kept out',
      value: [],
      fix: "give them in 'agents'",
    });
  const odd = agents.find((agent) => !agent.capabilities.some(({ id }) => id === READ));
  if (odd)
    throw invalidSecret(secret, {
      rule: `must be declared by agent '${odd.name}' to be read by it`,
      reason: 'access that no spec declares is seen in no review',
      value: odd.capabilities.map(({ step }) => step),
      fix: `add Capability.readSecret(...) to '${odd.name}'`,
    });
  const names = agents.map(({ name }) => name);
  return [...new Set(names)];
}

/** Refuses a name that a policy would read as more than one secret. Tokens are the caller's to keep out. */
export function checkSecretName(secret: string, name: string): string {
  return checkLiteral(`secret '${secret}'`, 'name', name);
}

/** Refuses an instant that is no instant, or that is past. */
export function checkExpiry(secret: string, expires: string, now: number = Date.now()): string {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(expires) ? Date.parse(expires) : Number.NaN;
  if (Number.isNaN(at) || at <= now)
    throw invalidSecret(secret, {
      rule: "must have an 'expires' that is to come, as ISO 8601 in UTC with seconds",
      reason: 'a secret that has ended opens nothing',
      value: expires,
      fix: "use for example '2027-06-30T00:00:00Z'",
    });
  return expires;
}

/** Refuses a length of time that a cloud does not take. */
export function checkInterval(
  secret: string,
  seconds: number,
  { what, min, max, shown }: { readonly what: string; readonly min: number; readonly max: number; readonly shown: string },
): number {
  if (seconds < min || seconds > max)
    throw invalidSecret(secret, {
      rule: `must have ${what} of ${shown}`,
      reason: 'the cloud takes no other',
      value: `${seconds} s`,
      fix: `choose ${shown}`,
    });
  return seconds;
}
