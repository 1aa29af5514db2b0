import type { IAMClient } from '@aws-sdk/client-iam';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CleanUpPorts } from '../../../core/governance/clean-up';
import { type CarePorts, Caretaker } from '../../../core/governance/look-after';
import type { JsonObject } from '../../../core/json';
import { driftOf } from './drift';
import type { ExpectedAgent } from './expected';
import { leftovers } from './hygiene';
import { denyAllFor, putAway } from './put-away';
import { repair } from './repair';
import { answerTampering, type TamperEvent, type TrailPorts } from './tamper';
import { unusedOf } from './unused';

/** How a Config rule is answered. */
export interface Evaluation {
  readonly resourceId: string;
  readonly resourceType: string;
  readonly compliance: 'COMPLIANT' | 'NON_COMPLIANT' | 'NOT_APPLICABLE';
  readonly annotation?: string;
  readonly at: string;
}

export interface GovernorPorts
  extends Pick<CarePorts<ExpectedAgent>, 'fleet' | 'repair' | 'unusedDays' | 'agents' | 'publish' | 'keep' | 'now'> {
  readonly secretDays: number;
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
  readonly trail?: TrailPorts;
  readonly evaluate: (evaluations: readonly Evaluation[], token: string) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Where it is known what earlier sweeps found. @default - what was forgotten is told, and left */
  readonly cleanUp?: Omit<CleanUpPorts<ExpectedAgent>, 'putAway'>;
}

interface ConfigEvent {
  readonly invokingEvent: string;
  readonly ruleParameters?: string;
  readonly resultToken: string;
}

const LONGEST_NOTE = 256;

/** What the function does: by the clock, for a rule of Config, or because somebody touched the trail. */
export function makeHandler(ports: GovernorPorts): (event: unknown) => Promise<void> {
  const { fleet, secretDays, unusedDays, iam, pause, cleanUp, ...rest } = ports;
  const caretaker = new Caretaker<ExpectedAgent>({
    ...rest,
    fleet,
    unusedDays,
    driftOf: (agent, ended) => driftOf(iam, agent, ended ? denyAllFor(agent.roleArn) : undefined),
    putBack: (agent, found) => repair(iam, agent, found),
    leftovers: (agents, now) => leftovers(ports, { fleet, agents, now, days: secretDays }),
    ...(cleanUp ? { cleanUp: { ...cleanUp, putAway: (one, agents) => putAway(ports, one, agents) } } : {}),
    unusedOf: (agent, now) => unusedOf(iam, agent, { days: unusedDays, now, pause }),
  });
  return async (event) => {
    const asked = event as Partial<ConfigEvent> & { readonly sweep?: string; readonly detail?: TamperEvent };
    if (typeof asked.invokingEvent === 'string' && typeof asked.resultToken === 'string')
      return evaluateRule(asked as ConfigEvent, ports, caretaker);
    if (asked.detail) return tampered(asked.detail, ports);
    if (asked.sweep === 'drift') return caretaker.compare();
    if (asked.sweep === 'tidy') return caretaker.tidy();
    throw new Error(`an event that is not understood: ${JSON.stringify(event).slice(0, 200)}`);
  };
}

async function tampered(event: TamperEvent, ports: GovernorPorts): Promise<void> {
  if (!ports.trail) throw new Error('no trail is known that could be answered for');
  const at = ports.now().toISOString();
  const { said, repaired } = await answerTampering(event, ports.trail, ports.repair);
  await ports.publish({ schemaVersion: 1, fleet: ports.fleet, control: 'tampering-answered', said, repaired, at });
  await ports.keep('tampering', { at, fleet: ports.fleet, said, event: event as unknown as JsonObject }, at);
}

/** One role, for one rule: its parameters name the control. @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html */
async function evaluateRule(event: ConfigEvent, ports: GovernorPorts, caretaker: Caretaker<ExpectedAgent>): Promise<void> {
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
      all.push(await judge(agent, { resourceId: agent.roleName, resourceType: 'AWS::IAM::Role', control, at }, caretaker));
    return ports.evaluate(all, event.resultToken);
  }
  const agent = agents.find(({ roleName }) => roleName === item.resourceName);
  const gone = item.configurationItemStatus === 'ResourceDeleted';
  const evaluation: Evaluation =
    !agent || gone
      ? { resourceId: item.resourceId, resourceType: item.resourceType, compliance: 'NOT_APPLICABLE', at }
      : await judge(agent, { resourceId: item.resourceId, resourceType: item.resourceType, control, at }, caretaker);
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
  caretaker: Caretaker<ExpectedAgent>,
): Promise<Evaluation> {
  const { drift, repaired } = await caretaker.lookAt(agent, at);
  if (drift === 'contained') return { resourceId, resourceType, compliance: 'NON_COMPLIANT', annotation: 'the agent is contained', at };
  const own = drift.filter((one) => one.control === control);
  if (own.length === 0) return { resourceId, resourceType, compliance: 'COMPLIANT', at };
  const told = own
    .map((one) => `${one.what} ${one.problem}${repaired.some((each) => each.drift === one && each.done) ? ', put back' : ''}`)
    .join('; ');
  return { resourceId, resourceType, compliance: 'NON_COMPLIANT', annotation: told.slice(0, LONGEST_NOTE), at };
}
