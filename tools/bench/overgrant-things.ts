import type { Stack } from 'aws-cdk-lib';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { AgentResource } from '../../lib/aws';

/** A real thing of a task: how our spec binds it, and CDK's grant methods by name. */
export interface Thing {
  readonly bind: AgentResource;
  readonly grants: Readonly<Record<string, (to: IGrantable) => unknown>>;
}

const PREFIX = 'invoices/';

/** The things of the tasks by name; both sides of a comparison use the same one. */
export const THINGS: Readonly<Record<string, (stack: Stack) => Thing>> = {
  bucket: (stack) => {
    const bucket = new s3.Bucket(stack, 'Bucket');
    return {
      bind: AgentResource.bucket(bucket, { prefix: PREFIX }),
      grants: {
        grantRead: (to) => bucket.grantRead(to, `${PREFIX}*`),
        grantPut: (to) => bucket.grantPut(to, `${PREFIX}*`),
        grantReadWrite: (to) => bucket.grantReadWrite(to, `${PREFIX}*`),
      },
    };
  },
  table: (stack) => {
    const table = new dynamodb.TableV2(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    return {
      bind: AgentResource.table(table),
      grants: { grantReadData: (to) => table.grantReadData(to), grantReadWriteData: (to) => table.grantReadWriteData(to) },
    };
  },
  queue: (stack) => {
    const queue = new sqs.Queue(stack, 'Queue');
    return {
      bind: AgentResource.queue(queue),
      grants: { grantSendMessages: (to) => queue.grantSendMessages(to), grantConsumeMessages: (to) => queue.grantConsumeMessages(to) },
    };
  },
  topic: (stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    return { bind: AgentResource.topic(topic), grants: { grantPublish: (to) => topic.grantPublish(to) } };
  },
  bus: (stack) => {
    const bus = new events.EventBus(stack, 'Bus');
    return { bind: AgentResource.eventBus(bus), grants: { grantPutEventsTo: (to) => bus.grantPutEventsTo(to) } };
  },
  secret: (stack) => {
    const secret = new secretsmanager.Secret(stack, 'Secret');
    return { bind: AgentResource.secret(secret), grants: { grantRead: (to) => secret.grantRead(to) } };
  },
  parameter: (stack) => {
    const parameter = new ssm.StringParameter(stack, 'Parameter', { stringValue: 'prompt' });
    return { bind: AgentResource.parameter(parameter), grants: { grantRead: (to) => parameter.grantRead(to) } };
  },
  key: (stack) => {
    const key = new kms.Key(stack, 'Key');
    return { bind: AgentResource.key(key), grants: { grantDecrypt: (to) => key.grantDecrypt(to) } };
  },
  signingKey: (stack) => {
    const key = new kms.Key(stack, 'Key', { keySpec: kms.KeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY });
    return { bind: AgentResource.key(key), grants: { grantSign: (to) => key.grantSign(to) } };
  },
  function: (stack) => {
    const code = lambda.Code.fromInline('exports.handler = async () => 1;');
    const fn = new lambda.Function(stack, 'Function', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code });
    return { bind: AgentResource.function(fn), grants: { grantInvoke: (to) => fn.grantInvoke(to) } };
  },
  stateMachine: (stack) => {
    const machine = new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Pass')),
    });
    return {
      bind: AgentResource.stateMachine(machine),
      grants: { grantStartExecution: (to) => machine.grantStartExecution(to), grantRead: (to) => machine.grantRead(to) },
    };
  },
  runtime: (stack) => {
    const artifact = agentcore.AgentRuntimeArtifact.fromImageUri('123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:1');
    const runtime = new agentcore.Runtime(stack, 'Runtime', { agentRuntimeArtifact: artifact });
    return { bind: AgentResource.agentRuntime(runtime), grants: { grantInvokeRuntime: (to) => runtime.grantInvokeRuntime(to) } };
  },
  memory: (stack) => {
    const memory = new agentcore.Memory(stack, 'Memory', { memoryName: 'conversations' });
    return {
      bind: AgentResource.memory(memory),
      grants: { grantRead: (to) => memory.grantRead(to), grantWrite: (to) => memory.grantWrite(to) },
    };
  },
};
