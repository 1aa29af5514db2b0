import { setTimeout } from 'node:timers/promises';
import { BedrockAgentCoreControlClient } from '@aws-sdk/client-bedrock-agentcore-control';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { Responder } from '../../../core/containment/responder';
import { courier, type PeerAddress } from '../../../peers/courier';
import { makeHandler } from './handler';
import { recordTable } from './record-table';
import { parameterAgents } from './registry';
import { profileSwitch } from './roles-anywhere';
import { CONTAIN, RESTORE, stepHandlers } from './steps';
import { policySimulator } from './verify';
import { CONTAIN_WORKFLOW, RESTORE_WORKFLOW } from './workflows';

/** How often a call to AWS is sent, later and later: IAM lets little through when many agents are contained at once. */
const ATTEMPTS = 10;

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

const base = { maxAttempts: ATTEMPTS, retryMode: 'adaptive' };
const seconds = (): number => Date.now() / 1000;
const log = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const topics = setting('TOPICS').split(',');
/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
const sts = new STSClient(base);
const TOKEN_SECONDS = 300;
const carry = courier(JSON.parse(setting('PEERS')) as readonly PeerAddress[], {
  token: async (audience) => {
    const asked = { Audience: [audience], SigningAlgorithm: 'RS256', DurationSeconds: TOKEN_SECONDS };
    return (await sts.send(new GetWebIdentityTokenCommand(asked))).WebIdentityToken ?? '';
  },
  pause: (milliseconds) => setTimeout(milliseconds),
});
const sns = new SNSClient(base);
const iam = new IAMClient(base);
const ssm = new SSMClient(base);
const agent = parameterAgents(ssm);
const responder = new Responder(
  {
    agent,
    store: recordTable(new DynamoDBClient(base), setting('RECORD_TABLE'), seconds),
    contain: CONTAIN,
    restore: RESTORE,
    workflow: { contain: CONTAIN_WORKFLOW, restore: RESTORE_WORKFLOW },
    handlers: stepHandlers({
      iam,
      s3: new S3Client(base),
      ssm,
      secrets: new SecretsManagerClient(base),
      events: new EventBridgeClient(base),
      lambda: new LambdaClient(base),
      ecs: new ECSClient(base),
      sfn: new SFNClient(base),
      eks: new EKSClient(base),
      agentCore: new BedrockAgentCoreControlClient(base),
      profiles: profileSwitch(iam),
      simulate: policySimulator(iam),
      bucket: setting('EVIDENCE_BUCKET'),
      bus: setting('DETECTION_BUS'),
      carry,
      now: () => new Date(),
    }),
    tell: async (message) => {
      log({ message: 'told', text: message });
      for (const TopicArn of topics) await sns.send(new PublishCommand({ TopicArn, Subject: 'Containment of an agent', Message: message }));
    },
    now: seconds,
    pause: (length) => setTimeout(length * 1000),
  },
  JSON.parse(setting('SETTINGS')) as object,
);

export const handler = makeHandler({ responder, agent, now: () => new Date(), log, cloud: 'aws' });
