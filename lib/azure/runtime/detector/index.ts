import { TableClient } from '@azure/data-tables';
import { app } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { freshRegistry } from '../../../core/detection/registry-parts';
import { blobsBelow } from '../blob-registry';
import { log, ownCredential, pause, setting } from '../settings';
import { ATTEMPTS, makeHandlers } from './handler';
import { detectionSender } from './send';
import { stateEntities } from './state-entities';

const credential = ownCredential();
const fleet = setting('FLEET');
const registry = new ContainerClient(setting('REGISTRY_CONTAINER'), credential);
const failures = new ContainerClient(setting('FAILURE_CONTAINER'), credential);
const states = stateEntities(new TableClient(setting('TABLE_ENDPOINT'), setting('STATE_TABLE'), credential));
const settle = process.env['SETTLE_SECONDS'];

const { batch, sweep } = makeHandlers(
  { fleet, ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: freshRegistry(() => blobsBelow(registry, setting('REGISTRY_PREFIX'))),
    store: states,
    forget: states.forget,
    send: detectionSender({ topic: setting('TOPIC_ENDPOINT'), fleet, findings: process.env['FINDINGS'] }, { credential, pause }),
    keep: async (messages) => {
      const text = JSON.stringify(messages);
      await failures.getBlockBlobClient(`${new Date().toISOString()}.json`).upload(text, Buffer.byteLength(text));
    },
    now: Date.now,
    pause,
    log,
  },
);

app.eventHub('detector', {
  connection: 'EVENTS',
  eventHubName: setting('EVENT_HUB'),
  consumerGroup: setting('CONSUMER_GROUP'),
  cardinality: 'many',
  retry: {
    strategy: 'exponentialBackoff',
    maxRetryCount: ATTEMPTS,
    minimumInterval: { seconds: 1 },
    maximumInterval: { minutes: 1 },
  },
  handler: (messages, { retryContext }) => batch(Array.isArray(messages) ? messages : [messages], retryContext?.retryCount ?? 0),
});
app.timer('sweep', { schedule: '0 * * * * *', handler: () => sweep() });
