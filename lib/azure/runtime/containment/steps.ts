import { type PeerEvent, peerEventOf } from '../../../core/containment/peer';
import type { StepHandler } from '../../../core/containment/responder';
import { memoriesText, NotContained, sayEach, stepsOf } from '../../../core/containment/step';
import type { ContainableAgent, Incident, StepDefinition } from '../../../core/containment/types';
import type { AzureApi } from '../azure-api';
import { nativeOf } from './agent';
import { assignedRoles, expectRoles, giveRoles, removeRoles } from './assignments';
import { allowChanges, denyChanges, expectAllowed, expectDenied } from './denials';
import type { DeploymentPorts } from './deployments';
import { keepEvidence } from './evidence';
import { checkEligible, cutFederation, expectNoFederation } from './identity';
import { markContained, unmark } from './mark';
import { disableSecrets, enableSecrets, expectDisabled, expectEnabled, type SecretPorts } from './secrets';
import { isWorkStopped, startWork, stopWork } from './work';

/** Terraform may be giving roles while they are taken away: what came in between is taken away, too. */
const AGAIN_SECONDS = 10;

/** What containment does on Azure, in order. */
export const CONTAIN: readonly StepDefinition[] = [
  { id: 'evidence', stage: 'restricted', once: true },
  { id: 'mark', stage: 'restricted' },
  { id: 'roles', stage: 'restricted', perStage: true },
  { id: 'principal', stage: 'quarantined' },
  { id: 'federation', stage: 'quarantined' },
  { id: 'work', stage: 'quarantined' },
  { id: 'elsewhere', stage: 'braked', perStage: true },
  { id: 'secrets', stage: 'quarantined' },
  // After the others: a deployment may take half a minute to say what came of it.
  { id: 'deny', stage: 'quarantined' },
  { id: 'roles-again', stage: 'restricted', perStage: true, waitSeconds: AGAIN_SECONDS },
  { id: 'verify', stage: 'restricted', last: true },
];

/** What a restore does, in order; the roles go last, so that a restore that fails leaves the agent without them. */
export const RESTORE: readonly StepDefinition[] = [
  { id: 'principal-on', stage: 'restricted' },
  { id: 'enable-secrets', stage: 'restricted' },
  { id: 'start-work', stage: 'restricted' },
  { id: 'allow', stage: 'restricted' },
  { id: 'give-roles', stage: 'restricted' },
  { id: 'unmark', stage: 'restricted' },
  { id: 'verify-released', stage: 'restricted', last: true },
];

export interface StepClients extends SecretPorts, DeploymentPorts {
  /** Microsoft Graph, where the responder may disable service principals. @default - it may not, and says so */
  readonly graph?: AzureApi;
  /** Tells the other clouds, and says so in a sentence. */
  readonly tellOthers: (event: PeerEvent) => Promise<string>;
}

/** Handlers of all steps. Each may be done twice and does no more than once. */
export function stepHandlers(clients: StepClients): Readonly<Record<string, StepHandler>> {
  const { arm } = clients;
  const roles = async (agent: ContainableAgent, { stage }: Incident) => {
    await checkEligible(arm, agent);
    return removeRoles(arm, agent, stage);
  };
  return stepsOf(
    {
      evidence: async (agent, incident) => ({ said: 'what the agent was is kept', facts: await keepEvidence(clients, agent, incident) }),
      mark: (agent, { id }) => markContained(arm, agent, id),
      unmark: (agent, { id }) => unmark(arm, agent, id),
      roles,
      'roles-again': roles,
      principal: (agent) => setPrincipal(clients, agent, false),
      federation: (agent) => cutFederation(arm, agent),
      work: (agent) => sayEach(nativeOf(agent).work, (work) => stopWork(arm, work), 'nothing was registered that works for the agent'),
      deny: (agent) => denyChanges(clients, agent),
      secrets: (agent, incident) => disableSecrets(clients, agent, incident),
      elsewhere: (agent, incident) => clients.tellOthers(peerEventOf(agent, incident)),
      verify: (agent, incident) => verify(clients, agent, incident),
      'principal-on': async (agent, { stage }) => (stage === 'quarantined' ? setPrincipal(clients, agent, true) : 'it was not disabled'),
      'start-work': async (agent, { stage }) =>
        stage === 'quarantined'
          ? sayEach(nativeOf(agent).work, (work) => startWork(arm, work), 'nothing was stopped')
          : 'nothing was stopped',
      'enable-secrets': async (agent, incident) =>
        incident.stage === 'quarantined' ? enableSecrets(clients, agent, incident) : 'no secret was disabled',
      allow: async (agent, { stage }) => (stage === 'quarantined' ? allowChanges(clients, agent) : 'nothing was denied'),
      'give-roles': (agent) => giveRoles(arm, agent),
      'verify-released': async (agent, incident) => {
        const { stage } = incident;
        const given = new Set((await assignedRoles(arm, nativeOf(agent))).map(({ id }) => id.toLowerCase()));
        const missing = nativeOf(agent).assignments.filter(
          ({ id, cosmosScope }) => cosmosScope === undefined && !given.has(id.toLowerCase()),
        );
        if (missing.length > 0) throw new NotContained(`not given yet: ${missing.map(({ id }) => id).join(', ')}`);
        if (stage === 'quarantined') {
          await expectAllowed(arm, agent);
          await expectEnabled(clients, agent, incident);
        }
        const federation = stage === 'quarantined' ? '; federation is made again by the next deployment' : '';
        return `its roles are as the template says${federation}${memoriesText(nativeOf(agent).memories ?? [], incident)}`;
      },
    },
    clients.now,
  );
}

/**
 * New tokens are refused once the service principal is disabled; tokens of a managed identity that are there live on for up to a day, which the roles see to.
 * @see https://learn.microsoft.com/en-us/graph/api/serviceprincipal-update
 */
async function setPrincipal({ graph }: StepClients, agent: ContainableAgent, accountEnabled: boolean): Promise<string> {
  const { principalId } = nativeOf(agent);
  if (!graph) return 'the service principal is left as it is: the responder has no right in the directory';
  await graph({ method: 'PATCH', path: `/v1.0/servicePrincipals/${principalId}`, body: { accountEnabled } });
  return `the service principal is ${accountEnabled ? 'enabled' : 'disabled'}`;
}

async function verify(clients: StepClients, agent: ContainableAgent, incident: Incident): Promise<string> {
  const { arm } = clients;
  await expectRoles(arm, agent, incident.stage);
  if (incident.stage !== 'quarantined') return 'no role is left that should not be; Azure honours that within 10 minutes';
  await expectNoFederation(arm, agent);
  await expectDenied(arm, agent);
  await expectDisabled(clients, agent, incident);
  for (const work of nativeOf(agent).work)
    if (!(await isWorkStopped(arm, work))) throw new NotContained(`what works for the agent runs: ${JSON.stringify(work)}`);
  return 'no role and no way in is left, and nothing works for it; Azure honours that within 10 minutes';
}
