import { createHash } from 'node:crypto';
import { type PeerEvent, peerEventOf } from '../../../core/containment/peer';
import type { StepHandler } from '../../../core/containment/responder';
import { memoriesText, NotContained, sayEach, stepsOf } from '../../../core/containment/step';
import type { ContainableAgent, Incident, StepDefinition } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import { type GoogleApi, GoogleError } from '../google-api';
import { nativeOf } from './agent';
import { bindingsNow, expectBindings, expectNoBindings, giveBindings, takeBindings } from './bindings';
import type { DenyQueue } from './deny-queue';
import { type AskProbe, expectAnswered, expectRefused, probedBefore } from './probe';
import { switchOf } from './switches';
import { isWorkStopped, startWork, stopWork } from './work';

/** What containment does on Google Cloud, in order. One call stops an account, its live tokens with it. */
export const CONTAIN: readonly StepDefinition[] = [
  { id: 'evidence', stage: 'braked', once: true },
  { id: 'identity', stage: 'braked' },
  { id: 'bindings', stage: 'quarantined' },
  { id: 'work', stage: 'quarantined' },
  { id: 'secrets', stage: 'quarantined' },
  { id: 'elsewhere', stage: 'braked', perStage: true },
  { id: 'verify', stage: 'braked', last: true },
];

/** What a restore does, in order; the identity goes last, so that a restore that fails leaves it off. */
export const RESTORE: readonly StepDefinition[] = [
  { id: 'start-work', stage: 'braked' },
  { id: 'give-bindings', stage: 'braked' },
  { id: 'identity-on', stage: 'braked' },
  { id: 'verify-released', stage: 'braked', last: true },
];

export interface StepClients {
  readonly api: GoogleApi;
  /** Bucket of the evidence. */
  readonly bucket: string;
  /** Tells the other clouds, and says so in a sentence. */
  readonly tellOthers: (event: PeerEvent) => Promise<string>;
  /** Whether another agent of the fleet that is stopped by its pool is contained now. */
  readonly containedByPool: (fleet: string, agent: string) => Promise<boolean>;
  /** Deny policies that are written, in turn. */
  readonly denials: DenyQueue;
  /** Asks a canary what it may do. */
  readonly ask: AskProbe;
  readonly now: () => Date;
}

/** Handlers of all steps. Each may be done twice and does no more than once. */
export function stepHandlers(clients: StepClients): Readonly<Record<string, StepHandler>> {
  const { api, ask } = clients;
  const of = (agent: ContainableAgent) => {
    const contained = async (names: readonly string[]): Promise<readonly string[]> => {
      const found = await Promise.all(names.map((name) => clients.containedByPool(agent.fleet, name)));
      return names.filter((_, at) => found[at]);
    };
    return switchOf({ api, agent, contained, denials: clients.denials });
  };
  const verify = async (agent: ContainableAgent, incident: Incident): Promise<string> => {
    const said = `${await of(agent).expectOff()}${await expectRefused(ask, agent, incident)}`;
    if (incident.stage !== 'quarantined') return said;
    await expectNoBindings(api, agent);
    for (const work of nativeOf(agent).work)
      if (!(await isWorkStopped(api, work))) throw new NotContained(`what works for the agent runs: ${JSON.stringify(work)}`);
    return `${said}, and nothing works for it`;
  };
  return stepsOf(
    {
      evidence: async (agent, incident) => {
        const { facts, ...probed } = await probedBefore(ask, agent, incident);
        const was = { ...(await of(agent).evidence()), ...(await bindingsNow(api, agent)), ...probed };
        return { said: 'what the agent was is kept', facts: { ...(await keepEvidence(clients, { agent, incident, was })), ...facts } };
      },
      identity: (agent) => of(agent).off(),
      bindings: (agent) => takeBindings(api, agent),
      work: (agent) => sayEach(nativeOf(agent).work, (work) => stopWork(api, work), 'nothing was registered that works for the agent'),
      secrets: async (agent) =>
        sayEach(
          nativeOf(agent).secrets,
          async (name) => `${name}: add a version that is new, and disable the old one, since the agent may have read it`,
          'no secret is bound to the agent',
        ),
      elsewhere: (agent, incident) => clients.tellOthers(peerEventOf(agent, incident)),
      verify,
      'start-work': async (agent, { stage }) =>
        stage === 'quarantined'
          ? sayEach(nativeOf(agent).work, (work) => startWork(api, work), 'nothing was stopped')
          : 'nothing was stopped',
      'give-bindings': async (agent, { stage }) => (stage === 'quarantined' ? giveBindings(api, agent) : 'no role was taken away'),
      'identity-on': (agent) => of(agent).on(),
      'verify-released': async (agent, incident) => {
        const said = await of(agent).expectOn();
        if (incident.stage === 'quarantined') await expectBindings(api, agent);
        return `${said}${await expectAnswered(ask, agent, incident)}${memoriesText(nativeOf(agent).memories ?? [], incident)}`;
      },
    },
    clients.now,
  );
}

/** Keeps what the identity was, and who may act as it. The first copy stays: whatever comes later for the same incident is not written over it. */
async function keepEvidence(
  { api, bucket }: StepClients,
  { agent, incident, was }: { readonly agent: ContainableAgent; readonly incident: Incident; readonly was: JsonObject },
): Promise<JsonObject> {
  const { id, openedAt, stage, triggers } = incident;
  const body = { schemaVersion: 1, incident: { id, openedAt, stage, triggers }, ...was, registered: agent.native };
  const key = `incidents/${agent.fleet}/${agent.name}/${id}/evidence.json`;
  const query = new URLSearchParams({ uploadType: 'media', name: key, ifGenerationMatch: '0' });
  try {
    await api.service('storage').call('POST', `/upload/storage/v1/b/${bucket}/o?${query}`, body);
  } catch (error) {
    if (!(error instanceof GoogleError) || error.status !== 412) throw error;
    return { key, kept: 'the first copy' };
  }
  return {
    key,
    sha256: createHash('sha256')
      .update(stableStringify(body as unknown as JsonObject))
      .digest('hex'),
  };
}
