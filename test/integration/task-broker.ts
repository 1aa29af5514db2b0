import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { parameterTemplates, stsAssume } from '../../lib/aws/runtime/task-broker/adapters';
import { makeHandler, type UrlAnswer } from '../../lib/aws/runtime/task-broker/handler';
import { dynamoLedger } from '../../lib/aws/runtime/task-broker/ledger';
import { stopChain } from '../../lib/aws/runtime/task-revoker/chain-policy';
import { flakyServer } from './flaky-server';
import { type Clients, clientsOf, deploy, LEDGER, startMoto, TEMPLATES } from './moto-server';
import type { Python } from './python';
import { expectEqual, type Report } from './report';

const REQUESTS = 2_000;
/** Each request is sent this often, all at once. */
const COPIES = 2;
/** Every so many-th call of STS is throttled. */
const THROTTLED = 25;
/** As STS says it. */
const THROTTLING = {
  status: 400,
  contentType: 'text/xml',
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
};
const CALLER = 'arn:aws:sts::123456789012:assumed-role/runner/session';

/** The broker against real STS, DynamoDB and Systems Manager calls, many at once, some of them throttled. */
export async function checkTaskBroker(report: Report, python: Python): Promise<void> {
  if ('missing' in python) {
    report.skip('task-broker', python.missing);
    return;
  }
  const moto = await startMoto(python.bin('moto_server'));
  const proxy = await flakyServer(moto.endpoint, (call) => (call % THROTTLED === 0 ? THROTTLING : 'pass'));
  const serial = await flakyServer(moto.endpoint);
  try {
    const clients = clientsOf(moto.endpoint, proxy.endpoint, serial.endpoint);
    await deploy(clients);
    const made = broker(clients);
    let answers: readonly UrlAnswer[] = [];
    await report.check(`task-broker answers ${REQUESTS} requests at once`, async () => {
      const bodies = Array.from({ length: REQUESTS / COPIES }, (_, index) => bodyOf(index));
      answers = await Promise.all(bodies.flatMap((body) => Array.from({ length: COPIES }, () => made.ask(body))));
      expectEqual('answers', answers.length, REQUESTS);
    });
    await report.check('task-broker gives out one credential for each request, and no other', () => {
      const given = answers
        .filter(({ statusCode }) => statusCode === 200)
        .map(({ body }) => (JSON.parse(body) as { accessKeyId: string }).accessKeyId);
      const repeated = answers.filter(({ statusCode }) => statusCode === 409).length;
      const throttled = answers.filter(({ statusCode }) => statusCode === 429).length;
      const others = answers.filter(({ statusCode }) => ![200, 409, 429].includes(statusCode)).map(({ body }) => body);
      if (others.length > 0) others.push(...made.log.filter((line) => line.includes('"failed"')));
      expectEqual('other answers', others, []);
      expectEqual('every answer is of these', given.length + repeated + throttled, REQUESTS);
      expectEqual('no credential twice', new Set(given).size, given.length);
      expectEqual('each request got one, or was told to come again', given.length + throttled, REQUESTS / COPIES);
    });
    await report.check('task-broker keeps one entry for each request, and no secret', async () => {
      const entries = await scan(clients);
      expectEqual('entries', entries.length, REQUESTS / COPIES);
      const text = JSON.stringify(entries) + made.log.join('\n');
      const secrets = answers.flatMap(({ statusCode, body }) => {
        const { secretAccessKey, sessionToken } = JSON.parse(body) as { secretAccessKey: string; sessionToken: string };
        return statusCode === 200 ? [secretAccessKey, sessionToken] : [];
      });
      expectEqual('secrets in ledger or log', secrets.filter((secret) => text.includes(secret)).length, 0);
    });
    await report.check('task-broker tries throttled calls again, and says how often', () => {
      if (proxy.refused() === 0) throw new Error('nothing was throttled');
      const counted = made.metrics.filter(([name]) => name === 'Retries').reduce((sum, [, value]) => sum + value, 0);
      if (counted === 0) throw new Error('no retry was reported');
    });
    await report.check('task-revoker stops a task in the policy of IAM, version by version', async () => {
      const iam = new IAMClient({
        endpoint: moto.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
      const first = {
        Sid: 'DenyChains',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringLike: { 'aws:SourceIdentity': '-@-' } },
      };
      const document = JSON.stringify({ Version: '2012-10-17', Statement: [first] });
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'main--chain-x', PolicyDocument: document }));
      const arn = Policy?.Arn ?? '';
      for (let task = 1; task <= 7; task += 1) await stopChain(iam, arn, `desk@t-${task}`);
      const { version, dropped } = await stopChain(iam, arn, 'desk@t-7');
      expectEqual('version and dropped', [version, dropped], ['v8', 0]);
    });
    await report.check('task-broker gives out nothing for a task that is revoked', async () => {
      await dynamoLedger(clients.dynamo, LEDGER).revoke('desk', 'task-revoked', new Date().toISOString());
      const { statusCode, body } = await made.ask({ ...bodyOf(1), task: 'task-revoked', requestId: 'r-revoked' });
      expectEqual('status', [statusCode, (JSON.parse(body) as { code: string }).code], [403, 'task-revoked']);
    });
  } finally {
    proxy.stop();
    serial.stop();
    moto.stop();
  }
}

const bodyOf = (index: number) => ({
  agent: 'desk',
  template: 'answer',
  task: `task-${index % 100}`,
  requestId: `r-${index}`,
  parameters: { customerId: `c${index}` },
});

function broker({ dynamo, ssm, sts }: Clients) {
  const log: string[] = [];
  const metrics: [string, number][] = [];
  const handler = makeHandler(
    {
      templates: parameterTemplates(ssm, TEMPLATES),
      ledger: dynamoLedger(dynamo, LEDGER),
      assume: stsAssume(sts),
      now: () => new Date(),
      report: (name, value) => metrics.push([name, value]),
    },
    (line) => log.push(JSON.stringify(line)),
  );
  const ask = (body: object): Promise<UrlAnswer> =>
    handler({ body: JSON.stringify(body), requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: CALLER } } } });
  return { ask, log, metrics };
}

async function scan({ dynamo }: Clients): Promise<readonly object[]> {
  const found: object[] = [];
  let from: Record<string, never> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamo.send(new ScanCommand({ TableName: LEDGER, ExclusiveStartKey: from }));
    found.push(...Items);
    from = LastEvaluatedKey as typeof from;
  } while (from);
  return found;
}
