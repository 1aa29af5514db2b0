import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, DeletePolicyCommand, DetachRolePolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { parameterTemplates } from '../../lib/aws/runtime/task-broker/adapters';
import type { UrlAnswer } from '../../lib/aws/runtime/task-broker/handler';
import { peerEventOf } from '../../lib/core/containment/peer';
import type { ContainmentRecord } from '../../lib/core/containment/types';
import { courier } from '../../lib/peers/courier';
import {
  type Aws,
  accountState,
  awsClients,
  deployAgent,
  deployBase,
  engineSimulator,
  FLEET,
  MACHINE,
  register,
  responderOf,
} from './containment-account';
import { agentTemplate, createStack } from './containment-example';
import { type Fate, flakyServer } from './flaky-server';
import { startMoto } from './moto-server';
import type { Python } from './python';
import { expectEqual, type Report } from './report';

const OTHERS = 200;
const MANY = 1_000;
const SSO = (name: string): string => `arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/${name}`;

/** Containment against a real IAM, Lambda, Step Functions, S3, DynamoDB, Secrets Manager and EventBridge. */
export async function checkContainment(report: Report, python: Python): Promise<void> {
  if ('missing' in python) {
    report.skip('containment', python.missing);
    return;
  }
  await oneOfMany(report, python.bin('moto_server'));
  const moto = await startMoto(python.bin('moto_server'));
  const serial = await flakyServer(moto.endpoint);
  try {
    const aws = awsClients(moto.endpoint, { table: serial.endpoint });
    await deployBase(aws);
    await story(report, aws);
    await signals(report, aws, moto.endpoint);
    await strangers(report, aws);
    await peers(report, aws, moto.endpoint);
    await atOnce(report, aws, moto.endpoint, serial.endpoint);
    await faults(report, aws, moto.endpoint, serial.endpoint);
  } finally {
    serial.stop();
    moto.stop();
  }
}

const detection = (agent: string, id: string, more: object = {}) => ({
  'detail-type': 'Agent Detection',
  detail: {
    schemaVersion: 1,
    id,
    agent,
    fleet: FLEET,
    signal: 'privilege-escalation',
    rule: 'escalation-step',
    basis: 'exact',
    severity: 'critical',
    time: new Date().toISOString(),
    summary: 'called iam:CreateAccessKey',
    ...more,
  },
});

const asked = (userArn: string, body: object) => ({
  requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn } } },
  body: JSON.stringify({ fleet: FLEET, ...body }),
});

const bodyOf = (answer: UrlAnswer | undefined) =>
  JSON.parse(answer?.body ?? '{}') as {
    readonly decision: { readonly kind: string; readonly reason?: string };
    readonly record: ContainmentRecord;
  };

/** What of IAM is another than before, by name. */
async function changed(aws: Aws, before: object): Promise<readonly string[]> {
  const entries = (state: object) =>
    new Map(
      Object.values(state)
        .flat()
        .map((one: { readonly Arn: string }) => [one.Arn, JSON.stringify(one)]),
    );
  const [old, now] = [entries(before), entries(await accountState(aws.sureIam))];
  return [...now].filter(([arn, text]) => old.get(arn) !== text).map(([arn]) => arn.replace(/.*\//, ''));
}

/** In an account of its own: to look at a thousand agents for each check of the others would take hours. */
async function oneOfMany(report: Report, server: string): Promise<void> {
  const moto = await startMoto(server);
  const serial = await flakyServer(moto.endpoint);
  try {
    const aws = awsClients(moto.endpoint, { table: serial.endpoint });
    await deployBase(aws);
    for (let from = 0; from < MANY; from += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => deployAgent(aws, `agent-${from + index}`)));
    const before = await accountState(aws.sureIam);
    const made = responderOf(aws);
    await report.check(`containment of 1 of ${MANY} agents changes one policy of the whole account`, async () => {
      await made.handle(detection('agent-500', 'd1'));
      const record = await made.responder.status({ fleet: FLEET, agent: 'agent-500' });
      expectEqual('state', [record?.incident?.status, record?.incident?.stage], ['contained', 'braked']);
      expectEqual('changed', await changed(aws, before), ['main--agent-500--brake']);
    });
  } finally {
    serial.stop();
    moto.stop();
  }
}

/** What another cloud tells arrives as the rule of the responder matches it; STS and the bus are asked as they are there, but for the host. */
async function peers(report: Report, aws: Aws, endpoint: string): Promise<void> {
  const sqs = new SQSClient({ region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, endpoint });
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
  const Arn = 'arn:aws:sqs:eu-central-1:123456789012:told';
  const EventBusName = 'agentic-iam-main';
  const EventPattern = JSON.stringify({ source: ['agentic-iam.peer'], 'detail-type': ['Agent Containment'] });
  await aws.events.send(new PutRuleCommand({ Name: 'told', EventBusName, EventPattern }));
  await aws.events.send(new PutTargetsCommand({ Rule: 'told', EventBusName, Targets: [{ Id: 'q', Arn }] }));
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated: 'accounts.google.com' }, Action: 'sts:AssumeRoleWithWebIdentity' }],
  });
  await aws.sureIam.send(new CreateRoleCommand({ RoleName: 'listener', AssumeRolePolicyDocument }));
  const carry = (bus: string) =>
    courier([{ cloud: 'aws', audience: 'a', listener: 'arn:aws:iam::123456789012:role/listener', bus }], {
      token: async () => 'header.claims.signature',
      address: () => `${endpoint}/`,
      pause: async () => {},
    });
  const event = peerEventOf(
    { name: 'reader', fleet: FLEET, cloud: 'gcp' },
    { id: 'abc', stage: 'braked', openedAt: '2026-11-26T10:00:00.000Z' },
  );
  await report.check('containment is told by another cloud, by a role that its token gets, on the bus', async () => {
    expectEqual('told', await carry('arn:aws:events:eu-central-1:123456789012:event-bus/agentic-iam-main')(event), 'told: aws');
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const bodies = Messages.map(({ Body = '' }) => JSON.parse(Body) as { readonly detail: object });
    expectEqual(
      'events',
      bodies.map(({ detail }) => detail),
      [event],
    );
  });
}

async function story(report: Report, aws: Aws): Promise<void> {
  const made = responderOf(aws);
  await deployAgent(aws, 'reader', { work: true });
  await Promise.all(Array.from({ length: 20 }, (_, index) => deployAgent(aws, `bystander-${index}`)));
  const before = await accountState(aws.sureIam);
  const statusOf = async (agent: string) => (await made.responder.status({ fleet: FLEET, agent }))?.incident;
  await report.check('containment brakes an agent on a detection, and checks it by what its requests become', async () => {
    await made.handle(detection('reader', 'd1'));
    const incident = await statusOf('reader');
    expectEqual('state', [incident?.status, incident?.stage], ['contained', 'braked']);
    const said = incident?.steps.map(({ id, receipt }) => `${id}: ${receipt?.said.replace(/version v\d+/, 'version vN')}`);
    expectEqual('receipts', said, [
      'evidence: what the agent was is kept',
      'brake: the brake is braked in version vN',
      'chains: no chain begins with the agent',
      'elsewhere: no other cloud is connected',
      'brake-again: the brake is braked in version vN',
      'verify: 2 of 2 granted actions are denied explicitly',
    ]);
  });
  await report.check('containment of 1 of 21 agents changes one policy of the account, and the attachment of nothing', async () => {
    expectEqual('changed', await changed(aws, before), ['main--reader--brake']);
  });
  await report.check('containment keeps what the agent was', async () => {
    const incident = await statusOf('reader');
    const { key = '' } = (incident?.steps[0]?.receipt?.facts ?? {}) as { readonly key?: string };
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: 'evidence', Key: key }));
    const { role, managed } = JSON.parse((await Body?.transformToString()) ?? '{}') as { role: { trust: object }; managed: object };
    expectEqual(
      'policies',
      Object.keys(managed).map((arn) => arn.replace(/.*\//, '')),
      ['main--reader--access', 'main--reader--brake'],
    );
    if (!JSON.stringify(role.trust).includes('lambda.amazonaws.com')) throw new Error('the trust is not kept');
  });
  await report.check('containment is raised to quarantine by a person: trust, function, and a secret that nobody rotates', async () => {
    const answer = await made.handle(
      asked(SSO('ada'), { action: 'contain', agent: 'reader', response: 'quarantine', reason: 'r', requestId: 'q1' }),
    );
    expectEqual('decision', bodyOf(answer).decision.kind, 'joined');
    const incident = await statusOf('reader');
    expectEqual('state', [incident?.status, incident?.stage], ['contained', 'quarantined']);
    const { Role } = await aws.iam.send(new GetRoleCommand({ RoleName: 'main--reader' }));
    if (!decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').includes('Contained')) throw new Error('the trust is open');
    const { ReservedConcurrentExecutions } = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'agent' }));
    expectEqual('concurrency', ReservedConcurrentExecutions, 0);
    const secrets = incident?.steps.find(({ id }) => id === 'secrets')?.receipt?.said ?? '';
    if (!/change it by hand/.test(secrets)) throw new Error(secrets);
  });
  await report.check('containment stops one workflow alone: its executions and its tasks, and nothing of the agent', async () => {
    const state = await accountState(aws.sureIam);
    const ask = (userArn: string, body: object) =>
      made.handle(asked(userArn, { agent: 'reader', workflow: 'answer', reason: 'r', ...body }));
    const tasks = parameterTemplates(aws.ssm, '/agentic-iam/main/tasks', () => made.clock.ahead * 1000);
    await aws.ssm.send(
      new PutParameterCommand({ Name: '/agentic-iam/main/tasks/reader/answer', Value: '{"agent":"reader"}', Type: 'String' }),
    );
    expectEqual('task before', (await tasks('reader', 'answer'))?.agent, 'reader');
    const begun = await aws.sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE }));
    expectEqual('contained', bodyOf(await ask(SSO('ada'), { action: 'contain', requestId: 'w1' })).record.incident?.status, 'contained');
    const { status } = await aws.sfn.send(new DescribeExecutionCommand({ executionArn: begun.executionArn }));
    if (status === 'RUNNING') throw new Error('the execution runs on');
    made.clock.ahead += 901;
    expectEqual('task', await tasks('reader', 'answer'), undefined);
    expectEqual('changed', await changed(aws, state), []);
    for (const who of ['ada', 'grace']) await ask(SSO(who), { action: 'restore' });
    made.clock.ahead += 61;
    expectEqual('task after', (await tasks('reader', 'answer'))?.agent, 'reader');
  });
  await report.check('containment is undone by two people, and by nobody else', async () => {
    made.clock.ahead += 901;
    const restore = (userArn: string) => made.handle(asked(userArn, { action: 'restore', agent: 'reader', reason: 'it was a test' }));
    expectEqual('first', bodyOf(await restore(SSO('ada'))).decision.kind, 'waits');
    expectEqual('again', bodyOf(await restore(SSO('ada'))).decision.kind, 'refused');
    const role = 'arn:aws:sts::123456789012:assumed-role/ops/';
    expectEqual('second', bodyOf(await restore(`${role}grace`)).decision.kind, 'restoring');
    expectEqual('state', (await statusOf('reader'))?.status, 'restored');
    if (!/memory\/m still holds what it wrote .*begin from before/.test(made.told.at(-1) ?? '')) throw new Error(made.told.at(-1));
    expectEqual('changed', await changed(aws, before), ['main--reader--brake']);
    const { ReservedConcurrentExecutions } = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'agent' }));
    expectEqual('concurrency', ReservedConcurrentExecutions, undefined);
  });
}

/** What the template of an agent makes, contained on each of the five signals as its spec says, looked at request by request, and restored. */
async function signals(report: Report, aws: Aws, endpoint: string): Promise<void> {
  const made = responderOf(aws);
  const role = 'arn:aws:iam::123456789012:role/agentic-iam/main/main--deployed';
  const simulate = engineSimulator(aws.sureIam, 'arn:aws:s3:::files/1');
  const decisions = async () => (await simulate(role, ['s3:GetObject', 's3:PutObject'])).map(({ decision }) => decision);
  await report.check('containment registers what CloudFormation makes of an agent', async () => {
    await createStack(endpoint, 'deployed', agentTemplate());
    expectEqual('before', await decisions(), ['allowed', 'allowed']);
  });
  for (const [signal, after] of [
    ['privilege-escalation', ['explicitDeny', 'explicitDeny']],
    ['unexpected-call', ['allowed', 'explicitDeny']],
    ['unknown-sequence', ['allowed', 'explicitDeny']],
    ['cross-boundary', ['explicitDeny', 'explicitDeny']],
    ['velocity', ['allowed', 'explicitDeny']],
  ] as const) {
    await report.check(`containment on ${signal} does what the spec says, and is undone`, async () => {
      made.clock.ahead += 2_000;
      const time = new Date(Date.now() + made.clock.ahead * 1000).toISOString();
      await made.handle(detection('deployed', `five-${signal}`, { signal, time }));
      expectEqual('after', await decisions(), after);
      expectEqual('state', (await made.responder.status({ fleet: FLEET, agent: 'deployed' }))?.incident?.status, 'contained');
      made.clock.ahead += 901;
      for (const who of ['ada', 'grace']) await made.handle(asked(SSO(who), { action: 'restore', agent: 'deployed', reason: 'r' }));
      expectEqual('restored', await decisions(), ['allowed', 'allowed']);
    });
  }
}

async function strangers(report: Report, aws: Aws): Promise<void> {
  const made = responderOf(aws);
  const before = await accountState(aws.sureIam);
  await report.check('containment touches no role that is not an agent of the fleet, whatever the registry says', async () => {
    const elsewhere = { roleArn: 'arn:aws:iam::123456789012:role/aws-service-role/x/AWSServiceRoleForX', roleName: 'AWSServiceRoleForX' };
    const other = { roleArn: 'arn:aws:iam::123456789012:role/agentic-iam/main/main--bystander-0', roleName: 'main--bystander-0' };
    const brake = {
      policyArn: 'arn:aws:iam::123456789012:policy/agentic-iam/main/main--bystander-0--brake',
      released: {},
      restricted: {},
      braked: {},
    };
    const rest = { trust: {}, chains: [], work: [], secrets: [], actions: [], reads: [], brake };
    await register(aws, 'service', { native: { ...elsewhere, ...rest } });
    await register(aws, 'impostor', { native: { ...other, ...rest } });
    for (const agent of ['service', 'impostor', 'nobody', '../../x']) await made.handle(detection(agent, `s-${agent}`));
    for (let minute = 0; minute < 3; minute += 1) {
      made.clock.ahead += 60;
      await made.handle({ sweep: true });
    }
    expectEqual('changed', await changed(aws, before), []);
    const states = await Promise.all(
      ['service', 'impostor'].map(async (agent) => (await made.responder.status({ fleet: FLEET, agent }))?.incident?.status),
    );
    expectEqual('states', states, ['needs-person', 'needs-person']);
    if (!made.told.some((text) => text.includes('is no role of an agent'))) throw new Error(made.told.join('\n'));
  });
  await report.check('containment brakes in the role itself where somebody took its policy away, and counts that as a brake', async () => {
    const arn = await deployAgent(aws, 'robbed');
    const PolicyArn = arn.replace(/:role(.*)$/, ':policy$1--brake');
    await aws.sureIam.send(new DetachRolePolicyCommand({ RoleName: `${FLEET}--robbed`, PolicyArn }));
    await aws.sureIam.send(new DeletePolicyCommand({ PolicyArn }));
    await made.handle(detection('robbed', 'r1'));
    const incident = (await made.responder.status({ fleet: FLEET, agent: 'robbed' }))?.incident;
    if (incident?.status !== 'contained') throw new Error(JSON.stringify(incident));
    const said = incident.steps.find(({ id }) => id === 'brake')?.receipt?.said ?? '';
    if (!/in the role itself/.test(said)) throw new Error(said);
  });
  await report.check('containment that is not armed says what it would have done, and does nothing', async () => {
    await deployAgent(aws, 'unarmed', { armed: false });
    const state = await accountState(aws.sureIam);
    await made.handle(detection('unarmed', 'u1'));
    expectEqual('changed', await changed(aws, state), []);
    if (!made.told.at(-1)?.includes('would be stopped')) throw new Error(made.told.at(-1));
  });
}

/** IAM refuses every so many-th call. */
const THROTTLED = 9;
const THROTTLING: Fate = {
  status: 400,
  contentType: 'text/xml',
  body: '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
};

async function atOnce(report: Report, aws: Aws, endpoint: string, table: string): Promise<void> {
  const names = Array.from({ length: OTHERS }, (_, index) => `many-${index}`);
  for (let from = 0; from < names.length; from += 20) await Promise.all(names.slice(from, from + 20).map((name) => deployAgent(aws, name)));
  const slow = await flakyServer(endpoint, (call) => (call % THROTTLED === 0 ? THROTTLING : 'pass'));
  try {
    const busy = awsClients(endpoint, { changes: slow.endpoint, table, attempts: 10 });
    // Reading the whole account for each of them would measure moto.
    const simulate = async (_role: string, actions: readonly string[]) =>
      actions.map((action) => ({ action, decision: 'explicitDeny' as const }));
    const made = responderOf(busy, { simulate, mostPerHour: OTHERS * 2 });
    await report.check(`containment of ${OTHERS} agents at once comes to its end while IAM throttles`, async () => {
      await Promise.all(names.map((name) => made.handle(detection(name, `m-${name}`))));
      const open = async (): Promise<readonly string[]> => {
        const states = await Promise.all(
          names.map(async (agent) => [agent, (await made.responder.status({ fleet: FLEET, agent }))?.incident?.status]),
        );
        return states.flatMap(([agent, status]) => (status === 'contained' ? [] : [`${agent} ${status}`]));
      };
      // One that was throttled more often than a client tries goes on with the next minute.
      for (let minute = 0; minute < 3 && (await open()).length > 0; minute += 1) {
        made.clock.ahead += 60;
        await made.handle({ sweep: true });
      }
      expectEqual('not contained', await open(), []);
      if (slow.refused() === 0) throw new Error('nothing was throttled');
    });
  } finally {
    slow.stop();
  }
}

/** Calls of one quarantine, with some to spare. */
const CALLS = 60;
const FEWEST = 15;
const DENIED: Fate = { ...THROTTLING, body: THROTTLING.body.replaceAll('Throttling', 'AccessDenied') };

async function faults(report: Report, aws: Aws, endpoint: string, table: string): Promise<void> {
  let survived = 0;
  for (const [kind, fate] of [
    ['is throttled', THROTTLING],
    ['is denied', DENIED],
    ['is done without an answer', 'break'],
  ] as const) {
    await report.check(`containment comes to its end whichever one call ${kind}`, async () => {
      for (let at = 1; at <= CALLS; at += 1) {
        const agent = `f${survived}-${at}`;
        await deployAgent(aws, agent);
        const flaky = await flakyServer(endpoint, (call) => (call === at ? fate : 'pass'));
        const once = awsClients(endpoint, { changes: flaky.endpoint, table, attempts: 1 });
        const simulate = async (_role: string, actions: readonly string[]) =>
          actions.map((action) => ({ action, decision: 'explicitDeny' as const }));
        const made = responderOf(once, { simulate, mostPerHour: 10_000 });
        await made.handle(asked(SSO('ada'), { action: 'contain', agent, response: 'quarantine', reason: 'r', requestId: agent }));
        for (let minute = 0; minute < 3; minute += 1) {
          made.clock.ahead += 60;
          await made.handle({ sweep: true }).catch(() => undefined);
        }
        const incident = (await made.responder.status({ fleet: FLEET, agent }))?.incident;
        flaky.stop();
        if (flaky.refused() === 0) {
          expectEqual('enough calls were tried', at > FEWEST, true);
          break;
        }
        expectEqual(`state after call ${at}`, incident?.status, 'contained');
      }
      survived += 1;
    });
  }
}
