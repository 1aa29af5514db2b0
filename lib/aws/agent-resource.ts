import { Token } from 'aws-cdk-lib';
import type * as appconfig from 'aws-cdk-lib/aws-appconfig';
import type * as athena from 'aws-cdk-lib/aws-athena';
import type * as bedrock from 'aws-cdk-lib/aws-bedrock';
import type * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as s3vectors from 'aws-cdk-lib/aws-s3vectors';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { BoundResource } from '../core/access-plan';
import { bindVaultSecret } from '../core/vault-secret';
import type { IAgentIdentity } from './agent-identity';
import * as core from './private/resources/agentcore';
import * as compute from './private/resources/compute';
import * as databases from './private/resources/databases';
import * as messaging from './private/resources/messaging';
import * as models from './private/resources/models';
import * as secrets from './private/resources/secrets';
import { exact, on, type Place, regionOf } from './private/resources/shared';
import * as storage from './private/resources/storage';
import * as telemetry from './private/resources/telemetry';

/**
 * A real AWS resource that a resource name of an agent spec is bound to.
 *
 * Takes constructs, owned or imported. What is written in a name or a prefix means itself: the library adds the patterns
 * a policy needs, and refuses a wildcard or policy variable in a literal (`unsafe-value`) and a token where a literal
 * decides what is synthesised (`unresolved-token`).
 */
export class AgentResource {
  /** Objects of an S3 bucket, all of them or those below a prefix. Import a bucket of another account with that account. */
  static bucket(bucket: s3.IBucket, options: storage.BucketOptions = {}): AgentResource {
    return new AgentResource(storage.bindBucket(bucket, options), bucket.env);
  }

  /** Items of a DynamoDB table, all of them or those of one partition. */
  static table(table: dynamodb.ITable, options: storage.TableOptions = {}): AgentResource {
    return new AgentResource(storage.bindTable(table, options), table.env);
  }

  /** Vectors of an S3 vector index. */
  static vectorIndex(index: s3vectors.CfnIndex, options: storage.VectorIndexOptions = {}): AgentResource {
    return new AgentResource(storage.bindVectorIndex(index, options), index.env);
  }

  /** Named tables of a Glue database, queried through an Athena workgroup that keeps its results in managed storage. */
  static workgroup(workgroup: athena.CfnWorkGroup, options: databases.WorkgroupOptions): AgentResource {
    return new AgentResource(databases.bindWorkgroup(workgroup, options), workgroup.env);
  }

  /** A user of an RDS or Aurora database, or of a proxy before it, that logs in with IAM. */
  static databaseUser(database: rds.IDatabaseInstance | rds.IDatabaseCluster | rds.IDatabaseProxy, user: string): AgentResource {
    return new AgentResource(databases.bindDatabaseUser(database, user), database.env);
  }

  static queue(queue: sqs.IQueue, options: messaging.EncryptedOptions = {}): AgentResource {
    return new AgentResource(messaging.bindQueue(queue, options), queue.env);
  }

  static topic(topic: sns.ITopic, options: messaging.EncryptedOptions = {}): AgentResource {
    return new AgentResource(messaging.bindTopic(topic, options), topic.env);
  }

  /** An event bus, for any event or only those of named sources. */
  static eventBus(bus: events.IEventBus, options: messaging.EventBusOptions = {}): AgentResource {
    return new AgentResource(messaging.bindEventBus(bus, options), bus.env);
  }

  /** One secret. Imported without its full ARN, its six unknown last characters become `??????`. */
  static secret(secret: secretsmanager.ISecret, options: secrets.SecretOptions = {}): AgentResource {
    return new AgentResource((options.currentOnly ? secrets.bindCurrentSecret : secrets.bindSecret)(secret, options), secret.env);
  }

  /** One Systems Manager parameter; for a `SecureString` of your own key, name the key, here or where it is imported. */
  static parameter(parameter: ssm.IParameter, options: messaging.EncryptedOptions = {}): AgentResource {
    return new AgentResource(secrets.bindParameter(parameter, options), parameter.env);
  }

  /** One AppConfig configuration profile as deployed to one environment. */
  static configuration(profile: appconfig.IConfiguration, environment: appconfig.IEnvironment): AgentResource {
    return new AgentResource(secrets.bindConfiguration(profile, environment), environment.env);
  }

  /** A KMS key that the agent uses itself. A key that only encrypts a bound resource needs no binding of its own. */
  static key(key: kms.IKey, options: secrets.KeyOptions = {}): AgentResource {
    return new AgentResource(secrets.bindKey(key, options), key.env);
  }

  /** One Bedrock model: the id of a foundation model, or a reference such as a provisioned model. */
  static model(model: string | bedrock.IModel, options: models.ModelOptions = {}): AgentResource {
    return new AgentResource(models.bindModel(model, options), options);
  }

  /** A Bedrock inference profile, system-defined (by id) or your own, and the one model behind it in each region it routes to. */
  static inferenceProfile(
    profile: string | bedrock.CfnApplicationInferenceProfile,
    options: models.InferenceProfileOptions,
  ): AgentResource {
    const { bound, regions } = models.bindInferenceProfile(profile, options);
    return new AgentResource(bound, {}, regions);
  }

  /** A Bedrock guardrail, by reference or by id in the account and region of the stack. */
  static guardrail(guardrail: string | bedrock.CfnGuardrail): AgentResource {
    return new AgentResource(models.bindGuardrail(guardrail));
  }

  /** A Bedrock knowledge base, by reference or by id in the account and region of the stack. */
  static knowledgeBase(base: string | bedrock.CfnKnowledgeBase): AgentResource {
    return new AgentResource(models.bindKnowledgeBase(base));
  }

  /** An agent on an AgentCore runtime, through one endpoint. */
  static agentRuntime(runtime: agentcore.IBedrockAgentRuntime, options: core.AgentRuntimeOptions = {}): AgentResource {
    return new AgentResource(core.bindAgentRuntime(runtime, options), runtime.env);
  }

  /** The tools behind an AgentCore gateway. */
  static gateway(gateway: agentcore.IGateway): AgentResource {
    return new AgentResource(core.bindGateway(gateway), gateway.env);
  }

  /** One API key of the AgentCore token vault, under exact ARNs. */
  static apiKeyProvider(provider: agentcore.IApiKeyCredentialProvider, options: core.CredentialProviderOptions): AgentResource {
    return new AgentResource(core.bindCredentialProvider('api-key-provider', provider, options), provider.env);
  }

  /** OAuth tokens of one provider of the AgentCore token vault, under exact ARNs. */
  static oauth2Provider(provider: agentcore.IOAuth2CredentialProvider, options: core.CredentialProviderOptions): AgentResource {
    return new AgentResource(core.bindCredentialProvider('oauth2-provider', provider, options), provider.env);
  }

  /** Sandbox sessions of an AgentCore code interpreter. @default - the interpreter that AWS runs */
  static codeInterpreter(interpreter?: agentcore.ICodeInterpreterCustom): AgentResource {
    return new AgentResource(core.bindCodeInterpreter(interpreter), interpreter?.env);
  }

  /** An AgentCore memory, whole or of one actor or namespace. */
  static memory(memory: agentcore.IMemory, options: core.MemoryOptions = {}): AgentResource {
    return new AgentResource(core.bindMemory(memory, options), memory.env);
  }

  /** A Lambda function; pass a version or an alias to grant only that. */
  static function(fn: lambda.IFunction): AgentResource {
    return new AgentResource(compute.bindFunction(fn), fn.env);
  }

  /** A Step Functions state machine whose executions are started and looked at later. */
  static stateMachine(machine: sfn.IStateMachine): AgentResource {
    return new AgentResource(compute.bindStateMachine(machine), machine.env);
  }

  /** An express state machine that answers in the same call. */
  static expressStateMachine(machine: sfn.IStateMachine): AgentResource {
    return new AgentResource(compute.bindExpressStateMachine(machine), machine.env);
  }

  /** A log group: to read it, or to write the agent's own log streams. */
  static logGroup(group: logs.ILogGroup, options: telemetry.LogGroupOptions = {}): AgentResource {
    return new AgentResource(telemetry.bindLogGroup(group, options), group.env);
  }

  /** A namespace of CloudWatch metrics. */
  static metricNamespace(namespace: string): AgentResource {
    return new AgentResource(telemetry.bindMetricNamespace(namespace));
  }

  /** X-Ray traces. */
  static tracing(): AgentResource {
    return new AgentResource(telemetry.TRACING);
  }

  /** A sub-agent, under whose name in the spec it is bound. */
  static agent(child: IAgentIdentity): AgentResource {
    const arn = exact(`agent '${child.agent.name}'`, 'roleArn', child.roleArn);
    return new AgentResource({ kind: 'agent', agent: child.agent.name, targets: { role: on(arn) } });
  }

  /** Regions that using it calls, where known at synth time; none means the region of the stack. A global inference profile adds `unspecified`. */
  readonly regions: readonly string[];

  /**
   * A secret of HashiCorp Vault: `AgentSecret` of `agentic-iam/vault` grants it, and nothing is granted here. Only what reads credentials takes it.
   * @param path as the agent asks for it, for example `secret/data/erp/token`
   */
  static vaultSecret(path: string): AgentResource {
    return new AgentResource(bindVaultSecret(path));
  }

  private constructor(
    /** Its kind and targets, for the access plan. */
    readonly bound: BoundResource,
    place: Place = {},
    regions: readonly string[] = [],
  ) {
    const own = place.region !== undefined && !Token.isUnresolved(place.region) ? [place.region] : [];
    const scopes = Object.values(bound.targets).flatMap((target) => target.scopes);
    const named = scopes.flatMap((scope) => (typeof scope === 'string' ? (regionOf(scope) ?? []) : []));
    this.regions = Object.freeze([...new Set([...own, ...named, ...regions])]);
    Object.freeze(this);
  }
}

export type { AgentRuntimeOptions, CredentialProviderOptions, MemoryOptions } from './private/resources/agentcore';
export type { WorkgroupOptions } from './private/resources/databases';
export type { EncryptedOptions, EventBusOptions } from './private/resources/messaging';
export type { InferenceProfileOptions, ModelOptions } from './private/resources/models';
export type { KeyOptions } from './private/resources/secrets';
export type { BucketOptions, TableOptions, VectorIndexOptions } from './private/resources/storage';
export type { LogGroupOptions } from './private/resources/telemetry';
