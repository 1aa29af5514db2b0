import { setTimeout } from 'node:timers/promises';
import { freshRegistry } from '../../../core/detection/registry-parts';
import { Collection } from '../firestore';
import { objectsBelow } from '../object-registry';
import { log, ownApi, setting } from '../settings';
import { topicSender } from '../topic';
import { makeHandler } from './handler';
import { stateDocuments } from './state-documents';

const api = ownApi();
const bucket = setting('REGISTRY_BUCKET');
const prefix = setting('REGISTRY_PREFIX');
const settle = process.env['SETTLE_SECONDS'];
const publish = topicSender(api, setting('DETECTION_TOPIC'));

export const handler = makeHandler(
  { fleet: setting('FLEET'), ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: freshRegistry(() => objectsBelow(api, bucket, prefix)),
    store: stateDocuments(new Collection(api, setting('STATE_DATABASE'), 'states')),
    send: (detections) =>
      publish(
        detections.map((detection) => ({
          type: 'Agent Detection',
          body: detection,
          attributes: { agent: detection.agent, fleet: detection.fleet, signal: detection.signal, severity: detection.severity },
        })),
      ),
    now: Date.now,
    pause: (milliseconds) => setTimeout(milliseconds),
    log,
  },
);
