import { NotContained } from '../../../core/containment/step';
import type { JsonObject } from '../../../core/json';
import type { WrittenDeny } from './agent';
import { isIn, isMentioned } from './deny-queue';
import type { Seen } from './deny-turns';
import { LAG } from './switch-denies';
import type { Switch } from './switches';

/**
 * A deny policy that the responder writes: one for the fleet and the place, with a rule for each agent that is stopped by it, whatever the agent was granted below the place
 * and by whom. Tokens that it has are looked at with each call, so that they are stopped, too.
 * @see https://docs.cloud.google.com/iam/docs/deny-overview
 */
export const WRITTEN: Switch<WrittenDeny> = {
  // Not read for the evidence: that would be one of five reads a minute, and stop the agent later.
  evidence: async (_, { agent, denials }) => ({ lastSeen: ((await denials.known(agent)) ?? null) as unknown as JsonObject | null }),
  off: async ({ place }, { agent, denials }) =>
    `everything that is known to be deniable is denied below ${place}; ${LAG}${others(await denials.want(agent, 'in'))}`,
  on: async ({ place }, { agent, denials }) =>
    `nothing is denied below ${place} any more; ${LAG}${others(await denials.want(agent, 'out'))}`,
  expectOff: async ({ place }, { agent, denials }) => {
    const seen = await denials.look(agent);
    if (!isIn(seen, agent))
      throw new NotContained(
        `the deny policy of ${place} ${isMentioned(seen, agent) ? 'was changed: it does not deny what it must' : 'does not name the agent'}`,
      );
    return `the deny policy of ${place} names the agent; ${LAG}`;
  },
  expectOn: async ({ place }, { agent, denials }) => {
    if (isMentioned(await denials.look(agent), agent)) throw new NotContained(`the deny policy of ${place} still names the agent`);
    return `the deny policy of ${place} does not name the agent`;
  },
};

/** What somebody else put into the policy is left there, since it may be meant; it would be no reason to let an agent go on. */
const others = ({ others: count }: Seen): string =>
  count === 0 ? '' : `; ${count} of the policy's rules are somebody else's, and were left as they are`;
