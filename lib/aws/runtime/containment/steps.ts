import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import { DescribeSecretCommand, RotateSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { peerEventOf } from '../../../core/containment/peer';
import type { StepHandler } from '../../../core/containment/responder';
import { type StepRun, sayEach, stepsOf } from '../../../core/containment/step';
import type { ContainableAgent, Incident, StepDefinition } from '../../../core/containment/types';
import type { Courier } from '../../../peers/courier';
import { letChain, stopChain } from '../task-revoker/chain-policy';
import { nativeOf } from './agent';
import { brake, release } from './brake';
import { keepEvidence } from './evidence';
import { freezeTrust, openTrust } from './trust';
import { type Simulate, verify, verifyReleased } from './verify';
import { startWork, stopWork, type WorkClients } from './work';
import { workflowSteps } from './workflows';

/** How long IAM needs to spread a change, with room. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html */
const SPREAD_SECONDS = 10;

/** What containment does on AWS, in order. */
export const CONTAIN: readonly StepDefinition[] = [
  { id: 'evidence', stage: 'restricted', once: true },
  { id: 'brake', stage: 'restricted', perStage: true },
  { id: 'chains', stage: 'braked' },
  { id: 'trust', stage: 'quarantined' },
  { id: 'work', stage: 'quarantined' },
  { id: 'secrets', stage: 'quarantined' },
  { id: 'elsewhere', stage: 'braked', perStage: true },
  { id: 'brake-again', stage: 'restricted', perStage: true, waitSeconds: SPREAD_SECONDS },
  { id: 'verify', stage: 'restricted', last: true },
];

/** What a restore does, in order; the brake goes last, so that a restore that fails leaves it on. */
export const RESTORE: readonly StepDefinition[] = [
  { id: 'open-trust', stage: 'restricted' },
  { id: 'start-work', stage: 'restricted' },
  { id: 'let-chains', stage: 'restricted' },
  { id: 'release', stage: 'restricted' },
  { id: 'verify-released', stage: 'restricted', last: true },
];

export const CONTAINMENT_EVENT = 'Agent Containment';

export interface StepClients extends WorkClients {
  readonly iam: IAMClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly events: EventBridgeClient;
  readonly simulate: Simulate;
  /** Bucket of the evidence. */
  readonly bucket: string;
  /** Bus on which containments are told. */
  readonly bus: string;
  /** Tells the responders of other clouds. */
  readonly carry: Courier;
  readonly now: () => Date;
}

/** Handlers of all steps. Each may be done twice and does no more than once. */
export function stepHandlers(clients: StepClients): Readonly<Record<string, StepHandler>> {
  const { iam } = clients;
  const runs: Readonly<Record<string, StepRun>> = {
    evidence: async (agent, incident) => ({
      said: 'what the agent was is kept',
      facts: await keepEvidence({ iam, s3: clients.s3, bucket: clients.bucket }, agent, incident),
    }),
    brake: (agent, { stage }) => brake(iam, agent, stage),
    'brake-again': (agent, { stage }) => brake(iam, agent, stage),
    chains: (agent) =>
      sayEach(
        nativeOf(agent).chains,
        async (arn) =>
          `chains of ${agent.name} are denied everything by version ${(await stopChain(iam, arn, `${agent.name}@*`)).version} of ${arn}`,
        'no chain begins with the agent',
      ),
    trust: (agent) => freezeTrust(iam, agent),
    work: (agent) => sayEach(nativeOf(agent).work, (work) => stopWork(clients, work), 'nothing was registered that works for the agent'),
    secrets: async (agent) => {
      const { secrets, providers = [] } = nativeOf(agent);
      const said = await sayEach(secrets, (arn) => rotate(clients.secrets, arn), 'no secret is bound to the agent');
      // The brake denies asking for more; what was given out is known to whoever issued it alone.
      return [said, ...providers.map((arn) => `revoke where it was issued what the agent got by ${arn}`)].join('; ');
    },
    elsewhere: (agent, incident) => tellOthers(clients, agent, incident),
    verify: (agent, incident) => verify(clients, agent, incident),
    'open-trust': (agent) => openTrust(iam, agent),
    'start-work': async (agent, { stage }) =>
      stage === 'quarantined'
        ? sayEach(nativeOf(agent).work, (work) => startWork(clients, work), 'nothing was stopped')
        : 'nothing was stopped',
    'let-chains': (agent) =>
      sayEach(
        nativeOf(agent).chains,
        async (arn) => `chains of ${agent.name} go on by version ${await letChain(iam, arn, `${agent.name}@*`)} of ${arn}`,
        'no chain was stopped',
      ),
    release: (agent) => release(iam, agent),
    'verify-released': (agent, incident) => verifyReleased(iam, agent, incident),
    ...workflowSteps(clients),
  };
  return stepsOf(runs, clients.now);
}

/** What the agent has read of a secret is worth nothing afterwards; one without a rotation is left to a person, and said. */
async function rotate(client: SecretsManagerClient, SecretId: string): Promise<string> {
  const { RotationEnabled } = await client.send(new DescribeSecretCommand({ SecretId }));
  if (!RotationEnabled) return `${SecretId} has no rotation: change it by hand, since the agent may have read it`;
  await client.send(new RotateSecretCommand({ SecretId, RotateImmediately: true }));
  return `${SecretId} is being rotated`;
}

async function tellOthers({ events, bus, carry }: StepClients, agent: ContainableAgent, incident: Incident): Promise<string> {
  const event = peerEventOf(agent, incident);
  const { FailedEntryCount } = await events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: bus, Source: 'agentic-iam', DetailType: CONTAINMENT_EVENT, Detail: JSON.stringify(event) }],
    }),
  );
  if (FailedEntryCount) throw new Error('the bus did not take the event');
  return carry(event);
}
