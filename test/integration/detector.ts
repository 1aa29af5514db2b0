import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { EnableSecurityHubCommand, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { busSender } from '../../lib/aws/runtime/detector/event-bus';
import { makeHandler } from '../../lib/aws/runtime/detector/handler';
import { parameterRegistry } from '../../lib/aws/runtime/detector/registry-parameters';
import { stateTable } from '../../lib/aws/runtime/detector/state-table';
import { streamSender } from '../../lib/aws/runtime/notifier/firehose';
import { makeHandler as makeNotifier } from '../../lib/aws/runtime/notifier/handler';
import { hubSender } from '../../lib/aws/runtime/notifier/security-hub';
import { Detector } from '../../lib/core/detection/detector';
import { DetectionRun } from '../../lib/core/detection/run';
import type { Detection } from '../../lib/core/detection/types';
import { CompiledRegistry } from '../../lib/core/detection/watched';
import { AWS_TRAITS, readCloudTrail } from '../../lib/events/aws';
import { stateTableInput } from '../aws/runtime/table-server';
import { PATH, STORY_REGISTRY, STORY_START, story } from './detector-story';
import { type Fate, flakyServer } from './flaky-server';
import { startMoto } from './moto-server';
import type { Python } from './python';
import { expectEqual, type Report } from './report';

const OPTIONS = { settleSeconds: 900 };
/** Every so many-th call is throttled, and every so many-th is done without an answer. */
const THROTTLED = 17;
const BROKEN = 29;
const WORKERS = 4;
const PART = 200;
const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const HUB = { partition: 'aws', region: REGION, account: ACCOUNT };

/** The detector between a real queue, table and bus, with repeated, disordered, throttled and interrupted work; then what is told of it. */
export async function checkDetector(report: Report, python: Python): Promise<void> {
  if ('missing' in python) {
    report.skip('detector', python.missing);
    return;
  }
  const moto = await startMoto(python.bin('moto_server'));
  const intake = await httpIntake();
  const flaky = await flakyServer(moto.endpoint, fateOf);
  const records = story();
  const run = new DetectionRun(new Detector(new CompiledRegistry(STORY_REGISTRY, AWS_TRAITS), OPTIONS));
  const expected = [...records.flatMap((one) => run.add(readCloudTrail(one))), ...run.finish({ ended: true })];
  try {
    const aws = clientsOf(moto.endpoint, flaky.endpoint);
    const queues = await deploy(aws, intake.endpoint);
    let told: readonly Detection[] = [];
    await report.check(`detector judges ${records.length} calls, each sent twice and out of order`, async () => {
      await work(aws, queues.calls, copies(records));
      expectEqual('messages left', await waiting(aws.sqs, queues.calls), 0);
    });
    await report.check('detector loses nothing, and makes up nothing', async () => {
      told = await received(aws.sqs, queues.detections);
      expectEqual('detections', idsOf(told), idsOf(expected));
      expectEqual('rules', [...new Set(expected.map(({ rule }) => rule))].sort(), [
        'does-not-conform',
        'escalation-step',
        'outside-grant',
        'resource-outside',
      ]);
    });
    await report.check('detector was throttled and interrupted all the while', () => {
      if (flaky.refused() < 50) throw new Error(`only ${flaky.refused()} calls failed`);
    });
    await report.check('notifier keeps one finding of Security Hub for each behaviour', async () => {
      const notify = notifier(aws);
      for (const detail of told) await notify({ detail });
      const { Findings = [] } = await aws.hub.send(new GetFindingsCommand({ MaxResults: 100 }));
      const ids = [...new Set(expected.map(({ fingerprint, agent, fleet }) => `agentic-iam/${fleet}/${agent}/${fingerprint}`))].sort();
      expectEqual('findings', Findings.map(({ Id }) => Id).sort(), ids);
    });
    await report.check('notifier delivers every detection through Firehose to an HTTP intake', () => {
      const uids = intake.lines.map((line) => (JSON.parse(line) as { readonly metadata: { readonly uid: string } }).metadata.uid);
      expectEqual('findings', [...new Set(uids)].sort(), [...new Set(expected.map(({ id }) => id))].sort());
    });
  } finally {
    intake.stop();
    flaky.stop();
    moto.stop();
  }
}

function fateOf(call: number): Fate {
  if (call % BROKEN === 0) return 'break';
  if (call % THROTTLED !== 0) return 'pass';
  const body = JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Rate exceeded' });
  return { status: 400, contentType: 'application/x-amz-json-1.0', body };
}

const idsOf = (detections: readonly Detection[]): readonly string[] =>
  [...new Set(detections.map(({ rule, id }) => `${rule} ${id}`))].sort();

type Aws = ReturnType<typeof clientsOf>;

/** The detector sends each call once: what AWS's own client would hide by sending again is to be seen here. */
function clientsOf(endpoint: string, flaky: string) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sure = { region: REGION, credentials, endpoint };
  const unsure = { ...sure, endpoint: flaky, maxAttempts: 1 };
  return {
    sqs: new SQSClient(sure),
    ssm: new SSMClient(sure),
    hub: new SecurityHubClient(sure),
    firehose: new FirehoseClient(sure),
    bus: new EventBridgeClient(sure),
    table: new DynamoDBClient(sure),
    flakyTable: new DynamoDBClient(unsure),
    flakyBus: new EventBridgeClient(unsure),
  };
}

async function deploy(aws: Aws, intake: string): Promise<{ readonly calls: string; readonly detections: string }> {
  const [agent] = STORY_REGISTRY.agents;
  await aws.ssm.send(new PutParameterCommand({ Name: `${PATH}/reader/0`, Value: JSON.stringify(agent), Type: 'String' }));
  await aws.table.send(new CreateTableCommand(stateTableInput('state')));
  await aws.hub.send(new EnableSecurityHubCommand({}));
  await aws.firehose.send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: 'siem',
      HttpEndpointDestinationConfiguration: {
        EndpointConfiguration: { Url: intake },
        S3Configuration: { RoleARN: `arn:aws:iam::${ACCOUNT}:role/siem`, BucketARN: 'arn:aws:s3:::failed' },
      },
    }),
  );
  const queue = async (name: string, more: Record<string, string> = {}): Promise<string> =>
    (await aws.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: more }))).QueueUrl ?? '';
  const calls = await queue('calls.fifo', { FifoQueue: 'true', VisibilityTimeout: '360' });
  const detections = await queue('detections');
  await aws.bus.send(new CreateEventBusCommand({ Name: 'agentic-iam-main' }));
  const place = { EventBusName: 'agentic-iam-main' };
  const pattern = { source: ['agentic-iam'], 'detail-type': ['Agent Detection'] };
  await aws.bus.send(new PutRuleCommand({ ...place, Name: 'all', EventPattern: JSON.stringify(pattern) }));
  await aws.bus.send(
    new PutTargetsCommand({ ...place, Rule: 'all', Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:detections` }] }),
  );
  return { calls, detections };
}

interface Copy {
  readonly copy: number;
  readonly detail: Record<string, unknown>;
}

/** Every record twice, and out of order. */
function copies(records: readonly Record<string, unknown>[]): readonly Copy[] {
  return mixed([0, 1].flatMap((copy) => records.map((detail) => ({ copy, detail }))));
}

/** As the pipe puts calls into the queue. */
async function send(sqs: SQSClient, queue: string, messages: readonly Copy[]): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map(({ copy, detail }, index) => ({
      Id: String(index),
      MessageBody: JSON.stringify({ group: 'g', id: detail['eventID'], event: { 'detail-type': 'AWS API Call via CloudTrail', detail } }),
      MessageGroupId: (detail['userIdentity'] as { readonly accessKeyId: string }).accessKeyId,
      // The queue itself would drop the second of two with one name.
      MessageDeduplicationId: `${detail['eventID']}-${copy}`,
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue, Entries }));
  }
}

/** Several workers as Lambda has them: what failed is seen again, what was done is deleted, and at the end the open sessions are swept. */
async function work(aws: Aws, queue: string, messages: readonly Copy[]): Promise<void> {
  let clock = STORY_START + 600_000;
  const handle = makeHandler(
    { fleet: 'main', options: OPTIONS },
    {
      registry: parameterRegistry(aws.ssm, PATH),
      store: stateTable(aws.flakyTable, 'state'),
      send: busSender(aws.flakyBus, 'agentic-iam-main'),
      now: () => clock,
      pause: async () => {},
      log: () => {},
    },
  );
  const worker = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return;
      const Records = Messages.map(({ MessageId = '', Body = '' }) => ({ messageId: MessageId, body: Body }));
      const { batchItemFailures } = await handle({ Records });
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of Messages) await settle(aws.sqs, queue, message, failed.has(message.MessageId ?? ''));
    }
  };
  // In parts, since moto looks through the whole queue for each message.
  for (let from = 0; from < messages.length; from += PART) {
    await send(aws.sqs, queue, messages.slice(from, from + PART));
    while ((await waiting(aws.sqs, queue)) > 0) await Promise.all(Array.from({ length: WORKERS }, worker));
  }
  clock = STORY_START + 24 * 3_600_000;
  // A sweep that fails comes again in a minute.
  for (let again = 0; again < 20; again += 1) await handle({ sweep: true }).catch(() => {});
}

async function settle(sqs: SQSClient, QueueUrl: string, { ReceiptHandle }: Message, failed: boolean): Promise<void> {
  if (failed) await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  else await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

async function waiting(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

async function received(sqs: SQSClient, QueueUrl: string): Promise<readonly Detection[]> {
  const found: Detection[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return found;
    for (const message of Messages) {
      found.push((JSON.parse(message.Body ?? '') as { readonly detail: Detection }).detail);
      await settle(sqs, QueueUrl, message, false);
    }
  }
}

function notifier({ hub, firehose }: Aws): ReturnType<typeof makeNotifier> {
  return makeNotifier(
    [
      { name: 'security-hub', send: hubSender(hub, HUB, () => new Date()) },
      { name: 'siem', send: streamSender(firehose, { stream: 'siem', as: 'ocsf' }, async () => {}) },
    ],
    (line) => {
      process.stderr.write(`${JSON.stringify(line)}\n`);
    },
  );
}

/** What takes lines of a stream, as Datadog and Splunk do. @see https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html */
async function httpIntake(): Promise<{ readonly endpoint: string; readonly lines: string[]; readonly stop: () => void }> {
  const lines: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { records, requestId } = (await json(incoming)) as {
      readonly records: readonly { readonly data: string }[];
      readonly requestId: string;
    };
    lines.push(...records.flatMap(({ data }) => Buffer.from(data, 'base64').toString().trimEnd().split('\n')));
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ requestId, timestamp: Date.now() }));
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lines, stop: () => server.close() };
}

/** The same disorder in every run. */
function mixed<T>(items: readonly T[]): readonly T[] {
  let state = 11;
  const ordered = items.map((item) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { item, place: state };
  });
  return ordered.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
