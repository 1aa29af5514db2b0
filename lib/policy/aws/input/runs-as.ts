import type { PolicyText } from '../model';
import type { EstateDraft } from './estate-draft';

/** Where a role is looked for. */
export interface RolePlace {
  readonly partition: string;
  readonly account: PolicyText;
}

/** The ARN of the role that is meant by a role's ARN or name, or by the ARN or name of an instance profile. */
export function roleOf(draft: EstateDraft, given: PolicyText, { partition, account }: RolePlace): PolicyText {
  if (draft.principals.has(given)) return given;
  const profile = draft.profiles.get(given) ?? profileByName(draft, given, account);
  if (profile !== undefined) return profile;
  if (given.startsWith('arn:')) return given;
  return draft.byName('role', given, account)?.arn ?? `arn:${partition}:iam::${account}:role/${given}`;
}

function profileByName(draft: EstateDraft, name: PolicyText, account: PolicyText): PolicyText | undefined {
  for (const [arn, role] of draft.profiles) {
    if (arn.includes(`::${account}:instance-profile/`) && arn.endsWith(`/${name}`)) return role;
  }
  return undefined;
}
