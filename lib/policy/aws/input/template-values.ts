import { type Fields, fieldsOf, follow, listOf, member, textOf } from './json';
import { type ResourceShape, resourceShape } from './resource-types';
import { madeUpName, referenceTo, type StackScope } from './stack-scope';
import { evaluateCondition } from './template-conditions';
import { isIntrinsic, resolveIntrinsic } from './template-intrinsics';

/** A resource of a template and what its references stand for. */
export interface PhysicalResource {
  readonly logicalId: string;
  readonly type: string;
  readonly shape?: ResourceShape;
  /** Physical name: the literal one, or one that stands for what CloudFormation will make up. */
  readonly name: string;
  /** What `Ref` returns. */
  readonly ref: string;
  /** @default - a type whose ARN is not known */
  readonly arn?: string;
}

/** Stands for a member that is not there: `AWS::NoValue`. */
export const NO_VALUE = Symbol('AWS::NoValue');

/** A value with its intrinsics replaced, and why it may be more than it seems; see {@link TemplateValues.read}. */
export interface ReadValue {
  readonly value: unknown;
  readonly doubts: readonly string[];
}

/**
 * Replaces the intrinsics of one template by text. What a literal decides becomes a literal; a reference becomes a symbol.
 *
 * A symbol is one plain text. A parameter or an import can be a pattern, such as `*`; where one is used, a doubt is noted, and
 * a policy with a doubt proves nothing.
 */
export class TemplateValues {
  readonly resources: Fields;
  private readonly physicals = new Map<string, PhysicalResource>();
  private readonly busy = new Set<string>();
  private readonly conditions = new Map<string, boolean | undefined>();
  private doubts = new Set<string>();

  constructor(
    readonly template: Fields,
    readonly scope: StackScope,
    private readonly imported: (name: string) => ReadValue | undefined = () => undefined,
  ) {
    this.resources = fieldsOf(template.Resources) ?? {};
  }

  /** Replaces the intrinsics of a value and says what is doubtful about it. */
  read(value: unknown): ReadValue {
    const outer = this.doubts;
    this.doubts = new Set();
    const read = this.resolve(value);
    const doubts = [...this.doubts];
    this.doubts = outer;
    return { value: read === NO_VALUE ? undefined : read, doubts };
  }

  /** A value as text, or undefined where it is none. Doubts are dropped: names hold no patterns. */
  text(value: unknown): string | undefined {
    return textOf(this.read(value).value);
  }

  /** The texts of a list, or of a single text. */
  texts(value: unknown): string[] {
    return listOf(this.read(value).value).filter((one): one is string => typeof one === 'string');
  }

  /** Notes that a value may be more than the symbol that stands for it, and returns the symbol. */
  doubt(name: string, sentence: string): string {
    this.doubts.add(sentence);
    return referenceTo(this.scope.label(name));
  }

  /** For the intrinsics: a value inside of another. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)).filter((one) => one !== NO_VALUE);
    const fields = fieldsOf(value);
    if (!fields) return typeof value === 'string' ? this.plain(value) : value;
    if (isIntrinsic(fields)) return resolveIntrinsic(this, fields);
    const entries = Object.entries(fields).map(([key, one]) => [key, this.resolve(one)] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== NO_VALUE));
  }

  /** Whether a condition of the template holds; undefined where only deployment knows. */
  condition(name: string): boolean | undefined {
    if (!this.conditions.has(name)) {
      this.conditions.set(name, undefined);
      this.conditions.set(name, evaluateCondition(this, member(this.template.Conditions, name)));
    }
    return this.conditions.get(name);
  }

  /** What a name of the template stands for. */
  physical(logicalId: string): PhysicalResource | undefined {
    const known = this.physicals.get(logicalId);
    if (known) return known;
    const resource = fieldsOf(member(this.resources, logicalId));
    const type = textOf(resource?.Type);
    if (!resource || !type) return undefined;
    // A resource that names itself, through others, can not be deployed; its name is as good as made up.
    if (this.busy.has(logicalId)) return undefined;
    this.busy.add(logicalId);
    const made = this.makePhysical(logicalId, type, resource);
    this.busy.delete(logicalId);
    this.physicals.set(logicalId, made);
    return made;
  }

  /** What `GetAtt` returns. */
  attribute(logicalId: string, attribute: string): string {
    const physical = this.physical(logicalId);
    const form = physical?.shape ? (physical.shape.atts?.[attribute] ?? (attribute === 'Arn' ? 'arn' : undefined)) : undefined;
    if (physical && form) return this.fill(form, physical);
    const name = `${logicalId}.${attribute}`;
    if (physical && isCustom(physical.type)) {
      return this.doubt(name, `What '${name}' returns is up to a custom resource, and could be a pattern such as '*'.`);
    }
    return referenceTo(this.scope.label(name));
  }

  private makePhysical(logicalId: string, type: string, resource: Fields): PhysicalResource {
    const shape = resourceShape(type);
    const given = shape?.name ? this.text(follow(resource.Properties, shape.name)) : undefined;
    const name = given ?? madeUpName(this.scope.label(logicalId));
    const bare: PhysicalResource = { logicalId, type, shape, name, ref: name };
    if (!shape) return bare;
    const located = { ...bare, arn: this.fill(shape.arn, bare) };
    return { ...located, ref: shape.ref ? this.fill(shape.ref, located) : name };
  }

  /** Fills the form of an ARN, a Ref or an attribute; see the catalog of resource types. */
  private fill(form: string, physical: PhysicalResource): string {
    const properties = fieldsOf(member(member(this.resources, physical.logicalId), 'Properties'));
    const id = madeUpName(this.scope.label(`${physical.logicalId}.Id`));
    const parts: Record<string, string | undefined> = {
      P: this.scope.partition,
      R: this.scope.region,
      A: this.scope.account,
      id,
      name: physical.type === 'AWS::SSM::Parameter' ? physical.name.replace(/^\//, '') : physical.name,
      ref: physical.ref,
      arn: physical.arn,
      path: pathOf(this.text(properties?.Path)),
    };
    if (Object.hasOwn(parts, form)) return parts[form] ?? id;
    return form.replace(/\{(\w+)\}/g, (_, key: string) => {
      if (Object.hasOwn(parts, key)) return parts[key] ?? id;
      const value = this.text(properties?.[key]) ?? referenceTo(this.scope.label(`${physical.logicalId}.${key}`));
      return key === 'Url' ? value.replace(/^https:\/\//, '') : key === 'FunctionName' ? this.functionArn(value) : value;
    });
  }

  private functionArn(name: string): string {
    return name.startsWith('arn:')
      ? name
      : `arn:${this.scope.partition}:lambda:${this.scope.region}:${this.scope.account}:function:${name}`;
  }

  /** A dynamic reference inside plain text is looked up at deployment only. */
  private plain(text: string): string {
    if (!text.includes('{{resolve:')) return text;
    return text.replace(/\{\{resolve:([^}]*)\}\}/g, (_, reference: string) =>
      this.doubt(`resolve:${reference}`, `The value of '{{resolve:${reference}}}' is only known when it is deployed.`),
    );
  }

  /** For the intrinsics: the value of another template's export, with its doubts. */
  importValue(name: string): unknown {
    const found = this.imported(name);
    for (const doubt of found?.doubts ?? []) this.doubts.add(doubt);
    return found?.value;
  }
}

export function isCustom(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** IAM paths begin and end with a slash. */
function pathOf(path: string | undefined): string {
  return path === undefined ? '/' : path;
}
