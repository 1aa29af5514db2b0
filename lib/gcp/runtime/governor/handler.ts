import type { CleanUpPorts } from '../../../core/governance/clean-up';
import { type CarePorts, Caretaker } from '../../../core/governance/look-after';
import { personOf } from '../containment/person';
import type { GoogleApi } from '../google-api';
import { type FunctionRequest, type FunctionResponse, pushedMessage } from '../request';
import { driftOf } from './drift';
import type { Marks } from './evidence';
import type { ExpectedAgent, ExpectedRecords } from './expected';
import { giveBack, putAway } from './put-away';
import { recordPorts } from './records';
import { repair } from './repair';
import { leftovers, unusedOf } from './tidy';

export interface GovernorPorts
  extends Pick<CarePorts<ExpectedAgent>, 'fleet' | 'repair' | 'unusedDays' | 'agents' | 'publish' | 'keep' | 'now'> {
  readonly project: string;
  readonly secretDays: number;
  readonly api: GoogleApi;
  readonly records: () => Promise<ExpectedRecords | undefined>;
  /** Email of the account that the scheduler calls as: nobody else has anything done. */
  readonly caller: string;
  readonly log: (line: object) => void;
  /** Where it is known what earlier sweeps found, and whom the governor disabled. @default - what was forgotten is told, and left */
  readonly cleanUp?: Pick<CleanUpPorts<ExpectedAgent>, 'recall' | 'remember'> & { readonly marks: Marks };
  /** Between two questions to the log. */
  readonly pause: () => Promise<unknown>;
}

/** Between two comparisons that changes ask for: a deployment tells of hundreds. */
const REST_MS = 60_000;

/**
 * The governor, called by the scheduler, and by the feed of the inventory when something changed. What fails is refused, so that it is called again.
 * @see https://docs.cloud.google.com/asset-inventory/docs/monitor-asset-changes
 */
export function makeHandler(ports: GovernorPorts): (request: FunctionRequest, response: FunctionResponse) => Promise<void> {
  const { fleet, project, api, secretDays, unusedDays, pause, cleanUp, ...rest } = ports;
  const marks = cleanUp?.marks;
  const putting = marks ? { api, marks, project, now: rest.now } : undefined;
  const caretaker = new Caretaker<ExpectedAgent>({
    ...rest,
    fleet,
    unusedDays,
    driftOf: (agent, ended) => driftOf(api, agent, { ended, marks, now: rest.now }),
    putBack: (agent, found) => repair(api, found, putting ? () => giveBack(putting, agent) : undefined),
    leftovers: (agents, now) => leftovers(api, agents, { fleet, project, now, days: secretDays, marks }),
    // Each agent is one object, which is there or not.
    ...(cleanUp && putting
      ? { cleanUp: { ...cleanUp, partial: async () => [], putAway: (one, agents) => putAway(putting, one, agents) } }
      : {}),
    unusedOf: async (agent, now) => {
      const { log } = (await ports.records()) ?? { log: `projects/${project}` };
      return unusedOf(api, agent, { log, days: unusedDays, now, pause });
    },
  });
  const records = recordPorts(api, ports.records);
  const sweeps: Readonly<Record<string, () => Promise<void>>> = {
    '/compare': () => caretaker.compare(),
    '/tidy': () => caretaker.tidy(),
    '/sweep': () => caretaker.checkRecords(records),
  };
  let began = Number.NEGATIVE_INFINITY;
  /** Compares for a change, unless that was done since; false where it was done just before, so that the message comes again. */
  const hear = async (published: number): Promise<boolean> => {
    const now = ports.now().getTime();
    if (published < began) return true;
    if (now - began < REST_MS) return false;
    const before = began;
    began = now;
    try {
      await caretaker.compare();
    } catch (error) {
      // It was not compared: the message comes again, and must find it so.
      began = before;
      throw error;
    }
    return true;
  };
  return async ({ path, headers, body }, response) => {
    if (personOf(headers['authorization'])?.shown !== ports.caller) {
      response.status(403).json({ error: 'the governor is called by its scheduler and its feed alone' });
      return;
    }
    const message = path === '/' ? pushedMessage(body) : undefined;
    if (message) {
      const heard = await hear(Date.parse(message.publishTime ?? '') || ports.now().getTime());
      response.status(heard ? 200 : 429).json({});
      return;
    }
    const sweep = Object.hasOwn(sweeps, path) ? sweeps[path] : undefined;
    if (!sweep) {
      ports.log({ message: 'no call that this function knows', severity: 'ERROR', path });
      response.status(404).json({});
      return;
    }
    await sweep();
    response.status(200).json({});
  };
}
