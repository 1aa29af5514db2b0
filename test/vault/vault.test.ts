import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdktf';
import { AgentMode, AgentSpec, Capability, minutes, Workflow } from '../../lib';
import * as aws from '../../lib/aws';
import * as azure from '../../lib/azure';
import { planAccess } from '../../lib/core/access-plan';
import type { Catalog } from '../../lib/core/catalog';
import { watchedAgent } from '../../lib/core/detection/from-manifest';
import type { ReviewInput } from '../../lib/core/review/input';
import { reviewWorlds } from '../../lib/core/review/review';
import * as gcp from '../../lib/gcp';
import capabilities from '../../lib/gcp/catalog/capabilities.json';
import { worldsOf } from '../../lib/policy/worlds';
import { TerraformStack } from '../../lib/terraform/core';
import { manifestOf } from '../../lib/testing';
import { AgentSecret, VaultAgent, VaultLogin } from '../../lib/vault';
import logins from '../../lib/vault/catalog/logins.json';

const reader = new AgentSpec({
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  scope: { environment: 'prod' },
  maxSession: minutes(15),
  capabilities: [Capability.readSecret('erp'), Capability.readObjects('files')],
  workflows: [Workflow.named('answer').step('erp:read').step('files:read')],
});

type Resources = Record<string, Record<string, Record<string, unknown>>>;

function resourcesOf(make: (stack: TerraformStack) => void): Resources {
  const stack = new TerraformStack(Testing.app(), 'vault');
  make(stack);
  return (JSON.parse(Testing.synth(stack)) as { readonly resource: Resources }).resource;
}

const only = (resources: Resources, type: string): Record<string, unknown> => {
  const { '//': _meta, ...fields } = Object.values(resources[type] ?? {})[0] ?? {};
  return fields;
};

const TOKEN = {
  token_explicit_max_ttl: 900,
  token_max_ttl: 900,
  token_no_default_policy: true,
  token_ttl: 900,
  token_type: 'service',
};

const CASES = [
  {
    kind: 'aws',
    login: VaultLogin.aws({ accountId: '111122223333' }),
    type: 'vault_aws_auth_backend_role',
    role: {
      auth_type: 'iam',
      backend: 'aws',
      bound_iam_principal_arns: ['arn:aws:iam::111122223333:role/agentic-iam/prod/prod--reader'],
      resolve_aws_unique_ids: true,
      role: 'prod--reader',
    },
    alias: /^\$\{vault_aws_auth_backend_role\.\w+\.role_id\}$/,
  },
  {
    kind: 'gcp',
    login: VaultLogin.gcp({ email: 'prod--reader@acme-prod.iam.gserviceaccount.com', mount: 'clouds/gcp' }),
    type: 'vault_gcp_auth_backend_role',
    role: {
      backend: 'clouds/gcp',
      bound_service_accounts: ['prod--reader@acme-prod.iam.gserviceaccount.com'],
      role: 'prod--reader',
      type: 'iam',
    },
    alias: /^\$\{vault_gcp_auth_backend_role\.\w+\.role_id\}$/,
  },
  {
    kind: 'azure',
    login: VaultLogin.azure({ objectId: '00000000-0000-0000-0000-00000000000a' }),
    type: 'vault_azure_auth_backend_role',
    role: { backend: 'azure', bound_service_principal_ids: ['00000000-0000-0000-0000-00000000000a'], role: 'prod--reader' },
    alias: /^00000000-0000-0000-0000-00000000000a$/,
  },
  {
    kind: 'kubernetes',
    login: VaultLogin.kubernetes({ namespace: 'agents', serviceAccount: 'reader', audience: 'vault' }),
    type: 'vault_kubernetes_auth_backend_role',
    role: {
      alias_name_source: 'serviceaccount_name',
      audience: 'vault',
      backend: 'kubernetes',
      bound_service_account_names: ['reader'],
      bound_service_account_namespaces: ['agents'],
      role_name: 'prod--reader',
    },
    alias: /^agents\/reader$/,
  },
  {
    kind: 'jwt',
    login: VaultLogin.jwt({ audience: 'https://vault.example.com', subject: 'repo:example-org/site:ref:refs/heads/main' }),
    type: 'vault_jwt_auth_backend_role',
    role: {
      backend: 'jwt',
      bound_audiences: ['https://vault.example.com'],
      bound_subject: 'repo:example-org/site:ref:refs/heads/main',
      role_name: 'prod--reader',
      role_type: 'jwt',
      user_claim: 'sub',
    },
    alias: /^repo:example-org\/site:ref:refs\/heads\/main$/,
  },
] as const;

test.each(CASES)('$kind lets in exactly one principal, for a token that ends', ({ login, type, role, alias }) => {
  const resources = resourcesOf((stack) => new VaultAgent(stack, 'Reader', { agent: reader, login }));
  expect(only(resources, type)).toEqual({ ...role, ...TOKEN });
  expect(only(resources, 'vault_identity_entity_alias')).toMatchObject({ name: expect.stringMatching(alias) });
  expect(only(resources, 'vault_identity_entity_alias')).toMatchObject({
    canonical_id: expect.stringMatching(/vault_identity_entity\./),
    mount_accessor: expect.stringMatching(/data\.vault_auth_backend\..*accessor/),
  });
});

test('every kind of login is tested, and has its facts', () => {
  expect(CASES.map(({ kind }) => kind).sort()).toEqual(Object.keys(logins.logins).sort());
});

test('the entity says whose it is, and Terraform leaves its kill switch alone', () => {
  const agents: VaultAgent[] = [];
  const resources = resourcesOf((stack) => agents.push(new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login })));
  expect(only(resources, 'vault_identity_entity')).toEqual({
    external_policies: true,
    lifecycle: { ignore_changes: ['disabled'] },
    metadata: { agent: 'reader', fleet: 'prod', owner: 'o@example.com' },
    name: 'agentic-iam-prod--reader',
  });
  expect(agents[0]?.killSwitchPath).toBe('identity/entity/name/agentic-iam-prod--reader');
});

test('a secret is one policy on one path, given to the entities of its agents and to nobody else', () => {
  const resources = resourcesOf((stack) => {
    const agent = new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login, tokenTtl: minutes(5), tokenUses: 3 });
    new VaultAgent(stack, 'Other', {
      agent: new AgentSpec({ ...plain, name: 'other' }),
      login: VaultLogin.aws({ accountId: '111122223333' }),
    });
    new AgentSecret(stack, 'Erp', { agents: [agent], path: 'secret/data/erp/token' });
  });
  const { name, policy } = only(resources, 'vault_policy');
  expect(name).toMatch(/^agentic-iam-secret-data-erp-token-[a-z0-9]+$/);
  expect(policy).toMatchInlineSnapshot(`
"path "secret/data/erp/token" {
  capabilities = ["read"]
}
"
`);
  expect(Object.values(resources['vault_identity_entity_policies'] ?? {})).toHaveLength(1);
  expect(only(resources, 'vault_identity_entity_policies')).toMatchObject({
    entity_id: expect.stringMatching(/vault_identity_entity\.Reader/),
    exclusive: false,
    policies: [expect.stringMatching(/vault_policy\..*name/)],
  });
  const role = Object.values(resources['vault_aws_auth_backend_role'] ?? {}).find(({ token_num_uses: uses }) => uses !== undefined);
  expect(role).toMatchObject({ token_num_uses: 3, token_ttl: 300, token_max_ttl: 300 });
});

const plain = {
  name: 'reader',
  owner: 'o@example.com',
  purpose: 'p',
  mode: AgentMode.READ_ONLY,
  capabilities: [Capability.readSecret('erp')],
};

test.each([
  ['aws', 'aws/sts/deployer'],
  ['azure', 'azure/creds/deployer'],
  ['gcp', 'gcp/impersonated-account/deployer/token'],
] as const)('credentials of %s are asked for where they end by themselves', (cloud, path) => {
  const secrets: AgentSecret[] = [];
  resourcesOf((stack) => {
    const agent = new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login });
    secrets.push(AgentSecret.cloudCredentials(stack, 'Deploy', { agents: [agent], cloud, role: 'deployer', holds: ['someone'] }));
  });
  expect(secrets[0]?.path).toBe(path);
});

type Make = (stack: TerraformStack) => unknown;
const agentIn = (stack: TerraformStack): VaultAgent => new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login });
const withLogin =
  (login: () => VaultLogin): Make =>
  (stack) =>
    new VaultAgent(stack, 'Reader', { agent: reader, login: login() });

test.each<[string, Make, string]>([
  ['an account that is none', withLogin(() => VaultLogin.aws({ accountId: '1*' })), "'accountId' of a login to Vault must be 12 digits"],
  ['any service account', withLogin(() => VaultLogin.gcp({ email: '*' })), "'email' of a login to Vault must be the address"],
  ['any identity', withLogin(() => VaultLogin.azure({ objectId: '*' })), "'objectId' of a login to Vault must be a GUID"],
  [
    'any namespace',
    withLogin(() => VaultLogin.kubernetes({ namespace: '*', serviceAccount: 'a', audience: 'v' })),
    "'namespace' of a login to Vault must be the name of one",
  ],
  ['no audience', withLogin(() => VaultLogin.jwt({ audience: '', subject: 's' })), "'audience' of a login to Vault must be given"],
  ['any subject', withLogin(() => VaultLogin.jwt({ audience: 'v', subject: 'repo:org/*' })), "needs 'subject' without '*' or '?'"],
  ['a mount that leads elsewhere', withLogin(() => VaultLogin.jwt({ audience: 'v', subject: 's', mount: '../sys' })), "'mount' of a login"],
  [
    'a token that outlives the sessions',
    (stack) => new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login, tokenTtl: minutes(16) }),
    "token of agent 'reader' must live from 60 s to 900 s",
  ],
  [
    'a token without end',
    (stack) => new VaultAgent(stack, 'Reader', { agent: reader, login: CASES[0].login, tokenUses: 0 }),
    'must be usable a whole number of times',
  ],
  [
    'all secrets of a team',
    (stack) => new AgentSecret(stack, 'S', { agents: [agentIn(stack)], path: 'secret/data/erp/*' }),
    'must have a path',
  ],
  [
    'one part that is any',
    (stack) => new AgentSecret(stack, 'S', { agents: [agentIn(stack)], path: 'secret/data/+/token' }),
    'must have a path',
  ],
  [
    'a template',
    (stack) => new AgentSecret(stack, 'S', { agents: [agentIn(stack)], path: 'secret/data/{{identity.entity.id}}' }),
    'must have a path',
  ],
  ['a way up', (stack) => new AgentSecret(stack, 'S', { agents: [agentIn(stack)], path: 'secret/data/../x' }), 'must have a path'],
  ['nobody who reads it', (stack) => new AgentSecret(stack, 'S', { agents: [], path: 'secret/data/x' }), 'must name the agents'],
  [
    'credentials of nobody knows whom',
    (stack) => AgentSecret.cloudCredentials(stack, 'S', { agents: [agentIn(stack)], cloud: 'aws', role: 'r', holds: [] }),
    'must say whose credentials it gives',
  ],
])('%s is refused', (_, make, message) => {
  expect(() => make(new TerraformStack(Testing.app(), 'vault'))).toThrow(message);
});

describe('an agent of a cloud that reads a secret of Vault', () => {
  const path = 'secret/data/erp/token';
  const bound = {
    aws: () => {
      const stack = new Stack(new CdkApp(), 'desk', { env: { account: '111122223333', region: 'eu-central-1' } });
      const identity = new aws.AgentIdentity(stack, 'Reader', { agent: new AgentSpec(plain), trust: aws.AgentTrust.lambda() });
      new aws.ScopedAgentRole(stack, 'Role', { identity, resources: { erp: aws.AgentResource.vaultSecret(path) } });
      return { text: JSON.stringify(Template.fromStack(stack).toJSON()), manifest: manifestOf(stack) };
    },
    azure: () => {
      const stack = new TerraformStack(Testing.app(), 'desk');
      const resourceGroup = { name: 'agents', location: 'westeurope' };
      const trust = azure.AgentTrust.azureCompute();
      const identity = new azure.AgentIdentity(stack, 'Reader', { agent: new AgentSpec(plain), trust, resourceGroup });
      new azure.ScopedAgentRole(stack, 'Role', { identity, resources: { erp: azure.AgentResource.vaultSecret(path) } });
      return { text: Testing.synth(stack), manifest: manifestOf(stack) };
    },
    gcp: () => {
      const stack = new TerraformStack(Testing.app(), 'desk');
      const agent = new AgentSpec(plain);
      const identity = new gcp.AgentIdentity(stack, 'Reader', { agent, project: 'acme-prod', trust: gcp.AgentTrust.attached() });
      new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { erp: gcp.AgentResource.vaultSecret(path) } });
      return { text: Testing.synth(stack), manifest: manifestOf(stack) };
    },
  };

  test.each(Object.entries(bound))('is granted nothing for it by %s, and its manifest says who does', (_, make) => {
    const { text, manifest } = make();
    expect(text).not.toMatch(/secretsmanager|secretmanager\.|KeyVault/);
    expect(manifest.agents[0]).toMatchObject({
      access: [],
      outside: [{ capability: 'secrets:read', kind: 'vault-secret', name: path, resource: 'erp' }],
    });
  });

  test('reads nothing else of it that way', () => {
    const files = { kind: 'vault-secret', targets: {}, outside: path };
    expect(() => planAccess(reader, capabilities as Catalog, { erp: files, files })).toThrow("'files'");
  });

  test('is not expected to do so in the log of the cloud', () => {
    const { manifest } = bound.gcp();
    const [agent] = manifest.agents;
    if (!agent) throw new Error('no agent');
    const workflows = [
      {
        name: 'answer',
        steps: [
          { oneOf: ['erp:read'], occurs: 'once' as const },
          { oneOf: ['erp:read', 'files:read'], occurs: 'once' as const },
        ],
        anytime: ['erp:read'],
      },
    ];
    const names = {
      patterns: (scope: unknown) => [String(scope)],
      principals: () => [],
      enteredBy: () => undefined,
      isIndirect: () => false,
      accounts: () => undefined,
    };
    expect(watchedAgent({ ...agent, workflows }, names).workflows).toEqual([
      { name: 'answer', steps: [{ oneOf: ['files:read'], occurs: 'once' }], anytime: [] },
    ]);
  });
});

test('what credentials of a cloud lead to joins the blast radius of who may ask for them', () => {
  const WRITER = 'serviceAccount:main--writer@acme-prod.iam.gserviceaccount.com';
  const stack = new TerraformStack(Testing.app(), 'desk');
  const agent = new AgentSpec(plain);
  const trust = gcp.AgentTrust.attached();
  const identity = new gcp.AgentIdentity(stack, 'Reader', { agent, project: 'acme-prod', trust });
  const login = VaultLogin.gcp({ email: 'main--reader@acme-prod.iam.gserviceaccount.com' });
  new gcp.AgentIdentity(stack, 'Writer', { agent: new AgentSpec({ ...plain, name: 'writer' }), project: 'acme-prod', trust });
  const agents = [new VaultAgent(stack, 'InVault', { agent, login })];
  const secret = AgentSecret.cloudCredentials(stack, 'Deploy', { agents, cloud: 'gcp', role: 'writer', holds: [WRITER] });
  new gcp.ScopedAgentRole(stack, 'Role', { identity, resources: { erp: gcp.AgentResource.vaultSecret(secret.path) } });
  const inputs: ReviewInput[] = [
    { kind: 'terraform-stack', file: 'stacks/desk/cdk.tf.json', json: JSON.parse(Testing.synth(stack)), stack: { name: 'desk' } },
    { kind: 'manifest', file: 'agentic-iam.manifest.json', json: manifestOf(stack) },
  ];
  const { principals } = reviewWorlds(worldsOf(inputs), { sources: [] });
  const reached = principals.map(({ agent: name, blastRadius }) => [name, blastRadius.principals.includes(WRITER)]);
  expect(reached).toEqual([
    ['reader', true],
    ['writer', false],
  ]);
});
