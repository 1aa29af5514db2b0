import { setTimeout } from 'node:timers/promises';
import { log, ownApi, setting } from '../settings';
import { topicSender } from '../topic';
import { evidenceIn } from './evidence';
import { expectedAgents, expectedRecords } from './expected';
import { makeHandler } from './handler';

/** The log answers sixty questions a minute. @see https://docs.cloud.google.com/logging/quotas */
const PACE_MS = 1_100;

const api = ownApi();
const fleet = setting('FLEET');
const expected = setting('EXPECTED_BUCKET');
const { keep, recall, remember, marks } = evidenceIn(api, setting('EVIDENCE_BUCKET'), fleet);
const publish = topicSender(api, setting('FINDING_BUS'));

export const handler = makeHandler({
  fleet,
  project: setting('PROJECT'),
  repair: setting('REPAIR') === 'true',
  unusedDays: Number(setting('UNUSED_DAYS')),
  secretDays: Number(setting('SECRET_DAYS')),
  api,
  caller: setting('CALLER'),
  ...(setting('CLEAN_UP') === 'true' ? { cleanUp: { recall, remember, marks } } : {}),
  agents: () => expectedAgents(api, expected, fleet),
  records: () => expectedRecords(api, expected, fleet),
  publish: async (event) => {
    // An alert is made of this line.
    log({ message: 'governance', severity: 'NOTICE', ...event });
    await publish([{ type: 'Agent Governance Finding', body: event, attributes: { fleet, agent: event.agent ?? '' } }]);
  },
  keep,
  log,
  now: () => new Date(),
  pause: () => setTimeout(PACE_MS),
});
