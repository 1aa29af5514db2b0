import type { AgentSpec } from '../../../core/agent-spec';
import { formatSeconds } from '../../../core/duration';
import { sessionOutOfRange } from '../../../core/errors';
import { CHAINED_SESSION, ROLE_SESSION, type ServiceFacts } from './facts';
import type { CredentialLife } from './trust-way';

/**
 * `MaxSessionDuration` of the role, in seconds.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
export function roleSessionSeconds(agent: AgentSpec): number {
  return Math.max(ROLE_SESSION.floor, agent.maxSessionSeconds);
}

/** The service chooses: neither role nor trust policy can bound it. */
export function lifeFromService({ title, session }: ServiceFacts): CredentialLife {
  return session.seconds === undefined
    ? {
        seconds: ROLE_SESSION.ceiling,
        reason: `the maximum session of a role does not limit services, and none is published for the ${title}: this is the longest any role session lives`,
      }
    : {
        seconds: session.seconds,
        reason: `the ${title} gets credentials of this length, which the maximum session of a role does not limit`,
      };
}

/** The caller chooses, up to the role's maximum. A trust policy cannot bound it: no key of `AssumeRole*` holds the length asked for. */
export function lifeFromCaller(agent: AgentSpec): CredentialLife {
  const seconds = roleSessionSeconds(agent);
  return {
    seconds,
    reason:
      seconds === agent.maxSessionSeconds
        ? 'the role refuses longer sessions'
        : `the caller chooses up to the role's maximum, which IAM does not take below ${formatSeconds(ROLE_SESSION.floor)}`,
  };
}

/** The caller chooses, up to one hour: AWS allows no more where one role assumes another. */
export function lifeFromChain(agent: AgentSpec, who = 'the parent'): CredentialLife {
  if (agent.maxSessionSeconds > CHAINED_SESSION) {
    const range = `of at most ${formatSeconds(CHAINED_SESSION)} to be taken on by another role`;
    throw sessionOutOfRange(agent.name, {
      seconds: agent.maxSessionSeconds,
      range,
      reason: 'AWS opens no longer session where one role assumes another',
    });
  }
  return { seconds: CHAINED_SESSION, reason: `${who} chooses, up to the longest session AWS opens where one role assumes another` };
}

/** The profile chooses; a request can only shorten it. */
export function lifeFromProfile(agent: AgentSpec): CredentialLife {
  return { seconds: agent.maxSessionSeconds, reason: 'the Roles Anywhere profile gives no longer one' };
}
