import { symbol } from '../../../core/review/glob';
import { type Fields, fieldsOf, follow, textOf } from '../../../core/review/json-fields';
import { type TerraformResource, type TerraformSource, withoutIndex } from '../../../core/review/terraform-source';

/** `${google_service_account.reader.email}` and nothing else inside. */
const REFERENCE = /\$\{([^{}]*)\}/g;
const SIMPLE = /^((?:data\.)?google_[a-z0-9_]+\.[\w-]+)\.([\w.[\]]+)$/;

/** The arguments of one Terraform file, with references filled in as far as they are known; the rest are symbols. */
export class Values {
  private readonly byAddress: ReadonlyMap<string, TerraformResource>;
  readonly project: string;

  constructor(
    readonly source: TerraformSource,
    private readonly stack = '',
  ) {
    this.byAddress = new Map(source.resources.map((resource) => [withoutIndex(resource.address), resource]));
    this.project = this.fill(textOf(source.provider.project) ?? '${provider.project}');
  }

  /** An argument as text; undefined where it is not set. */
  text(resource: TerraformResource, path: string): string | undefined {
    const given = follow(resource.values, path) ?? follow(single(resource.values), path);
    if (typeof given === 'string' && given !== '') return this.fill(given);
    if (typeof given === 'number') return String(given);
    const [first] = resource.references[path.split('.')[0] ?? path] ?? [];
    return first === undefined ? undefined : this.reference(first);
  }

  texts(resource: TerraformResource, path: string): readonly string[] {
    const given = follow(resource.values, path) ?? follow(single(resource.values), path);
    if (Array.isArray(given) && given.length > 0) {
      const written = given.flatMap((one) => (typeof one === 'string' ? [this.fill(one)] : []));
      // A plan leaves out what only apply fills in, and says of the whole list what it refers to.
      const named = written.length < given.length ? (resource.references[path] ?? []) : [];
      return [...written, ...named.filter((name) => SIMPLE.test(withoutModule(name))).map((name) => this.reference(name))];
    }
    const several = resource.references[path] ?? [];
    if (given === undefined && several.length > 2)
      return several.filter((name) => SIMPLE.test(withoutModule(name))).map((name) => this.reference(name));
    const one = this.text(resource, path);
    return one === undefined ? [] : [one];
  }

  /** A template such as `projects/{project}/buckets/{bucket}`; undefined where an argument of it is missing. */
  name(template: string, resource: TerraformResource): string | undefined {
    let missing = false;
    const name = template.replace(/\{(\w+)\}/g, (_, key: string) => {
      const value = key === 'project' ? this.projectOf(resource) : this.text(resource, key);
      if (value === undefined) missing = true;
      return value ?? '';
    });
    // Names that are given in full stand for themselves.
    return missing
      ? undefined
      : name.replace(/^projects\/[^/]+\/[a-zA-Z]+\/(projects\/.*)$/, '$1').replace(/^projects\/projects\//, 'projects/');
  }

  projectOf(resource: TerraformResource): string {
    return (
      (resource.type === 'google_project' ? this.text(resource, 'project_id') : undefined) ??
      this.text(resource, 'project') ??
      this.projectOfNamed(resource) ??
      this.project
    );
  }

  /** What is granted on a bucket that is made here is granted in its project. */
  private projectOfNamed(resource: TerraformResource): string | undefined {
    const bucket = this.text(resource, 'bucket');
    if (bucket === undefined) return undefined;
    const made = this.source.resources.find(
      (one) => one.type === 'google_storage_bucket' && this.text(one, 'name') === bucket && one !== resource,
    );
    return made && this.text(made, 'project');
  }

  /** A text with every reference filled in. */
  fill(text: string): string {
    return text.replace(REFERENCE, (_, inner: string) => this.reference(inner.trim()));
  }

  /** What one reference stands for. */
  reference(text: string): string {
    const inner = /^urlencode\((.*)\)$/.exec(text)?.[1];
    if (inner !== undefined) return this.reference(inner);
    const [module = ''] = /^(module\.[\w-]+\.)*/.exec(text) ?? [];
    const [, address = '', attribute = ''] = SIMPLE.exec(text.slice(module.length)) ?? [];
    const resource = this.byAddress.get(withoutIndex(`${module}${address}`));
    const derived = resource && this.derive(resource, attribute);
    if (derived !== undefined) return derived;
    const given = resource && follow(resource.values, attribute.replace(/\[(\d+)\]/g, '.$1'));
    return typeof given === 'string' && given !== '' ? this.fill(given) : symbol(this.stack === '' ? text : `${this.stack}.${text}`);
  }

  /** Attributes that follow from the arguments. */
  private derive(resource: TerraformResource, attribute: string): string | undefined {
    if (resource.type === 'google_service_account') return this.serviceAccount(resource, attribute);
    if (resource.type === 'google_project_iam_custom_role' && /^(name|id)$/.test(attribute))
      return this.name('projects/{project}/roles/{role_id}', resource);
    if (resource.type === 'google_organization_iam_custom_role' && /^(name|id)$/.test(attribute)) {
      return this.name('organizations/{org_id}/roles/{role_id}', resource);
    }
    if (resource.type === 'google_iam_workload_identity_pool' && attribute === 'name') {
      return this.name('projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}', resource);
    }
    if (resource.type === 'google_project' && attribute === 'number') return this.projectOf(resource);
    if (resource.type === 'google_project' && attribute === 'id') return `projects/${this.projectOf(resource)}`;
    if (resource.type === 'google_folder' && /^(name|id)$/.test(attribute))
      return `folders/${this.reference(`${resource.address}.folder_id`)}`;
    return undefined;
  }

  private serviceAccount(resource: TerraformResource, attribute: string): string | undefined {
    const email = this.name('{account_id}@{project}.iam.gserviceaccount.com', resource);
    if (email === undefined) return undefined;
    if (attribute === 'email') return email;
    if (attribute === 'member') return `serviceAccount:${email}`;
    if (attribute === 'name' || attribute === 'id') return `projects/${this.projectOf(resource)}/serviceAccounts/${email}`;
    return undefined;
  }
}

function withoutModule(name: string): string {
  return name.replace(/^(module\.[\w-]+\.)*/, '');
}

/** Blocks of one are objects in what cdktf writes, and lists of one in a plan. */
function single(values: Fields): Fields {
  const wrap = (value: unknown): unknown => {
    const fields = fieldsOf(value);
    if (fields) return [Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, wrap(inner)]))];
    return Array.isArray(value)
      ? value.map((one) =>
          fieldsOf(one) ? Object.fromEntries(Object.entries(one as object).map(([key, inner]) => [key, wrap(inner)])) : one,
        )
      : value;
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, wrap(value)]));
}
