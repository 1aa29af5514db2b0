import { setTimeout } from 'node:timers/promises';
import { ocsfFinding } from '../../../core/alerts/ocsf';
import { freshRegistry } from '../../../core/detection/registry-parts';
import type { Detection } from '../../../core/detection/types';
import { Collection } from '../firestore';
import { objectsBelow } from '../object-registry';
import { log, ownApi, setting } from '../settings';
import { topicSender } from '../topic';
import { makeHandler } from './handler';
import { findingWriter } from './security-center';
import { stateDocuments } from './state-documents';

const api = ownApi();
const bucket = setting('REGISTRY_BUCKET');
const prefix = setting('REGISTRY_PREFIX');
const settle = process.env['SETTLE_SECONDS'];
const publish = topicSender(api, setting('DETECTION_TOPIC'));
const findings = process.env['FINDING_TOPIC'];
const find = findings ? topicSender(api, findings) : async (): Promise<void> => {};

const source = process.env['FINDING_SOURCE'];
const report = source ? findingWriter(api, source) : async (): Promise<void> => {};

export const handler = makeHandler(
  { fleet: setting('FLEET'), ...(settle ? { options: { settleSeconds: Number(settle) } } : {}) },
  {
    registry: freshRegistry(() => objectsBelow(api, bucket, prefix)),
    store: stateDocuments(new Collection(api, setting('STATE_DATABASE'), 'states')),
    send: async (detections) => {
      const messages = detections.map((detection) => ({
        type: 'Agent Detection',
        body: detection as object,
        attributes: { agent: detection.agent, fleet: detection.fleet, signal: detection.signal, severity: detection.severity },
      }));
      await publish(messages);
      await find(messages.map((message, at) => ({ ...message, type: 'OCSF', body: ocsfFinding(detections[at] as Detection) })));
      await report(detections);
    },
    now: Date.now,
    pause: (milliseconds) => setTimeout(milliseconds),
    log,
  },
);
