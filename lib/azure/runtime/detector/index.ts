import { TableClient } from '@azure/data-tables';
import { app } from '@azure/functions';
import { ContainerClient } from '@azure/storage-blob';
import { ocsfFinding } from '../../../core/alerts/ocsf';
import { freshRegistry } from '../../../core/detection/registry-parts';
import { azureApi } from '../azure-api';
import { blobsBelow } from '../blob-registry';
import { hubSender } from '../event-hub';
import { log, ownCredential, pause, setting } from '../settings';
import { EVENT_GRID_SCOPE, topicSender } from '../topic';
import { ATTEMPTS, makeHandlers } from './handler';
import { stateEntities } from './state-entities';

const credential = ownCredential();
const fleet = setting('FLEET');
const registry = new ContainerClient(setting('REGISTRY_CONTAINER'), credential);
const failures = new ContainerClient(setting('FAILURE_CONTAINER'), credential);
const states = stateEntities(new TableClient(setting('TABLE_ENDPOINT'), setting('STATE_TABLE'), credential));
const send = topicSender(
  azureApi({ address: setting('TOPIC_ENDPOINT'), scope: EVENT_GRID_SCOPE }, { credential, pause }),
  `/agentic-iam/${fleet}`,
);
const findings = process.env['FINDINGS'];
const find = findings ? hubSender(findings, { credential, pause }) : async (): Promise<void> => {};
const settle = process.env['SETTLE_SECONDS'];

const { batch, sweep } = makeHandlers(
  { fleet, ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: freshRegistry(() => blobsBelow(registry, setting('REGISTRY_PREFIX'))),
    store: states,
    forget: states.forget,
    send: async (detections) => {
      await send(
        detections.map((data) => ({ id: data.id, type: 'AgentDetection', subject: `${data.fleet}/${data.agent}`, time: data.time, data })),
      );
      await find(detections.map(ocsfFinding));
    },
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
