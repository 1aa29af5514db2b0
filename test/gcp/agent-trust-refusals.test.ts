import { TerraformVariable } from 'cdktf';
import fc from 'fast-check';
import { AgenticIamError } from '../../lib/core/errors';
import { AgentIdentity } from '../../lib/gcp/agent-identity';
import { AgentTrust } from '../../lib/gcp/agent-trust';
import { oidcProvider } from '../../lib/gcp/private/identity/providers';
import { messageOf, reader } from '../fixtures/agents';
import { identityProps, makeIdentity, newStack } from './identity-stack';

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e';
const TENANT = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n';
const github = { repository: 'acme/invoices', environment: 'prod' };
const oidc = { issuer: 'https://oidc.example.com', subject: 'agent:invoices', audience: 'gcp' };

const token = (): string => new TerraformVariable(newStack(), 'Given', {}).stringValue;
const over = (length: number): string => 'x'.repeat(length);

/** What each trust is refused with; fails when one is not. */
function refusals(trusts: Readonly<Record<string, () => AgentTrust>>): Record<string, string> {
  const messages = Object.entries(trusts).map(([title, trust]) => [title, messageOf(() => makeIdentity(newStack(), { trust: trust() }))]);
  return Object.fromEntries(messages);
}

test('an OIDC trust that is open, unsafe, unknown or too long is refused', () => {
  expect(
    refusals({
      'wildcard subject': () => AgentTrust.oidc({ ...oidc, subject: 'agent:*' }),
      'wildcard audience': () => AgentTrust.oidc({ ...oidc, audience: '*' }),
      'empty subject': () => AgentTrust.oidc({ ...oidc, subject: ' ' }),
      'empty audience': () => AgentTrust.oidc({ ...oidc, audience: '' }),
      'missing audience': () => AgentTrust.oidc({ ...oidc, audience: undefined as unknown as string }),
      'template in subject': () => AgentTrust.oidc({ ...oidc, subject: '${evil}' }),
      'quote in subject': () => AgentTrust.oidc({ ...oidc, subject: "a' || true || 'a" }),
      'Terraform directive in subject': () => AgentTrust.oidc({ ...oidc, subject: '%{if}' }),
      'space in subject': () => AgentTrust.oidc({ ...oidc, subject: 'my agent' }),
      'token as subject': () => AgentTrust.oidc({ ...oidc, subject: token() }),
      'token as audience': () => AgentTrust.oidc({ ...oidc, audience: token() }),
      'subject over its bytes': () => AgentTrust.oidc({ ...oidc, subject: over(128) }),
      'audience over its length': () => AgentTrust.oidc({ ...oidc, audience: over(257) }),
      'issuer without https': () => AgentTrust.oidc({ ...oidc, issuer: 'http://oidc.example.com' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "Terraform directive in subject": "agent 'invoice-reader' needs 'subject' without '%{', because it would be read as a template directive, got: '%{if}'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  "audience over its length": "agent 'invoice-reader' needs an audience of at most 256 characters in its trust (this one has 257), because Google refuses a longer one, got: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...; shorten the names it is made of [invalid-trust]",
  "empty audience": "agent 'invoice-reader' needs 'audience' not to be empty, because without it anyone could become the agent; set 'audience' [empty-field]",
  "empty subject": "agent 'invoice-reader' needs 'subject' not to be empty, because without it anyone could become the agent; set 'subject' [empty-field]",
  "issuer without https": "agent 'invoice-reader' needs 'issuer' as an https URL, because anything else never matches a token, got: 'http://oidc.example.com'; give the token's 'iss' claim as it is [invalid-trust]",
  "missing audience": "agent 'invoice-reader' needs 'audience' not to be empty, because without it anyone could become the agent; set 'audience' [empty-field]",
  "quote in subject": "agent 'invoice-reader' needs 'subject' without quotes or backslashes, because it would break the document it is written into, got: 'a' || true || 'a'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  "space in subject": "agent 'invoice-reader' needs 'subject' of letters, digits and ._~:/@=+,|!&;()[]-, because it becomes part of a principal, which spells nothing else, got: 'my agent'; rename what it refers to [invalid-trust]",
  "subject over its bytes": "agent 'invoice-reader' needs a subject of at most 127 bytes in its trust (this one has 128), because Google refuses a longer one, got: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; shorten the names it is made of [invalid-trust]",
  "template in subject": "agent 'invoice-reader' needs 'subject' without '\${', because it would be read as a policy variable or template expression, got: '\${evil}'; give the literal value; the library adds the patterns it needs [unsafe-value]",
  "token as audience": "agent 'invoice-reader' needs 'audience' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'audience' instead of an attribute of another resource [unresolved-token]",
  "token as subject": "agent 'invoice-reader' needs 'subject' as a literal, because its value decides what is synthesised and is not known before deployment; pass a plain value for 'subject' instead of an attribute of another resource [unresolved-token]",
  "wildcard audience": "agent 'invoice-reader' needs an exact 'audience' in its trust, because a wildcard would let others become the agent, got: '*'; name exactly one 'audience' [open-trust]",
  "wildcard subject": "agent 'invoice-reader' needs an exact 'subject' in its trust, because a wildcard would let others become the agent, got: 'agent:*'; name exactly one 'subject' [open-trust]",
}
`);
});

test('a GitHub trust that is open or never matches is refused', () => {
  expect(
    refusals({
      'repository without owner': () => AgentTrust.gitHubActions({ ...github, repository: 'invoices' }),
      'wildcard repository': () => AgentTrust.gitHubActions({ ...github, repository: 'acme/*' }),
      'no environment, branch or tag': () => AgentTrust.gitHubActions({ repository: 'acme/invoices' }),
      'environment and branch': () => AgentTrust.gitHubActions({ ...github, branch: 'main' }),
      'empty branch': () => AgentTrust.gitHubActions({ repository: 'acme/invoices', branch: '' }),
      'branch as ref': () => AgentTrust.gitHubActions({ repository: 'acme/invoices', branch: 'refs/heads/main' }),
      'environment with colon': () => AgentTrust.gitHubActions({ ...github, environment: 'a:ref:refs/heads/main' }),
      'one id of two': () => AgentTrust.gitHubActions({ ...github, ownerId: '1' }),
      'id that is a name': () => AgentTrust.gitHubActions({ ...github, ownerId: 'acme', repositoryId: '1' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "branch as ref": "agent 'invoice-reader' needs 'branch' without 'refs/', because anything else never matches a token, got: 'refs/heads/main'; give the bare name; the library adds the rest [invalid-trust]",
  "empty branch": "agent 'invoice-reader' needs 'branch' not to be empty, because without it anyone could become the agent; set 'branch' [empty-field]",
  "environment and branch": "agent 'invoice-reader' needs exactly one of 'environment', 'branch', 'tag' in its trust, because the subject is made of it, got: ["environment","branch"]; keep one, and join several trusts with AgentTrust.anyOf [invalid-trust]",
  "environment with colon": "agent 'invoice-reader' needs 'environment' without a colon, because anything else never matches a token, got: 'a:ref:refs/heads/main'; GitHub encodes it in the subject: rename the environment [invalid-trust]",
  "id that is a name": "agent 'invoice-reader' needs 'ownerId' of digits, because anything else never matches a token, got: 'acme'; ask the GitHub API for it: it is the number, not the name [invalid-trust]",
  "no environment, branch or tag": "agent 'invoice-reader' needs exactly one of 'environment', 'branch', 'tag' in its trust, because the subject is made of it, got: []; set one of them [invalid-trust]",
  "one id of two": "agent 'invoice-reader' needs 'repositoryId' not to be empty, because the subject holds the ids of owner and repository, or neither; set 'repositoryId' [empty-field]",
  "repository without owner": "agent 'invoice-reader' needs 'repository' as 'owner/name', because anything else never matches a token, got: 'invoices'; write it as in the URL of the repository [invalid-trust]",
  "wildcard repository": "agent 'invoice-reader' needs an exact 'repository' in its trust, because a wildcard would let others become the agent, got: 'acme/*'; name exactly one 'repository' [open-trust]",
}
`);
});

test('an AWS trust that is open or never matches is refused', () => {
  expect(
    refusals({
      'account of 11 digits': () => AgentTrust.aws({ accountId: '12345678901', roleName: 'agent' }),
      'ARN as role name': () => AgentTrust.aws({ accountId: '123456789012', roleName: 'arn:aws:iam::123456789012:role/agent' }),
      'wildcard role': () => AgentTrust.aws({ accountId: '123456789012', roleName: 'agent*' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "ARN as role name": "agent 'invoice-reader' needs 'roleName' as the name of a role, because anything else never matches a token, got: 'arn:aws:iam::123456789012:role/agent'; give the name alone, without path or ARN [invalid-trust]",
  "account of 11 digits": "agent 'invoice-reader' needs 'accountId' of 12 digits, because anything else never matches a token, got: '12345678901'; give the account id without hyphens [invalid-trust]",
  "wildcard role": "agent 'invoice-reader' needs an exact 'roleName' in its trust, because a wildcard would let others become the agent, got: 'agent*'; name exactly one 'roleName' [open-trust]",
}
`);
});

test('an Azure trust that never matches is refused', () => {
  expect(
    refusals({
      'upper-case principal': () => AgentTrust.azure({ tenantId: TENANT, principalId: UUID.toUpperCase(), audience: 'api://gcp' }),
      'tenant name': () => AgentTrust.azure({ tenantId: 'acme.onmicrosoft.com', principalId: UUID, audience: 'api://gcp' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "tenant name": "agent 'invoice-reader' needs 'tenantId' as a lower-case UUID, because anything else never matches a token, got: 'acme.onmicrosoft.com'; copy the id from Microsoft Entra and write it in lower case [invalid-trust]",
  "upper-case principal": "agent 'invoice-reader' needs 'principalId' as a lower-case UUID, because anything else never matches a token, got: '0F8FAD5B-D9CB-469F-A165-70867728950E'; copy the id from Microsoft Entra and write it in lower case [invalid-trust]",
}
`);
});

test('an X.509 trust without one name or a proper certificate is refused', () => {
  expect(
    refusals({
      'no certificate name': () => AgentTrust.x509({ trustAnchorPem: PEM }),
      'empty anchor': () => AgentTrust.x509({ trustAnchorPem: '', commonName: 'reader' }),
      'anchor with private key': () => AgentTrust.x509({ trustAnchorPem: `${PEM}-----BEGIN PRIVATE KEY-----`, commonName: 'reader' }),
      'anchor that is no PEM': () => AgentTrust.x509({ trustAnchorPem: './ca.pem', commonName: 'reader' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "anchor that is no PEM": "agent 'invoice-reader' needs 'trustAnchorPem' as one PEM certificate, because Google reads nothing else, got: './ca.pem'; pass the text from BEGIN to END [invalid-trust]",
  "anchor with private key": "agent 'invoice-reader' needs 'trustAnchorPem' without a private key, because whoever reads the template could then sign as the authority, got: '(withheld)'; pass the certificate alone, and replace that key [invalid-trust]",
  "empty anchor": "agent 'invoice-reader' needs 'trustAnchorPem' not to be empty, because without it anyone could become the agent; set 'trustAnchorPem' [empty-field]",
  "no certificate name": "agent 'invoice-reader' needs exactly one of 'commonName', 'uri', 'dnsName' in its trust, because the subject is made of it, got: []; set one of them [invalid-trust]",
}
`);
});

test('a GKE trust that others share or that never matches is refused', () => {
  expect(
    refusals({
      'default Kubernetes account': () => AgentTrust.gke({ namespace: 'agents', serviceAccount: 'default' }),
      'wildcard namespace': () => AgentTrust.gke({ namespace: '*', serviceAccount: 'reader' }),
      'project of its own with a wildcard': () => AgentTrust.gke({ namespace: 'agents', serviceAccount: 'reader', project: 'finance-*' }),
      'namespace in capitals': () => AgentTrust.gke({ namespace: 'Agents', serviceAccount: 'reader' }),
    }),
  ).toMatchInlineSnapshot(`
{
  "default Kubernetes account": "agent 'invoice-reader' needs its own 'serviceAccount' in its trust, because every pod of the namespace that names none runs as that one, got: 'default'; make a Kubernetes service account for the agent [invalid-trust]",
  "namespace in capitals": "agent 'invoice-reader' needs 'namespace' as a Kubernetes name, because anything else never matches a token, got: 'Agents'; use lower-case letters, digits and hyphens [invalid-trust]",
  "project of its own with a wildcard": "'project' of agent 'invoice-reader' must be a project id: 6 to 30 lower-case letters, digits and hyphens, first a letter, because Google knows no other (a project number or name is not its id), got: 'finance-*'; use for example 'finance-prod' [invalid-name]",
  "wildcard namespace": "agent 'invoice-reader' needs an exact 'namespace' in its trust, because a wildcard would let others become the agent, got: '*'; name exactly one 'namespace' [open-trust]",
}
`);
});

test('a trust of nobody, and of one workload twice, is refused', () => {
  expect(
    refusals({
      nobody: () => AgentTrust.anyOf(),
      'the same twice': () =>
        AgentTrust.anyOf(AgentTrust.gke({ namespace: 'a', serviceAccount: 'b' }), AgentTrust.gke({ namespace: 'a', serviceAccount: 'b' })),
    }),
  ).toMatchInlineSnapshot(`
{
  "nobody": "agent 'invoice-reader' needs 'trust' not to be empty, because no one could become the agent; set 'trust' [empty-field]",
  "the same twice": "agent 'invoice-reader' must trust each workload once, because the second grant would be refused, got: 'serviceAccount:finance-prod.svc.id.goog[a/b]'; remove one of the two [invalid-trust]",
}
`);
});

test('whatever the subject, the condition compares with exactly it, or the trust is refused', () => {
  const piece = fc.oneof(
    fc.constantFrom("'", '"', '\\', '${', '%{', '*', ' || ', 'true', ':', '/'),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[a-z:/-]+$/),
  );
  const subjects = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(subjects, (subject) => {
      try {
        const { condition, subject: mapped } = oidcProvider('reader', { ...oidc, subject });
        expect(condition).toBe(`assertion.sub == '${subject}'`);
        expect(condition.split("'")).toHaveLength(3);
        expect(mapped).toMatch(/^[^\s*?$%{}"'\\]{1,127}$/);
      } catch (error) {
        if (!(error instanceof AgenticIamError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test('one pool id for two fleets of a project is refused, and taken in two projects', () => {
  const stack = newStack();
  const pooled = (fleet: string, poolProject?: string) => () =>
    new AgentIdentity(stack, `${fleet}-${poolProject ?? ''}`, {
      ...identityProps({ trust: AgentTrust.aws({ accountId: '123456789012', roleName: 'r' }) }),
      fleet,
      poolId: 'agents-2',
      ...(poolProject ? { poolProject } : {}),
    });
  pooled('dev')();
  expect(messageOf(pooled('prod'))).toBe(
    "agent 'invoice-reader' needs a 'poolId' that no other pool of the project has, because fleet 'dev' in stack 'demo' has it, and each fleet has a pool of its own in each stack, got: 'agents-2'; give each its own 'poolId', or leave it out [invalid-trust]",
  );
  expect(pooled('test', 'pools-prod')).not.toThrow();
});

test('a pod that is one agent cannot become another; two accounts may be taken on by one pod', () => {
  const kubernetes = { namespace: 'agents', serviceAccount: 'reader', projectNumber: '42' };
  const make = (stack: ReturnType<typeof newStack>, name: string, direct: boolean) => (): unknown => {
    const props = identityProps({ agent: reader({ name }), trust: AgentTrust.gke(kubernetes) });
    return direct ? AgentIdentity.federated(stack, name, props) : new AgentIdentity(stack, name, props);
  };
  const shared = "agent 'two' must not share its principal with agent 'one', because an identity is never shared";
  for (const [first, second] of [
    [true, false],
    [false, true],
  ] as const) {
    const stack = newStack();
    make(stack, 'one', first)();
    expect(messageOf(make(stack, 'two', second))).toContain(shared);
  }
  const stack = newStack();
  make(stack, 'one', false)();
  expect(make(stack, 'two', false)).not.toThrow();
});
