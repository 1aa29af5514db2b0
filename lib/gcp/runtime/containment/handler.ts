import { ContainmentService, type ServicePorts } from '../../../core/containment/service';
import type { Detection } from '../../../core/detection/types';
import { type FunctionRequest, type FunctionResponse, pushedMessage } from '../request';
import { personOf } from './person';

export type HandlerPorts = Omit<ServicePorts, 'drilled'> & {
  /** Email of the account that subscriptions and the scheduler call as: nobody else brings messages. */
  readonly caller: string;
};

/**
 * The responder: detections and containments of other clouds by its subscription, people by requests with a token of their own, drills and the time from the scheduler.
 * What fails is refused, so that it comes again.
 */
export function makeHandler(ports: HandlerPorts): (request: FunctionRequest, response: FunctionResponse) => Promise<void> {
  const drilled = (fleet: string, seconds: number | undefined): void =>
    ports.log(seconds === undefined ? { message: 'drill failed', fleet, severity: 'ERROR' } : { message: 'drill', fleet, seconds });
  const service = new ContainmentService({ ...ports, drilled });
  return async (request, response) => {
    const person = personOf(request.headers['authorization']);
    if (person?.shown !== ports.caller) {
      const { code, body } = await service.asked(request.body, person);
      response.status(code).json(body);
      return;
    }
    if (request.path === '/sweep') await service.sweep();
    else if (request.path === '/drill') await drill(request.body, service, ports.now());
    else await heard(request.body, service, ports);
    response.status(200).json({});
  };
}

async function drill(body: unknown, service: ContainmentService, now: Date): Promise<void> {
  const { fleet = '', agent = '' } = body as { readonly fleet?: string; readonly agent?: string };
  await service.drill({ fleet, agent }, { by: 'the schedule of drills', id: `drill ${now.toISOString()}` });
}

async function heard(body: unknown, service: ContainmentService, { log }: HandlerPorts): Promise<void> {
  const message = pushedMessage(body);
  const type = message?.attributes['type'];
  if (type === 'Agent Detection') await service.detected(message?.json as Detection);
  else if (type === 'Agent Containment') await service.peer(message?.json);
  else log({ message: 'no message that this function knows', severity: 'ERROR', type });
}
