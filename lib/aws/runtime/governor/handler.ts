import type { IAMClient } from '@aws-sdk/client-iam';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { JsonObject } from '../../../core/json';
import { type Drift, driftOf } from './drift';
import type { ExpectedAgent } from './expected';
import { leftovers } from './hygiene';
import { type Repaired, repair } from './repair';
import { answerTampering, type TamperEvent, type TrailPorts } from './tamper';
import { unusedOf } from './unused';

/** One finding of governance, as the bus of the fleet carries it. */
export interface GovernanceEvent {
  readonly schemaVersion: 1;
  readonly fleet: string;
  /** Control of the ladder. */
  readonly control: string;
  /** @default - it is about the fleet */
  readonly agent?: string;
  readonly said: string;
  readonly repaired: boolean;
  readonly at: string;
  readonly detail?: JsonObject;
}

/** How a Config rule is answered. */
export interface Evaluation {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly compliance: 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly annotation?: string;
  readonly at: string;
}

export interface GovernorPorts {
  readonly fleet: string;
  readonly repair: boolean;
  readonly unusedDays: number;
  readonly secretDays: number;
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
  readonly trail?: TrailPorts;
  readonly agents: () => Promise<readonly ExpectedAgent[]>;
  readonly publish: (event: GovernanceEvent) => Promise<void>;
  readonly keep: (kind: string, body: JsonObject, at: string) => Promise<void>;
  readonly evaluate: (evaluations: readonly Evaluation[], token: string) => Promise<void>;
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

interface ConfigEvent {
  readonly invokingEvent: string;
  readonly ruleParameters?: string;
  readonly resultToken: string;
}

const LONGEST_NOTE = 256;

/** What the function does: by the clock, for a rule of Config, or because somebody touched the trail. */
export function makeHandler(ports: GovernorPorts): (event: unknown) => Promise<void> {
  return async (event) => {
    const asked = event as Partial<ConfigEvent> & { readonly sweep?: string; readonly detail?: TamperEvent };
    if (typeof asked.invokingEvent === 'string' && typeof asked.resultToken === 'string') return evaluateRule(asked as ConfigEvent, ports);
    if (asked.detail) return tampered(asked.detail, ports);
    if (asked.sweep === 'drift') return sweepDrift(ports);
    if (asked.sweep === 'tidy') return sweepTidy(ports);
    throw new Error(`an event that is not understood: ${JSON.stringify(event).slice(0, 200)}`);
  };
}

/** Compares every agent; one that cannot be read does not keep the others from it, and is told at the end. */
async function sweepDrift(ports: GovernorPorts): Promise<void> {
  const at = ports.now().toISOString();
  const failed: string[] = [];
  const seen: JsonObject[] = [];
  for (const agent of await ports.agents()) {
    try {
      const { drift, repaired } = await lookAt(agent, ports, at);
      seen.push({
        agent: agent.name,
        drift: drift === 'contained' ? drift : (drift as unknown as JsonObject[]),
        repaired: repaired as unknown as JsonObject[],
      });
    } catch (error) {
      failed.push(`${agent.name}: ${(error as Error).message}`);
    }
  }
  await ports.keep('drift', { at, fleet: ports.fleet, agents: seen, failed }, at);
  if (failed.length > 0) throw new Error(`agents that could not be compared: ${failed.join('; ')}`);
}

async function lookAt(
  agent: ExpectedAgent,
  ports: GovernorPorts,
  at: string,
): Promise<{ readonly drift: readonly Drift[] | 'contained'; readonly repaired: readonly Repaired[] }> {
  const drift = await driftOf(ports.iam, agent);
  if (drift === 'contained' || drift.length === 0) return { drift, repaired: [] };
  const repaired = ports.repair ? await repair(ports.iam, agent, drift) : [];
  for (const one of drift) {
    const outcome = repaired.find((each) => each.drift === one);
    const said = `${one.what} of agent ${agent.name} is ${one.problem}; ${outcome ? (outcome.done ? outcome.said : `it could not be put back: ${outcome.said}`) : 'repair is off'}`;
    await ports.publish({
      schemaVersion: 1,
      fleet: ports.fleet,
      control: one.control,
      agent: agent.name,
      said,
      repaired: outcome?.done ?? false,
      at,
    });
  }
  return { drift, repaired };
}

/** Old and unused things are told; nothing is taken away but by the owner. */
async function sweepTidy(ports: GovernorPorts): Promise<void> {
  const now = ports.now();
  const at = now.toISOString();
  const { fleet } = ports;
  const agents = await ports.agents();
  const left = await leftovers(ports, { fleet, agents, now, days: ports.secretDays });
  for (const { kind, said } of left)
    await ports.publish({ schemaVersion: 1, fleet, control: 'credentials-tidied', said, repaired: false, at, detail: { kind } });
  const unused = [];
  for (const agent of agents) {
    const found = await unusedOf(ports.iam, agent, { days: ports.unusedDays, now, pause: ports.pause });
    unused.push(found);
    if (found.capabilities.length === 0) continue;
    const said = `agent ${agent.name} did not use for ${ports.unusedDays} days: ${found.capabilities.join(', ')}; ask ${agent.owner} whether the smaller spec will do`;
    await ports.publish({
      schemaVersion: 1,
      fleet,
      control: 'unused-found',
      agent: agent.name,
      said,
      repaired: false,
      at,
      detail: { patch: found.patch as unknown as JsonObject[] },
    });
  }
  await ports.keep('tidy', { at, fleet, leftovers: left as unknown as JsonObject[], unused: unused as unknown as JsonObject[] }, at);
}

async function tampered(event: TamperEvent, ports: GovernorPorts): Promise<void> {
  if (!ports.trail) throw new Error('no trail is known that could be answered for');
  const at = ports.now().toISOString();
  const { said, repaired } = await answerTampering(event, ports.trail, ports.repair);
  await ports.publish({ schemaVersion: 1, fleet: ports.fleet, control: 'tampering-answered', said, repaired, at });
  await ports.keep('tampering', { at, fleet: ports.fleet, said, event: event as unknown as JsonObject }, at);
}

/** One role, for one rule: its parameters name the control. @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html */
async function evaluateRule(event: ConfigEvent, ports: GovernorPorts): Promise<void> {
  const { configurationItem: item, messageType } = JSON.parse(event.invokingEvent) as {
    readonly messageType?: string;
    readonly configurationItem?: {
      readonly resourceId: string;
      readonly resourceName?: string;
      readonly resourceType: string;
      readonly configurationItemStatus?: string;
    };
  };
  const { control = 'access-as-declared' } = JSON.parse(event.ruleParameters ?? '{}') as { readonly control?: string };
  const at = ports.now().toISOString();
  const agents = await ports.agents();
  if (messageType === 'ScheduledNotification' || !item) {
    const all: Evaluation[] = [];
    for (const agent of agents)
      all.push(await judge(agent, { resourceId: agent.roleName, resourceType: 'AWS::IAM::Role', control, at }, ports));
    return ports.evaluate(all, event.resultToken);
  }
  const agent = agents.find(({ roleName }) => roleName === item.resourceName);
  const gone = item.configurationItemStatus === 'ResourceDeleted';
  const evaluation: Evaluation =
    !agent || gone
      ? { resourceId: item.resourceId, resourceType: item.resourceType, compliance: 'NOT_APPLICABLE', at }
      : await judge(agent, { resourceId: item.resourceId, resourceType: item.resourceType, control, at }, ports);
  await ports.evaluate([evaluation], event.resultToken);
}

async function judge(
  agent: ExpectedAgent,
  {
    resourceId,
    resourceType,
    control,
    at,
  }: { readonly resourceId: string; readonly resourceType: string; readonly control: string; readonly at: string },
  ports: GovernorPorts,
): Promise<Evaluation> {
  const { drift, repaired } = await lookAt(agent, ports, at);
  if (drift === 'contained') return { resourceId, resourceType, compliance: 'NON_COMPLIANT', annotation: 'the agent is contained', at };
  const own = drift.filter((one) => one.control === control);
  if (own.length === 0) return { resourceId, resourceType, compliance: 'COMPLIANT', at };
  const told = own
    .map((one) => `${one.what} ${one.problem}${repaired.some((each) => each.drift === one && each.done) ? ', put back' : ''}`)
    .join('; ');
  return { resourceId, resourceType, compliance: 'NON_COMPLIANT', annotation: told.slice(0, LONGEST_NOTE), at };
}
