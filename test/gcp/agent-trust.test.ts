import { TerraformVariable } from 'cdktf';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { checkProvider, type ProviderSpec } from '../../lib/gcp/private/identity/provider-spec';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { identityProps, makeFederated, makeIdentity, newStack, ofType, PROJECT } from './identity-stack';

const POOL = 'google_iam_workload_identity_pool';
const PROVIDER = 'google_iam_workload_identity_pool_provider';
const ADMITTED = 'google_service_account_iam_member';
const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const TENANT = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';

const github = { repository: 'acme/invoices', environment: 'prod' };
const oidc = { issuer: 'https://oidc.example.com', subject: 'agent:invoices', audience: 'gcp' };

/** What decides who comes in: of the provider and of the grant on the service account. */
function admissionOf(trust: AgentTrust): unknown {
  const stack = newStack();
  makeIdentity(stack, { trust });
  const providers = ofType(stack, PROVIDER).map(({ attribute_condition, attribute_mapping, aws, oidc, x509 }) => ({
    attribute_condition,
    attribute_mapping,
    aws,
    oidc,
    x509,
  }));
  return { providers, admitted: ofType(stack, ADMITTED).map(({ role, member }) => ({ role, member })) };
}

test('an attached identity and one of Cloud Run admit nobody and make no pool', () => {
  expect(admissionOf(AgentTrust.attached())).toEqual({ providers: [], admitted: [] });
  expect(admissionOf(AgentTrust.cloudRun())).toEqual({ providers: [], admitted: [] });
});

test('a GKE trust admits exactly one Kubernetes service account and makes no pool', () => {
  expect(admissionOf(AgentTrust.gke({ namespace: 'agents', serviceAccount: 'reader' }))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "serviceAccount:finance-prod.svc.id.goog[agents/reader]",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [],
}
`);
  expect(admissionOf(AgentTrust.gke({ namespace: 'agents', serviceAccount: 'reader', project: 'clusters' }))).toMatchObject({
    admitted: [{ member: 'serviceAccount:clusters.svc.id.goog[agents/reader]' }],
  });
});

test('a GitHub trust admits one environment of one repository', () => {
  expect(admissionOf(AgentTrust.gitHubActions(github))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/repo:acme/invoices:environment:prod",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.repository == 'acme/invoices' && assertion.sub == 'repo:acme/invoices:environment:prod'",
      "attribute_mapping": {
        "google.subject": "assertion.sub",
      },
      "aws": undefined,
      "oidc": {
        "issuer_uri": "https://token.actions.githubusercontent.com",
      },
      "x509": undefined,
    },
  ],
}
`);
});

test('a GitHub trust with ids admits the immutable subject and checks both ids', () => {
  const trust = AgentTrust.gitHubActions({
    repository: 'acme/invoices',
    branch: 'main',
    ownerId: '123',
    repositoryId: '456',
    audience: 'gcp',
  });
  expect(admissionOf(trust)).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/repo:acme@123/invoices@456:ref:refs/heads/main",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.repository == 'acme/invoices' && assertion.repository_owner_id == '123' && assertion.repository_id == '456' && assertion.sub == 'repo:acme@123/invoices@456:ref:refs/heads/main'",
      "attribute_mapping": {
        "google.subject": "assertion.sub",
      },
      "aws": undefined,
      "oidc": {
        "allowed_audiences": [
          "gcp",
        ],
        "issuer_uri": "https://token.actions.githubusercontent.com",
      },
      "x509": undefined,
    },
  ],
}
`);
});

test('a GitHub trust admits a tag', () => {
  const trust = AgentTrust.gitHubActions({ repository: 'acme/invoices', tag: 'v1' });
  expect(admissionOf(trust)).toMatchObject({
    providers: [
      { attribute_condition: "assertion.repository == 'acme/invoices' && assertion.sub == 'repo:acme/invoices:ref:refs/tags/v1'" },
    ],
  });
});

test('an OIDC trust admits one subject of one issuer for one audience', () => {
  expect(admissionOf(AgentTrust.oidc(oidc))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/agent:invoices",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.sub == 'agent:invoices'",
      "attribute_mapping": {
        "google.subject": "assertion.sub",
      },
      "aws": undefined,
      "oidc": {
        "allowed_audiences": [
          "gcp",
        ],
        "issuer_uri": "https://oidc.example.com",
      },
      "x509": undefined,
    },
  ],
}
`);
});

test('an AWS trust admits every session of one role and no role whose name begins alike', () => {
  expect(admissionOf(AgentTrust.aws({ accountId: '123456789012', roleName: 'agent' }))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/arn:aws:sts::123456789012:assumed-role/agent",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.account == '123456789012' && assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/agent/')",
      "attribute_mapping": {
        "google.subject": "assertion.arn.extract('{account}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role}/')",
      },
      "aws": {
        "account_id": "123456789012",
      },
      "oidc": undefined,
      "x509": undefined,
    },
  ],
}
`);
});

test('an Azure trust admits one principal of one tenant', () => {
  expect(admissionOf(AgentTrust.azure({ tenantId: TENANT, principalId: UUID, audience: 'api://gcp' }))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/0f8fad5b-d9cb-469f-a165-70867728950e",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.tid == '7c9e6679-7425-40de-944b-e07fc1f90ae7' && assertion.sub == '0f8fad5b-d9cb-469f-a165-70867728950e'",
      "attribute_mapping": {
        "google.subject": "assertion.sub",
      },
      "aws": undefined,
      "oidc": {
        "allowed_audiences": [
          "api://gcp",
        ],
        "issuer_uri": "https://sts.windows.net/7c9e6679-7425-40de-944b-e07fc1f90ae7/",
      },
      "x509": undefined,
    },
  ],
}
`);
});

test('an Azure trust with version 2 tokens names their issuer', () => {
  const trust = AgentTrust.azure({ tenantId: TENANT, principalId: UUID, audience: UUID, v2Tokens: true });
  expect(admissionOf(trust)).toMatchObject({
    providers: [{ oidc: { issuer_uri: `https://login.microsoftonline.com/${TENANT}/v2.0`, allowed_audiences: [UUID] } }],
  });
});

test('an X.509 trust admits one name below one authority', () => {
  expect(admissionOf(AgentTrust.x509({ trustAnchorPem: PEM, uri: 'spiffe://acme/reader' }))).toMatchInlineSnapshot(`
{
  "admitted": [
    {
      "member": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/spiffe://acme/reader",
      "role": "roles/iam.workloadIdentityUser",
    },
  ],
  "providers": [
    {
      "attribute_condition": "assertion.san.uri == 'spiffe://acme/reader'",
      "attribute_mapping": {
        "google.subject": "assertion.san.uri",
      },
      "aws": undefined,
      "oidc": undefined,
      "x509": {
        "trust_store": {
          "trust_anchors": [
            {
              "pem_certificate": "-----BEGIN CERTIFICATE-----
MIIBszCCAVmgAwIBAgIU
-----END CERTIFICATE-----
",
            },
          ],
        },
      },
    },
  ],
}
`);
});

test.each([
  ['commonName', 'assertion.subject.dn.cn'],
  ['dnsName', 'assertion.san.dns'],
] as const)('an X.509 trust by %s compares and maps %s', (field, claim) => {
  const trust = AgentTrust.x509({ trustAnchorPem: PEM, intermediatePems: [PEM], [field]: 'reader.acme' });
  expect(admissionOf(trust)).toMatchObject({
    providers: [
      {
        attribute_condition: `${claim} == 'reader.acme'`,
        attribute_mapping: { 'google.subject': claim },
        x509: { trust_store: { intermediate_cas: [{ pem_certificate: PEM }], trust_anchors: [{ pem_certificate: PEM }] } },
      },
    ],
  });
});

test('a pool is made once for a fleet of a stack, and Terraform leaves its switch alone', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.anyOf(AgentTrust.gitHubActions(github), AgentTrust.oidc(oidc)) });
  new AgentIdentity(
    stack,
    'Writer',
    identityProps({ agent: reader({ name: 'writer' }), trust: AgentTrust.aws({ accountId: '123456789012', roleName: 'r' }) }),
  );
  expect(ofType(stack, POOL)).toMatchInlineSnapshot(`
[
  {
    "description": "External workloads that may become agents of fleet 'main'. Disable it to stop them all.",
    "display_name": "agents of main",
    "lifecycle": {
      "ignore_changes": [
        "disabled",
      ],
    },
    "project": "finance-prod",
    "workload_identity_pool_id": "agents-main-okjcmv4ohw",
  },
]
`);
  expect(ofType(stack, PROVIDER).map(({ lifecycle }) => lifecycle)).toEqual(Array(3).fill({ ignore_changes: ['disabled'] }));
});

test('a provider is named after the subject it admits, and says so', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.oidc(oidc) });
  expect(ofType(stack, PROVIDER)).toMatchObject([
    {
      description: 'Admits exactly agent:invoices',
      display_name: expect.stringMatching(/^oidc-[a-z2-7]{10}$/),
      project: PROJECT,
      workload_identity_pool_provider_id: expect.stringMatching(/^oidc-[a-z2-7]{10}$/),
    },
  ]);
});

test('two fleets of one stack have two pools, so that one can be disabled alone', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.oidc(oidc), fleet: 'prod' });
  new AgentIdentity(stack, 'Other', identityProps({ trust: AgentTrust.oidc(oidc), fleet: 'dev' }));
  expect(
    ofType(stack, POOL)
      .map(({ display_name }) => display_name)
      .sort(),
  ).toEqual(['agents of dev', 'agents of prod']);
});

test('the pool takes the id and the project it is given', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.oidc(oidc), poolId: 'agents-2', poolProject: 'identity-prod' });
  expect(ofType(stack, POOL)).toMatchObject([{ workload_identity_pool_id: 'agents-2', project: 'identity-prod' }]);
  expect(ofType(stack, PROVIDER)).toMatchObject([{ project: 'identity-prod' }]);
  expect(ofType(stack, 'google_service_account')).toMatchObject([{ project: PROJECT }]);
});

test('no provider is ever without a condition, and no grant goes to a set of principals', () => {
  const stack = newStack();
  const trusts = [
    AgentTrust.gitHubActions(github),
    AgentTrust.oidc(oidc),
    AgentTrust.aws({ accountId: '123456789012', roleName: 'agent' }),
    AgentTrust.azure({ tenantId: TENANT, principalId: UUID, audience: 'api://gcp' }),
    AgentTrust.x509({ trustAnchorPem: PEM, commonName: 'reader' }),
    AgentTrust.gke({ namespace: 'agents', serviceAccount: 'reader' }),
  ];
  makeIdentity(stack, { trust: AgentTrust.anyOf(...trusts) });
  expect(ofType(stack, PROVIDER)).toHaveLength(5);
  for (const { attribute_condition } of ofType(stack, PROVIDER)) expect(attribute_condition).toMatch(/(==|startsWith)/);
  expect(ofType(stack, ADMITTED)).toHaveLength(6);
  expect(JSON.stringify(ofType(stack, ADMITTED))).not.toMatch(/principalSet|\*/);
});

test('two agents may share a subject whose trust is the same, each under its own account', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.gitHubActions(github) });
  new AgentIdentity(stack, 'Writer', identityProps({ agent: reader({ name: 'writer' }), trust: AgentTrust.gitHubActions(github) }));
  expect(ofType(stack, PROVIDER)).toHaveLength(1);
  expect(ofType(stack, ADMITTED)).toHaveLength(2);
});

test('a trusted parent is recorded and grants nothing here: its role does', () => {
  const stack = newStack();
  const child = reader();
  const parent = new AgentIdentity(stack, 'Parent', identityProps({ agent: reader({ name: 'coordinator', delegatesTo: [child] }) }));
  makeIdentity(stack, { agent: child, trust: AgentTrust.agent(parent) });
  expect(ofType(stack, ADMITTED)).toEqual([]);
  const shown = manifestOf(stack).agents.find(({ name }) => name === 'invoice-reader');
  expect(shown?.identity.trust).toMatchInlineSnapshot(`
[
  {
    "bounds": {
      "agent": "coordinator",
      "fleet": "main",
      "member": "\${google_service_account.main__coordinator.member}",
    },
    "kind": "agent",
  },
]
`);
});

test('the manifest says what each way in is bound to', () => {
  const stack = newStack();
  const trust = AgentTrust.anyOf(
    AgentTrust.cloudRun(),
    AgentTrust.gke({ namespace: 'agents', serviceAccount: 'reader' }),
    AgentTrust.oidc(oidc),
  );
  makeIdentity(stack, { trust });
  expect(manifestOf(stack).agents[0]?.identity.trust).toMatchInlineSnapshot(`
[
  {
    "bounds": {
      "attachedBy": "whoever holds iam.serviceAccounts.actAs on it",
    },
    "kind": "cloudRun",
  },
  {
    "bounds": {
      "namespace": "agents",
      "pool": "finance-prod.svc.id.goog",
      "serviceAccount": "reader",
    },
    "kind": "gke",
  },
  {
    "bounds": {
      "audience": "gcp",
      "issuer": "https://oidc.example.com",
      "provider": "\${google_iam_workload_identity_pool_provider.AgenticIamPool-main_oidc-64wpj24koo_06441B28.name}",
      "subject": "agent:invoices",
    },
    "kind": "oidc",
  },
]
`);
});

const token = (): string => new TerraformVariable(newStack(), 'Given', {}).stringValue;
const over = (length: number): string => 'x'.repeat(length);

test('a certificate from another resource is taken as it is', () => {
  const stack = newStack();
  const pem = new TerraformVariable(stack, 'Pem', {}).stringValue;
  makeIdentity(stack, { trust: AgentTrust.x509({ trustAnchorPem: pem, commonName: 'reader' }) });
  expect(ofType(stack, PROVIDER)).toMatchObject([{ x509: { trust_store: { trust_anchors: [{ pem_certificate: '${var.Pem}' }] } } }]);
});

const spec: ProviderSpec = {
  prefix: 'oidc',
  subject: 's',
  mapping: { 'google.subject': 'assertion.sub' },
  condition: "assertion.sub == 's'",
  source: { oidc: { issuerUri: 'https://x', allowedAudiences: ['a'] } },
  bounds: {},
};

test.each<[string, Partial<ProviderSpec>, string]>([
  ['condition', { condition: over(4097) }, 'an attribute condition of at most 4096 characters'],
  ['mapping', { mapping: { 'google.subject': over(2049) } }, 'a mapping of google.subject of at most 2048 characters'],
  ['subject in bytes', { subject: 'é'.repeat(64) }, 'a subject of at most 127 bytes in its trust (this one has 128)'],
  [
    'audiences',
    { source: { oidc: { issuerUri: 'https://x', allowedAudiences: Array(11).fill('a') } } },
    'takes at most 10 audiences in one trust',
  ],
])('a provider over its limit is refused: %s', (_title, change, message) => {
  expect(messageOf(() => checkProvider('reader', { ...spec, ...change }))).toContain(message);
  expect(checkProvider('reader', spec)).toBe(spec);
});

test('an agent that is not declared as delegate cannot trust the parent', () => {
  const stack = newStack();
  const parent = new AgentIdentity(stack, 'Parent', identityProps({ agent: reader({ name: 'coordinator' }) }));
  expect(messageOf(() => makeIdentity(stack, { trust: AgentTrust.agent(parent) }))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' must be among the 'delegatesTo' of the agent it trusts, because delegation is declared by the agent that delegates, got: 'coordinator'; add 'invoice-reader' to 'delegatesTo' of 'coordinator', or trust another agent [invalid-trust]"`,
  );
});

test('one subject admitted by two issuers of one pool is refused', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.oidc(oidc) });
  const agent = reader({ name: 'writer' });
  const trust = AgentTrust.oidc({ ...oidc, issuer: 'https://other.example.com' });
  expect(messageOf(() => new AgentIdentity(stack, 'Writer', identityProps({ agent, trust })))).toMatchInlineSnapshot(
    `"agent 'writer' must not trust a subject that agent 'invoice-reader' trusts by other means, because in one pool they are one principal, so either could become both agents, got: 'agent:invoices'; use the same trust for both, or give this agent another 'fleet' [invalid-trust]"`,
  );
});

test.each([
  ['directly', 'directly'],
  ['directly', 'by account'],
  ['by account', 'directly'],
])('a principal granted roles %s is not shared with one that comes in %s', (first, second) => {
  const stack = newStack();
  const make = (how: string, name: string): unknown => {
    const props = identityProps({ agent: reader({ name }), trust: AgentTrust.oidc(oidc) });
    return how === 'directly' ? AgentIdentity.federated(stack, name, props) : new AgentIdentity(stack, name, props);
  };
  make(first, 'reader');
  expect(messageOf(() => make(second, 'writer'))).toBe(
    "agent 'writer' must not share its principal with agent 'reader', because an identity is never shared, got: 'agent:invoices'; give each a principal of its own, or a service account of its own: new AgentIdentity(...) [invalid-trust]",
  );
});

test.each([
  ['poolProject', { poolProject: 'identity-prod' }],
  ['poolId', { poolId: 'agents-2' }],
])('agents of one fleet must agree on the %s', (field, change) => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.oidc(oidc) });
  const props = identityProps({ agent: reader({ name: 'writer' }), trust: AgentTrust.gitHubActions(github), ...change });
  expect(messageOf(() => new AgentIdentity(stack, 'Writer', props))).toContain(
    `agent 'writer' needs the same '${field}' as agent 'invoice-reader' of fleet 'main', because a fleet has one pool in a stack`,
  );
});

test.each(['abc', 'gcp-agents', 'Agents', over(33)])("the pool id '%s' is refused", (poolId) => {
  const run = () => makeIdentity(newStack(), { trust: AgentTrust.oidc(oidc), poolId });
  expect(messageOf(run)).toBe(
    `'poolId' of agent 'invoice-reader' must be 4 to 32 of [a-z0-9-] and not start with 'gcp-', because Google reserves that prefix and refuses the rest, got: '${poolId}'; use for example 'agents-prod-2' [invalid-name]`,
  );
});

test('a pool id that is not known at synth is refused', () => {
  const run = () => makeIdentity(newStack(), { trust: AgentTrust.oidc(oidc), poolId: token() });
  expect(messageOf(run)).toContain("agent 'invoice-reader' needs 'poolId' as a literal");
});

test('a GKE account is a principal of its own where roles go to it directly', () => {
  const gke = { namespace: 'agents', serviceAccount: 'reader' };
  const trust = AgentTrust.gke({ ...gke, projectNumber: '42' });
  expect(makeFederated(newStack(), { trust }).member).toBe(
    'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/finance-prod.svc.id.goog/subject/ns/agents/sa/reader',
  );
  expect(messageOf(() => makeFederated(newStack(), { trust: AgentTrust.gke(gke) }))).toMatch(
    /'projectNumber'.* spelled with the number of its project/,
  );
});
