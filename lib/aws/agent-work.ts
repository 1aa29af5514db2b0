import { ArnFormat, Fn } from 'aws-cdk-lib';
import type { IBedrockAgentRuntime, IGateway } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnProfile } from 'aws-cdk-lib/aws-rolesanywhere';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import facts from './catalog/containment.json';

/** What stopping it takes, as the constructs of this library see it. */
export interface WorkAccess {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Who may invoke something, as its template says it. */
export interface InvocationOptions {
  readonly policy?: object;
}

/** Something that works with an agent's credentials, and is stopped when the agent is quarantined. */
export class AgentWork {
  /**
   * A function: it runs no more, and what feeds it no longer does.
   * @param options.reserved concurrency that its template gives it, and a restore gives back. @default - none
   */
  static lambda(handler: IFunction, options: { readonly reserved?: number } = {}): AgentWork {
    const { reserved } = options;
    return new AgentWork({ kind: 'lambda', arn: handler.functionArn, ...(reserved === undefined ? {} : { reserved }) }, [
      {
        actions: ['lambda:DeleteFunctionConcurrency', 'lambda:GetFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
        resources: [handler.functionArn],
      },
      // Neither takes a function as its resource. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
      { actions: ['lambda:ListEventSourceMappings'], resources: ['*'] },
      { actions: ['lambda:UpdateEventSourceMapping'], resources: ['*'] },
    ]);
  }

  /** A service of ECS: it is scaled to nothing, and its tasks are stopped. @param options.desired tasks that a restore starts. */
  static ecsService(service: IBaseService, options: { readonly desired: number }): AgentWork {
    const cluster = service.cluster.clusterArn;
    const tasks = service.stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${service.cluster.clusterName}/*` });
    return new AgentWork({ kind: 'ecs-service', cluster, service: service.serviceName, desired: options.desired }, [
      { actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [service.serviceArn] },
      { actions: ['ecs:StopTask'], resources: [tasks] },
      { actions: ['ecs:ListTasks'], resources: ['*'] },
    ]);
  }

  /** A state machine: its executions are stopped. */
  static stateMachine(machine: IStateMachine): AgentWork {
    const arn = machine.stateMachineArn;
    return new AgentWork({ kind: 'state-machine', arn }, [
      { actions: ['states:ListExecutions'], resources: [arn] },
      // An execution is named by an ARN of its own, below the name of the machine.
      {
        actions: ['states:StopExecution'],
        resources: [
          machine.stack.formatArn({
            service: 'states',
            resource: 'execution',
            resourceName: `${Fn.select(6, Fn.split(':', arn))}:*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      },
    ]);
  }

  /** Pods of EKS: their association with the role is deleted, and made again by the next deployment. */
  static podAssociation(options: {
    readonly clusterName: string;
    readonly associationId: string;
    readonly associationArn: string;
  }): AgentWork {
    const { clusterName, associationId, associationArn } = options;
    return new AgentWork({ kind: 'pod-association', cluster: clusterName, associationId }, [
      { actions: ['eks:DeletePodIdentityAssociation', 'eks:DescribePodIdentityAssociation'], resources: [associationArn] },
    ]);
  }

  /**
   * A runtime of AgentCore: nobody invokes it. Sessions that run have the agent's credentials, and with them no access any more; they end when they are idle, since no
   * call of AgentCore lists them.
   * @param options.policy what its template says in a `CfnResourcePolicy`, and a restore writes. @default - it has none
   * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
   */
  static agentCoreRuntime(runtime: Pick<IBedrockAgentRuntime, 'agentRuntimeArn'>, options: InvocationOptions = {}): AgentWork {
    return AgentWork.agentCore(runtime.agentRuntimeArn, facts.agentCore.runtime, options);
  }

  /** A gateway of AgentCore: nobody invokes its tools. @param options.policy as of a runtime. */
  static agentCoreGateway(gateway: Pick<IGateway, 'gatewayArn'>, options: InvocationOptions = {}): AgentWork {
    return AgentWork.agentCore(gateway.gatewayArn, facts.agentCore.gateway, options);
  }

  /** A profile of IAM Roles Anywhere that is the agent's own: no certificate gets credentials by it. */
  static rolesAnywhereProfile(profile: Pick<CfnProfile, 'attrProfileArn' | 'attrProfileId'>): AgentWork {
    return new AgentWork({ kind: 'roles-anywhere-profile', profileId: profile.attrProfileId }, [
      {
        actions: ['rolesanywhere:DisableProfile', 'rolesanywhere:EnableProfile', 'rolesanywhere:GetProfile'],
        resources: [profile.attrProfileArn],
      },
    ]);
  }

  private static agentCore(arn: string, calls: readonly string[], { policy }: InvocationOptions): AgentWork {
    const nobody = { Sid: 'Contained', Effect: 'Deny', Principal: '*', Action: calls, Resource: arn };
    const refusal = JSON.stringify({ Version: '2012-10-17', Statement: [nobody] });
    const entry = { kind: 'agent-core', arn, refusal, ...(policy === undefined ? {} : { policy: JSON.stringify(policy) }) };
    return new AgentWork(entry, [{ actions: POLICY_CALLS, resources: [arn] }]);
  }

  private constructor(
    /** As the responder reads it; may hold tokens. For the constructs of this library. */
    readonly entry: Readonly<Record<string, string | number>>,
    /** For the constructs of this library. */
    readonly access: readonly WorkAccess[],
  ) {}
}

const POLICY_CALLS = ['DeleteResourcePolicy', 'GetResourcePolicy', 'PutResourcePolicy'].map((call) => `bedrock-agentcore:${call}`);
