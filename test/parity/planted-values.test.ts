import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import * as aws from '../../lib/aws';
import { makeHandler } from '../../lib/aws/runtime/detector/handler';
import { makeHandler as makeBroker } from '../../lib/aws/runtime/task-broker/handler';
import * as azure from '../../lib/azure';
import { ocsfFinding } from '../../lib/core/alerts/ocsf';
import { alertBody } from '../../lib/core/alerts/plain-text';
import type { DetectionRegistry } from '../../lib/core/detection/registry';
import type { Detection } from '../../lib/core/detection/types';
import * as gcp from '../../lib/gcp';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { NotedLedger, portsWith, SECRET, TOKEN } from '../aws/runtime/ports';
import { cli, Workbench } from '../cli/command-line';
import { record } from '../cli/receipt-records';

/** What must be in no output, wherever it was put in. */
const PLANTED = 'planted-4f1d0c7e';

const bench = new Workbench();
const folder = mkdtempSync(join(tmpdir(), 'planted-'));
const before = { ...process.env };
beforeAll(() => {
  process.env['TF_VAR_secret_token'] = PLANTED;
  process.env['AWS_SECRET_ACCESS_KEY'] = PLANTED;
  process.env['VAULT_TOKEN'] = PLANTED;
});
afterAll(() => {
  process.env = before;
  bench.remove();
  rmSync(folder, { recursive: true });
});

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('token')],
});

function filesBelow(path: string): string {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

function onAws(): string {
  const outdir = join(folder, 'aws');
  const app = new App({ outdir });
  const stack = new Stack(app, 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
  const identity = new aws.AgentIdentity(stack, 'Reader', { agent: reader, trust: aws.AgentTrust.lambda() });
  const secret = new aws.AgentSecret(stack, 'Token', { agents: [identity] });
  new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  app.synth();
  return filesBelow(outdir);
}

function onTerraform(make: (stack: TerraformStack) => void): string {
  const stack = new TerraformStack(Testing.app(), 'desk');
  make(stack);
  return `${Testing.synth(stack)}\n${JSON.stringify(manifestOf(stack))}`;
}

const onAzure = (): string =>
  onTerraform((stack) => {
    const resourceGroup = { name: 'agents', location: 'westeurope' };
    const identity = new azure.AgentIdentity(stack, 'Reader', { agent: reader, trust: azure.AgentTrust.azureCompute(), resourceGroup });
    const vault = {
      resourceId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v',
    };
    const secret = new azure.AgentSecret(stack, 'Token', {
      agents: [identity],
      secretName: 'token',
      vault,
      expires: '2099-01-01T00:00:00Z',
    });
    new azure.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  });

const onGcp = (): string =>
  onTerraform((stack) => {
    const identity = new gcp.AgentIdentity(stack, 'Reader', { agent: reader, project: 'acme-prod', trust: gcp.AgentTrust.attached() });
    const secret = new gcp.AgentSecret(stack, 'Token', { agents: [identity], secretName: 'token', project: 'acme-prod' });
    new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  });

test.each(Object.entries({ aws: onAws, azure: onAzure, gcp: onGcp }))('what is synthesised for %s holds no value', (_, make) => {
  const text = make();
  expect(text).toContain('reader');
  expect(text).not.toContain(PLANTED);
});

const ROLE = 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader';
const REGISTRY: DetectionRegistry = {
  schemaVersion: 1,
  agents: [
    {
      name: 'reader',
      fleet: 'main',
      cloud: 'aws',
      principals: [ROLE],
      grants: [
        { step: 'token:read', actions: ['secretsmanager:GetSecretValue'], resources: ['arn:aws:secretsmanager:*:*:secret:token-*'] },
      ],
      workflows: [],
      limits: {},
      scope: {},
      sessionSeconds: 900,
    },
  ],
};

/** CloudTrail keeps the session token of what STS gives out, and parameters of calls as they were sent. */
const call = (id: string, source: string, name: string, credential = 'ASIAREADER') => ({
  ...record({ id, source, name, arns: ['arn:aws:s3:::elsewhere/1'], credential }),
  requestParameters: { secretString: PLANTED, roleArn: ROLE, headers: [PLANTED] },
  responseElements: { credentials: { accessKeyId: 'ASIANEXT', sessionToken: PLANTED, secretAccessKey: PLANTED }, apiKey: PLANTED },
});
const RECORDS = [
  call('a', 'secretsmanager', 'GetSecretValue'),
  call('b', 'sts', 'AssumeRole'),
  call('c', 'iam', 'CreateAccessKey'),
  call('d', 's3', 'GetObject'),
];

test('what is printed and written about a log holds no value that is in it', async () => {
  const registry = bench.write('registry.json', REGISTRY);
  const events = bench.write('trail.json', { Records: RECORDS });
  const replayed = await cli(['replay', '--events', events, '--manifest', registry]);
  const json = await cli(['replay', '--events', events, '--manifest', registry, '--lines']);
  const drafted = await cli(['draft', '--from', events, '--principal', ROLE, '--out', join(folder, 'draft')]);
  const receipt = await cli(['receipt', '--task', 'reader@t1', '--events', events]);
  const texts = [replayed, json, drafted, receipt].map(({ out, err }) => `${out}${err}`);
  expect(texts.map((text) => text.includes('reader'))).toEqual([true, true, true, true]);
  expect(texts.join('\n')).not.toContain(PLANTED);
  const detections = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Detection);
  expect(detections.length).toBeGreaterThan(1);
  expect(JSON.stringify(detections.map((one) => [alertBody(one), ocsfFinding(one)]))).not.toContain(PLANTED);
});

test('what the detector sends, keeps and logs holds no value', async () => {
  const kept: unknown[] = [];
  const sent: Detection[] = [];
  const lines: object[] = [];
  const handle = makeHandler(
    { fleet: 'main', options: {} },
    {
      registry: async () => REGISTRY,
      store: {
        load: async () => ({ agentVersion: 0, sessionVersion: 0 }),
        due: async () => [],
        save: async (...all: readonly unknown[]) => {
          kept.push(all);
          return true;
        },
      } as never,
      send: async (detections) => {
        sent.push(...detections);
      },
      now: () => Date.parse('2026-11-25T06:10:00Z'),
      pause: async () => {},
      log: (line) => lines.push(line),
    },
  );
  const messages = RECORDS.map((detail) => ({
    messageId: detail['eventID' as never] as string,
    body: JSON.stringify({ group: 'g', id: 'm', event: { 'detail-type': 'AWS API Call via CloudTrail', detail } }),
  }));
  await handle({ Records: messages } as never);
  expect([kept.length > 0, sent.length > 0, lines.length > 0]).toEqual([true, true, true]);
  expect(JSON.stringify([kept, sent, lines])).not.toContain(PLANTED);
});

test('what the broker keeps, logs and counts holds no value of what it gives out', async () => {
  const ledger = new NotedLedger();
  const { ports, asked, metrics } = portsWith({ ledger });
  const lines: object[] = [];
  const body = JSON.stringify({ agent: 'desk', template: 'answer', task: 't-1', requestId: 'r-1', parameters: { customerId: 'c7' } });
  const userArn = 'arn:aws:sts::111122223333:assumed-role/runner/session';
  const answer = await makeBroker(ports, (line) => lines.push(line))({
    body,
    requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn } } },
  });
  expect([answer.statusCode, answer.body.includes(SECRET), answer.body.includes(TOKEN)]).toEqual([200, true, true]);
  expect([lines.length, metrics.length, ledger.entries.length].every((count) => count > 0)).toBe(true);
  const text = JSON.stringify([lines, metrics, asked, ledger]);
  expect([SECRET, TOKEN].filter((value) => text.includes(value))).toEqual([]);
});
