import { Token } from 'aws-cdk-lib';
import type {
  IApiKeyCredentialProvider,
  IBedrockAgentRuntime,
  ICodeInterpreterCustom,
  IGateway,
  IMemory,
  IOAuth2CredentialProvider,
  IWorkloadIdentityRef,
} from 'aws-cdk-lib/aws-bedrockagentcore';
import type { BoundResource } from '../../../core/access-plan';
import { invalidBinding } from '../../../core/native-errors';
import { written } from '../policy-text';
import { arnOf, exact, literal, on, type Place, subjectOf } from './shared';

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

export interface CredentialProviderOptions {
  /** The workload identity that the agent asks as: its construct, or its ARN (that of an agent on AgentCore runtime is an attribute of the runtime). */
  readonly workload: IWorkloadIdentityRef | string;
  /** Full ARN of the secret that holds the credential. @default - found by the provider's name, which must then be a literal */
  readonly secretArn?: string;
}

/** Kind -> how the token vault names the secrets of its providers. */
const FOLDERS = { 'api-key-provider': 'apikey', 'oauth2-provider': 'oauth2' } as const;

/**
 * One credential of the token vault, asked for as one workload: provider, vault, workload and secret by exact ARNs. The construct's own grant
 * allows every vaulted secret of the account instead, because CloudFormation gives the secret's ARN inside an object, out of which no
 * template can take it. So the secret is found by its name, with the six unknown characters that Secrets Manager adds.
 *
 * AgentCore runtime hands an agent its workload token. An agent that runs elsewhere asks for it itself: grant it
 * `bedrock-agentcore:GetWorkloadAccessToken`, which AWS calls a write.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html
 */
export function bindCredentialProvider(
  kind: keyof typeof FOLDERS,
  provider: IApiKeyCredentialProvider | IOAuth2CredentialProvider,
  options: CredentialProviderOptions,
): BoundResource {
  const subject = subjectOf('credential provider', provider);
  const arn = exact(subject, 'credentialProviderArn', provider.credentialProviderArn);
  const { workload } = options;
  const asks = exact(subject, 'workload', typeof workload === 'string' ? workload : workload.workloadIdentityRef.workloadIdentityArn);
  const place: Place = provider.env;
  const parents = ['token-vault/default', 'workload-identity-directory/default'].map((one) => arnOf('bedrock-agentcore', one, place));
  const secret =
    options.secretArn === undefined
      ? arnOf('secretsmanager', `secret:bedrock-agentcore-identity!default/${FOLDERS[kind]}/${nameOf(subject, provider)}-??????`, place)
      : exact(subject, 'secretArn', options.secretArn);
  return { kind, targets: { provider: on([arn, ...parents, asks]), secret: on(secret) } };
}

function nameOf(subject: string, provider: IApiKeyCredentialProvider | IOAuth2CredentialProvider): string {
  const { defaultChild } = provider.node as { readonly defaultChild?: { readonly name?: string } };
  const name = defaultChild?.name ?? provider.credentialProviderArn.split('/').pop() ?? '';
  if (!Token.isUnresolved(name) && NAME.test(name)) return name;
  throw invalidBinding(subject, {
    rule: "needs 'secretArn', or a literal name",
    reason: 'its secret is found by its name, and a pattern would take in every vaulted secret',
    value: written(name),
    fix: "pass the secret's full ARN as 'secretArn'",
  });
}

/** @see https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_GetResourceApiKey.html */
const NAME = /^[A-Za-z0-9_-]{1,128}$/;
