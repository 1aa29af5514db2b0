import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { hours, minutes } from '../../lib';
import { AgentIdentity, type IdentityAttributes } from '../../lib/gcp/agent-identity';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { describeAgent } from '../../lib/gcp/private/identity/description';
import { manifestOf } from '../../lib/testing';
import { messageOf, reader } from '../fixtures/agents';
import { identityProps, inStack, makeFederated, makeIdentity, newStack, ofType, PROJECT, resourcesOf } from './identity-stack';

const oidc = AgentTrust.oidc({ issuer: 'https://oidc.example.com', subject: 'agent:invoices', audience: 'gcp' });

test('an identity is a service account without keys, whose switch Terraform leaves alone', () => {
  const stack = newStack();
  makeIdentity(stack);
  expect(resourcesOf(stack)).toMatchInlineSnapshot(`
{
  "google_service_account": {
    "main__invoice_reader": {
      "account_id": "main--invoice-reader",
      "description": "answers questions about invoices (owner: finance-platform@example.com)",
      "display_name": "invoice-reader of main",
      "lifecycle": {
        "ignore_changes": [
          "disabled",
        ],
      },
      "project": "finance-prod",
    },
  },
}
`);
});

test('member and email refer to the account, so that grants wait for it', () => {
  const stack = newStack();
  const { member, email, kind, fleet, project } = makeIdentity(stack, { agent: reader({ scope: { environment: 'prod' } }) });
  new TerraformVariable(stack, 'Shown', { default: { member, email } });
  const shown = (JSON.parse(Testing.synth(stack)) as { variable: { Shown: { default: unknown } } }).variable.Shown.default;
  const [name] = Object.keys(resourcesOf(stack)['google_service_account'] ?? {});
  expect(shown).toEqual({ member: `\${google_service_account.${name}.member}`, email: `\${google_service_account.${name}.email}` });
  expect({ kind, fleet, project }).toEqual({ kind: 'service-account', fleet: 'prod', project: PROJECT });
});

test('each external workload may take on exactly this account', () => {
  const stack = newStack();
  makeIdentity(stack, { trust: AgentTrust.anyOf(oidc, AgentTrust.cloudRun()) });
  const [name] = Object.keys(resourcesOf(stack)['google_service_account'] ?? {});
  expect(ofType(stack, 'google_service_account_iam_member')).toMatchObject([
    { role: 'roles/iam.workloadIdentityUser', service_account_id: `\${google_service_account.${name}.name}` },
  ]);
});

test('account and pool keep their ids when other constructs come first', () => {
  const idsOf = (crowded: boolean): unknown => {
    const stack = newStack();
    if (crowded) new AgentIdentity(stack, 'Other', identityProps({ agent: reader({ name: 'other' }), fleet: 'dev' }));
    makeIdentity(stack, { trust: oidc });
    const account = ofType(stack, 'google_service_account').find(({ display_name }) => display_name === 'invoice-reader of main');
    return [account?.['account_id'], ofType(stack, 'google_iam_workload_identity_pool')[0]?.['workload_identity_pool_id']];
  };
  expect(idsOf(true)).toEqual(idsOf(false));
});

test.each([
  ['short texts', 'reads', 'x@example.com', 'reads (owner: x@example.com)'],
  ['a template sequence', 'reads ${var.secret} and %{if}', 'x', 'reads $${var.secret} and %%{if} (owner: x)'],
  ['a purpose too long', 'p'.repeat(300), 'x', expect.stringMatching(/^owner: x; purpose in the manifest, hash [a-z2-7]{10}$/)],
  ['both too long', 'p'.repeat(300), 'ö'.repeat(130), expect.stringMatching(/^owner and purpose in the manifest, hash [a-z2-7]{10}$/)],
])('the description shows %s whole or not at all', (_title, purpose, owner, text) => {
  const description = describeAgent(reader({ owner, purpose }));
  expect(description).toEqual(text);
  expect(Buffer.byteLength(description)).toBeLessThanOrEqual(256);
});

test('the manifest names account, trust and life of the credentials', () => {
  const stack = newStack();
  makeIdentity(stack, { agent: reader({ maxSession: minutes(15) }), trust: oidc });
  const { identity, fleet, cloud, construct } = manifestOf(stack).agents[0] ?? {};
  expect({ identity, fleet, cloud, construct }).toMatchInlineSnapshot(`
{
  "cloud": "gcp",
  "construct": "demo/Reader",
  "fleet": "main",
  "identity": {
    "credentialLifeReason": "an access token of a service account lives up to 1 h; who asks for one may choose less, and IAM cannot demand it",
    "credentialLifeSeconds": 3600,
    "kind": "service-account",
    "name": "main--invoice-reader",
    "principal": "\${google_service_account.main__invoice_reader.member}",
    "trust": [
      {
        "bounds": {
          "audience": "gcp",
          "issuer": "https://oidc.example.com",
          "provider": "\${google_iam_workload_identity_pool_provider.AgenticIamPool-main_oidc-64wpj24koo_06441B28.name}",
          "subject": "agent:invoices",
        },
        "kind": "oidc",
      },
    ],
  },
}
`);
});

test('a session below one hour is reported as not enforced', () => {
  const stack = newStack();
  makeIdentity(stack, { agent: reader({ maxSession: minutes(15) }) });
  expect(manifestOf(stack).agents[0]?.findings.map(({ id }) => id)).toContain('credential-life');
});

test('synth writes the manifest beside the template', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-'));
  const app = new App({ outdir, skipValidation: true });
  makeIdentity(new TerraformStack(app, 'demo'));
  app.synth();
  expect(JSON.parse(readFileSync(join(outdir, 'agentic-iam.manifest.json'), 'utf8'))).toEqual(manifestOf(app));
});

test('a native grant is shown in the manifest and found by the review', () => {
  const stack = newStack();
  const identity = makeIdentity(stack);
  const bucket = new TerraformVariable(stack, 'Bucket', {}).stringValue;
  identity.recordNativeGrant({ origin: 'demo/Grant', permissions: ['b', 'a'], scopes: [bucket], conditions: [{ title: 't' }] });
  identity.recordNativeGrant({ origin: 'demo/Other', permissions: ['c'], scopes: ['x'] });
  const [shown] = manifestOf(stack).agents;
  expect(shown?.native).toEqual([
    { origin: 'demo/Grant', permissions: ['a', 'b'], scopes: ['${var.Bucket}'], conditions: [{ title: 't' }] },
    { origin: 'demo/Other', permissions: ['c'], scopes: ['x'], conditions: [] },
  ]);
  expect(shown?.findings.map(({ id }) => id)).toContain('native-grant');
});

test('a federated identity is the principal itself and makes no service account', () => {
  const stack = newStack();
  const identity = makeFederated(stack, { trust: oidc });
  expect(Object.keys(resourcesOf(stack))).toEqual(['google_iam_workload_identity_pool', 'google_iam_workload_identity_pool_provider']);
  expect(identity.email).toBeUndefined();
  expect(manifestOf(stack).agents[0]?.identity).toMatchInlineSnapshot(`
{
  "credentialLifeReason": "an access token of a federated principal lives up to 1 h, and no setting of the pool shortens it",
  "credentialLifeSeconds": 3600,
  "kind": "federated-principal",
  "name": "agent:invoices",
  "principal": "principal://iam.googleapis.com/\${google_iam_workload_identity_pool.AgenticIamPool-main_Pool_7E49AD95.name}/subject/agent:invoices",
  "trust": [
    {
      "bounds": {
        "audience": "gcp",
        "issuer": "https://oidc.example.com",
        "provider": "\${google_iam_workload_identity_pool_provider.AgenticIamPool-main_oidc-64wpj24koo_06441B28.name}",
        "subject": "agent:invoices",
      },
      "kind": "oidc",
    },
  ],
}
`);
});

test('agents of one name in two stacks and fleets are two identities', () => {
  const stack = newStack('one');
  makeIdentity(stack, { fleet: 'prod' });
  makeIdentity(inStack(stack, 'two'), { fleet: 'dev' });
  expect(manifestOf(stack).agents.map(({ fleet }) => fleet)).toEqual(['dev', 'prod']);
});

test('an agent engine has an identity of its own, from a provider that knows it', () => {
  const stack = newStack();
  const identity = AgentIdentity.agentEngine(stack, 'Reader', { agent: reader(), project: PROJECT, location: 'europe-west4' });
  const template = JSON.parse(Testing.synth(stack)) as { resource: unknown; terraform: { required_providers: unknown } };
  expect({ resource: template.resource, providers: template.terraform.required_providers }).toMatchInlineSnapshot(`
{
  "providers": {
    "google": {
      "version": ">= 7.28.0, < 8.0.0",
    },
  },
  "resource": {
    "google_vertex_ai_reasoning_engine": {
      "main__invoice_reader": {
        "description": "answers questions about invoices (owner: finance-platform@example.com)",
        "display_name": "main--invoice-reader",
        "lifecycle": {
          "ignore_changes": [
            "spec[0].agent_framework",
            "spec[0].class_methods",
            "spec[0].deployment_spec",
            "spec[0].package_spec",
            "spec[0].source_code_spec",
          ],
        },
        "project": "finance-prod",
        "region": "europe-west4",
        "spec": [
          {
            "identity_type": "AGENT_IDENTITY",
          },
        ],
      },
    },
  },
}
`);
  expect(identity.kind).toBe('agent-identity');
  expect(manifestOf(stack).agents[0]?.identity).toMatchInlineSnapshot(`
{
  "credentialLifeReason": "an access token of an agent identity lives up to 1 h, bound to the certificate of its runtime; no setting shortens it",
  "credentialLifeSeconds": 3600,
  "kind": "agent-identity",
  "name": "main--invoice-reader",
  "principal": "principal://\${google_vertex_ai_reasoning_engine.main__invoice_reader.spec[0].effective_identity}",
  "trust": [
    {
      "bounds": {
        "engine": "\${google_vertex_ai_reasoning_engine.main__invoice_reader}",
        "region": "europe-west4",
      },
      "kind": "agentEngine",
    },
  ],
}
`);
});

test('an agent engine takes the rest of its spec, and Terraform then owns it', () => {
  const stack = newStack();
  const spec = { source_code_spec: [{ python_spec: [{ version: '3.13' }] }] };
  const props = { agent: reader(), project: PROJECT, location: 'europe-west4', spec, googleVersion: '>= 8.0.0' };
  AgentIdentity.agentEngine(stack, 'Reader', props);
  const template = JSON.parse(Testing.synth(stack)) as { terraform: { required_providers: object } };
  expect(template.terraform.required_providers).toEqual({ google: { version: '>= 8.0.0' } });
  const [engine] = ofType(stack, 'google_vertex_ai_reasoning_engine');
  expect(engine).toMatchObject({ spec: [{ ...spec, identity_type: 'AGENT_IDENTITY' }] });
  expect(engine).not.toHaveProperty('lifecycle');
});

const imported = (attributes: Partial<IdentityAttributes>, stack = newStack()) =>
  AgentIdentity.fromIdentityAttributes(stack, 'Imported', { agent: reader(), project: PROJECT, ...attributes });

test.each<[Partial<IdentityAttributes>, string, string | undefined]>([
  [{ email: 'a@finance-prod.iam.gserviceaccount.com' }, 'service-account', 'a@finance-prod.iam.gserviceaccount.com'],
  [{ member: 'serviceAccount:a@finance-prod.iam.gserviceaccount.com' }, 'service-account', 'a@finance-prod.iam.gserviceaccount.com'],
  [
    { member: 'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/s' },
    'federated-principal',
    undefined,
  ],
  [
    { member: 'principal://agents.global.org-7.system.id.goog/resources/aiplatform/projects/42/locations/l/reasoningEngines/1' },
    'agent-identity',
    undefined,
  ],
])('an imported identity %j makes nothing and is a %s', (attributes, kind, email) => {
  const stack = newStack();
  const identity = imported(attributes, stack);
  expect(resourcesOf(stack)).toEqual({});
  expect([identity.kind, identity.email]).toEqual([kind, email]);
  expect(identity.member).toBe(attributes.member ?? `serviceAccount:${email}`);
  expect(manifestOf(stack).agents[0]?.identity).toMatchObject({
    kind,
    trust: [{ kind: 'imported', bounds: {} }],
    credentialLifeSeconds: 3600,
  });
});

test('an imported identity keeps what is granted to it', () => {
  const stack = newStack();
  imported({ email: 'a@finance-prod.iam.gserviceaccount.com' }, stack).recordNativeGrant({
    origin: 'x',
    permissions: ['p'],
    scopes: ['s'],
  });
  expect(manifestOf(stack).agents[0]?.native).toHaveLength(1);
});

test('an imported address may be a reference', () => {
  const stack = newStack();
  const email = new TerraformVariable(stack, 'Email', {}).stringValue;
  expect(imported({ email }, stack)).toMatchObject({ kind: 'service-account', email });
  expect(manifestOf(stack).agents[0]?.identity.principal).toBe('serviceAccount:${var.Email}');
});

test('an imported identity that others share is refused', () => {
  const given: Partial<IdentityAttributes>[] = [
    {},
    { email: '42-compute@developer.gserviceaccount.com' },
    { email: 'finance-prod@appspot.gserviceaccount.com' },
    { email: 'service-42@gcp-sa-aiplatform.iam.gserviceaccount.com' },
    { member: 'user:jane@example.com' },
    { member: new TerraformVariable(newStack(), 'Member', {}).stringValue },
    { member: `group:${new TerraformVariable(newStack(), 'Group', {}).stringValue}` },
    { member: 'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/${path.cwd}' },
    { email: 'a@data-prod.iam.gserviceaccount.com' },
    { member: 'allUsers' },
    { member: 'principalSet://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/attribute.a/b' },
    { member: 'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/*' },
    { email: 'a@finance-prod.iam.gserviceaccount.com', member: 'serviceAccount:a@finance-prod.iam.gserviceaccount.com' },
  ];
  expect(given.map((attributes) => messageOf(() => imported(attributes)))).toMatchInlineSnapshot(`
[
  "agent 'invoice-reader' needs 'member' not to be empty, because grants must go to someone; set 'member' [empty-field]",
  "agent 'invoice-reader' needs a service account of its own project, a federated principal or an agent identity, because default accounts, accounts Google manages, people and groups are shared with others, got: 'serviceAccount:42-compute@developer.gserviceaccount.com'; write it as 'serviceAccount:NAME@PROJECT.iam.gserviceaccount.com' or 'principal://...' [invalid-trust]",
  "agent 'invoice-reader' needs a service account of its own project, a federated principal or an agent identity, because default accounts, accounts Google manages, people and groups are shared with others, got: 'serviceAccount:finance-prod@appspot.gserviceaccount.com'; write it as 'serviceAccount:NAME@PROJECT.iam.gserviceaccount.com' or 'principal://...' [invalid-trust]",
  "agent 'invoice-reader' needs a service account of its own project, a federated principal or an agent identity, because default accounts, accounts Google manages, people and groups are shared with others, got: 'serviceAccount:service-42@gcp-sa-aiplatform.iam.gserviceaccount.com'; write it as 'serviceAccount:NAME@PROJECT.iam.gserviceaccount.com' or 'principal://...' [invalid-trust]",
  "agent 'invoice-reader' needs a service account of its own project, a federated principal or an agent identity, because default accounts, accounts Google manages, people and groups are shared with others, got: 'user:jane@example.com'; write it as 'serviceAccount:NAME@PROJECT.iam.gserviceaccount.com' or 'principal://...' [invalid-trust]",
  "agent 'invoice-reader' needs 'member' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'member' instead of an attribute of another resource [unresolved-token]",
  "agent 'invoice-reader' needs 'member' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'member' instead of an attribute of another resource [unresolved-token]",
  "agent 'invoice-reader' needs 'member' without '\${', because it would be read as a policy variable or template expression, got: 'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/\${path.cwd}'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  "agent 'invoice-reader' needs the 'project' its service account belongs to, because the account is addressed through its project, got: {"email":"a@data-prod.iam.gserviceaccount.com","project":"finance-prod"}; give the project that stands in the address, and name other projects on the resources [invalid-trust]",
  "agent 'invoice-reader' needs an exact 'member' in its trust, because whoever else it covers would hold the access of the agent, got: 'allUsers'; name exactly one 'member' [open-trust]",
  "agent 'invoice-reader' needs an exact 'member' in its trust, because whoever else it covers would hold the access of the agent, got: 'principalSet://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/attribute.a/b'; name exactly one 'member' [open-trust]",
  "agent 'invoice-reader' needs an exact 'member' in its trust, because whoever else it covers would hold the access of the agent, got: 'principal://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/p/subject/*'; name exactly one 'member' [open-trust]",
  "agent 'invoice-reader' needs 'email' or 'member', not both, because they could differ, got: {"email":"a@finance-prod.iam.gserviceaccount.com","member":"serviceAccount:a@finance-prod.iam.gserviceaccount.com"}; remove 'email' [invalid-trust]",
]
`);
});

test('two agents are never one account', () => {
  const stack = newStack();
  const email = 'a@finance-prod.iam.gserviceaccount.com';
  imported({ email }, stack);
  const second = { agent: reader({ name: 'writer' }), project: PROJECT, email };
  expect(messageOf(() => AgentIdentity.fromIdentityAttributes(stack, 'Second', second))).toContain(
    "agent 'writer' must not share its principal with agent 'invoice-reader'",
  );
});

test('what cannot be made is refused with what to do', () => {
  const engine = { agent: reader(), project: PROJECT, location: 'europe-west4' };
  const runs: Record<string, () => unknown> = {
    'a session over one hour': () => makeIdentity(newStack(), { agent: reader({ maxSession: hours(2) }) }),
    'a session over one hour, federated': () => makeFederated(newStack(), { agent: reader({ maxSession: hours(2) }), trust: oidc }),
    'a bad fleet': () => makeIdentity(newStack(), { fleet: 'Prod' }),
    'a project number': () => makeIdentity(newStack(), { project: '42' }),
    'no project': () => makeIdentity(newStack(), { project: '' }),
    'a bad project of the pool': () => makeIdentity(newStack(), { trust: oidc, poolProject: 'X' }),
    'an attached federated agent': () => makeFederated(newStack()),
    'a federated agent of two workloads': () =>
      makeFederated(newStack(), { trust: AgentTrust.anyOf(oidc, AgentTrust.aws({ accountId: '123456789012', roleName: 'r' })) }),
    'an engine with a service account': () => AgentIdentity.agentEngine(newStack(), 'E', { ...engine, spec: { service_account: 'a@b' } }),
    'an engine without location': () => AgentIdentity.agentEngine(newStack(), 'E', { ...engine, location: '' }),
  };
  expect(Object.fromEntries(Object.entries(runs).map(([title, run]) => [title, messageOf(run)]))).toMatchInlineSnapshot(`
{
  "a bad fleet": "fleet 'Prod' must be lower-case letters and digits in words joined by single hyphens, first a letter, because it becomes part of names on every cloud, and a GCP service account allows no more, got: 'Prod'; use for example 'prod' [invalid-name]",
  "a bad project of the pool": "'poolProject' of agent 'invoice-reader' must be a project id: 6 to 30 lower-case letters, digits and hyphens, first a letter, because Google knows no other (a project number or name is not its id), got: 'X'; use for example 'finance-prod' [invalid-name]",
  "a federated agent of two workloads": "agent 'invoice-reader' needs a trust of exactly one external workload to be federated, because that workload is the identity; there is no service account that others could take on, got: ["oidc","aws"]; use new AgentIdentity(...), which makes a service account, or one of gke, gitHubActions, oidc, aws, azure, x509 [invalid-trust]",
  "a project number": "'project' of agent 'invoice-reader' must be a project id: 6 to 30 lower-case letters, digits and hyphens, first a letter, because Google knows no other (a project number or name is not its id), got: '42'; use for example 'finance-prod' [invalid-name]",
  "a session over one hour": "agent 'invoice-reader' needs a 'maxSession' of at most 1 hour on GCP, because its access tokens live that long, and the organization policy that extends them extends stolen ones too, got: '7200 s'; set 'maxSession' within that range, for example minutes(15) [session-out-of-range]",
  "a session over one hour, federated": "agent 'invoice-reader' needs a 'maxSession' of at most 1 hour on GCP, because its access tokens live that long, and the organization policy that extends them extends stolen ones too, got: '7200 s'; set 'maxSession' within that range, for example minutes(15) [session-out-of-range]",
  "an attached federated agent": "agent 'invoice-reader' needs a trust of exactly one external workload to be federated, because that workload is the identity; there is no service account that others could take on, got: ["attached"]; use new AgentIdentity(...), which makes a service account, or one of gke, gitHubActions, oidc, aws, azure, x509 [invalid-trust]",
  "an engine with a service account": "agent 'invoice-reader' must not set 'service_account' in the 'spec' of its engine, because the engine has an identity of its own or runs as a service account, never both, got: 'a@b'; remove it, or use new AgentIdentity(...) with AgentTrust.attached() and run the engine as that account [invalid-trust]",
  "an engine without location": "agent 'invoice-reader' needs a 'location' that is one region, because the identity is tied to an engine, and an engine to its region, got: ''; write it like 'europe-west4' [invalid-trust]",
  "no project": "agent 'invoice-reader' needs 'project' not to be empty, because an identity belongs to one project; set 'project' [empty-field]",
}
`);
});

test('an agent has one identity in a fleet', () => {
  const stack = newStack();
  makeIdentity(stack);
  expect(messageOf(() => new AgentIdentity(stack, 'Second', identityProps()))).toContain(
    "agent 'invoice-reader' already has an identity in fleet 'main' on gcp",
  );
});
