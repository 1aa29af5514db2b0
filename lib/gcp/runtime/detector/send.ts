import { ocsfFinding } from '../../../core/alerts/ocsf';
import type { Detection } from '../../../core/detection/types';
import type { GoogleApi } from '../google-api';
import { topicSender } from '../topic';
import { findingWriter } from './security-center';

/** Where detections go; what is absent gets none. */
export interface DetectionPlaces {
  /** Topic of detections. */
  readonly detections: string;
  /** Topic of the same in OCSF. */
  readonly findings?: string | undefined;
  /** Source of Security Command Center. */
  readonly source?: string | undefined;
}

/** Sends detections everywhere; throws where one place did not take them, so that the batch comes again. */
export function detectionSender(api: GoogleApi, places: DetectionPlaces): (detections: readonly Detection[]) => Promise<void> {
  const attributesOf = ({ agent, fleet, signal, severity }: Detection) => ({ agent, fleet, signal, severity });
  const publish = (topic: string, type: string, bodyOf: (detection: Detection) => object) => {
    const send = topicSender(api, topic);
    return (detections: readonly Detection[]) =>
      send(detections.map((one) => ({ type, body: bodyOf(one), attributes: attributesOf(one) })));
  };
  const { detections, findings, source } = places;
  const senders = [
    publish(detections, 'Agent Detection', (one) => one),
    ...(findings ? [publish(findings, 'OCSF', ocsfFinding)] : []),
    ...(source ? [findingWriter(api, source)] : []),
  ];
  return async (found) => {
    for (const send of senders) await send(found);
  };
}
