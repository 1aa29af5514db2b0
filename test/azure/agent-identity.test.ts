import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group';
import { App, Testing } from 'cdktf';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { AgentIdentity, type AgentIdentityProps } from '../../lib/azure/agent-identity';
import { AgentTrust } from '../../lib/azure/agent-trust';
import type { AgentSpec, AgentSpecProps } from '../../lib/core/agent-spec';
import { Fleets } from '../../lib/core/fleet';
import { MANIFEST_FILE } from '../../lib/core/manifest';
import { identityName } from '../../lib/core/names';
import { TerraformStack } from '../../lib/terraform/core';
import { RawProvider } from '../../lib/terraform/raw';
import { reader } from '../fixtures/agents';

const GUID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const TENANT = '11111111-2222-3333-4444-555555555555';
const resourceGroup = { name: 'rg-agents', location: 'westeurope' };

const anAgent = (changes: Partial<AgentSpecProps> = {}): AgentSpec =>
  reader({ name: 'reader', owner: 'finance@example.com', scope: { environment: 'prod' }, ...changes });
const aStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');
const gitHub = (branch: string): AgentTrust => AgentTrust.gitHubActions({ repository: 'contoso/payments', branch });
const synth = (stack: TerraformStack) => JSON.parse(Testing.synth(stack)).resource;

function anIdentity(scope: Construct, props: Partial<AgentIdentityProps> = {}): AgentIdentity {
  return new AgentIdentity(scope, 'Reader', { agent: anAgent(), trust: AgentTrust.azureCompute(), resourceGroup, ...props });
}

test('an agent on Azure compute gets a managed identity and nothing to exchange', () => {
  const stack = aStack();
  anIdentity(stack);
  expect(synth(stack)).toMatchInlineSnapshot(`
{
  "azurerm_user_assigned_identity": {
    "prod__reader": {
      "location": "westeurope",
      "name": "prod--reader",
      "resource_group_name": "rg-agents",
      "tags": {
        "agent": "reader",
        "environment": "prod",
        "fleet": "prod",
        "owner": "finance@example.com",
        "purpose": "answers questions about invoices",
      },
    },
  },
}
`);
});

const FEDERATED: Readonly<Record<string, AgentTrust>> = {
  aks: AgentTrust.aks({ issuerUrl: 'https://weu.oic.prod-aks.azure.com/t/c/', namespace: 'agents', serviceAccount: 'reader' }),
  gitHubActions: AgentTrust.gitHubActions({ repository: 'contoso/payments', environment: 'prod' }),
  oidc: AgentTrust.oidc({ issuer: 'https://gitlab.com', subject: 'project_id:1:ref_type:branch:ref:main' }),
  aws: AgentTrust.aws({ issuer: 'https://abc.tokens.sts.global.api.aws', roleArn: 'arn:aws:iam::111122223333:role/reader' }),
  gcp: AgentTrust.gcp({ uniqueId: '112233445566778899001' }),
};

test('every way in by federation becomes one credential of the managed identity', () => {
  const credentials = Object.values(FEDERATED).map((trust) => {
    const stack = aStack();
    anIdentity(stack, { trust });
    return synth(stack).azurerm_federated_identity_credential;
  });
  expect(Object.assign({}, ...credentials)).toMatchInlineSnapshot(`
{
  "prod__reader__aks_lbgy6tdfrv": {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://weu.oic.prod-aks.azure.com/t/c/",
    "name": "aks-lbgy6tdfrv",
    "parent_id": "\${azurerm_user_assigned_identity.prod__reader.id}",
    "resource_group_name": "rg-agents",
    "subject": "system:serviceaccount:agents:reader",
  },
  "prod__reader__aws_mwnzlg5jmi": {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://abc.tokens.sts.global.api.aws",
    "name": "aws-mwnzlg5jmi",
    "parent_id": "\${azurerm_user_assigned_identity.prod__reader.id}",
    "resource_group_name": "rg-agents",
    "subject": "arn:aws:iam::111122223333:role/reader",
  },
  "prod__reader__gcp_c724ddfsio": {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://accounts.google.com",
    "name": "gcp-c724ddfsio",
    "parent_id": "\${azurerm_user_assigned_identity.prod__reader.id}",
    "resource_group_name": "rg-agents",
    "subject": "112233445566778899001",
  },
  "prod__reader__githubactions_qwix2gefir": {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://token.actions.githubusercontent.com",
    "name": "githubactions-qwix2gefir",
    "parent_id": "\${azurerm_user_assigned_identity.prod__reader.id}",
    "resource_group_name": "rg-agents",
    "subject": "repo:contoso/payments:environment:prod",
  },
  "prod__reader__oidc_ojgvfr3kvs": {
    "audience": [
      "api://AzureADTokenExchange",
    ],
    "issuer": "https://gitlab.com",
    "name": "oidc-ojgvfr3kvs",
    "parent_id": "\${azurerm_user_assigned_identity.prod__reader.id}",
    "resource_group_name": "rg-agents",
    "subject": "project_id:1:ref_type:branch:ref:main",
  },
}
`);
});

test('several credentials are written one after another', () => {
  const stack = aStack();
  anIdentity(stack, { trust: AgentTrust.anyOf(gitHub('a'), gitHub('b'), gitHub('c')) });
  const credentials: readonly { name: string; subject: string; depends_on?: readonly string[] }[] = Object.values(
    synth(stack).azurerm_federated_identity_credential,
  );
  const order = (branch: string) => credentials.find(({ subject }) => subject.endsWith(branch));
  const address = (branch: string) => `azurerm_federated_identity_credential.prod__reader__${order(branch)?.name.replace('-', '_')}`;
  expect(order('/a')?.depends_on).toBeUndefined();
  expect(order('/b')?.depends_on).toEqual([address('/a')]);
  expect(order('/c')?.depends_on).toEqual([address('/b')]);
});

test('names of credentials do not depend on the order of the trust', () => {
  const names = (...branches: string[]) => {
    const stack = aStack();
    anIdentity(stack, { trust: AgentTrust.anyOf(...branches.map(gitHub)) });
    return Object.keys(synth(stack).azurerm_federated_identity_credential).sort();
  };
  expect(names('a', 'b')).toEqual(names('b', 'a'));
  expect(names('a', 'b')).toEqual(expect.arrayContaining(names('a')));
});

test('an application has a service principal, credentials, no secret, and brings its provider', () => {
  const stack = aStack();
  const identity = AgentIdentity.application(stack, 'Reader', { agent: anAgent(), trust: gitHub('main'), owners: [GUID] });
  const { resource, provider, terraform } = JSON.parse(Testing.synth(stack, true));
  expect({ resource, provider, required: terraform.required_providers }).toMatchInlineSnapshot(`
{
  "provider": {
    "azuread": [
      {},
    ],
  },
  "required": {
    "azuread": {
      "source": "hashicorp/azuread",
      "version": "~> 3.7",
    },
  },
  "resource": {
    "azuread_application": {
      "prod__reader": {
        "description": "answers questions about invoices",
        "display_name": "prod--reader",
        "owners": [
          "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        ],
        "prevent_duplicate_names": true,
        "sign_in_audience": "AzureADMyOrg",
        "tags": [
          "agent=reader",
          "owner=finance@example.com",
          "fleet=prod",
          "environment=prod",
        ],
      },
    },
    "azuread_application_federated_identity_credential": {
      "prod__reader__githubactions_byvol6nnba": {
        "application_id": "\${azuread_application.prod__reader.id}",
        "audiences": [
          "api://AzureADTokenExchange",
        ],
        "display_name": "githubactions-byvol6nnba",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/payments:ref:refs/heads/main",
      },
    },
    "azuread_service_principal": {
      "prod__reader": {
        "client_id": "\${azuread_application.prod__reader.client_id}",
        "description": "answers questions about invoices",
        "lifecycle": {
          "ignore_changes": [
            "account_enabled",
          ],
        },
        "owners": [
          "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        ],
      },
    },
  },
}
`);
  expect(identity.kind).toBe('application');
});

test('an agent ID has a blueprint of its own, which bears the credentials', () => {
  const stack = aStack();
  const trust = AgentTrust.managedIdentity({ principalId: GUID, tenantId: TENANT });
  AgentIdentity.agentId(stack, 'Reader', { agent: anAgent(), trust, sponsors: { users: [GUID], groups: [TENANT] } });
  const { resource, provider, terraform } = JSON.parse(Testing.synth(stack, true));
  expect({ resource, provider, required: terraform.required_providers }).toMatchInlineSnapshot(`
{
  "provider": {
    "msgraph": [
      {},
    ],
  },
  "required": {
    "msgraph": {
      "source": "microsoft/msgraph",
      "version": "~> 0.2",
    },
  },
  "resource": {
    "msgraph_resource": {
      "prod__reader__AgentIdentity": {
        "api_version": "v1.0",
        "body": {
          "agentIdentityBlueprintId": "\${msgraph_resource.prod__reader__Blueprint.output.client_id}",
          "displayName": "prod--reader",
          "sponsors@odata.bind": [
            "https://graph.microsoft.com/v1.0/users/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "https://graph.microsoft.com/v1.0/groups/11111111-2222-3333-4444-555555555555",
          ],
        },
        "depends_on": [
          "msgraph_resource.prod__reader__BlueprintPrincipal",
        ],
        "response_export_values": {
          "client_id": "appId",
        },
        "url": "servicePrincipals/microsoft.graph.agentIdentity",
      },
      "prod__reader__Blueprint": {
        "api_version": "v1.0",
        "body": {
          "description": "answers questions about invoices",
          "displayName": "prod--reader",
          "sponsors@odata.bind": [
            "https://graph.microsoft.com/v1.0/users/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
            "https://graph.microsoft.com/v1.0/groups/11111111-2222-3333-4444-555555555555",
          ],
          "tags": [
            "agent=reader",
            "owner=finance@example.com",
            "fleet=prod",
            "environment=prod",
          ],
        },
        "response_export_values": {
          "client_id": "appId",
        },
        "url": "applications/microsoft.graph.agentIdentityBlueprint",
      },
      "prod__reader__BlueprintPrincipal": {
        "api_version": "v1.0",
        "body": {
          "appId": "\${msgraph_resource.prod__reader__Blueprint.output.client_id}",
        },
        "url": "servicePrincipals/microsoft.graph.agentIdentityBlueprintPrincipal",
      },
      "prod__reader__managedidentity_mnaejtlapb": {
        "api_version": "v1.0",
        "body": {
          "audiences": [
            "api://AzureADTokenExchange",
          ],
          "issuer": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
          "name": "managedidentity-mnaejtlapb",
          "subject": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        },
        "url": "applications/\${msgraph_resource.prod__reader__Blueprint.id}/federatedIdentityCredentials",
      },
    },
  },
}
`);
});

test('an agent may be taken on by the managed identity of the agent that delegates to it', () => {
  const stack = aStack();
  const child = anAgent({ name: 'summariser' });
  const parent = anIdentity(stack, { agent: anAgent({ delegatesTo: [child] }) });
  AgentIdentity.application(stack, 'Summariser', { agent: child, trust: AgentTrust.agent(parent) });
  const [credential] = Object.values(synth(stack).azuread_application_federated_identity_credential);
  expect(credential).toMatchInlineSnapshot(`
{
  "application_id": "\${azuread_application.prod__summariser.id}",
  "audiences": [
    "api://AzureADTokenExchange",
  ],
  "display_name": "agent-p7lbn74a6e",
  "issuer": "https://login.microsoftonline.com/\${azurerm_user_assigned_identity.prod__reader.tenant_id}/v2.0",
  "subject": "\${azurerm_user_assigned_identity.prod__reader.principal_id}",
}
`);
});

test('the address and the name stay when constructs move, are renamed, or gain neighbours', () => {
  const addresses = (build: (stack: TerraformStack) => void) => {
    const stack = aStack();
    build(stack);
    const { azurerm_user_assigned_identity: identities, azurerm_federated_identity_credential: credentials } = synth(stack);
    return { identities, credentials };
  };
  const trust = gitHub('main');
  const plain = addresses((stack) => anIdentity(stack, { trust }));
  const moved = addresses((stack) => {
    new Construct(stack, 'Neighbour');
    new AgentIdentity(new Construct(stack, 'Elsewhere'), 'Renamed', { agent: anAgent(), trust, resourceGroup });
  });
  expect(moved).toEqual(plain);
});

test('no two agents share a native name or an address', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3}){0,2}$/);
  const agent = fc.tuple(word, word);
  const address = ([fleet, name]: readonly [string, string]) => `${fleet}__${name}`.replaceAll('-', '_');
  fc.assert(
    fc.property(agent, agent, (a, b) => {
      const same = a[0] === b[0] && a[1] === b[1];
      return (identityName(...a, 128) === identityName(...b, 128)) === same && (address(a) === address(b)) === same;
    }),
  );
});

test('the tags say whose agent it is, and the text of a purpose cannot open a template', () => {
  const stack = aStack();
  const agent = anAgent({ purpose: 'explains ${prices} & "why?"' });
  anIdentity(stack, { agent, fleet: 'blue', tags: { team: 'a', owner: 'nobody' } });
  const { tags } = synth(stack).azurerm_user_assigned_identity.blue__reader;
  expect(tags).toMatchInlineSnapshot(`
{
  "agent": "reader",
  "environment": "prod",
  "fleet": "blue",
  "owner": "finance@example.com",
  "purpose": "explains $\${prices} & "why?"",
  "team": "a",
}
`);
});

test('a resource group is taken as it is, reference and all', () => {
  const stack = aStack();
  anIdentity(stack, { resourceGroup: new ResourceGroup(stack, 'Group', { name: 'rg', location: 'westeurope' }) });
  expect(synth(stack).azurerm_user_assigned_identity.prod__reader).toMatchObject({
    location: '${azurerm_resource_group.Group.location}',
    resource_group_name: '${azurerm_resource_group.Group.name}',
  });
});

test('the manifest shows identity, trust, life of credentials and native grants', () => {
  const stack = aStack();
  const identity = anIdentity(stack, { trust: AgentTrust.anyOf(AgentTrust.azureCompute(), gitHub('main')) });
  identity.recordNativeGrant({ origin: 'stack/Assignment', permissions: ['b', 'a'], scopes: [identity.identityId] });
  const [agent] = Fleets.of(stack.node.root).toManifest().agents;
  expect({ fleet: agent?.fleet, construct: agent?.construct, identity: agent?.identity, native: agent?.native }).toMatchInlineSnapshot(`
{
  "construct": "stack/Reader",
  "fleet": "prod",
  "identity": {
    "credentialLifeReason": "Azure keeps the tokens of a managed identity for about 24 hours per resource and cannot renew or withdraw them earlier",
    "credentialLifeSeconds": 86400,
    "kind": "user-assigned-identity",
    "name": "prod--reader",
    "principal": {
      "clientId": "\${azurerm_user_assigned_identity.prod__reader.client_id}",
      "principalId": "\${azurerm_user_assigned_identity.prod__reader.principal_id}",
    },
    "trust": [
      {
        "bounds": {
          "bearer": "any Azure resource the identity is attached to",
        },
        "kind": "azureCompute",
      },
      {
        "bounds": {
          "audience": "api://AzureADTokenExchange",
          "issuer": "https://token.actions.githubusercontent.com",
          "subject": "repo:contoso/payments:ref:refs/heads/main",
        },
        "kind": "gitHubActions",
      },
    ],
  },
  "native": [
    {
      "conditions": [],
      "origin": "stack/Assignment",
      "permissions": [
        "a",
        "b",
      ],
      "scopes": [
        "\${azurerm_user_assigned_identity.prod__reader.id}",
      ],
    },
  ],
}
`);
  expect(agent?.findings.map(({ id }) => id)).toEqual(['no-role', 'native-grant', 'credential-life']);
});

test('the credential of an application lives no longer than 90 minutes', () => {
  const stack = aStack();
  AgentIdentity.application(stack, 'Reader', { agent: anAgent(), trust: gitHub('main') });
  const [agent] = Fleets.of(stack.node.root).toManifest().agents;
  expect(agent?.identity).toMatchObject({ kind: 'application', credentialLifeSeconds: 5400 });
});

test('an imported identity joins fleet and manifest and synthesises nothing', () => {
  const stack = aStack();
  const identity = AgentIdentity.fromIdentityAttributes(stack, 'Reader', { agent: anAgent(), principalId: GUID, clientId: TENANT });
  identity.recordNativeGrant({ origin: 'elsewhere', permissions: ['x'], scopes: ['/s'], conditions: [{ expression: 'c' }] });
  expect(synth(stack)).toBeUndefined();
  const [agent] = Fleets.of(stack.node.root).toManifest().agents;
  expect({ identity: agent?.identity, native: agent?.native }).toMatchInlineSnapshot(`
{
  "identity": {
    "credentialLifeReason": "Azure keeps the tokens of a managed identity for about 24 hours per resource and cannot renew or withdraw them earlier",
    "credentialLifeSeconds": 86400,
    "kind": "user-assigned-identity",
    "name": "prod--reader",
    "principal": {
      "clientId": "11111111-2222-3333-4444-555555555555",
      "principalId": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    },
    "trust": [
      {
        "bounds": {},
        "kind": "imported",
      },
    ],
  },
  "native": [
    {
      "conditions": [
        {
          "expression": "c",
        },
      ],
      "origin": "elsewhere",
      "permissions": [
        "x",
      ],
      "scopes": [
        "/s",
      ],
    },
  ],
}
`);
});

test('synth writes the manifest beside the stack', () => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'azure-')) });
  const stack = new TerraformStack(app, 'stack');
  new AzurermProvider(stack, 'azurerm', { features: [{}] });
  anIdentity(stack);
  app.synth();
  const manifest = JSON.parse(readFileSync(join(app.outdir, MANIFEST_FILE), 'utf8'));
  expect(manifest.agents[0].identity.principal.principalId).toBe('${azurerm_user_assigned_identity.prod__reader.principal_id}');
});

test('the provider the user declared is used', () => {
  const stack = aStack();
  AgentIdentity.application(stack, 'Reader', { agent: anAgent(), trust: gitHub('main') });
  new RawProvider(stack, 'Entra', { name: 'azuread', source: 'hashicorp/azuread', version: '~> 3.8', config: { tenant_id: TENANT } });
  expect(JSON.parse(Testing.synth(stack, true)).provider.azuread).toEqual([{ tenant_id: TENANT }]);
});

const trust = AgentTrust.azureCompute();
const REFUSED: readonly [string, (stack: TerraformStack) => unknown, string][] = [
  [
    'a 21st federated credential',
    (stack) => anIdentity(stack, { trust: AgentTrust.anyOf(...Array.from({ length: 21 }, (_, n) => gitHub(`b${n}`))) }),
    "agent 'reader' takes at most 20 federated credentials, because the cloud refuses more, got: 21; remove some, or split the agent [too-many]",
  ],
  [
    'the same issuer and subject twice',
    (stack) =>
      anIdentity(stack, {
        trust: AgentTrust.anyOf(
          gitHub('a'),
          AgentTrust.oidc({ issuer: 'https://token.actions.githubusercontent.com', subject: 'repo:contoso/payments:ref:refs/heads/a' }),
        ),
      }),
    "agent 'reader' needs each issuer and subject once in its trust, because Entra refuses a second one for the same issuer and subject, got: 'https://token.actions.githubusercontent.com repo:contoso/payments:ref:refs/heads/a'; remove one of them [invalid-trust]",
  ],
  [
    'a trust without a way in',
    (stack) => anIdentity(stack, { trust: AgentTrust.anyOf() }),
    "agent 'reader' needs at least one way in, because nobody could become the agent, got: 'none'; name one in its trust [invalid-trust]",
  ],
  [
    'a managed identity that trusts another',
    (stack) => anIdentity(stack, { trust: AgentTrust.managedIdentity({ principalId: GUID, tenantId: TENANT }) }),
    "agent 'reader' cannot trust a managed identity while it is one itself, because Entra takes the token of a managed identity as credential of applications and agent IDs alone, got: 'managedIdentity'; make the identity with AgentIdentity.application() or AgentIdentity.agentId() [invalid-trust]",
  ],
  [
    'an application attached to compute',
    (stack) => AgentIdentity.application(stack, 'A', { agent: anAgent(), trust }),
    "agent 'reader' cannot be attached to Azure compute as application, because only a managed identity can be attached to a resource of Azure, got: 'azureCompute'; make the identity with new AgentIdentity(), or trust the managed identity of that resource with AgentTrust.managedIdentity() [invalid-trust]",
  ],
  [
    'an agent ID that nobody answers for',
    (stack) => AgentIdentity.agentId(stack, 'A', { agent: anAgent(), trust: gitHub('a'), sponsors: {} }),
    "agent 'reader' needs 'sponsors' not to be empty, because Entra makes no agent that nobody answers for; set 'sponsors' [empty-field]",
  ],
  [
    'an agent ID with six sponsoring groups',
    (stack) => AgentIdentity.agentId(stack, 'A', { agent: anAgent(), trust: gitHub('a'), sponsors: { groups: Array(6).fill(GUID) } }),
    "agent 'reader' takes at most 5 sponsor groups, because the cloud refuses more, got: 6; remove some, or split the agent [too-many]",
  ],
  [
    'a sponsor by address',
    (stack) => AgentIdentity.agentId(stack, 'A', { agent: anAgent(), trust: gitHub('a'), sponsors: { users: ['a@b.c'] } }),
    "agent 'reader' needs 'sponsors' to be an id that Entra gave, because Entra tells objects apart by nothing else, got: 'a@b.c'; write it like '00000000-0000-0000-0000-000000000000' [invalid-trust]",
  ],
  [
    'a second identity of an agent in its fleet',
    (stack) => [anIdentity(stack), anIdentity(new Construct(stack, 'Again'))],
    "agent 'reader' already has an identity in fleet 'prod' on azure, because an identity is never shared, got: 'stack/Reader'; use that identity, or give this deployment its own 'fleet' [duplicate-agent]",
  ],
  [
    'a fleet with a bad name',
    (stack) => anIdentity(stack, { fleet: 'Blue_1' }),
    "fleet 'Blue_1' must be lower-case letters and digits in words joined by single hyphens, first a letter, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'Blue_1'; use for example 'blue-1' [invalid-name]",
  ],
  [
    'a purpose beyond 256 characters',
    (stack) => anIdentity(stack, { agent: anAgent({ purpose: 'p'.repeat(257) }) }),
    "agent 'reader' needs 'purpose' of at most 256 characters, because Azure stores no more in a tag, got: 257; say it in fewer [value-too-long]",
  ],
  [
    'a purpose of an application beyond 1,024',
    (stack) => AgentIdentity.application(stack, 'A', { agent: anAgent({ purpose: 'p'.repeat(1025) }), trust: gitHub('a') }),
    "agent 'reader' needs 'purpose' of at most 1024 characters, because Entra stores no more, got: 1025; say it in fewer [value-too-long]",
  ],
  [
    'a tag name with a slash',
    (stack) => anIdentity(stack, { tags: { 'a/b': 'c' } }),
    "agent 'reader' needs 'tags' without any of < > % & \\ ? / in a name, because Azure refuses them there, got: 'a/b'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [
    'a 51st tag',
    (stack) => anIdentity(stack, { tags: Object.fromEntries(Array.from({ length: 46 }, (_, n) => [`t${n}`, 'v'])) }),
    "agent 'reader' takes at most 50 tags, because the cloud refuses more, got: 51; remove some, or split the agent [too-many]",
  ],
  [
    'an imported identity without an object id',
    (stack) => AgentIdentity.fromIdentityAttributes(stack, 'A', { agent: anAgent(), principalId: 'reader', clientId: GUID }),
    "agent 'reader' needs 'principalId' to be an id that Entra gave, because Entra tells objects apart by nothing else, got: 'reader'; write it like '00000000-0000-0000-0000-000000000000' [invalid-trust]",
  ],
];

test.each(REFUSED)('%s is refused', (_what, build, message) => {
  expect(() => build(aStack())).toThrow(message);
});

test('20 federated credentials are taken', () => {
  const stack = aStack();
  anIdentity(stack, { trust: AgentTrust.anyOf(...Array.from({ length: 20 }, (_, n) => gitHub(`b${n}`))) });
  expect(Object.keys(synth(stack).azurerm_federated_identity_credential)).toHaveLength(20);
});
