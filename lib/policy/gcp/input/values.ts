import { type Fields, fieldsOf, follow, textOf } from '../../../core/json-fields';
import { hasSymbol, symbol } from '../../../core/review/glob';
import { isHiddenBelow, type TerraformResource, type TerraformSource, withoutIndex } from '../../../core/review/terraform-source';

/** `module.x.google_service_account.a["k"].email`: modules, the resource, its key, the attribute. */
const SIMPLE = /^((?:module\.[\w-]+(?:\[[^\]]*\])?\.)*)((?:data\.)?google_[a-z0-9_]+\.[\w-]+)(\[[^\]]*\])?(?:\.([\w.[\]*]+))?$/;
const SPAN = /\uE000([^\uE001]*)\uE001/g;
/** What only says which of several things is meant. */
const KEY = /(^|\.)(each\.key|count\.index)$/;
/** What a whole resource, chosen by a key, is used for as an argument. */
const USUAL: Readonly<Record<string, string>> = {
  members: 'member',
  service_account_id: 'name',
  role: 'name',
  project: 'project_id',
  bucket: 'name',
};
/** Attributes that nobody gives and that are of that thing alone. An argument such as `service_account` may be anybody's. */
const OWN_ATTRIBUTE =
  /^(id|name|number|project_id|folder_id|unique_id|writer_identity|service_account_email_address|workload_identity_pool_id|.*effective_identity)$/;
const OWN_TYPE = /^google_(service_account|project_service_identity)$/;

/** The arguments of one Terraform file, with references filled in as far as they are known; the rest are symbols. */
export class Values {
  private readonly byAddress = new Map<string, TerraformResource[]>();
  /** Symbols that stand for one thing that is made here. */
  private readonly told = new Set<string>();
  /** References that are being filled in. */
  private readonly pending = new Set<string>();
  private buckets?: ReadonlyMap<string, TerraformResource>;
  readonly project: string;

  constructor(
    readonly source: TerraformSource,
    private readonly stack = '',
  ) {
    for (const resource of source.resources) {
      const address = withoutIndex(resource.address);
      const list = this.byAddress.get(address);
      if (list) list.push(resource);
      else this.byAddress.set(address, [resource]);
    }
    this.project = this.fill(textOf(source.provider.project) ?? '${provider.project}');
  }

  /** An argument as text; undefined where it is not set. */
  text(resource: TerraformResource, path: string): string | undefined {
    const given = this.given(resource, path);
    if (typeof given === 'string' && given !== '') return this.fill(given);
    if (typeof given === 'number') return String(given);
    const [first, ...rest] = this.named(resource, path);
    if (first === undefined) return undefined;
    return rest.length === 0 ? this.reference(first) : this.symbol([first, ...rest].join(' or '), false);
  }

  /** An argument that is a list of texts, and whether each of them is known. */
  texts(resource: TerraformResource, path: string): { readonly texts: readonly string[]; readonly isWhole: boolean } {
    const given = this.given(resource, path);
    const list = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given];
    const texts = list.flatMap((one) => (typeof one === 'string' ? [this.fill(one)] : []));
    const open = given === undefined || given === null ? this.isOpen(resource, path) : texts.length < list.length;
    return { texts, isWhole: !open && !texts.some(hasSymbol) };
  }

  /** An argument as it is written; a block of one may be an object or a list of one. */
  given(resource: TerraformResource, path: string): unknown {
    return follow(resource.values, path) ?? (path.includes('.') ? follow(single(resource.values), path) : undefined);
  }

  /** What an argument refers to where only apply fills it in, each thing once and with the key that chooses it. */
  named(resource: TerraformResource, path: string): readonly string[] {
    const root = path.split('.')[0] ?? path;
    const names = resource.keyed?.[root] ?? resource.references[root] ?? [];
    const longest = names.filter((name) => !names.some((other) => other.startsWith(name) && /^[.[]/.test(other.slice(name.length))));
    const things = longest.filter((name) => !KEY.test(name));
    if (things.length === longest.length) return things;
    const [key = ''] = /\[[^\]]*\]$/.exec(resource.address) ?? [];
    return things.map((name) => {
      const [, , , own, attribute] = SIMPLE.exec(name) ?? [];
      return own === undefined && attribute === undefined ? `${name}${key}.${USUAL[path] ?? path}` : name;
    });
  }

  /** Whether only apply fills in an argument, or something in it. */
  isOpen(resource: TerraformResource, path: string): boolean {
    const root = path.split('.')[0] ?? path;
    return isHiddenBelow(resource.unknown, path) || (resource.references[root] ?? []).length > 0;
  }

  /** Whether a text holds a reference of which it is not known what it stands for: a variable, data, a function, another's argument. */
  isHidden(text: string): boolean {
    return [...text.matchAll(SPAN)].some(([span]) => !this.told.has(span));
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
    this.buckets ??= new Map(
      this.source.resources.filter(({ type }) => type === 'google_storage_bucket').map((one) => [this.text(one, 'name') ?? '', one]),
    );
    const made = this.buckets.get(bucket);
    return made && made !== resource ? this.text(made, 'project') : undefined;
  }

  /** A text with every reference filled in; braces inside a reference, as of a function call, belong to it. */
  fill(text: string): string {
    let filled = '';
    for (let at = 0; at < text.length; at += 1) {
      if (!text.startsWith('${', at)) {
        filled += text[at] ?? '';
        continue;
      }
      const end = endOf(text, at + 2);
      filled += this.reference(text.slice(at + 2, end).trim());
      at = end;
    }
    return filled;
  }

  /** What one reference stands for. */
  reference(text: string): string {
    const inner = /^urlencode\((.*)\)$/.exec(text)?.[1];
    if (inner !== undefined) return this.reference(inner);
    const resource = this.at(text);
    const [, , , , attribute = ''] = SIMPLE.exec(text) ?? [];
    // What leads back to itself is no Terraform.
    if (!resource || attribute === '' || this.pending.has(text)) return this.symbol(text, false);
    this.pending.add(text);
    try {
      const derived = this.derive(resource, attribute);
      if (derived !== undefined) return derived;
      const given = follow(resource.values, attribute.replace(/\[(\d+)\]/g, '.$1'));
      return typeof given === 'string' && given !== '' ? this.fill(given) : this.own(resource, attribute);
    } finally {
      this.pending.delete(text);
    }
  }

  /** The resource that a reference means; undefined where it may mean one of several. */
  at(reference: string): TerraformResource | undefined {
    const [, modules = '', address = '', key = ''] = SIMPLE.exec(reference) ?? [];
    const found = this.byAddress.get(withoutIndex(`${modules}${address}`)) ?? [];
    return found.find((one) => one.address === `${modules}${address}${key}`) ?? (found.length === 1 ? found[0] : undefined);
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
    if (resource.type === 'google_secret_manager_secret' && attribute === 'id')
      return this.name('projects/{project}/secrets/{secret_id}', resource);
    if (resource.type === 'google_project' && attribute === 'number') return this.projectOf(resource);
    if (resource.type === 'google_project' && attribute === 'id') return `projects/${this.projectOf(resource)}`;
    if (resource.type === 'google_folder' && /^(name|id)$/.test(attribute))
      return `folders/${this.reference(`${resource.address}.folder_id`)}`;
    return undefined;
  }

  /** The name of an account may only show at apply; then its address is one fixed unknown string. */
  private serviceAccount(resource: TerraformResource, attribute: string): string | undefined {
    const written = textOf(follow(resource.values, 'email'));
    const made = written === undefined ? this.name('{account_id}@{project}.iam.gserviceaccount.com', resource) : this.fill(written);
    const account = this.text(resource, 'account_id');
    const email = made === undefined || account === undefined || hasSymbol(account) ? this.own(resource, 'email') : made;
    if (attribute === 'email') return email;
    if (attribute === 'member') return `serviceAccount:${email}`;
    if (attribute === 'name' || attribute === 'id') return `projects/${this.projectOf(resource)}/serviceAccounts/${email}`;
    return undefined;
  }

  private own(resource: TerraformResource, attribute: string): string {
    const plain = attribute.replace(/\[\d+\]/g, '');
    const isOwn = !resource.isData && (OWN_TYPE.test(resource.type) || OWN_ATTRIBUTE.test(plain));
    return this.symbol(`${resource.address}.${attribute}`, isOwn);
  }

  private symbol(text: string, told: boolean): string {
    const made = symbol(this.stack === '' ? text : `${this.stack}.${text}`);
    if (told) this.told.add(made);
    return made;
  }
}

function endOf(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
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
