import { invalidTrust, openTrust, unresolvedToken } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';

/** How a part of a subject must look. */
interface Shape {
  readonly pattern: RegExp;
  readonly words: string;
  readonly example: string;
  /** @default - Entra compares it exactly */
  readonly reason?: string;
}

/** A part of a composed subject: literal, so that a reviewer sees who may become the agent, and without the separator. */
function part(
  agent: string,
  [field, value]: readonly [string, string],
  { pattern, words, example, reason = 'Entra compares it exactly' }: Shape,
): string {
  if (Token.isUnresolved(value)) throw unresolvedToken(`agent '${agent}'`, field);
  if (value === '' || /[*?]/.test(value)) throw openTrust(agent, { field, value, reason: 'it says who becomes the agent' });
  if (!pattern.test(value)) {
    throw invalidTrust(agent, {
      rule: `needs '${field}' to be ${words}`,
      reason,
      value,
      fix: `write it like '${example}'`,
    });
  }
  return value;
}

const NAMESPACE: Shape = { pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, words: 'a Kubernetes namespace', example: 'agents' };
const SERVICE_ACCOUNT: Shape = {
  pattern: /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
  words: 'the name of a Kubernetes service account',
  example: 'invoice-reader',
};

/** Subject of a Kubernetes service account. */
export function serviceAccountSubject(agent: string, namespace: string, serviceAccount: string): string {
  part(agent, ['namespace', namespace], NAMESPACE);
  part(agent, ['serviceAccount', serviceAccount], SERVICE_ACCOUNT);
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

const SPIFFE_ID: Shape = {
  pattern: /^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/,
  words: 'a SPIFFE id with a path',
  example: 'spiffe://example.org/agents/reader',
};

/** Subject of a JWT-SVID: the id itself. */
export function spiffeSubject(agent: string, spiffeId: string): string {
  return part(agent, ['spiffeId', spiffeId], SPIFFE_ID);
}

/** What is asked of a GitHub subject; see `GitHubActionsTrustProps`. */
export interface GitHubSubject {
  readonly repository: string;
  readonly ownerId?: string;
  readonly repositoryId?: string;
  readonly environment?: string;
  readonly branch?: string;
  readonly tag?: string;
}

const REPOSITORY: Shape = { pattern: /^[\w.-]+\/[\w.-]+$/, words: 'owner and name', example: 'contoso/payments' };
const NUMBER: Shape = { pattern: /^\d+$/, words: 'a number that GitHub gave', example: '821093847' };
const ENVIRONMENT: Shape = { pattern: /^[^:]+$/, words: 'a name without a colon, which separates the parts of a subject', example: 'prod' };
// What git forbids in a ref, the colon among it; and the whole ref, of which GitHub's subject would never hold two beginnings.
const REF: Shape = {
  pattern: /^(?!refs\/)[^\s:~^[\\\u007f]+$/,
  words: "the name of a branch or tag, without 'refs/heads/' or 'refs/tags/'",
  example: 'main',
};

/** Subject of a GitHub Actions job, by name or, with both ids, immune to the reuse of a name. */
export function gitHubSubject(agent: string, given: GitHubSubject): string {
  const repository = part(agent, ['repository', given.repository], REPOSITORY);
  return `repo:${withIds(agent, repository, given)}:${gitHubContext(agent, given)}`;
}

function withIds(agent: string, repository: string, { ownerId, repositoryId }: GitHubSubject): string {
  if (ownerId === undefined && repositoryId === undefined) return repository;
  const owner = part(agent, ['ownerId', ownerId ?? ''], NUMBER);
  const repo = part(agent, ['repositoryId', repositoryId ?? ''], NUMBER);
  const [ownerName, repositoryName] = repository.split('/');
  return `${ownerName}@${owner}/${repositoryName}@${repo}`;
}

function gitHubContext(agent: string, { environment, branch, tag }: GitHubSubject): string {
  const given = Object.entries({ environment, branch, tag }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const reason = 'GitHub puts one of them into the subject, and without one every job of the repository would do';
    const names = given.map(([name]) => name).join(', ');
    throw invalidTrust(agent, {
      rule: "needs exactly one of 'environment', 'branch' and 'tag'",
      reason,
      value: names,
      fix: "prefer 'environment': it can ask for approval",
    });
  }
  if (environment !== undefined) return `environment:${part(agent, ['environment', environment], ENVIRONMENT)}`;
  if (branch !== undefined) return `ref:refs/heads/${part(agent, ['branch', branch], REF)}`;
  return `ref:refs/tags/${part(agent, ['tag', tag ?? ''], REF)}`;
}

const ROLE_ARN: Shape = {
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  words: 'the ARN of a role, without a session',
  example: 'arn:aws:iam::111122223333:role/reader',
};

/** Subject of an AWS role under outbound federation: its ARN, without the session. */
export function awsRoleSubject(agent: string, roleArn: string): string {
  return part(agent, ['roleArn', roleArn], ROLE_ARN);
}

const UNIQUE_ID: Shape = {
  pattern: /^\d{15,25}$/,
  words: 'the numeric unique id of a service account, not its email',
  example: '112233445566778899001',
};

/** Subject of a Google service account: its unique id. A reference is taken as it is: Google chooses the number. */
export function googleSubject(agent: string, uniqueId: string): string {
  if (Token.isUnresolved(uniqueId)) return uniqueId;
  return part(agent, ['uniqueId', uniqueId], UNIQUE_ID);
}

const GUID: Shape = {
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  words: 'an id that Entra gave',
  example: '00000000-0000-0000-0000-000000000000',
  reason: 'Entra tells objects apart by nothing else',
};

/** An object id or tenant id of Entra, or a reference to one. */
export function entraId(agent: string, field: string, value: string): string {
  return Token.isUnresolved(value) ? value : part(agent, [field, value], GUID);
}
