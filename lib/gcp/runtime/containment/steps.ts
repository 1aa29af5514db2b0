import { createHash } from 'node:crypto';
import { type PeerEvent, peerEventOf } from '../../../core/containment/peer';
import type { StepHandler } from '../../../core/containment/responder';
import { memoriesText, NotContained, sayEach, stepsOf } from '../../../core/containment/step';
import type { ContainableAgent, Incident, StepDefinition } from '../../../core/containment/types';
import { type JsonObject, stableStringify } from '../../../core/json';
import { type GoogleApi, GoogleError } from '../google-api';
import { disable, eligibleAccount, enable, expectDisabled, pathOf } from './account';
import { nativeOf } from './agent';
import { isWorkStopped, startWork, stopWork } from './work';

/** What containment does on Google Cloud, in order. One call stops the account, its live tokens with it. */
export const CONTAIN: readonly StepDefinition[] = [
  { id: 'evidence', stage: 'braked', once: true },
  { id: 'account', stage: 'braked' },
  { id: 'work', stage: 'quarantined' },
  { id: 'secrets', stage: 'quarantined' },
  { id: 'elsewhere', stage: 'braked', perStage: true },
  { id: 'verify', stage: 'braked', last: true },
];

/** What a restore does, in order; the account goes last, so that a restore that fails leaves it disabled. */
export const RESTORE: readonly StepDefinition[] = [
  { id: 'start-work', stage: 'braked' },
  { id: 'account-on', stage: 'braked' },
  { id: 'verify-released', stage: 'braked', last: true },
];

export interface StepClients {
  readonly api: GoogleApi;
  /** Bucket of the evidence. */
  readonly bucket: string;
  /** Tells the other clouds, and says so in a sentence. */
  readonly tellOthers: (event: PeerEvent) => Promise<string>;
  readonly now: () => Date;
}

/** Handlers of all steps. Each may be done twice and does no more than once. */
export function stepHandlers(clients: StepClients): Readonly<Record<string, StepHandler>> {
  const { api } = clients;
  return stepsOf(
    {
      evidence: async (agent, incident) => ({ said: 'what the agent was is kept', facts: await keepEvidence(clients, agent, incident) }),
      account: (agent) => disable(api, agent),
      work: (agent) => sayEach(nativeOf(agent).work, (work) => stopWork(api, work), 'nothing was registered that works for the agent'),
      secrets: async (agent) =>
        sayEach(
          nativeOf(agent).secrets,
          async (name) => `${name}: add a version that is new, and disable the old one, since the agent may have read it`,
          'no secret is bound to the agent',
        ),
      elsewhere: (agent, incident) => clients.tellOthers(peerEventOf(agent, incident)),
      verify: (agent, incident) => verify(api, agent, incident),
      'start-work': async (agent, { stage }) =>
        stage === 'quarantined'
          ? sayEach(nativeOf(agent).work, (work) => startWork(api, work), 'nothing was stopped')
          : 'nothing was stopped',
      'account-on': (agent) => enable(api, agent),
      'verify-released': async (agent, incident) => {
        await expectDisabled(api, agent, false);
        return `the account is enabled${memoriesText(nativeOf(agent).memories ?? [], incident)}`;
      },
    },
    clients.now,
  );
}

async function verify(api: GoogleApi, agent: ContainableAgent, { stage }: Pick<Incident, 'stage'>): Promise<string> {
  await expectDisabled(api, agent, true);
  if (stage !== 'quarantined') return 'the account is disabled';
  for (const work of nativeOf(agent).work)
    if (!(await isWorkStopped(api, work))) throw new NotContained(`what works for the agent runs: ${JSON.stringify(work)}`);
  return 'the account is disabled, and nothing works for it';
}

/** Keeps what the account was, and who may act as it. The first copy stays: whatever comes later for the same incident is not written over it. */
async function keepEvidence({ api, bucket }: StepClients, agent: ContainableAgent, incident: Incident): Promise<JsonObject> {
  const account = await eligibleAccount(api, agent);
  const policy = await api.service('iam').call<JsonObject>('POST', `${pathOf(agent)}:getIamPolicy`, {});
  const { id, openedAt, stage, triggers } = incident;
  const body = { schemaVersion: 1, incident: { id, openedAt, stage, triggers }, account, policy, registered: agent.native };
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
