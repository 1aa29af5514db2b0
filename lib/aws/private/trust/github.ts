import { emptyField } from '../../../core/errors';
import { invalidTrust } from '../../../core/native-errors';
import { exact } from './exact';
import { FEDERATION } from './facts';
import { oidcWay } from './oidc';
import type { GitHubTrustOptions } from './options';
import type { TrustWay } from './trust-way';

const REPOSITORY = /^([A-Za-z0-9-]+)\/([A-Za-z0-9._-]+)$/;
const ID = /^[1-9][0-9]*$/;

/** Where in a repository the run must come from, and what GitHub writes into the subject for it. */
const CONTEXTS = { environment: 'environment:', branch: 'ref:refs/heads/', tag: 'ref:refs/tags/' } as const;

export function gitHubWay(options: GitHubTrustOptions): TrustWay {
  return (context) => {
    const agent = context.agent.name;
    const { provider, issuer = FEDERATION.gitHubActions.issuer, audience = FEDERATION.gitHubActions.audience } = options;
    const subject = `repo:${repositoryOf(agent, options)}:${contextOf(agent, options)}`;
    return { ...oidcWay({ provider, issuer, subject, audience })(context), kind: 'gitHubActions' };
  };
}

/** `owner/name`, or with ids `owner@1/name@2`, which stays when a name is given up and taken by another. */
function repositoryOf(agent: string, { repository, ownerId, repositoryId }: GitHubTrustOptions): string {
  const [, owner, name] = REPOSITORY.exec(exact(agent, 'repository', repository)) ?? [];
  if (owner === undefined || name === undefined) {
    throw invalidTrust(agent, {
      rule: "needs 'repository' as owner/name",
      reason: 'it becomes part of the subject',
      value: repository,
      fix: "write it like 'octo-org/octo-repo'",
    });
  }
  if (ownerId === undefined && repositoryId === undefined) return `${owner}/${name}`;
  for (const [field, id] of Object.entries({ ownerId, repositoryId })) {
    if (id === undefined) throw emptyField(`agent '${agent}'`, field, 'GitHub writes both ids into the subject, or neither');
    if (!ID.test(exact(agent, field, id))) {
      throw invalidTrust(agent, {
        rule: `needs '${field}' to be a number`,
        reason: 'GitHub ids are',
        value: id,
        fix: `read it with: gh api repos/${repository}`,
      });
    }
  }
  return `${owner}@${ownerId}/${name}@${repositoryId}`;
}

function contextOf(agent: string, options: GitHubTrustOptions): string {
  const given = (['environment', 'branch', 'tag'] as const).filter((field) => options[field] !== undefined);
  const [field, second] = given;
  if (field === undefined || second !== undefined) {
    const reason = 'a subject names one of them, and a repository alone would let every branch become the agent';
    throw invalidTrust(agent, {
      rule: "needs exactly one of 'environment', 'branch' and 'tag'",
      reason,
      value: given,
      fix: 'keep the one that a reviewer guards',
    });
  }
  const value = exact(agent, field, options[field]);
  if (value.includes(':')) {
    throw invalidTrust(agent, {
      rule: `needs '${field}' without ':'`,
      reason: 'GitHub encodes it in the subject',
      value,
      fix: 'choose a name without it',
    });
  }
  if (value.startsWith('refs/')) {
    throw invalidTrust(agent, {
      rule: `needs '${field}' without the beginning of its ref`,
      reason: 'GitHub writes that before it, and it would stand there twice',
      value,
      fix: `use '${value.replace(/^refs\/(heads|tags)\//, '')}'`,
    });
  }
  return `${CONTEXTS[field]}${value}`;
}
