import type { Detection } from '../../../core/detection/types';

/** A detection as the bus hands it on. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface DetectionEvent {
  readonly detail?: unknown;
}

export interface Target {
  readonly name: string;
  readonly send: (detections: readonly Detection[]) => Promise<void>;
}

/** Not a detection of a version that this code knows. */
export class UnknownDetection extends Error {}

/** Hands a detection to every target, and fails where one of them failed, so that the event comes again; each target takes the same one twice. */
export function makeHandler(targets: readonly Target[], log: (line: object) => void): (event: DetectionEvent) => Promise<void> {
  return async ({ detail }) => {
    const detection = read(detail);
    const results = await Promise.allSettled(targets.map(({ send }) => send([detection])));
    const failed = results.flatMap((result, index) =>
      result.status === 'rejected' ? [{ target: targets[index]?.name ?? '', reason: result.reason }] : [],
    );
    for (const { target, reason } of failed)
      log({ message: 'target failed', target, id: detection.id, error: (reason as Error).name, reason: (reason as Error).message });
    if (failed.length > 0) throw new Error(`Detection ${detection.id} did not reach ${failed.map(({ target }) => target).join(', ')}.`);
  };
}

function read(detail: unknown): Detection {
  const { schemaVersion, id } = (detail ?? {}) as Partial<Detection>;
  if (schemaVersion !== 1 || typeof id !== 'string') throw new UnknownDetection(`Version ${JSON.stringify(schemaVersion)} is not known.`);
  return detail as Detection;
}
