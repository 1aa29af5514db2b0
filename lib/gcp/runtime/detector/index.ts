import { setTimeout } from 'node:timers/promises';
import { freshRegistry } from '../../../core/detection/registry-parts';
import { Collection } from '../firestore';
import { objectsBelow } from '../object-registry';
import { log, ownApi, setting } from '../settings';
import { makeHandler } from './handler';
import { detectionSender } from './send';
import { stateDocuments } from './state-documents';

const api = ownApi();
const bucket = setting('REGISTRY_BUCKET');
const prefix = setting('REGISTRY_PREFIX');
const settle = process.env['SETTLE_SECONDS'];

export const handler = makeHandler(
  { fleet: setting('FLEET'), ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: freshRegistry(() => objectsBelow(api, bucket, prefix)),
    store: stateDocuments(new Collection(api, setting('STATE_DATABASE'), 'states')),
    send: detectionSender(api, {
      detections: setting('DETECTION_TOPIC'),
      findings: process.env['FINDING_TOPIC'],
      source: process.env['FINDING_SOURCE'],
    }),
    now: Date.now,
    pause: (milliseconds) => setTimeout(milliseconds),
    log,
  },
);
