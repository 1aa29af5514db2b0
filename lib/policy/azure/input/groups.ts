import type { TerraformResource } from '../../../core/review/terraform-source';
import type { Assignment } from '../model';
import type { Values } from './values';

/** Who is in which group, as far as Terraform says. */
export class Groups {
  private readonly membersOf = new Map<string, Set<string>>();
  /** Groups of which not every member is told. */
  private readonly open = new Map<string, string>();
  private readonly made = new Set<string>();

  /** Notes a group, or one member of one; true where the resource is either. */
  read(resource: TerraformResource, values: Values): boolean {
    if (resource.type === 'azuread_group') {
      const group = values.reference(`${resource.address}.object_id`);
      this.made.add(group);
      const members = values.texts(resource, 'members');
      for (const member of members) this.add(group, member, { resource, values });
      const dynamic = resource.values.dynamic_membership !== undefined && resource.values.dynamic_membership !== null;
      if (values.isOpen(resource, 'members') && members.length === 0 && isWritten(resource)) this.open.set(group, resource.address);
      if (dynamic && [resource.values.dynamic_membership].flat().length > 0) this.open.set(group, resource.address);
      return true;
    }
    if (resource.type !== 'azuread_group_member') return false;
    const group = values.text(resource, 'group_object_id');
    const member = values.text(resource, 'member_object_id');
    if (group !== undefined) this.add(group, member, { resource, values });
    return true;
  }

  private add(
    group: string,
    member: string | undefined,
    { resource, values }: { readonly resource: TerraformResource; readonly values: Values },
  ): void {
    if (member === undefined || values.isHidden(member)) this.open.set(group, resource.address);
    if (member === undefined) return;
    const list = this.membersOf.get(group) ?? new Set();
    list.add(member);
    this.membersOf.set(group, list);
  }

  /** Everyone in a group, through groups in it too. */
  private everyoneIn(group: string, seen: Set<string> = new Set()): ReadonlySet<string> {
    for (const member of this.membersOf.get(group) ?? []) {
      if (seen.has(member)) continue;
      seen.add(member);
      this.everyoneIn(member, seen);
    }
    return seen;
  }

  /** What is assigned to groups is assigned to everyone in them. */
  assignmentsOfMembers(assignments: readonly Assignment[]): readonly Assignment[] {
    return assignments.flatMap((assignment) =>
      [...this.everyoneIn(assignment.principal)].map((principal) => ({ ...assignment, principal })),
    );
  }

  /** Members of groups that are not made here, which may be granted more than is in view. */
  get membersOfOthers(): readonly { readonly group: string; readonly member: string }[] {
    return [...this.membersOf.keys()]
      .filter((group) => !this.made.has(group))
      .flatMap((group) => [...this.everyoneIn(group)].map((member) => ({ group, member })));
  }

  /** What puts somebody who is not known into one of these groups, or into one that is in them. */
  openOf(groups: ReadonlySet<string>): readonly string[] {
    return [...groups].flatMap((group) => [group, ...this.everyoneIn(group)].flatMap((one) => this.open.get(one) ?? []));
  }
}

/** The members are an argument and not left to Azure; a plan says of both that apply fills them in. */
function isWritten({ references }: TerraformResource): boolean {
  return Object.hasOwn(references, 'members');
}
