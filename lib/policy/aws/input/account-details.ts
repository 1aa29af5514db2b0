import type { ReviewInput } from '../../../core/review/input';
import { unreadableInput } from '../../../core/review-errors';
import type { AwsPolicy } from '../model';
import { readPrincipalArn } from './arn';
import type { EstateDraft, PrincipalDraft } from './estate-draft';
import { type Fields, fieldsOf, member, rowsOf, tagsOf, textOf, unpack } from './json';
import { readPolicy } from './read-policy';

const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;

/** What one file of account details lists. */
export interface AccountListing {
  readonly accounts: ReadonlySet<string>;
  /** ARNs of the roles that are listed. */
  readonly roles: readonly string[];
  /** True where AWS said there was more than the file holds. */
  readonly truncated: boolean;
}

/**
 * Reads the JSON of `aws iam get-account-authorization-details`.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 * @throws AgenticIamError where it is something else
 */
export function readAccountDetails(input: ReviewInput, draft: EstateDraft): AccountListing {
  const details = fieldsOf(input.json);
  if (!details || !LISTS.some((list) => Array.isArray(details[list]))) {
    throw unreadableInput(input.file, {
      rule: 'must be the JSON of aws iam get-account-authorization-details',
      reason: `it needs one of the lists ${LISTS.join(', ')}`,
      fix: 'write it with: aws iam get-account-authorization-details > details.json',
    });
  }
  for (const row of rowsOf(details.Policies)) readManagedPolicy(input, row, draft);
  const groups = rowsOf(details.GroupDetailList).flatMap((row) => readPrincipal(input, { row, kind: 'group' }, draft) ?? []);
  const users = rowsOf(details.UserDetailList).flatMap((row) => readPrincipal(input, { row, kind: 'user' }, draft) ?? []);
  const roles = rowsOf(details.RoleDetailList).flatMap((row) => readPrincipal(input, { row, kind: 'role' }, draft) ?? []);
  return {
    accounts: new Set([...groups, ...users, ...roles].map(({ account }) => account)),
    roles: roles.map(({ arn }) => arn),
    truncated: details.IsTruncated === true,
  };
}

function readManagedPolicy(input: ReviewInput, row: Fields, draft: EstateDraft): void {
  const arn = textOf(row.Arn);
  if (!arn) {
    draft.unknowns.add(`In '${input.file}', a managed policy has no Arn and was left out.`);
    return;
  }
  const name = `managed policy '${textOf(row.PolicyName) ?? arn}'`;
  const versions = rowsOf(row.PolicyVersionList);
  const version =
    versions.find(({ IsDefaultVersion }) => IsDefaultVersion === true) ??
    versions.find(({ VersionId }) => VersionId !== undefined && VersionId === row.DefaultVersionId) ??
    (versions.length === 1 ? versions[0] : undefined);
  // A policy without a text stays unknown, so that those it is attached to say so; an AWS managed one may be at hand.
  if (!version) return;
  const read = (one: Fields): AwsPolicy => readPolicy(one.Document, { layer: 'identity', source: input.file, name, arn });
  const others = versions.filter((one) => one !== version && one.Document !== undefined).map(read);
  draft.managed.set(arn, { ...read(version), ...(others.length > 0 ? { otherVersions: others } : {}) });
}

interface PrincipalRow {
  readonly row: Fields;
  readonly kind: PrincipalDraft['kind'];
}

const WORDS = {
  user: { inline: 'UserPolicyList', name: 'UserName' },
  role: { inline: 'RolePolicyList', name: 'RoleName' },
  group: { inline: 'GroupPolicyList', name: 'GroupName' },
} as const;

function readPrincipal(input: ReviewInput, { row, kind }: PrincipalRow, draft: EstateDraft): PrincipalDraft | undefined {
  const arn = textOf(row.Arn);
  const named = arn === undefined ? undefined : readPrincipalArn(arn);
  if (!arn || named?.kind !== kind) {
    draft.unknowns.add(`In '${input.file}', a ${kind} has no Arn of a ${kind} and was left out, got: ${JSON.stringify(row.Arn ?? null)}.`);
    return undefined;
  }
  const principal = draft.principal(arn, input.file);
  const title = `${kind} '${named.name}'`;
  const place = { source: input.file };
  for (const policy of rowsOf(row[WORDS[kind].inline])) {
    const name = `inline policy '${textOf(policy.PolicyName) ?? 'without a name'}' of ${title}`;
    principal.policies.push(readPolicy(policy.PolicyDocument, { ...place, layer: 'identity', name }));
  }
  for (const policy of rowsOf(row.AttachedManagedPolicies)) {
    const policyArn = textOf(policy.PolicyArn);
    if (policyArn) principal.managed.add(policyArn);
    else principal.unknowns.add(`An attached policy of ${title} has no PolicyArn and was left out.`);
  }
  const boundary = textOf(member(row.PermissionsBoundary, 'PermissionsBoundaryArn'));
  if (boundary) principal.boundary = boundary;
  principal.tags = { ...principal.tags, ...tagsOf(row.Tags) };
  if (kind === 'user') {
    for (const group of rowsOf(row.GroupList).length > 0 ? [] : listTexts(row.GroupList)) {
      principal.groups.add(draft.byName('group', group, named.account)?.arn ?? arn.replace(/:user\/.*$/, `:group/${group}`));
    }
  }
  if (kind === 'role') {
    if (row.AssumeRolePolicyDocument !== undefined) {
      principal.trust = readPolicy(unpack(row.AssumeRolePolicyDocument), { ...place, layer: 'trust', name: `trust policy of ${title}` });
    }
    for (const profile of rowsOf(row.InstanceProfileList)) {
      const profileArn = textOf(profile.Arn);
      if (!profileArn) continue;
      principal.instanceProfiles.add(profileArn);
      draft.profiles.set(profileArn, arn);
    }
  }
  return principal;
}

function listTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
