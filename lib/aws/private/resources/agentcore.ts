import type { IBedrockAgentRuntime, ICodeInterpreterCustom, IGateway, IMemory } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { BoundResource } from '../../../core/access-plan';
import { arnOf, exact, literal, on, subjectOf } from './shared';

export interface AgentRuntimeOptions {
  /** Name of the endpoint that is called. @default DEFAULT, the one every runtime has */
  readonly endpoint?: string;
}

/** A call is checked against the runtime and against the endpoint it goes to. */
export function bindAgentRuntime(runtime: IBedrockAgentRuntime, options: AgentRuntimeOptions): BoundResource {
  const subject = subjectOf('agent runtime', runtime);
  const arn = exact(subject, 'agentRuntimeArn', runtime.agentRuntimeArn);
  const endpoint = literal(subject, 'endpoint', options.endpoint ?? 'DEFAULT');
  return { kind: 'agent-runtime', targets: { runtime: on([arn, `${arn}/runtime-endpoint/${endpoint}`]) } };
}

export function bindGateway(gateway: IGateway): BoundResource {
  const arn = exact(subjectOf('gateway', gateway), 'gatewayArn', gateway.gatewayArn);
  return { kind: 'gateway', targets: { gateway: on(arn) } };
}

/** The interpreter that AWS runs for everyone; its ARN names AWS as the account. */
const AWS_INTERPRETER = 'code-interpreter/aws.codeinterpreter.v1';

export function bindCodeInterpreter(interpreter: ICodeInterpreterCustom | undefined): BoundResource {
  const arn = interpreter
    ? exact(subjectOf('code interpreter', interpreter), 'codeInterpreterArn', interpreter.codeInterpreterArn)
    : arnOf('bedrock-agentcore', AWS_INTERPRETER, { account: 'aws' });
  return { kind: 'code-interpreter', targets: { interpreter: on(arn) } };
}

export interface MemoryOptions {
  /** The one actor whose events the agent may reach. @default - every actor */
  readonly actor?: string;
  /** The one namespace whose records the agent may retrieve. @default - every namespace */
  readonly namespace?: string;
}

export function bindMemory(memory: IMemory, options: MemoryOptions): BoundResource {
  const subject = subjectOf('memory', memory);
  const arn = exact(subject, 'memoryArn', memory.memoryArn);
  const only = (field: 'actor' | 'namespace', key: string) => {
    const value = options[field];
    return value === undefined ? undefined : { StringEquals: { [key]: literal(subject, field, value) } };
  };
  return {
    kind: 'memory',
    targets: {
      events: on(arn, only('actor', 'bedrock-agentcore:actorId')),
      records: on(arn, only('namespace', 'bedrock-agentcore:namespace')),
    },
  };
}
