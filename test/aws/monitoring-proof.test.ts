import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { AgentIdentity, AgentMonitoring, AgentResource, AgentTrust, AlertTarget, ScopedAgentRole } from '../../lib/aws';
import { expandActions } from '../../lib/policy/aws/action-levels';
import { cli } from '../cli/command-line';

interface Principal {
  readonly id: string;
  readonly name?: string;
  readonly paths: readonly unknown[];
  readonly claims: readonly { readonly claim: string; readonly verdict: string }[];
}

const app = new App({ context: { 'agentic-iam:review': 'off' } });
const stack = new Stack(app, 'Desk', { env: { account: '111122223333', region: 'eu-central-1' } });
const bucket = new s3.Bucket(stack, 'Docs');
const agent = new AgentSpec({
  name: 'writer',
  owner: 'team@example.com',
  purpose: 'keeps documents',
  mode: AgentMode.READ_WRITE,
  capabilities: [Capability.readObjects('docs'), Capability.overwriteObjects('docs'), Capability.deleteObjects('docs')],
});
const identity = new AgentIdentity(stack, 'Writer', { agent, trust: AgentTrust.lambda() });
new ScopedAgentRole(stack, 'WriterRole', { identity, resources: { docs: AgentResource.bucket(bucket) } });
new AgentMonitoring(stack, 'Monitoring', {
  agents: [identity],
  notify: [
    AlertTarget.securityHub(),
    AlertTarget.datadog({ apiKey: Secret.fromSecretNameV2(stack, 'Key', 'datadog'), site: 'datadoghq.eu' }),
  ],
});
const { directory } = app.synth();

const template = Template.fromStack(stack);
const ROLES = Object.entries(template.findResources('AWS::IAM::Role'))
  .filter(([id]) => id.startsWith('Monitoring'))
  .map(([id, { Properties }]) => `arn:aws:iam::111122223333:role${Properties['Path']}${'${'}Desk.${id}}`);

test('no role of the monitoring leads to more access', async () => {
  const { out, err } = await cli(['review', directory, '--json', ...ROLES.flatMap((id) => ['--principal', id])]);
  if (err) throw new Error(err);
  const { principals } = JSON.parse(out) as { readonly principals: readonly Principal[] };
  expect(ROLES).toHaveLength(5);
  expect(principals).toHaveLength(ROLES.length);
  expect(principals.flatMap(({ paths }) => paths)).toEqual([]);
  expect(
    principals.flatMap(({ claims }) => claims.filter(({ claim, verdict }) => claim === 'no-escalation' && verdict !== 'proven')),
  ).toEqual([]);
});

test('an agent can do nothing to what watches it, of every action of the services that it is made of', async () => {
  const services = [
    'cloudtrail',
    'cloudwatch',
    'dynamodb',
    'events',
    'lambda',
    'logs',
    'pipes',
    'sqs',
    'ssm',
    'iam',
    'securityhub',
    'firehose',
  ];
  const actions = services.flatMap((service) => expandActions(`${service}:*`));
  const lines = actions.map((action) => JSON.stringify({ principal: 'writer', action, resource: '*', expect: 'denied' }));
  // And the bucket with the log files, which is of a service that the agent does use.
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion', 's3:PutBucketPolicy'])
    lines.push(
      JSON.stringify({ principal: 'writer', action, resource: 'arn:aws:s3:::monitoring-trail-bucket/AWSLogs/x', expect: 'denied' }),
    );
  const { code, out, err } = await cli(['test', '-', '--in', directory, '--json'], lines.join('\n'));
  if (err) throw new Error(err);
  const { results } = JSON.parse(out) as { readonly results: readonly { readonly passed: boolean; readonly action: string }[] };
  expect(err).toBe('');
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  expect(lines.length).toBeGreaterThan(1_000);
  expect(code).toBe(0);
});
