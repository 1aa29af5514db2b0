import { setTimeout } from 'node:timers/promises';
import { Responder } from '../../../core/containment/responder';
import { courier, type PeerAddress } from '../../../peers/courier';
import { Collection } from '../firestore';
import { log, ownApi, ownToken, setting } from '../settings';
import { topicSender } from '../topic';
import { DenyQueue } from './deny-queue';
import { makeHandler } from './handler';
import { containedByPool } from './pool-mates';
import { probeAsker } from './probe';
import { recordDocuments } from './record-documents';
import { objectAgents } from './registry';
import { CONTAIN, RESTORE, stepHandlers } from './steps';

const CLOUD = 'gcp';
const api = ownApi();
const fleet = setting('FLEET');
const database = setting('RECORD_DATABASE');
const seconds = (): number => Date.now() / 1000;
const agent = objectAgents(api, setting('REGISTRY_BUCKET'));
const publish = topicSender(api, setting('PEER_TOPIC'));
const carry = courier(JSON.parse(setting('PEERS')) as readonly PeerAddress[], {
  token: ownToken,
  pause: (milliseconds) => setTimeout(milliseconds),
});
const store = recordDocuments(new Collection(api, database, 'incidents'), new Collection(api, database, 'openings'), seconds);
const notice = topicSender(api, setting('NOTICE_TOPIC'));

const responder = new Responder(
  {
    agent,
    store,
    contain: CONTAIN,
    restore: RESTORE,
    handlers: stepHandlers({
      api,
      bucket: setting('EVIDENCE_BUCKET'),
      tellOthers: async (event) => {
        await publish([{ type: 'Agent Containment', body: event, attributes: { agent: event.agent, fleet: event.fleet } }]);
        return carry(event);
      },
      ask: probeAsker(ownToken),
      containedByPool: containedByPool({ agent, load: store.load }),
      denials: new DenyQueue({
        api: ownApi({ attempts: 1 }),
        wishes: new Collection(api, database, 'denials'),
        turns: new Collection(api, database, 'denialTurns'),
        registered: agent,
        now: seconds,
      }),
      now: () => new Date(),
    }),
    tell: async (text) => {
      await notice([{ type: 'Agent Containment Notice', body: { fleet, text }, attributes: { fleet } }]);
      // An alert is made of this line.
      log({ message: 'told', severity: 'NOTICE', fleet, text });
    },
    now: seconds,
    pause: (length) => setTimeout(length * 1000),
  },
  JSON.parse(setting('SETTINGS')) as object,
);

export const handler = makeHandler({
  responder,
  agent,
  now: () => new Date(),
  log,
  caller: setting('CALLER'),
  cloud: CLOUD,
  safeMode: false,
});
