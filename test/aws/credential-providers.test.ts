import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AgentMode, AgentSpec, Capability } from '../../lib';
import { AgentIdentity, AgentResource, AgentTrust, type CredentialProviderOptions, ScopedAgentRole } from '../../lib/aws';
import { reviewWorlds } from '../../lib/core/review/review';
import { awsWorldOf } from '../../lib/policy/aws';
import { manifestOf, policySerializer } from '../../lib/testing';

expect.addSnapshotSerializer(policySerializer);

const ENV = { account: '111122223333', region: 'eu-central-1' };
const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('erp')],
});

function made(options: Partial<CredentialProviderOptions> = {}): Stack {
  const stack = new Stack(new App(), 'desk', { env: ENV });
  const identity = new AgentIdentity(stack, 'Reader', { agent: reader, trust: AgentTrust.lambda() });
  const workload = new agentcore.WorkloadIdentity(stack, 'Workload', { workloadIdentityName: 'reader' });
  const keys = new agentcore.ApiKeyCredentialProvider(stack, 'Keys', { apiKeyCredentialProviderName: 'erp' });
  new ScopedAgentRole(stack, 'Role', { identity, resources: { erp: AgentResource.apiKeyProvider(keys, { workload, ...options }) } });
  return stack;
}

const policiesOf = (stack: Stack): readonly unknown[] =>
  Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).map(
    (one) => (one as { Properties: { PolicyDocument: unknown } }).Properties.PolicyDocument,
  );

test('an API key of the token vault is read by exact ARNs: provider, vault, workload, secret', () => {
  expect(policiesOf(made())).toMatchInlineSnapshot(`
[
  allow bedrock-agentcore:GetResourceApiKey on \${Keys4E30B592.CredentialProviderArn}, \${Workload692FF5F4.WorkloadIdentityArn}, arn:\${AWS::Partition}:bedrock-agentcore:eu-central-1:111122223333:token-vault/default, arn:\${AWS::Partition}:bedrock-agentcore:eu-central-1:111122223333:workload-identity-directory/default
allow secretsmanager:GetSecretValue on arn:\${AWS::Partition}:secretsmanager:eu-central-1:111122223333:secret:bedrock-agentcore-identity!default/apikey/erp-??????,
]
`);
});

test('the grant of the construct itself takes in every vaulted secret of the account, ours one', () => {
  const stack = new Stack(new App(), 'desk', { env: ENV });
  const role = new iam.Role(stack, 'R', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  new agentcore.ApiKeyCredentialProvider(stack, 'Keys', { apiKeyCredentialProviderName: 'erp' }).grantUse(role);
  expect(JSON.stringify(policiesOf(stack))).toContain('bedrock-agentcore-identity!*');
  expect(JSON.stringify(policiesOf(made()))).not.toMatch(/identity!\*|\*"/);
});

test('the review proves that the agent reads this credential and no other', () => {
  const stack = made();
  const json = Template.fromStack(stack).toJSON() as object;
  const input = { kind: 'template' as const, file: 't.json', json, stack: { name: 'desk', ...ENV } };
  const world = awsWorldOf([input, { kind: 'manifest', file: 'm.json', json: manifestOf(stack) }]);
  if (!world) throw new Error('nothing was read');
  const agent = reviewWorlds([world], { sources: [] }).principals.find(({ agent }) => agent === 'reader');
  expect(agent?.claims.map(({ claim, verdict }) => [claim, verdict])).toEqual([
    ['read-only', 'proven'],
    ['no-undeclared-credentials', 'proven'],
    ['within-declared', 'proven'],
    ['no-escalation', 'proven'],
  ]);
});

const VAULT = 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:token-vault/default/apikeycredentialprovider';
const WORKLOAD = 'arn:aws:bedrock-agentcore:eu-central-1:111122223333:workload-identity-directory/default/workload-identity/reader';
const imported = (credentialProviderArn: string) =>
  agentcore.ApiKeyCredentialProvider.fromApiKeyCredentialProviderAttributes(new Stack(new App(), 'desk', { env: ENV }), 'Keys', {
    credentialProviderArn,
  });

test('an imported provider is found by the name in its ARN, or by the secret that is given', () => {
  const byName = AgentResource.apiKeyProvider(imported(`${VAULT}/erp`), { workload: WORKLOAD });
  expect(byName.bound.targets['secret']?.scopes[0]).toMatch(/identity!default\/apikey\/erp-\?{6}$/);
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:mine-AbCdEf';
  const given = AgentResource.apiKeyProvider(imported(new CfnParameter(new Stack(), 'P').valueAsString), { workload: WORKLOAD, secretArn });
  expect(given.bound.targets['secret']?.scopes).toEqual([secretArn]);
});

test.each([
  [
    'a token for a name',
    () => imported(new CfnParameter(new Stack(), 'P').valueAsString),
    WORKLOAD,
    /needs 'secretArn', or a literal name/,
  ],
  ['a name that is a pattern', () => imported(`${VAULT}/e*`), WORKLOAD, /credentialProviderArn/],
  ['a workload that is a pattern', () => imported(`${VAULT}/erp`), `${WORKLOAD}*`, /workload/],
])('refuses %s', (_, provider, workload, message) => {
  expect(() => AgentResource.apiKeyProvider(provider(), { workload })).toThrow(message);
});
