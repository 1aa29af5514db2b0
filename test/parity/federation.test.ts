import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import type { ManifestTrust } from '../../lib/core/manifest';
import * as gcp from '../../lib/gcp';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf, policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const agent = new AgentSpec({ name: 'reader', owner: 'o', purpose: 'p', mode: AgentMode.READ_ONLY, capabilities: [] });
const TENANT = '11111111-2222-3333-4444-555555555555';
const PRINCIPAL = '66666666-7777-8888-9999-000000000000';
const UNIQUE_ID = '112233445566778899001';
const SPIFFE = 'spiffe://example.org/agents/reader';

type AwsTrust = (stack: Stack, provider: (issuer: string) => iam.IOIDCProviderRef) => aws.AgentTrust;

function onAws(trust: AwsTrust): { readonly trust: readonly ManifestTrust[]; readonly policy: unknown } {
  const stack = new Stack(new App(), 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
  const provider = (issuer: string): iam.IOIDCProviderRef =>
    iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(
      stack,
      issuer.replaceAll('/', '-'),
      `arn:aws:iam::111122223333:oidc-provider/${issuer}`,
    ) as unknown as iam.IOIDCProviderRef;
  new aws.AgentIdentity(stack, 'Reader', { agent, trust: trust(stack, provider) });
  const [role] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')) as {
    Properties: { AssumeRolePolicyDocument: unknown };
  }[];
  return { trust: manifestOf(stack).agents[0]?.identity.trust ?? [], policy: role?.Properties.AssumeRolePolicyDocument };
}

function onAzure(trust: azure.AgentTrust): readonly ManifestTrust[] {
  const stack = new TerraformStack(Testing.app(), 'azure');
  new azure.AgentIdentity(stack, 'Reader', { agent, trust, resourceGroup: { name: 'agents', location: 'westeurope' } });
  return manifestOf(stack).agents[0]?.identity.trust ?? [];
}

function onGcp(trust: gcp.AgentTrust): readonly ManifestTrust[] {
  const stack = new TerraformStack(Testing.app(), 'gcp');
  new gcp.AgentIdentity(stack, 'Reader', { agent, project: 'finance-prod', trust });
  return manifestOf(stack).agents[0]?.identity.trust ?? [];
}

test.each<readonly [string, AwsTrust, object, object]>([
  [
    'Google Cloud',
    () => aws.AgentTrust.gcp({ uniqueId: UNIQUE_ID, audience: 'sts.amazonaws.com' }),
    { kind: 'gcp', bounds: { subject: UNIQUE_ID } },
    { 'accounts.google.com:sub': UNIQUE_ID, 'accounts.google.com:oaud': 'sts.amazonaws.com' },
  ],
  [
    'Azure',
    (_, provider) =>
      aws.AgentTrust.azure({
        provider: provider(`sts.windows.net/${TENANT}/`),
        tenantId: TENANT,
        principalId: PRINCIPAL,
        audience: 'api://agents',
      }),
    { kind: 'azure', bounds: { issuer: `sts.windows.net/${TENANT}/`, subject: PRINCIPAL, audience: 'api://agents' } },
    { [`sts.windows.net/${TENANT}/:sub`]: PRINCIPAL, [`sts.windows.net/${TENANT}/:aud`]: 'api://agents' },
  ],
  [
    'another account',
    () => aws.AgentTrust.role({ roleArn: 'arn:aws:iam::444455556666:role/app', organizationId: 'o-1' }),
    { kind: 'role', bounds: { organization: 'o-1' } },
    { 'aws:PrincipalOrgID': 'o-1' },
  ],
  [
    'Kubernetes',
    (_, provider) =>
      aws.AgentTrust.kubernetes({
        provider: provider('k8s.example.com'),
        namespace: 'agents',
        serviceAccount: 'reader',
        audience: 'sts.amazonaws.com',
      }),
    { kind: 'kubernetes', bounds: { subject: 'system:serviceaccount:agents:reader' } },
    { 'k8s.example.com:sub': 'system:serviceaccount:agents:reader', 'k8s.example.com:aud': 'sts.amazonaws.com' },
  ],
  [
    'SPIFFE',
    (_, provider) => aws.AgentTrust.spiffe({ provider: provider('oidc.example.org'), spiffeId: SPIFFE, audience: 'aws' }),
    { kind: 'spiffe', bounds: { subject: SPIFFE, audience: 'aws' } },
    { 'oidc.example.org:sub': SPIFFE, 'oidc.example.org:aud': 'aws' },
  ],
])('AWS lets in %s by one exact subject', (_, trust, expected, condition) => {
  const made = onAws(trust);
  expect(made.trust).toMatchObject([expected]);
  expect(JSON.stringify(made.policy)).toContain(JSON.stringify({ StringEquals: condition }));
});

test.each<readonly [string, () => readonly ManifestTrust[], object]>([
  [
    'Azure lets in Kubernetes',
    () => onAzure(azure.AgentTrust.kubernetes({ issuerUrl: 'https://k8s.example.com', namespace: 'agents', serviceAccount: 'reader' })),
    { kind: 'kubernetes', bounds: { subject: 'system:serviceaccount:agents:reader' } },
  ],
  [
    'Azure lets in SPIFFE',
    () => onAzure(azure.AgentTrust.spiffe({ issuer: 'https://oidc.example.org', spiffeId: SPIFFE })),
    { kind: 'spiffe', bounds: { subject: SPIFFE } },
  ],
  [
    'Azure lets in AWS',
    () => onAzure(azure.AgentTrust.aws({ issuer: 'https://abc.tokens.sts.global.api.aws', roleArn: 'arn:aws:iam::111122223333:role/r' })),
    { kind: 'aws', bounds: { subject: 'arn:aws:iam::111122223333:role/r' } },
  ],
  [
    'Azure lets in Google Cloud',
    () => onAzure(azure.AgentTrust.gcp({ uniqueId: UNIQUE_ID })),
    { kind: 'gcp', bounds: { issuer: 'https://accounts.google.com', subject: UNIQUE_ID } },
  ],
  [
    'Google Cloud lets in Kubernetes',
    () =>
      onGcp(
        gcp.AgentTrust.kubernetes({ issuer: 'https://k8s.example.com', namespace: 'agents', serviceAccount: 'reader', audience: 'gcp' }),
      ),
    { kind: 'kubernetes', bounds: { subject: 'system:serviceaccount:agents:reader' } },
  ],
  [
    'Google Cloud lets in SPIFFE',
    () => onGcp(gcp.AgentTrust.spiffe({ issuer: 'https://oidc.example.org', spiffeId: SPIFFE, audience: 'gcp' })),
    { kind: 'spiffe', bounds: { subject: SPIFFE } },
  ],
  [
    'Google Cloud lets in AWS',
    () => onGcp(gcp.AgentTrust.aws({ accountId: '111122223333', roleName: 'main--reader' })),
    { kind: 'aws', bounds: { accountId: '111122223333' } },
  ],
  [
    'Google Cloud lets in Azure',
    () => onGcp(gcp.AgentTrust.azure({ tenantId: TENANT, principalId: PRINCIPAL, audience: 'api://agents' })),
    { kind: 'azure', bounds: { subject: PRINCIPAL } },
  ],
])('%s by one exact subject', (_, make, expected) => {
  expect(make()).toMatchObject([expected]);
});

test.each<readonly [string, () => unknown, RegExp]>([
  ['a pattern of service accounts', () => onAws(() => aws.AgentTrust.gcp({ uniqueId: '*', audience: 'x' })), /open-trust/],
  [
    'an email for a unique id',
    () => onAws(() => aws.AgentTrust.gcp({ uniqueId: 'a@b.iam.gserviceaccount.com', audience: 'x' })),
    /the numeric unique id of a service account/,
  ],
  ['no audience', () => onAws(() => aws.AgentTrust.gcp({ uniqueId: UNIQUE_ID, audience: '' })), /empty-field/],
  [
    'a pattern of principals',
    () =>
      onAws((_, p) =>
        aws.AgentTrust.azure({ provider: p(`sts.windows.net/${TENANT}/`), tenantId: TENANT, principalId: '*', audience: 'x' }),
      ),
    /open-trust/,
  ],
  [
    'the provider of another tenant',
    () =>
      onAws((_, p) =>
        aws.AgentTrust.azure({ provider: p('sts.windows.net/other/'), tenantId: TENANT, principalId: PRINCIPAL, audience: 'x' }),
      ),
    /needs 'issuer' to be that of its provider/,
  ],
  ['a whole account', () => onAws(() => aws.AgentTrust.role({ roleArn: 'arn:aws:iam::444455556666:root' })), /to be the ARN of a role/],
  ['a pattern of roles', () => onAws(() => aws.AgentTrust.role({ roleArn: 'arn:aws:iam::444455556666:role/*' })), /open-trust/],
  [
    'a whole trust domain',
    () => onAws((_, p) => aws.AgentTrust.spiffe({ provider: p('o.example.org'), spiffeId: 'spiffe://example.org', audience: 'x' })),
    /a SPIFFE id with a path/,
  ],
  [
    'a pattern of SPIFFE ids',
    () => onGcp(gcp.AgentTrust.spiffe({ issuer: 'https://o.example.org', spiffeId: 'spiffe://example.org/*', audience: 'x' })),
    /open-trust/,
  ],
  [
    'an issuer without TLS',
    () => onGcp(gcp.AgentTrust.spiffe({ issuer: 'http://o.example.org', spiffeId: SPIFFE, audience: 'x' })),
    /as an https URL/,
  ],
  [
    'a subject longer than Google keeps',
    () =>
      onGcp(gcp.AgentTrust.spiffe({ issuer: 'https://o.example.org', spiffeId: `spiffe://example.org/${'a'.repeat(120)}`, audience: 'x' })),
    /127/,
  ],
  [
    'a subject longer than Entra keeps',
    () => onAzure(azure.AgentTrust.spiffe({ issuer: 'https://o.example.org', spiffeId: `spiffe://example.org/${'a'.repeat(600)}` })),
    /600/,
  ],
  [
    'a namespace that is none',
    () => onAzure(azure.AgentTrust.kubernetes({ issuerUrl: 'https://k.example.com', namespace: 'A', serviceAccount: 'r' })),
    /invalid-trust/,
  ],
])('%s is refused', (_, make, expected) => {
  expect(make).toThrow(expected);
});

const outbound = (audiences: readonly string[]) => {
  const stack = new Stack(new App(), 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
  const spec = new AgentSpec({
    name: 'reader',
    owner: 'o',
    purpose: 'p',
    mode: AgentMode.READ_ONLY,
    capabilities: [Capability.invokeModel('llm')],
  });
  const identity = new aws.AgentIdentity(stack, 'Reader', { agent: spec, trust: aws.AgentTrust.lambda() });
  const llm = aws.AgentResource.model('anthropic.claude-haiku-4-5-20251001-v1:0');
  new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { llm }, outboundAudiences: audiences });
  return stack;
};

test('on AWS a read-only agent may ask for tokens of the audiences that are named, signed as Entra verifies them', () => {
  const policies = Object.values(Template.fromStack(outbound(['api://AzureADTokenExchange'])).findResources('AWS::IAM::Policy'));
  expect(policies.map((one) => (one as { Properties: { PolicyDocument: unknown } }).Properties.PolicyDocument)).toMatchInlineSnapshot(`
[
  allow bedrock:InvokeModel on arn:\${AWS::Partition}:bedrock:\${AWS::Region}::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0
allow sts:GetWebIdentityToken on * if ForAllValues:StringEquals sts:IdentityTokenAudience = api://AzureADTokenExchange and Null sts:IdentityTokenAudience = false and NumericLessThanEquals sts:DurationSeconds = 3600 and StringEquals sts:SigningAlgorithm = RS256,
]
`);
  expect(() => outbound(['*'])).toThrow(/open-trust/);
});

test('the account is opted in once, which is no error where it is in already', () => {
  const stack = new Stack(new App(), 'account');
  const { issuer } = aws.AgentIdentity.outboundIssuer(stack, 'Outbound');
  expect(stack.resolve(issuer)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^OutboundRead/), 'IssuerIdentifier'] });
  const calls = Object.values(Template.fromStack(stack).findResources('Custom::AWS')).map((one) =>
    JSON.stringify((one as { Properties: object }).Properties),
  );
  expect(calls.find((one) => one.includes('enableOutbound'))).toContain('FeatureEnabled.*');
  expect(calls.every((one) => !one.includes('Delete'))).toBe(true);
});
