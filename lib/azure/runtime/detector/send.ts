import { ocsfFinding } from '../../../core/alerts/ocsf';
import type { Detection } from '../../../core/detection/types';
import { type AzureApiOptions, azureApi } from '../azure-api';
import { hubSender } from '../event-hub';
import { EVENT_GRID_SCOPE, topicSender } from '../topic';

/** Where detections go. */
export interface DetectionPlaces {
  /** Address of the topic of detections, without a path. */
  readonly topic: string;
  readonly fleet: string;
  /** Address of an event hub for the same in OCSF. @default - nobody reads them */
  readonly findings?: string | undefined;
}

/** Sends detections everywhere; throws where one place did not take them, so that the batch comes again. */
export function detectionSender(
  { topic, fleet, findings }: DetectionPlaces,
  options: AzureApiOptions,
): (detections: readonly Detection[]) => Promise<void> {
  const send = topicSender(azureApi({ address: topic, scope: EVENT_GRID_SCOPE }, options), `/agentic-iam/${fleet}`);
  const find = findings ? hubSender(findings, options) : undefined;
  return async (detections) => {
    await send(
      detections.map((data) => ({ id: data.id, type: 'AgentDetection', subject: `${data.fleet}/${data.agent}`, time: data.time, data })),
    );
    await find?.(detections.map(ocsfFinding));
  };
}
