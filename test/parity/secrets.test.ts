import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, hours } from '../../lib';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import type { ReviewInput } from '../../lib/core/review/input';
import type { PrincipalReview, Review } from '../../lib/core/review/result';
import { reviewWorlds } from '../../lib/core/review/review';
import * as gcp from '../../lib/gcp';
import { worldsOf } from '../../lib/policy/worlds';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('token')],
});
const bare = new AgentSpec({ name: 'bare', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] });

const FUTURE = '2099-01-01T00:00:00Z';
const EMAIL = 'main--reader@acme-prod.iam.gserviceaccount.com';
const ROLE = 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader';
const ENV = { account: '111122223333', region: 'eu-central-1' };

interface Made {
  readonly inputs: readonly ReviewInput[];
  readonly text: string;
}

function onAws(holds: readonly string[]): Made {
  const stack = new Stack(new App({ context: { 'agentic-iam:review': 'off' } }), 'aws', { env: ENV });
  const identity = new aws.AgentIdentity(stack, 'Reader', { agent: reader, trust: aws.AgentTrust.lambda() });
  const secret = new aws.AgentSecret(stack, 'Token', { agents: [identity], holds });
  new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  const json = Template.fromStack(stack).toJSON() as object;
  return made({ kind: 'template', file: 'aws.json', json, stack: { name: 'aws', ...ENV } }, manifestOf(stack));
}

function onGcp(holds: readonly string[], more: Partial<gcp.AgentSecretProps> = {}): Made {
  const stack = new TerraformStack(Testing.app({ context: { 'agentic-iam:review': 'off' } }), 'gcp');
  const identity = new gcp.AgentIdentity(stack, 'Reader', { agent: reader, project: 'acme-prod', trust: gcp.AgentTrust.attached() });
  const secret = new gcp.AgentSecret(stack, 'Token', { agents: [identity], secretName: 'token', project: 'acme-prod', holds, ...more });
  new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  return ofTerraform(stack, 'gcp');
}

function onAzure(holds: readonly string[], more: Partial<azure.AgentSecretProps> = {}): Made {
  const stack = new TerraformStack(Testing.app({ context: { 'agentic-iam:review': 'off' } }), 'azure');
  const resourceGroup = { name: 'agents', location: 'westeurope' };
  const identity = new azure.AgentIdentity(stack, 'Reader', { agent: reader, trust: azure.AgentTrust.azureCompute(), resourceGroup });
  const vault = new KeyVault(stack, 'Vault', {
    name: 'v',
    location: 'l',
    resourceGroupName: 'g',
    skuName: 'standard',
    tenantId: 't',
    rbacAuthorizationEnabled: true,
  });
  const secret = new azure.AgentSecret(stack, 'Token', { agents: [identity], secretName: 'token', vault, expires: FUTURE, holds, ...more });
  new azure.ScopedAgentRole(stack, 'Role', { identity, resources: { token: secret.resource } });
  return ofTerraform(stack, 'azure');
}

function ofTerraform(stack: TerraformStack, name: string): Made {
  const json = JSON.parse(Testing.synth(stack)) as object;
  return made({ kind: 'terraform-stack', file: `${name}/cdk.tf.json`, json, stack: { name } }, manifestOf(stack));
}

function made(input: ReviewInput, manifest: object): Made {
  return {
    inputs: [input, { kind: 'manifest', file: `${input.file}.manifest`, json: manifest }],
    text: JSON.stringify([input.json, manifest]),
  };
}

const CLOUDS = { aws: onAws, azure: onAzure, gcp: onGcp } as const;

function reviewOf(...all: readonly Made[]): Review {
  return reviewWorlds(worldsOf(all.flatMap(({ inputs }) => inputs)), { sources: [] });
}

const principalOn = (review: Review, cloud: string): PrincipalReview | undefined => review.principals.find((one) => one.cloud === cloud);

test.each(Object.entries(CLOUDS))('on %s the agent reads its secret, and nothing else', (cloud, make) => {
  const principal = principalOn(reviewOf(make([])), cloud);
  expect(principal?.claims.map(({ claim, verdict }) => [claim, verdict])).toEqual([
    ['read-only', 'proven'],
    ['no-undeclared-credentials', 'proven'],
    ['within-declared', 'proven'],
    ['no-escalation', 'proven'],
  ]);
  expect(principal?.blastRadius.levels['read-credentials'].actions).toBe(1);
});

test.each(Object.entries(CLOUDS))('on %s the manifest says who reads it and what it holds', (cloud, make) => {
  const { secrets } =
    make(['someone'])
      .inputs.map(({ json }) => json as { secrets?: object[] })
      .find((json) => json.secrets) ?? {};
  expect(secrets).toMatchObject([{ cloud, construct: `${cloud}/Token`, agents: ['reader'], holds: ['someone'] }]);
});

test('a secret of one cloud that holds the credentials of another cloud brings that within reach', () => {
  const review = reviewOf(onAws([`serviceAccount:${EMAIL}`]), onGcp([]));
  expect(principalOn(review, 'aws')?.blastRadius.principals).toContain(`serviceAccount:${EMAIL}`);
  expect(principalOn(review, 'gcp')?.blastRadius.principals).not.toContain(ROLE);
  const back = reviewOf(onAws([]), onGcp([ROLE]), onAzure([ROLE]));
  expect(principalOn(back, 'gcp')?.blastRadius.principals).toContain(ROLE);
  expect(principalOn(back, 'azure')?.blastRadius.principals).toContain(ROLE);
});

test.each(Object.entries({ azure: onAzure, gcp: onGcp }))(
  'on %s a value is in no output: it is a variable, or not made at all',
  (_, make) => {
    const { text } = make([]);
    expect(text).not.toMatch(/secret_data|"value":/);
    expect(text.includes('value_wo')).toBe(text.includes('"ephemeral":true'));
  },
);

test('on GCP a secret may be rotated through a topic, end, and lie under a key', () => {
  const { text } = onGcp([], {
    rotationTopics: ['projects/acme-prod/topics/rotate'],
    rotateEvery: hours(720),
    firstRotation: FUTURE,
    expires: FUTURE,
    encryptionKey: 'projects/acme-prod/locations/global/keyRings/r/cryptoKeys/k',
  });
  expect(text).toContain('"rotation_period":"2592000s"');
  expect(text).toContain('"kms_key_name":"projects/acme-prod/locations/global/keyRings/r/cryptoKeys/k"');
  expect(text).toContain(`"expire_time":"${FUTURE}"`);
});

test.each<readonly [string, () => Made, RegExp]>([
  ['on GCP without topics', () => onGcp([], { rotateEvery: hours(24) }), /must have 'rotationTopics' and 'firstRotation'/],
  [
    'on GCP too often',
    () => onGcp([], { rotationTopics: ['t'], firstRotation: FUTURE, rotateEvery: { toSeconds: () => 60 } }),
    /a rotation of 1 hour to 100 years/,
  ],
  ['on GCP by a pattern', () => onGcp([], { secretName: 'erp-*' }), /unsafe-value/],
  ['on GCP by a path', () => onGcp([], { secretName: 'a/b' }), /invalid-secret/],
  ['on GCP that has ended', () => onGcp([], { expires: '2020-01-01T00:00:00Z' }), /that is to come/],
  ['on Azure that has ended', () => onAzure([], { expires: '2020-01-01T00:00:00Z' }), /that is to come/],
  ['on Azure that ends some day', () => onAzure([], { expires: 'tomorrow' }), /that is to come/],
  ['on Azure by a name with a slash', () => onAzure([], { secretName: 'a/b' }), /invalid-secret/],
  ['on Azure in something that is no vault', () => onAzure([], { vault: { resourceId: '/subscriptions/s' } }), /invalid-resource-id/],
])('a secret is refused %s', (_, make, expected) => {
  expect(make).toThrow(expected);
});

test('a vault with access policies is refused', () => {
  const stack = new TerraformStack(Testing.app(), 'azure');
  const resourceGroup = { name: 'agents', location: 'westeurope' };
  const identity = new azure.AgentIdentity(stack, 'Reader', { agent: reader, trust: azure.AgentTrust.azureCompute(), resourceGroup });
  const vault = new KeyVault(stack, 'Vault', { name: 'v', location: 'l', resourceGroupName: 'g', skuName: 'standard', tenantId: 't' });
  const make = () => new azure.AgentSecret(stack, 'Token', { agents: [identity], secretName: 'token', vault, expires: FUTURE });
  expect(make).toThrow(/must lie in a vault that uses Azure RBAC/);
});

test('an agent that declares no secret is let in to none', () => {
  const stack = new TerraformStack(Testing.app(), 'gcp');
  const identity = new gcp.AgentIdentity(stack, 'Bare', { agent: bare, project: 'acme-prod', trust: gcp.AgentTrust.attached() });
  expect(() => new gcp.AgentSecret(stack, 'Token', { agents: [identity], secretName: 'token' })).toThrow(
    /must be declared by agent 'bare'/,
  );
  expect(() => new gcp.AgentSecret(stack, 'Other', { agents: [], secretName: 'token' })).toThrow(/must name the agents/);
});
