import { emptyField } from '../../../core/errors';
import { invalidTrust } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import { exact, onlyOne, SHAPES, shaped } from './checks';
import { checkProvider, equal, type ProviderSpec } from './provider-spec';
import type {
  AwsTrustProps,
  AzureTrustProps,
  GitHubActionsTrustProps,
  KubernetesTrustProps,
  OidcTrustProps,
  SpiffeTrustProps,
  X509TrustProps,
} from './trust-props';

const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-providers */
export function oidcProvider(agent: string, props: OidcTrustProps): ProviderSpec {
  const issuer = shaped(agent, ['issuer', props.issuer], SHAPES.issuer);
  const subject = exact(agent, 'subject', props.subject);
  const audience = exact(agent, 'audience', props.audience);
  return checkProvider(agent, {
    prefix: 'oidc',
    subject,
    mapping: { 'google.subject': 'assertion.sub' },
    condition: equal('assertion.sub', subject),
    source: { oidc: { issuerUri: issuer, allowedAudiences: [audience] } },
    bounds: { issuer, subject, audience },
  });
}

/** @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-kubernetes */
export function kubernetesProvider(agent: string, { namespace, serviceAccount, issuer, audience }: KubernetesTrustProps): ProviderSpec {
  const inside = shaped(agent, ['namespace', namespace], SHAPES.label);
  const account = shaped(agent, ['serviceAccount', serviceAccount], SHAPES.serviceAccount);
  return { ...oidcProvider(agent, { issuer, audience, subject: `system:serviceaccount:${inside}:${account}` }), prefix: 'k8s' };
}

const SPIFFE_ID = {
  pattern: /^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/,
  rule: 'as a SPIFFE id with a path',
  fix: "write it like 'spiffe://example.org/agents/reader'",
};

/** @see https://spiffe.io/docs/latest/keyless/ */
export function spiffeProvider(agent: string, { spiffeId, issuer, audience }: SpiffeTrustProps): ProviderSpec {
  const subject = shaped(agent, ['spiffeId', spiffeId], SPIFFE_ID);
  return { ...oidcProvider(agent, { issuer, audience, subject }), prefix: 'spiffe' };
}

/** @see https://docs.github.com/en/actions/reference/security/oidc */
export function gitHubProvider(agent: string, props: GitHubActionsTrustProps): ProviderSpec {
  const repository = shaped(agent, ['repository', props.repository], SHAPES.repository);
  const ids = gitHubIds(agent, props);
  const subject = `repo:${gitHubOwner(repository, ids)}:${gitHubContext(agent, props)}`;
  const audience = props.audience === undefined ? undefined : exact(agent, 'audience', props.audience);
  const claims = {
    'assertion.repository': repository,
    ...(ids ? { 'assertion.repository_owner_id': ids.owner, 'assertion.repository_id': ids.repository } : {}),
    'assertion.sub': subject,
  };
  return checkProvider(agent, {
    prefix: 'github',
    subject,
    mapping: { 'google.subject': 'assertion.sub' },
    condition: Object.entries(claims)
      .map(([claim, value]) => equal(claim, value))
      .join(' && '),
    source: { oidc: { issuerUri: GITHUB_ISSUER, ...(audience ? { allowedAudiences: [audience] } : {}) } },
    bounds: { issuer: GITHUB_ISSUER, repository, subject, ...(audience ? { audience } : {}) },
  });
}

interface GitHubIds {
  readonly owner: string;
  readonly repository: string;
}

function gitHubIds(agent: string, { ownerId, repositoryId }: GitHubActionsTrustProps): GitHubIds | undefined {
  if (ownerId === undefined && repositoryId === undefined) return undefined;
  for (const [field, value] of Object.entries({ ownerId, repositoryId })) {
    if (value === undefined) throw emptyField(`agent '${agent}'`, field, 'the subject holds the ids of owner and repository, or neither');
  }
  return {
    owner: shaped(agent, ['ownerId', ownerId], SHAPES.numericId),
    repository: shaped(agent, ['repositoryId', repositoryId], SHAPES.numericId),
  };
}

function gitHubOwner(repository: string, ids: GitHubIds | undefined): string {
  if (!ids) return repository;
  const [owner, name] = repository.split('/');
  return `${owner}@${ids.owner}/${name}@${ids.repository}`;
}

function gitHubContext(agent: string, { environment, branch, tag }: GitHubActionsTrustProps): string {
  const [field, value] = onlyOne(agent, { environment, branch, tag });
  if (field === 'environment') return `environment:${shaped(agent, [field, value], SHAPES.environment)}`;
  return `ref:refs/${field === 'branch' ? 'heads' : 'tags'}/${shaped(agent, [field, value], SHAPES.ref)}`;
}

/**
 * The session name is cut off the ARN to form the subject, since it changes with every session; the slash that ends the
 * condition keeps out roles whose name merely begins alike.
 *
 * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
export function awsProvider(agent: string, props: AwsTrustProps): ProviderSpec {
  const accountId = shaped(agent, ['accountId', props.accountId], SHAPES.awsAccount);
  const roleName = shaped(agent, ['roleName', props.roleName], SHAPES.awsRole);
  const subject = `arn:aws:sts::${accountId}:assumed-role/${roleName}`;
  return checkProvider(agent, {
    prefix: 'aws',
    subject,
    mapping: {
      'google.subject': "assertion.arn.extract('{account}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role}/')",
    },
    condition: `${equal('assertion.account', accountId)} && assertion.arn.startsWith('${subject}/')`,
    source: { aws: { accountId } },
    bounds: { accountId, role: subject },
  });
}

/** @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds */
export function azureProvider(agent: string, props: AzureTrustProps): ProviderSpec {
  const tenantId = shaped(agent, ['tenantId', props.tenantId], SHAPES.uuid);
  const subject = shaped(agent, ['principalId', props.principalId], SHAPES.uuid);
  const audience = exact(agent, 'audience', props.audience);
  const issuer = props.v2Tokens ? `https://login.microsoftonline.com/${tenantId}/v2.0` : `https://sts.windows.net/${tenantId}/`;
  return checkProvider(agent, {
    prefix: 'azure',
    subject,
    mapping: { 'google.subject': 'assertion.sub' },
    condition: `${equal('assertion.tid', tenantId)} && ${equal('assertion.sub', subject)}`,
    source: { oidc: { issuerUri: issuer, allowedAudiences: [audience] } },
    bounds: { issuer, subject, audience },
  });
}

const X509_CLAIMS: Readonly<Record<string, string>> = {
  commonName: 'assertion.subject.dn.cn',
  uri: 'assertion.san.uri',
  dnsName: 'assertion.san.dns',
};

/** @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-x509-certificates */
export function x509Provider(agent: string, props: X509TrustProps): ProviderSpec {
  const { commonName, uri, dnsName } = props;
  const [field, value] = onlyOne(agent, { commonName, uri, dnsName });
  const subject = exact(agent, field, value);
  const claim = X509_CLAIMS[field] ?? field;
  const intermediatePems = (props.intermediatePems ?? []).map((pem) => certificate(agent, 'intermediatePems', pem));
  return checkProvider(agent, {
    prefix: 'x509',
    subject,
    mapping: { 'google.subject': claim },
    condition: equal(claim, subject),
    source: { x509: { trustAnchorPem: certificate(agent, 'trustAnchorPem', props.trustAnchorPem), intermediatePems } },
    bounds: { [field]: subject },
  });
}

function certificate(agent: string, field: string, pem: string): string {
  // A certificate decides nothing at synth, so it may come from another resource.
  if (Token.isUnresolved(pem)) return pem;
  if (pem.trim() === '') throw emptyField(`agent '${agent}'`, field, 'without it anyone could become the agent');
  if (pem.includes('PRIVATE KEY')) {
    const reason = 'whoever reads the template could then sign as the authority';
    throw invalidTrust(agent, {
      rule: `needs '${field}' without a private key`,
      reason,
      value: '(withheld)',
      fix: 'pass the certificate alone, and replace that key',
    });
  }
  if (/^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*$/.test(pem)) return pem;
  throw invalidTrust(agent, {
    rule: `needs '${field}' as one PEM certificate`,
    reason: 'Google reads nothing else',
    value: pem,
    fix: 'pass the text from BEGIN to END',
  });
}
