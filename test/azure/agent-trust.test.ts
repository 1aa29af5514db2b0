import { Testing } from 'cdktf';
import fc from 'fast-check';
import { AgentIdentity, type IAgentIdentity } from '../../lib/azure/agent-identity';
import { AgentTrust, type GitHubActionsTrustProps } from '../../lib/azure/agent-trust';
import { gitHubSubject } from '../../lib/azure/private/identity/subjects';
import { TerraformStack, Token } from '../../lib/terraform/core';
import { reader } from '../fixtures/agents';

const TENANT = '11111111-2222-3333-4444-555555555555';
const PRINCIPAL = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const GITHUB = { repository: 'contoso/payments' };

function parentOf(child: string, attributes: { kind?: IAgentIdentity['kind']; tenantId?: string } = { tenantId: TENANT }): IAgentIdentity {
  const stack = new TerraformStack(Testing.app(), 'stack');
  const agent = reader({ name: 'coordinator', delegatesTo: [reader({ name: child })] });
  return AgentIdentity.fromIdentityAttributes(stack, 'Parent', { agent, principalId: PRINCIPAL, clientId: PRINCIPAL, ...attributes });
}

/** The ways in, as the agent 'reader' gets them. */
const waysOf = (trust: AgentTrust) => trust.waysFor('reader');

const EXACT: readonly [string, AgentTrust, string, string][] = [
  [
    'an AKS service account',
    AgentTrust.aks({ issuerUrl: 'https://weu.oic.prod-aks.azure.com/t/c/', namespace: 'agents', serviceAccount: 'reader' }),
    'https://weu.oic.prod-aks.azure.com/t/c/',
    'system:serviceaccount:agents:reader',
  ],
  [
    'a GitHub environment',
    AgentTrust.gitHubActions({ ...GITHUB, environment: 'prod' }),
    'https://token.actions.githubusercontent.com',
    'repo:contoso/payments:environment:prod',
  ],
  [
    'a GitHub branch',
    AgentTrust.gitHubActions({ ...GITHUB, branch: 'release/1.x' }),
    'https://token.actions.githubusercontent.com',
    'repo:contoso/payments:ref:refs/heads/release/1.x',
  ],
  [
    'a GitHub tag',
    AgentTrust.gitHubActions({ ...GITHUB, tag: 'v1.0.0' }),
    'https://token.actions.githubusercontent.com',
    'repo:contoso/payments:ref:refs/tags/v1.0.0',
  ],
  [
    'a GitHub repository by its ids',
    AgentTrust.gitHubActions({ ...GITHUB, ownerId: '5544123', repositoryId: '821093847', branch: 'main' }),
    'https://token.actions.githubusercontent.com',
    'repo:contoso@5544123/payments@821093847:ref:refs/heads/main',
  ],
  [
    'an AWS role',
    AgentTrust.aws({
      issuer: 'https://abc-def.tokens.sts.global.api.aws',
      roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/prod/reader',
    }),
    'https://abc-def.tokens.sts.global.api.aws',
    'arn:aws:iam::111122223333:role/agentic-iam/prod/reader',
  ],
  [
    'a Google service account',
    AgentTrust.gcp({ uniqueId: '112233445566778899001' }),
    'https://accounts.google.com',
    '112233445566778899001',
  ],
  [
    'a managed identity',
    AgentTrust.managedIdentity({ principalId: PRINCIPAL, tenantId: TENANT }),
    `https://login.microsoftonline.com/${TENANT}/v2.0`,
    PRINCIPAL,
  ],
  ['a parent agent', AgentTrust.agent(parentOf('reader')), `https://login.microsoftonline.com/${TENANT}/v2.0`, PRINCIPAL],
  [
    'any issuer',
    AgentTrust.oidc({ issuer: 'https://gitlab.com', subject: 'project_id:1:ref:main' }),
    'https://gitlab.com',
    'project_id:1:ref:main',
  ],
];

test.each(EXACT)('trusting %s names one issuer, one exact subject and one audience', (_what, trust, issuer, subject) => {
  expect(waysOf(trust)).toEqual([expect.objectContaining({ issuer, subject, audience: 'api://AzureADTokenExchange' })]);
});

test('another single audience is kept', () => {
  const [way] = waysOf(AgentTrust.oidc({ issuer: 'https://gitlab.com', subject: 's', audience: 'api://AzureADTokenExchangeChina' }));
  expect(way).toMatchObject({ audience: 'api://AzureADTokenExchangeChina' });
});

test('several ways keep their order', () => {
  const trust = AgentTrust.anyOf(AgentTrust.azureCompute(), AgentTrust.anyOf(AgentTrust.gcp({ uniqueId: '112233445566778899001' })));
  expect(waysOf(trust).map(({ kind }) => kind)).toEqual(['azureCompute', 'gcp']);
});

test('an id or issuer that a cloud chooses may be a reference', () => {
  const reference = Token.asString({ resolve: () => '${x.y.z}' });
  const trusts = [
    AgentTrust.gcp({ uniqueId: reference }),
    AgentTrust.aks({ issuerUrl: reference, namespace: 'agents', serviceAccount: 'reader' }),
    AgentTrust.managedIdentity({ principalId: reference, tenantId: reference }),
  ];
  for (const trust of trusts) expect(() => waysOf(trust)).not.toThrow();
});

const TOKEN = Token.asString({ resolve: () => '${x.y.z}' });
const oidc = (props: { issuer?: string; subject?: string; audience?: string }) =>
  AgentTrust.oidc({ issuer: 'https://gitlab.com', subject: 'project_id:1', ...props });
const gitHub = (props: Partial<GitHubActionsTrustProps>) => AgentTrust.gitHubActions({ ...GITHUB, ...props });
const aks = (props: { namespace?: string; serviceAccount?: string }) =>
  AgentTrust.aks({ issuerUrl: 'https://issuer', namespace: 'agents', serviceAccount: 'reader', ...props });

const REFUSED: readonly [string, () => AgentTrust, string][] = [
  [
    'a wildcard subject',
    () => oidc({ subject: 'project_id:*' }),
    "needs an exact 'subject' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: 'project_id:*'; name exactly one 'subject' [open-trust]",
  ],
  [
    'a subject with a question mark',
    () => oidc({ subject: 'project_id:?' }),
    "needs an exact 'subject' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: 'project_id:?'; name exactly one 'subject' [open-trust]",
  ],
  [
    'an empty subject',
    () => oidc({ subject: '' }),
    "needs an exact 'subject' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: ''; name exactly one 'subject' [open-trust]",
  ],
  [
    'a wildcard audience',
    () => oidc({ audience: '*' }),
    "needs an exact 'audience' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: '*'; name exactly one 'audience' [open-trust]",
  ],
  [
    'an empty audience',
    () => oidc({ audience: '' }),
    "needs an exact 'audience' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: ''; name exactly one 'audience' [open-trust]",
  ],
  [
    'a wildcard issuer',
    () => oidc({ issuer: 'https://*.example.com' }),
    "needs an exact 'issuer' in its trust, because Entra compares it character by character, and whoever matches becomes the agent, got: 'https://*.example.com'; name exactly one 'issuer' [open-trust]",
  ],
  [
    'an issuer without TLS',
    () => oidc({ issuer: 'http://gitlab.com' }),
    "needs an 'issuer' that is an https address, because Entra fetches the keys of the issuer from there, got: 'http://gitlab.com'; copy the 'iss' of a token, https:// and all [invalid-trust]",
  ],
  [
    'an issuer that is no address',
    () => oidc({ issuer: 'gitlab.com' }),
    "needs an 'issuer' that is an https address, because Entra fetches the keys of the issuer from there, got: 'gitlab.com'; copy the 'iss' of a token, https:// and all [invalid-trust]",
  ],
  [
    'an issuer with a fragment',
    () => oidc({ issuer: 'https://gitlab.com#a' }),
    "needs an 'issuer' that is an https address, because Entra fetches the keys of the issuer from there, got: 'https://gitlab.com#a'; copy the 'iss' of a token, https:// and all [invalid-trust]",
  ],
  [
    'a subject with spaces around it',
    () => oidc({ subject: ' project_id:1' }),
    "needs 'subject' without spaces around it, because Entra blocks the exchange, got: ' project_id:1'; remove them [invalid-trust]",
  ],
  [
    'a subject that opens a template',
    () => oidc({ subject: 'project_id:${var.id}' }),
    "needs 'subject' without '${', because it would be read as a policy variable or template expression, got: 'project_id:${var.id}'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [
    'a subject that opens a directive',
    () => oidc({ subject: 'project_id:%{if true}' }),
    "needs 'subject' without '%{', because it would be read as a template directive, got: 'project_id:%{if true}'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  ],
  [
    'a subject with a quote',
    () => oidc({ subject: 'project_id:"1"' }),
    `needs 'subject' without quotes or backslashes, because it would break the document it is written into, got: 'project_id:"1"'; give the literal value; the library adds the patterns it needs [unsafe-value]`,
  ],
  [
    'a subject beyond 600 characters',
    () => oidc({ subject: 's'.repeat(601) }),
    "needs 'subject' of at most 600 characters, because Entra stores no more, got: 601; have the issuer give a shorter one [invalid-trust]",
  ],
  [
    'an issuer beyond 600 characters',
    () => oidc({ issuer: `https://${'i'.repeat(600)}` }),
    "needs 'issuer' of at most 600 characters, because Entra stores no more, got: 608; have the issuer give a shorter one [invalid-trust]",
  ],
  [
    'a subject that is not known at synth',
    () => oidc({ subject: TOKEN }),
    "needs 'subject' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'subject' instead of an attribute of another resource [unresolved-token]",
  ],
  [
    'an audience that is not known at synth',
    () => oidc({ audience: TOKEN }),
    "needs 'audience' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'audience' instead of an attribute of another resource [unresolved-token]",
  ],
  [
    'a wildcard branch',
    () => gitHub({ branch: 'release/*' }),
    "needs an exact 'branch' in its trust, because it says who becomes the agent, got: 'release/*'; name exactly one 'branch' [open-trust]",
  ],
  [
    'a repository without owner',
    () => gitHub({ repository: 'payments', branch: 'main' }),
    "needs 'repository' to be owner and name, because Entra compares it exactly, got: 'payments'; write it like 'contoso/payments' [invalid-trust]",
  ],
  [
    'every repository of an owner',
    () => gitHub({ repository: 'contoso/*', branch: 'main' }),
    "needs an exact 'repository' in its trust, because it says who becomes the agent, got: 'contoso/*'; name exactly one 'repository' [open-trust]",
  ],
  [
    'a whole repository',
    () => gitHub({}),
    "needs exactly one of 'environment', 'branch' and 'tag', because GitHub puts one of them into the subject, and without one every job of the repository would do, got: ''; prefer 'environment': it can ask for approval [invalid-trust]",
  ],
  [
    'a branch and an environment',
    () => gitHub({ branch: 'main', environment: 'prod' }),
    "needs exactly one of 'environment', 'branch' and 'tag', because GitHub puts one of them into the subject, and without one every job of the repository would do, got: 'environment, branch'; prefer 'environment': it can ask for approval [invalid-trust]",
  ],
  [
    'an environment that smuggles in another part',
    () => gitHub({ environment: 'prod:ref:refs/heads/main' }),
    "needs 'environment' to be a name without a colon, which separates the parts of a subject, because Entra compares it exactly, got: 'prod:ref:refs/heads/main'; write it like 'prod' [invalid-trust]",
  ],
  [
    'an owner id without repository id',
    () => gitHub({ ownerId: '1', branch: 'main' }),
    "needs an exact 'repositoryId' in its trust, because it says who becomes the agent, got: ''; name exactly one 'repositoryId' [open-trust]",
  ],
  [
    'a repository id that is no number',
    () => gitHub({ ownerId: '1', repositoryId: 'x', branch: 'main' }),
    "needs 'repositoryId' to be a number that GitHub gave, because Entra compares it exactly, got: 'x'; write it like '821093847' [invalid-trust]",
  ],
  [
    'a branch that is not known at synth',
    () => gitHub({ branch: TOKEN }),
    "needs 'branch' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'branch' instead of an attribute of another resource [unresolved-token]",
  ],
  [
    'every service account of a namespace',
    () => aks({ serviceAccount: '*' }),
    "needs an exact 'serviceAccount' in its trust, because it says who becomes the agent, got: '*'; name exactly one 'serviceAccount' [open-trust]",
  ],
  [
    'a namespace with a colon',
    () => aks({ namespace: 'agents:x' }),
    "needs 'namespace' to be a Kubernetes namespace, because Entra compares it exactly, got: 'agents:x'; write it like 'agents' [invalid-trust]",
  ],
  [
    'an AWS session',
    () => AgentTrust.aws({ issuer: 'https://i', roleArn: 'arn:aws:sts::111122223333:assumed-role/reader/s' }),
    "needs 'roleArn' to be the ARN of a role, without a session, because Entra compares it exactly, got: 'arn:aws:sts::111122223333:assumed-role/reader/s'; write it like 'arn:aws:iam::111122223333:role/reader' [invalid-trust]",
  ],
  [
    'every role of an AWS account',
    () => AgentTrust.aws({ issuer: 'https://i', roleArn: 'arn:aws:iam::111122223333:role/*' }),
    "needs an exact 'roleArn' in its trust, because it says who becomes the agent, got: 'arn:aws:iam::111122223333:role/*'; name exactly one 'roleArn' [open-trust]",
  ],
  [
    'the email of a Google service account',
    () => AgentTrust.gcp({ uniqueId: 'reader@p.iam.gserviceaccount.com' }),
    "needs 'uniqueId' to be the numeric unique id of a service account, not its email, because Entra compares it exactly, got: 'reader@p.iam.gserviceaccount.com'; write it like '112233445566778899001' [invalid-trust]",
  ],
  [
    'a principal that is no id',
    () => AgentTrust.managedIdentity({ principalId: 'reader', tenantId: TENANT }),
    "needs 'principalId' to be an id that Entra gave, because Entra tells objects apart by nothing else, got: 'reader'; write it like '00000000-0000-0000-0000-000000000000' [invalid-trust]",
  ],
  [
    'a parent that does not delegate',
    () => AgentTrust.agent(parentOf('somebody')),
    "may be taken on only by an agent that delegates to it, because a delegation that is not declared is missing from every review, got: 'coordinator'; add it to 'delegatesTo' of 'coordinator' [invalid-trust]",
  ],
  [
    'a parent that is an application',
    () => AgentTrust.agent(parentOf('reader', { kind: 'application', tenantId: TENANT })),
    "may be taken on only by an agent with a managed identity, because Entra accepts the token of a user-assigned managed identity and of no other principal, got: 'application'; make 'coordinator' with new AgentIdentity() [invalid-trust]",
  ],
  [
    'a parent of an unknown tenant',
    () => AgentTrust.agent(parentOf('reader', {})),
    "needs the tenant of 'coordinator', because it is part of the issuer, got: 'none'; give 'tenantId' to AgentIdentity.fromIdentityAttributes() [invalid-trust]",
  ],
];

test.each(REFUSED)('%s is refused', (_what, make, message) => {
  expect(() => waysOf(make())).toThrow(`agent 'reader' ${message}`);
});

test('no two GitHub trusts share a subject', () => {
  const name = fc.stringMatching(/^[\w.-]{1,8}$/);
  const id = fc.stringMatching(/^\d{1,6}$/);
  const where = fc.oneof(
    fc.record({ environment: fc.stringMatching(/^[a-z/]{1,6}$/) }),
    fc.record({ branch: fc.stringMatching(/^[a-z/]{1,6}$/) }),
    fc.record({ tag: fc.stringMatching(/^[a-z/]{1,6}$/) }),
  );
  const ids = fc.oneof(fc.constant({}), fc.record({ ownerId: id, repositoryId: id }));
  const subject = fc.tuple(name, name, ids, where).map(([o, r, i, w]) => ({ repository: `${o}/${r}`, ...i, ...w }));
  fc.assert(
    fc.property(subject, subject, (a, b) => {
      const same = gitHubSubject('reader', a) === gitHubSubject('reader', b);
      return same === (JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort()));
    }),
  );
});
