import { type Fields, textOf } from '../../../core/json-fields';
import { symbol } from '../../../core/review/glob';
import { isHiddenBelow, type TerraformResource, type TerraformSource, withoutIndex } from '../../../core/review/terraform-source';

/** `module.x.azurerm_storage_account.a["k"].id`: modules, the resource, its key, the attribute. */
const SIMPLE = /^((?:module\.[\w-]+(?:\[[^\]]*\])?\.)*)((?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[\w-]+)(\[[^\]]*\])?(?:\.([\w.[\]*]+))?$/;
const SPAN = /\uE000([^\uE001]*)\uE001/g;
/** What a whole resource, chosen by a key, is used for as an argument. */
const USUAL: Readonly<Record<string, string>> = { scope: 'id', role_definition_id: 'role_definition_resource_id', key_vault_id: 'id' };
/** Data that names whoever runs Terraform. */
const DEPLOYER = /^data\.(azurerm|azuread)_client_config\./;

/** The arguments of one Terraform file, with references filled in as far as they are known; the rest are symbols of that file's stack. */
export class Values {
  private readonly byAddress = new Map<string, TerraformResource[]>();
  /** Symbols that stand for one thing that is made here, or for whoever runs Terraform. */
  private readonly told = new Set<string>();

  constructor(
    readonly source: TerraformSource,
    private readonly stack: string,
  ) {
    for (const resource of source.resources) {
      const address = withoutIndex(resource.address);
      const list = this.byAddress.get(address);
      if (list) list.push(resource);
      else this.byAddress.set(address, [resource]);
    }
  }

  text(resource: TerraformResource, path: string): string | undefined {
    const given = follow(resource.values, path);
    if (typeof given === 'string' && given !== '') return this.fill(given);
    const root = path.split('.')[0] ?? path;
    const names = resource.keyed?.[root] ?? resource.references[root] ?? [];
    const [first, ...rest] = names.filter(
      (name) => !names.some((other) => other !== name && /^[.[]/.test(other.slice(name.length)) && other.startsWith(name)),
    );
    if (first === undefined) return undefined;
    const keys = rest.filter((name) => /(^|\.)(each\.key|count\.index)$/.test(name));
    // Which of several things is meant is only told by a key of the same name.
    if (keys.length > 0 && keys.length === rest.length) {
      const [key = ''] = /\[[^\]]*\]$/.exec(resource.address) ?? [];
      return this.reference(`${first}${key}.${USUAL[path] ?? path}`);
    }
    return rest.length === 0 ? this.reference(first) : this.ofSeveral(first, rest, path);
  }

  /** A place is named by what comes first in its name; of a principal that is one of several it is not known which. */
  private ofSeveral(first: string, rest: readonly string[], path: string): string {
    return path === 'scope' ? this.reference(first) : symbol([first, ...rest].join(' or '));
  }

  texts(resource: TerraformResource, path: string): readonly string[] {
    const given = follow(resource.values, path);
    if (Array.isArray(given)) return given.flatMap((one) => (typeof one === 'string' ? [this.fill(one)] : []));
    if (typeof given === 'string' && given !== '') return [this.fill(given)];
    const names = resource.keyed?.[path] ?? resource.references[path] ?? [];
    return names.filter((name) => !names.some((other) => other !== name && other.startsWith(name))).map((one) => this.reference(one));
  }

  /** Whether only apply fills in an argument, or something in it. */
  isOpen(resource: TerraformResource, path: string): boolean {
    return isHiddenBelow(resource.unknown, path);
  }

  /** Whether a text holds a reference of which it is not known what it stands for: a variable, data, an output of something else. */
  isHidden(text: string): boolean {
    return [...text.matchAll(SPAN)].some(([span]) => !this.told.has(span));
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
    const resource = this.at(text);
    const [, , , , written = ''] = SIMPLE.exec(text) ?? [];
    if (!resource || written === '') return this.symbol(text, DEPLOYER.test(text));
    const attribute = attributeOf(resource, written);
    if (/^(id|role_definition_resource_id)$/.test(attribute)) return this.idOf(resource);
    const given = textOf(follow(resource.values, attribute));
    if (given !== undefined) return this.fill(given);
    return this.symbol(`${resource.address}.${attribute}`, !resource.isData || DEPLOYER.test(resource.address));
  }

  /** The id of a resource that is made here: its place where that is written out, otherwise a reference. */
  idOf(resource: TerraformResource): string {
    const known = textOf(resource.values.id);
    if (known !== undefined && !known.includes('${')) return known;
    return this.symbol(`${resource.address}.id`, !resource.isData);
  }

  /** The id of the resource group that a resource is in, where the group is made here too. */
  groupOf(resource: TerraformResource): string | undefined {
    const name = this.text(resource, 'resource_group_name');
    const group = this.source.resources.find(
      ({ type, isData, address }) => type === 'azurerm_resource_group' && !isData && this.reference(`${address}.name`) === name,
    );
    return group && this.idOf(group);
  }

  private symbol(text: string, told: boolean): string {
    const made = symbol(this.stack === '' ? text : `${this.stack}.${text}`);
    if (told) this.told.add(made);
    return made;
  }

  /** The resource that a reference means; undefined where it may mean one of several. */
  at(reference: string): TerraformResource | undefined {
    const [, modules = '', address = '', key = ''] = SIMPLE.exec(reference) ?? [];
    const found = this.byAddress.get(withoutIndex(`${modules}${address}`)) ?? [];
    return found.find((one) => one.address === `${modules}${address}${key}`) ?? (found.length === 1 ? found[0] : undefined);
  }
}

/** The attribute in one spelling: blocks of one without their number, the object of a directory by one name. */
function attributeOf({ type }: TerraformResource, written: string): string {
  const plain = written.replace(/\[(\d+|\*)\]|\.(\d+|\*)(?=\.|$)/g, '');
  if (/^azuread_(service_principal|group|user)$/.test(type) && /^(id|object_id|principal_id)$/.test(plain)) return 'object_id';
  return plain === 'principal_id' && !/(_user_assigned_identity|_assignment)$/.test(type) ? 'identity.principal_id' : plain;
}

/** What a path leads to; a block of one may be a list of one. */
function follow(values: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    const one: unknown = Array.isArray(at) ? at[0] : at;
    return typeof one === 'object' && one !== null && Object.hasOwn(one, key) ? (one as Fields)[key] : undefined;
  }, values);
}

function endOf(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return text.length;
}
