import { symbol } from '../../../core/review/glob';
import { follow, textOf } from '../../../core/review/json-fields';
import { type TerraformResource, type TerraformSource, withoutIndex } from '../../../core/review/terraform-source';

const SIMPLE = /^((?:data\.)?[a-z][a-z0-9_]*_[a-z0-9_]+\.[\w-]+)\.([\w.[\]]+)$/;

/** The arguments of one Terraform file, with references filled in as far as they are known; the rest are symbols of that file's stack. */
export class Values {
  private readonly byAddress: ReadonlyMap<string, TerraformResource>;

  constructor(
    readonly source: TerraformSource,
    private readonly stack: string,
  ) {
    this.byAddress = new Map(source.resources.map((resource) => [withoutIndex(resource.address), resource]));
  }

  text(resource: TerraformResource, path: string): string | undefined {
    const given = follow(resource.values, path);
    if (typeof given === 'string' && given !== '') return this.fill(given);
    const [first] = resource.references[path.split('.')[0] ?? path] ?? [];
    return first === undefined ? undefined : this.reference(first);
  }

  texts(resource: TerraformResource, path: string): readonly string[] {
    const given = follow(resource.values, path);
    if (Array.isArray(given)) return given.flatMap((one) => (typeof one === 'string' ? [this.fill(one)] : []));
    return (resource.references[path] ?? []).map((one) => this.reference(one));
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
    const [, address = '', attribute = ''] = SIMPLE.exec(text) ?? [];
    const resource = this.byAddress.get(withoutIndex(address));
    if (resource && /^(id|role_definition_resource_id)$/.test(attribute)) return this.idOf(resource);
    const given = resource && follow(resource.values, attribute);
    return textOf(given) === undefined ? symbol(this.stack === '' ? text : `${this.stack}.${text}`) : this.fill(String(given));
  }

  /** The id of a resource that is made here: its place where that is written out, otherwise a reference. */
  idOf(resource: TerraformResource): string {
    const known = textOf(resource.values.id);
    if (known !== undefined && !known.includes('${')) return known;
    const address = `${withoutIndex(resource.address)}.id`;
    return symbol(this.stack === '' ? address : `${this.stack}.${address}`);
  }

  at(address: string): TerraformResource | undefined {
    return this.byAddress.get(withoutIndex(address));
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
