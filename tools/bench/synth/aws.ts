import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack, Tags } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { stableStringify } from '../../../lib/core/json';
import { policySerializer } from '../../../lib/testing';
import { fromDist } from '../dist';
import { type SynthCase, stacksOf } from './case';
import { FLEET, OWNER, PREFIX, PURPOSE, specOf } from './spec';

const { Agent, AgentResource, AgentTrust } = fromDist<typeof import('../../../lib/aws')>('aws/index.js');

interface Things {
  readonly invoices: IBucket;
  readonly token: ISecret;
}

/** CloudFormation takes 500 resources in a stack, so the agents are spread over several; the spec needs no change for that. */
export const aws: SynthCase = {
  cloud: 'aws',
  library: (agents, outdir, review = 'off') => {
    const app = new App({ outdir, context: { 'agentic-iam:review': review } });
    for (const [index, numbers] of stacksOf(agents).entries()) {
      const { stack, things } = makeStack(app, index);
      const resources = { invoices: AgentResource.bucket(things.invoices, { prefix: PREFIX }), token: AgentResource.secret(things.token) };
      for (const number of numbers) new Agent(stack, `Agent${number}`, { agent: specOf(number), trust: AgentTrust.lambda(), resources });
    }
    app.synth();
  },
  byHand: (agents, outdir) => {
    const app = new App({ outdir });
    for (const [index, numbers] of stacksOf(agents).entries()) {
      const { stack, things } = makeStack(app, index);
      for (const number of numbers) writeAgent(stack, number, things);
    }
    app.synth();
  },
  inventory: (outdir) =>
    readdirSync(outdir)
      .filter((file) => file.endsWith('.template.json'))
      .flatMap((file) => {
        const { Resources } = JSON.parse(readFileSync(join(outdir, file), 'utf8')) as { Resources: Record<string, Resource> };
        return Object.values(Resources).map(show);
      }),
};

function makeStack(app: App, index: number): { stack: Stack; things: Things } {
  const stack = new Stack(app, `Bench${index}`);
  const invoices = Bucket.fromBucketName(stack, 'Invoices', 'bench-invoices');
  return { stack, things: { invoices, token: Secret.fromSecretNameV2(stack, 'Token', 'token') } };
}

/** What a careful person writes for one agent: role, policy and boundary. */
function writeAgent(stack: Stack, number: number, { invoices, token }: Things): void {
  const allows = () => [
    new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [invoices.arnForObjects(`${PREFIX}*`)],
      conditions: { StringEquals: { 'aws:ResourceAccount': stack.account } },
    }),
    new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [`${token.secretArn}-??????`] }),
  ];
  const boundary = new iam.ManagedPolicy(stack, `Boundary${number}`, {
    managedPolicyName: `${FLEET}--agent-${number}-boundary`,
    description: `Boundary of agent agent-${number}`,
    path: `/agentic-iam/${FLEET}/`,
    statements: [
      ...allows(),
      new iam.PolicyStatement({ effect: iam.Effect.DENY, notActions: ['s3:GetObject', 'secretsmanager:GetSecretValue'], resources: ['*'] }),
      new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['account:*', 'iam:*', 'organizations:*'], resources: ['*'] }),
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        actions: ['*'],
        resources: ['*'],
        conditions: { StringNotEquals: { 'aws:RequestedRegion': [stack.region] } },
      }),
    ],
  });
  const role = new iam.Role(stack, `Role${number}`, {
    roleName: `${FLEET}--agent-${number}`,
    path: `/agentic-iam/${FLEET}/`,
    description: PURPOSE,
    maxSessionDuration: Duration.hours(1),
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
    permissionsBoundary: boundary,
  });
  const tags = { agent: `agent-${number}`, environment: FLEET, fleet: FLEET, owner: OWNER, purpose: PURPOSE };
  for (const [key, value] of Object.entries(tags)) Tags.of(role).add(`agentic-iam:${key}`, value);
  new iam.Policy(stack, `Policy${number}`, { roles: [role], statements: allows() });
}

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A resource without the names that constructs give, and with policies as digests, which leave Sids and order out. */
function show({ Type, Properties }: Resource): string {
  const shown = Object.entries(Properties).map(([key, value]) => {
    if (policySerializer.test(value)) return [key, policySerializer.print(value, String)];
    return [key, key === 'PolicyName' ? '<name>' : value];
  });
  return `${Type} ${stableStringify(Object.fromEntries(shown)).replace(/\{"Ref":"\w+"\}/g, '<reference>')}`;
}
