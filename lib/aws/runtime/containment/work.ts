import {
  type BedrockAgentCoreControlClient,
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-bedrock-agentcore-control';
import { DescribeServicesCommand, type ECSClient, ListTasksCommand, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DeletePodIdentityAssociationCommand, DescribePodIdentityAssociationCommand, type EKSClient } from '@aws-sdk/client-eks';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { AgentWork } from './agent';
import { isSame } from './brake';
import type { ProfileSwitch } from './roles-anywhere';

export interface WorkClients {
  readonly lambda: LambdaClient;
  readonly ecs: ECSClient;
  readonly sfn: SFNClient;
  readonly eks: EKSClient;
  readonly agentCore: BedrockAgentCoreControlClient;
  readonly profiles: ProfileSwitch;
}

type Of<K extends AgentWork['kind']> = Extract<AgentWork, { readonly kind: K }>;

interface Switch<W> {
  /** Whether it is stopped now. */
  readonly isStopped: (clients: WorkClients, work: W) => Promise<boolean>;
  readonly stop: (clients: WorkClients, work: W) => Promise<string>;
  readonly start: (clients: WorkClients, work: W) => Promise<string>;
}

const STOPPED = 'the agent is contained';

const SWITCHES: { readonly [K in AgentWork['kind']]: Switch<Of<K>> } = {
  lambda: {
    isStopped: async ({ lambda }, { arn }) =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: arn }))).ReservedConcurrentExecutions === 0,
    stop: async ({ lambda }, { arn }) => {
      await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: arn, ReservedConcurrentExecutions: 0 }));
      const fed = await mappings(lambda, arn, false);
      return `${arn} runs no more, and ${fed} sources no longer feed it`;
    },
    start: async ({ lambda }, { arn, reserved }) => {
      if (reserved === undefined) await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: arn }));
      else await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: arn, ReservedConcurrentExecutions: reserved }));
      return `${arn} runs again, fed by ${await mappings(lambda, arn, true)} sources`;
    },
  },
  'ecs-service': {
    isStopped: async ({ ecs }, { cluster, service }) => {
      const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      return services.every(({ desiredCount = 0, runningCount = 0 }) => desiredCount + runningCount === 0);
    },
    stop: async ({ ecs }, { cluster, service }) => {
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: 0 }));
      let stopped = 0;
      let nextToken: string | undefined;
      do {
        const page = await ecs.send(new ListTasksCommand({ cluster, serviceName: service, ...(nextToken ? { nextToken } : {}) }));
        for (const task of page.taskArns ?? []) {
          await ecs.send(new StopTaskCommand({ cluster, task, reason: STOPPED }));
          stopped += 1;
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return `service ${service} runs no more, and ${stopped} of its tasks were stopped`;
    },
    start: async ({ ecs }, { cluster, service, desired }) => {
      const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      if ((services[0]?.desiredCount ?? 0) > 0) return `service ${service} was running`;
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount: desired }));
      return `service ${service} runs ${desired} tasks again`;
    },
  },
  'state-machine': {
    isStopped: async ({ sfn }, { arn }) => {
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING', maxResults: 1 }),
      );
      return executions.length === 0;
    },
    stop: async ({ sfn }, { arn }) => {
      let stopped = 0;
      let nextToken: string | undefined;
      do {
        const page = await sfn.send(
          new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING', ...(nextToken ? { nextToken } : {}) }),
        );
        for (const { executionArn } of page.executions ?? []) {
          await sfn.send(new StopExecutionCommand({ executionArn, error: 'Contained', cause: STOPPED }));
          stopped += 1;
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return `${stopped} executions of ${arn} were stopped`;
    },
    start: async (_clients, { arn }) => `executions of ${arn} that were stopped are begun anew by who began them`,
  },
  'pod-association': {
    isStopped: async ({ eks }, { cluster, associationId }) =>
      await isGone(eks.send(new DescribePodIdentityAssociationCommand({ clusterName: cluster, associationId }))),
    stop: async ({ eks }, { cluster, associationId }) => {
      await isGone(eks.send(new DeletePodIdentityAssociationCommand({ clusterName: cluster, associationId })));
      return `pods of cluster ${cluster} no longer get the agent's credentials`;
    },
    start: async (_clients, { cluster }) => `the association of cluster ${cluster} is made again by the next deployment`,
  },
  'agent-core': {
    isStopped: async ({ agentCore }, { arn, refusal }) => {
      const { policy = '{}' } = await agentCore.send(new GetResourcePolicyCommand({ resourceArn: arn }));
      return isSame(JSON.parse(policy), JSON.parse(refusal));
    },
    stop: async ({ agentCore }, { arn, refusal }) => {
      await agentCore.send(new PutResourcePolicyCommand({ resourceArn: arn, policy: refusal }));
      return `nobody invokes ${arn} any more; sessions that it runs end when they are idle, since AgentCore names none of them`;
    },
    start: async ({ agentCore }, { arn, policy }) => {
      if (policy === undefined) await isGone(agentCore.send(new DeleteResourcePolicyCommand({ resourceArn: arn })));
      else await agentCore.send(new PutResourcePolicyCommand({ resourceArn: arn, policy }));
      return `${arn} may be invoked again, by whom its template says`;
    },
  },
  'roles-anywhere-profile': {
    isStopped: async ({ profiles }, { profileId }) => !(await profiles.isEnabled(profileId)),
    stop: async ({ profiles }, { profileId }) => {
      await profiles.set(profileId, 'disable');
      return `no certificate gets credentials by profile ${profileId}`;
    },
    start: async ({ profiles }, { profileId }) => {
      await profiles.set(profileId, 'enable');
      return `certificates get credentials by profile ${profileId} again`;
    },
  },
};

/** Whether what is asked for, or deleted, is not there. */
async function isGone(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return false;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return true;
    throw error;
  }
}

/** Stops what works for an agent, for good. */
export function stopWork<W extends AgentWork>(clients: WorkClients, work: W): Promise<string> {
  return (SWITCHES[work.kind] as unknown as Switch<W>).stop(clients, work);
}

/** Whether it is stopped now. */
export function isWorkStopped<W extends AgentWork>(clients: WorkClients, work: W): Promise<boolean> {
  return (SWITCHES[work.kind] as unknown as Switch<W>).isStopped(clients, work);
}

/** Lets it work again, as its template says. */
export function startWork<W extends AgentWork>(clients: WorkClients, work: W): Promise<string> {
  return (SWITCHES[work.kind] as unknown as Switch<W>).start(clients, work);
}

async function mappings(lambda: LambdaClient, FunctionName: string, Enabled: boolean): Promise<number> {
  let changed = 0;
  let Marker: string | undefined;
  do {
    const page = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName, ...(Marker ? { Marker } : {}) }));
    for (const { UUID } of page.EventSourceMappings ?? []) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
      changed += 1;
    }
    Marker = page.NextMarker;
  } while (Marker);
  return changed;
}
