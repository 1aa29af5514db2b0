import { BedrockAgentCoreControlClient } from '@aws-sdk/client-bedrock-agentcore-control';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EKSClient } from '@aws-sdk/client-eks';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { AwsContainment } from '../../lib/aws/runtime/containment/agent';
import { makeHandler } from '../../lib/aws/runtime/containment/handler';
import { recordTable } from '../../lib/aws/runtime/containment/record-table';
import { parameterAgents } from '../../lib/aws/runtime/containment/registry';
import { profileSwitch } from '../../lib/aws/runtime/containment/roles-anywhere';
import { CONTAIN, RESTORE, stepHandlers } from '../../lib/aws/runtime/containment/steps';
import type { Simulate } from '../../lib/aws/runtime/containment/verify';
import { CONTAIN_WORKFLOW, RESTORE_WORKFLOW } from '../../lib/aws/runtime/containment/workflows';
import { Responder } from '../../lib/core/containment/responder';
import { worldsOf } from '../../lib/policy/worlds';
import { stateTableInput } from '../aws/runtime/table-server';

export const FLEET = 'main';
export const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const BUCKET = 'evidence';
export const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:answer`;
const EMPTY_ZIP = Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64');

export type Aws = ReturnType<typeof awsClients>;

/** Clients; those that containment changes things with may go by another address, and send each call once. */
export function awsClients(endpoint: string, { changes = endpoint, table = endpoint, attempts = 3 } = {}) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sure = { region: REGION, credentials, endpoint };
  const sureIam = new IAMClient(sure);
  const unsure = { ...sure, endpoint: changes, maxAttempts: attempts };
  return {
    sureIam,
    ssm: new SSMClient(sure),
    table: new DynamoDBClient({ ...sure, endpoint: table }),
    iam: new IAMClient(unsure),
    s3: new S3Client({ ...unsure, forcePathStyle: true }),
    secrets: new SecretsManagerClient(unsure),
    events: new EventBridgeClient(unsure),
    lambda: new LambdaClient(unsure),
    ecs: new ECSClient(unsure),
    sfn: new SFNClient(unsure),
    eks: new EKSClient(unsure),
    agentCore: new BedrockAgentCoreControlClient(unsure),
    profiles: profileSwitch(sureIam, changes),
  };
}

const allow = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});
const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const RELEASED = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Released', Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalArn': '-' } } }],
};
const BRAKED = { Version: '2012-10-17', Statement: [{ Sid: 'Braked', Effect: 'Deny', NotAction: ['logs:PutLogEvents'], Resource: '*' }] };
const RESTRICTED = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'Restricted', Effect: 'Deny', NotAction: ['logs:PutLogEvents', 's3:GetObject'], Resource: '*' }],
};

/** What an app with containment deploys, before anything happens. */
export async function deployBase(aws: Aws): Promise<void> {
  await aws.table.send(new CreateTableCommand(stateTableInput('records')));
  const place = { CreateBucketConfiguration: { LocationConstraint: REGION } } as const;
  await aws.s3.send(new CreateBucketCommand({ Bucket: BUCKET, ...place }));
  await aws.events.send(new CreateEventBusCommand({ Name: 'agentic-iam-main' }));
}

/** An agent's role with its brake, as its stack deploys it, and its entry in the registry. */
export async function deployAgent(aws: Aws, name: string, { work = false, armed = true } = {}): Promise<string> {
  const iam = aws.sureIam;
  const roleName = `${FLEET}--${name}`;
  const policy = async (suffix: string, document: object): Promise<string> => {
    const input = { PolicyName: `${roleName}--${suffix}`, Path: `/agentic-iam/${FLEET}/`, PolicyDocument: JSON.stringify(document) };
    return (await iam.send(new CreatePolicyCommand(input))).Policy?.Arn ?? '';
  };
  const access = await policy('access', allow(['s3:GetObject', 's3:PutObject']));
  const policyArn = await policy('brake', RELEASED);
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: roleName,
      Path: `/agentic-iam/${FLEET}/`,
      AssumeRolePolicyDocument: JSON.stringify(TRUST),
      Tags: [
        { Key: 'agentic-iam:agent', Value: name },
        { Key: 'agentic-iam:fleet', Value: FLEET },
      ],
    }),
  );
  for (const arn of [access, policyArn]) await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: arn }));
  const roleArn = Role?.Arn ?? '';
  const native: AwsContainment = {
    roleArn,
    roleName,
    brake: { policyArn, released: RELEASED, restricted: RESTRICTED, braked: BRAKED },
    trust: TRUST,
    chains: [],
    work: work ? await deployWork(aws, roleArn) : [],
    ...(work ? { workflows: { answer: { work: [{ kind: 'state-machine', arn: MACHINE }], tasks: ['answer'] } } } : {}),
    secrets: work ? [(await aws.secrets.send(new CreateSecretCommand({ Name: `${name}-token`, SecretString: 'x' }))).ARN ?? ''] : [],
    memories: work ? ['arn:aws:bedrock-agentcore:eu-central-1:123456789012:memory/m'] : [],
    actions: ['s3:GetObject', 's3:PutObject'],
    reads: ['s3:GetObject'],
  };
  await register(aws, name, { native, armed });
  return roleArn;
}

export async function register(aws: Aws, name: string, { native, armed = true }: { native: object; armed?: boolean }): Promise<void> {
  const workflows = Object.keys((native as AwsContainment).workflows ?? {});
  const entry = { name, fleet: FLEET, cloud: 'aws', owner: 'o', armed, responses: {}, workflows, native };
  const Name = `/agentic-iam/${FLEET}/contain/${name}`;
  await aws.ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(entry), Type: 'String', Overwrite: true }));
}

async function deployWork(aws: Aws, Role: string): Promise<AwsContainment['work']> {
  const { FunctionArn = '' } = await aws.lambda.send(
    new CreateFunctionCommand({ FunctionName: 'agent', Role, Runtime: 'nodejs22.x', Handler: 'i.h', Code: { ZipFile: EMPTY_ZIP } }),
  );
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const { stateMachineArn = '' } = await aws.sfn.send(
    new CreateStateMachineCommand({ name: 'answer', definition, roleArn: `arn:aws:iam::${ACCOUNT}:role/states` }),
  );
  return [
    { kind: 'lambda', arn: FunctionArn },
    { kind: 'state-machine', arn: stateMachineArn },
  ];
}

/** What IAM's simulator would say, by the policy engine of this library on the account as it is: moto has no simulator. */
export function engineSimulator(iam: IAMClient, resource = 'arn:aws:s3:::data/1'): Simulate {
  const context = { 'aws:RequestedRegion': REGION, 'aws:ResourceAccount': ACCOUNT };
  return async (roleArn, actions) => {
    const json = await accountState(iam);
    const [world] = worldsOf([{ kind: 'account-details', file: 'account.json', json } as never]);
    return actions.map((action) => {
      const { effect } = world?.decide(roleArn, { action, resource, context }) ?? { effect: 'implicitly-denied' };
      const decision = effect === 'allowed' ? 'allowed' : effect === 'explicitly-denied' ? 'explicitDeny' : 'implicitDeny';
      return { action, decision };
    });
  };
}

/** Everything that IAM holds. */
export async function accountState(iam: IAMClient): Promise<object> {
  const all: { RoleDetailList: object[]; Policies: object[]; UserDetailList: object[]; GroupDetailList: object[] } = {
    RoleDetailList: [],
    Policies: [],
    UserDetailList: [],
    GroupDetailList: [],
  };
  let Marker: string | undefined;
  do {
    const page = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ['Role', 'LocalManagedPolicy'], ...(Marker ? { Marker } : {}) }),
    );
    const decoded = JSON.parse(JSON.stringify(page), (key, value) =>
      typeof value === 'string' && key.endsWith('Document') ? JSON.parse(decodeURIComponent(value)) : value,
    ) as typeof all;
    all.RoleDetailList.push(...(decoded.RoleDetailList ?? []));
    all.Policies.push(...(decoded.Policies ?? []));
    Marker = page.IsTruncated ? page.Marker : undefined;
  } while (Marker);
  return all;
}

/** The responder's function, with a clock of its own: it never really waits. */
export function responderOf(aws: Aws, { simulate = engineSimulator(aws.sureIam), mostPerHour = 10 } = {}) {
  const told: string[] = [];
  const lines: object[] = [];
  const clock = { ahead: 0 };
  const now = (): number => Date.now() / 1000 + clock.ahead;
  const agent = parameterAgents(aws.ssm);
  const responder = new Responder(
    {
      agent,
      store: recordTable(aws.table, 'records', now),
      contain: CONTAIN,
      restore: RESTORE,
      workflow: { contain: CONTAIN_WORKFLOW, restore: RESTORE_WORKFLOW },
      handlers: stepHandlers({
        ...aws,
        simulate,
        bucket: BUCKET,
        bus: 'agentic-iam-main',
        carry: async () => 'no other cloud is connected',
        now: () => new Date(now() * 1000),
      }),
      tell: async (message) => {
        told.push(message);
      },
      now,
      pause: async (seconds) => {
        clock.ahead += seconds;
      },
    },
    { mostPerHour },
  );
  const handle = makeHandler({ responder, agent, now: () => new Date(now() * 1000), log: (line) => lines.push(line), cloud: 'aws' });
  return { handle, responder, told, lines, clock };
}
