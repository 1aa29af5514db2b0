import { invalidPeer } from '../containment-errors';
import { type ContainableAgent, type ContainmentStage, type Incident, STAGES } from './types';

/** What responders say to each other across clouds: never what to do, but what is so. */
export interface PeerEvent {
  readonly schemaVersion: 1;
  /** Id of the incident there. */
  readonly id: string;
  readonly agent: string;
  readonly fleet: string;
  readonly cloud: string;
  readonly stage: ContainmentStage;
  /** When it was opened there, ISO 8601 in UTC. */
  readonly at: string;
}

/** Something that is no such event. */
export class InvalidPeerEvent extends Error {
  override readonly name = 'InvalidPeerEvent';
}

/** What a responder asks its own cloud's signature to be for, where the other cloud leaves that open. */
export const PEER_AUDIENCE = 'agentic-iam-containment';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** Clocks of two clouds differ by less. */
const AHEAD_MS = 300_000;

/**
 * Reads an event that came from another cloud. One from the future is refused: it could not be told from what happens after a restore.
 * Throws `InvalidPeerEvent`, which names the field.
 */
export function readPeerEvent(value: unknown, now: Date): PeerEvent {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string, form: RegExp): string => {
    const given = fields[name];
    if (typeof given !== 'string' || !form.test(given))
      throw new InvalidPeerEvent(`'${name}' of a containment elsewhere must be of the form ${form.source}.`);
    return given;
  };
  if (fields['schemaVersion'] !== 1) throw new InvalidPeerEvent("'schemaVersion' of a containment elsewhere must be 1.");
  const stage = STAGES.find((one) => one === fields['stage']);
  if (!stage) throw new InvalidPeerEvent(`'stage' of a containment elsewhere must be one of ${STAGES.join(', ')}.`);
  const at = text('at', TIME);
  const time = Date.parse(at);
  if (Number.isNaN(time) || time > now.getTime() + AHEAD_MS)
    throw new InvalidPeerEvent("'at' of a containment elsewhere must be a time that has been.");
  return {
    schemaVersion: 1,
    id: text('id', ID),
    agent: text('agent', NAME),
    fleet: text('fleet', NAME),
    cloud: text('cloud', NAME),
    stage,
    at,
  };
}

/** How a value that names something of another cloud must look. */
export interface PeerForm {
  readonly form: RegExp;
  /** What it is, in words. */
  readonly words: string;
  readonly example: string;
}

/** A value that names something of another cloud: written out, and of its form. */
export function peerValue(cloud: string, [field, value]: readonly [string, unknown], { form, words, example }: PeerForm): string {
  if (typeof value === 'string' && form.test(value)) return value;
  throw invalidPeer(cloud, {
    rule: `needs '${field}' to be ${words}`,
    reason: 'what is told, and who is believed, is named exactly',
    value,
    fix: `copy it from the output 'Peer' of the containment there, such as '${example}'`,
  });
}

/** What is said of an agent that was contained here. */
export function peerEventOf(
  { name, fleet, cloud }: Pick<ContainableAgent, 'name' | 'fleet' | 'cloud'>,
  { id, stage, openedAt }: Pick<Incident, 'id' | 'stage' | 'openedAt'>,
): PeerEvent {
  return { schemaVersion: 1, id, agent: name, fleet, cloud, stage, at: openedAt };
}

/** A fleet has one responder on a cloud. @param known clouds that are connected already */
export function checkConnectedOnce(cloud: string, known: readonly { readonly cloud: string }[]): void {
  if (!known.some((one) => one.cloud === cloud)) return;
  throw invalidPeer(cloud, {
    rule: 'must be connected once',
    reason: 'a fleet has one responder on a cloud',
    value: cloud,
    fix: 'leave one out',
  });
}
