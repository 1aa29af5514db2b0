import type { TerraformResource } from '../../../core/review/terraform-source';
import type { Binding, DenyRule, Place } from '../model';
import type { Values } from './values';

/** Which project and folder is in which folder or organization, as far as Terraform says. */
export class Hierarchy {
  private readonly parents = new Map<string, string>();

  /** Notes the parent of a project or a folder. */
  read(resource: TerraformResource, values: Values): void {
    const folder = values.text(resource, 'folder_id');
    const organization = values.text(resource, 'org_id');
    const above = folder === undefined ? organization && `organizations/${organization}` : nodeName('folder', folder);
    const parent = resource.type === 'google_folder' ? values.text(resource, 'parent') : above;
    const own = resource.type === 'google_folder' ? values.reference(`${resource.address}.name`) : `projects/${values.projectOf(resource)}`;
    if (parent !== undefined) this.parents.set(own, parent);
  }

  /** `yes` or `no` only where the chain of parents tells. */
  private isBelow(node: string, above: string): 'yes' | 'no' | 'maybe' {
    const seen = new Set<string>();
    for (let at = this.parents.get(node); at !== undefined && !seen.has(at); at = this.parents.get(at)) {
      if (at === above) return 'yes';
      if (at.startsWith('organizations/')) return 'no';
      seen.add(at);
    }
    return 'maybe';
  }

  private projects(above: Place, wanted: 'yes' | 'no'): readonly string[] {
    return [...this.parents.keys()].filter((node) => node.startsWith('projects/') && this.isBelow(node, above.name) === wanted);
  }

  /** A binding without the projects that lie elsewhere for sure. */
  placeBinding(binding: Binding): Binding {
    const { place } = binding;
    if (!isNode(place)) return binding;
    const at = { ...place, name: nodeName(place.level, place.name) };
    return { ...binding, place: { ...at, outside: this.projects(at, 'no') } };
  }

  /** A rule of a folder or organization: sure for the projects known below it, and in doubt for those it is not known of. */
  placeRule(rule: DenyRule): readonly DenyRule[] {
    const { place } = rule;
    if (!isNode(place)) return [rule];
    const at = { ...place, name: nodeName(place.level, place.name) };
    const below = this.projects(at, 'yes');
    const doubt = `whether ${at.name} holds the project`;
    return [
      ...below.map((name): DenyRule => ({ ...rule, place: { level: 'project', name } })),
      { ...rule, place: { ...at, outside: [...this.projects(at, 'no'), ...below] }, doubt: rule.doubt ?? doubt },
    ];
  }
}

function isNode({ level }: Place): boolean {
  return level === 'folder' || level === 'organization';
}

/** Folders may be given with or without the word before their number. */
function nodeName(level: string, name: string): string {
  return level === 'folder' && !name.startsWith('folders/') ? `folders/${name}` : name;
}
