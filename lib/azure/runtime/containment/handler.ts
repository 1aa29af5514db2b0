import { ContainmentService, type OperatorAnswer, type ServicePorts } from '../../../core/containment/service';
import type { Detection } from '../../../core/detection/types';
import { personOf } from './person';

export type HandlerPorts = Omit<ServicePorts, 'drilled'> & {};

/** An event of a topic, in the form of CloudEvents. */
interface CloudEvent {
  readonly type?: string;
  readonly data?: unknown;
}

export interface Handlers {
  /** An event of the queue that the topics deliver into; what is thrown comes again. */
  readonly heard: (message: unknown) => Promise<void>;
  readonly asked: (body: string, header: (name: string) => string | null) => Promise<OperatorAnswer>;
  readonly sweep: () => Promise<void>;
  readonly drill: (key: { readonly fleet: string; readonly agent: string }) => Promise<void>;
}

/** The responder: detections and containments of other clouds by its queue, people by requests that the app has checked, and once a minute the time. */
export function makeHandlers(ports: HandlerPorts): Handlers {
  const drilled = (fleet: string, seconds: number | undefined): void =>
    ports.log(seconds === undefined ? { message: 'drill failed', fleet } : { message: 'drill', fleet, seconds });
  const service = new ContainmentService({ ...ports, drilled });
  return {
    heard: async (message) => {
      const { type, data } = (typeof message === 'string' ? JSON.parse(message) : message) as CloudEvent;
      if (type === 'AgentDetection') await service.detected(data as Detection);
      else if (type === 'AgentContainment') await service.peer(data);
      else throw new Error(`'${type}' is no event that this function knows.`);
    },
    asked: (body, header) => service.asked(body, personOf(header)),
    sweep: () => service.sweep(),
    drill: async (key) => {
      await service.drill(key, { by: 'the schedule of drills', id: `drill ${ports.now().toISOString()}` });
    },
  };
}
