import { DescribeServicesCommand, type ECSClient, ListTasksCommand, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { DeletePodIdentityAssociationCommand, type EKSClient } from '@aws-sdk/client-eks';
import {
  DeleteFunctionConcurrencyCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { AgentWork } from './agent';

export interface WorkClients {
  readonly lambda: LambdaClient;
  readonly ecs: ECSClient;
  readonly sfn: SFNClient;
  readonly eks: EKSClient;
}

type Of<K extends AgentWork['kind']> = Extract<AgentWork, { readonly kind: K }>;

interface Switch<W> {
  readonly stop: (clients: WorkClients, work: W) => Promise<string>;
  readonly start: (clients: WorkClients, work: W) => Promise<string>;
}

const STOPPED = 'the agent is contained';

const SWITCHES: { readonly [K in AgentWork['kind']]: Switch<Of<K>> } = {
  lambda: {
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
    stop: async ({ eks }, { cluster, associationId }) => {
      await eks.send(new DeletePodIdentityAssociationCommand({ clusterName: cluster, associationId })).catch((error: unknown) => {
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      });
      return `pods of cluster ${cluster} no longer get the agent's credentials`;
    },
    start: async (_clients, { cluster }) => `the association of cluster ${cluster} is made again by the next deployment`,
  },
};

/** Stops what works for an agent, for good. */
export function stopWork<W extends AgentWork>(clients: WorkClients, work: W): Promise<string> {
  return (SWITCHES[work.kind] as unknown as Switch<W>).stop(clients, work);
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
