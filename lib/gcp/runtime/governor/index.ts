import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { GoogleError } from '../google-api';
import { log, ownApi, setting } from '../settings';
import { topicSender } from '../topic';
import { expectedAgents, expectedRecords } from './expected';
import { makeHandler } from './handler';

/** The log answers sixty questions a minute. @see https://docs.cloud.google.com/logging/quotas */
const PACE_MS = 1_100;

const api = ownApi();
const fleet = setting('FLEET');
const expected = setting('EXPECTED_BUCKET');
const evidence = setting('EVIDENCE_BUCKET');
const publish = topicSender(api, setting('FINDING_BUS'));

export const handler = makeHandler({
  fleet,
  project: setting('PROJECT'),
  repair: setting('REPAIR') === 'true',
  unusedDays: Number(setting('UNUSED_DAYS')),
  secretDays: Number(setting('SECRET_DAYS')),
  api,
  caller: setting('CALLER'),
  agents: () => expectedAgents(api, expected, fleet),
  records: () => expectedRecords(api, expected, fleet),
  publish: async (event) => {
    // An alert is made of this line.
    log({ message: 'governance', severity: 'NOTICE', ...event });
    await publish([{ type: 'Agent Governance Finding', body: event, attributes: { fleet, agent: event.agent ?? '' } }]);
  },
  keep: async (kind, body, at) => {
    const name = `governance/${fleet}/${at.slice(0, 10)}/${kind}-${at.slice(11).replace(/[:.]/g, '')}-${randomUUID().slice(0, 8)}.json`;
    const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' });
    try {
      await api.service('storage').call('POST', `/upload/storage/v1/b/${evidence}/o?${query}`, body);
    } catch (error) {
      // It was sent twice, and is there.
      if (!(error instanceof GoogleError) || error.status !== 412) throw error;
    }
  },
  log,
  now: () => new Date(),
  pause: () => setTimeout(PACE_MS),
});
