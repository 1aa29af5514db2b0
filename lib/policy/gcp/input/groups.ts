import { rowsOf, textOf } from '../../../core/json-fields';
import { showSymbols } from '../../../core/review/glob';
import type { TerraformResource } from '../../../core/review/terraform-source';
import type { Unread } from '../model';
import type { Values } from './values';

/** Who is in which group, as far as Terraform makes it. */
export class Groups {
  readonly unread: Unread[] = [];
  /** Address of a group, by the name that its members refer to. */
  private readonly emails = new Map<string, string>();
  private readonly memberships: { readonly group: string; readonly member: string; readonly at: string }[] = [];

  /** @see https://docs.cloud.google.com/identity/docs/how-to/memberships-google-groups */
  read(resource: TerraformResource, values: Values, file: string): void {
    if (resource.type === 'google_cloud_identity_group') {
      const email = keyOf(resource, 'group_key', values);
      if (email === undefined) return;
      for (const attribute of ['name', 'id']) this.emails.set(values.reference(`${resource.address}.${attribute}`), email);
      return;
    }
    const at = `${showSymbols(resource.address)} in '${file}'`;
    const group = values.text(resource, 'group');
    const member = keyOf(resource, 'preferred_member_key', values) ?? keyOf(resource, 'member_key', values);
    if (member === undefined || values.isHidden(member))
      this.unread.push({ sentence: `Whom ${at} takes into a group is not known, so it may be anyone.` });
    else this.memberships.push({ group: group ?? '', member, at });
  }

  /** The groups of each member, as `group:EMAIL`, those that groups are in included. A group that is not made here is a sentence. */
  ofMembers(): ReadonlyMap<string, readonly string[]> {
    const direct = new Map<string, Set<string>>();
    for (const { group, member, at } of this.memberships) {
      const email = this.emails.get(group);
      for (const id of [`serviceAccount:${member}`, `user:${member}`, `group:${member}`]) {
        if (email === undefined) {
          const sentence = `What group ${at} takes '${showSymbols(member)}' into is not known, so neither is what it is granted.`;
          this.unread.push({ sentence, only: id });
        } else direct.set(id, new Set([...(direct.get(id) ?? []), `group:${email}`]));
      }
    }
    return new Map([...direct.keys()].map((id) => [id, [...above(id, direct)]]));
  }
}

function above(id: string, direct: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: string): void => {
    for (const group of direct.get(one) ?? []) {
      if (found.has(group)) continue;
      found.add(group);
      visit(group);
    }
  };
  visit(id);
  return found;
}

/** The address in the block that names a group or a member. */
function keyOf(resource: TerraformResource, block: string, values: Values): string | undefined {
  const [row] = rowsOf(resource.values[block]);
  const id = textOf(row?.id);
  return id === undefined ? undefined : values.fill(id);
}
