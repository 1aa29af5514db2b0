import { type TerraformResource, type TerraformSource, withoutIndex } from '../../../core/review/terraform-source';
import type { PolicyText } from '../model';
import { type Fields, fieldsOf, follow, listOf, textOf } from './json';
import { resourceShape } from './resource-types';
import { madeUpName, partitionOf, referenceTo, UNKNOWN_REGION } from './stack-scope';
import { policyOfDocument } from './terraform-document';
import catalog from './terraform-types.json';

/** What is known of a Terraform type; see the catalog. */
export interface TerraformType {
  readonly type: string;
  readonly name?: string;
  readonly role?: string;
  readonly policy?: string;
}

const TYPES: Readonly<Record<string, TerraformType>> = catalog.types;

export function terraformType(type: string): TerraformType | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** A value and why it may be more than it seems. */
export interface TerraformValue {
  readonly value: unknown;
  readonly doubts: readonly string[];
}

/** What the references of one Terraform file stand for. */
export class TerraformValues {
  readonly partition: string;
  readonly region: PolicyText;
  private readonly byAddress: ReadonlyMap<string, TerraformResource>;

  readonly account: PolicyText;

  constructor(
    readonly source: TerraformSource,
    fallbackAccount: PolicyText,
  ) {
    const caller = source.resources.find(({ type }) => type === 'aws_caller_identity')?.values.account_id;
    this.account = textOf(caller) ?? fallbackAccount;
    const region = textOf(source.provider.region);
    this.region = region && !region.includes('${') ? region : UNKNOWN_REGION;
    this.partition = partitionOf(this.region);
    this.byAddress = new Map(source.resources.map((resource) => [resource.address, resource]));
  }

  /** An argument, references filled in. Undefined where it is not set. */
  read(resource: TerraformResource, path: string): TerraformValue {
    const doubts: string[] = [];
    const given = follow(resource.values, path);
    if (given !== undefined && given !== null) return { value: this.fill(given, doubts), doubts };
    const [first, ...rest] = resource.references[path] ?? [];
    if (first === undefined) return { value: undefined, doubts };
    // One reference, which Terraform also lists without its attribute, is the value itself; several are made into something.
    const alone = rest.every((other) => first.startsWith(`${other}.`) || first === other);
    const value = alone ? this.reference(first) : undefined;
    return value === undefined ? { value: this.undecided(`${resource.address}.${path}`, doubts), doubts } : { value, doubts };
  }

  text(resource: TerraformResource, path: string): string | undefined {
    return textOf(this.read(resource, path).value);
  }

  texts(resource: TerraformResource, path: string): readonly string[] {
    return listOf(this.read(resource, path).value).filter((one): one is string => typeof one === 'string');
  }

  /** The ARN of a resource that is made here. */
  arn(resource: TerraformResource): PolicyText | undefined {
    const known = textOf(resource.values.arn);
    if (known && !known.includes('${')) return known;
    const type = terraformType(resource.type);
    const form = type && resourceShape(type.type)?.arn;
    if (!form) return undefined;
    const parts: Readonly<Record<string, string>> = {
      P: this.partition,
      R: this.region,
      A: this.account,
      name: resource.type === 'aws_ssm_parameter' ? this.name(resource).replace(/^\//, '') : this.name(resource),
      path: this.text(resource, 'path') ?? '/',
    };
    return form.replace(/\{(\w+)\}/g, (_, key: string) => parts[key] ?? madeUpName(`${resource.address}.${key}`));
  }

  /** The physical name: the given one, or one that stands for what AWS or the provider makes up. */
  name(resource: TerraformResource): string {
    const argument = terraformType(resource.type)?.name;
    return (argument && this.text(resource, argument)) || madeUpName(resource.address);
  }

  private fill(value: unknown, doubts: string[]): unknown {
    if (Array.isArray(value)) return value.map((one) => this.fill(one, doubts));
    const fields = fieldsOf(value);
    if (fields) return Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, this.fill(one, doubts)]));
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const whole = /^\$\{([^{}]*)\}$/.exec(value);
    if (whole?.[1] !== undefined) return this.reference(whole[1]) ?? this.undecided(whole[1], doubts);
    // `${aws:...}` is a variable of a policy, and `$${` is how Terraform writes a plain `${`.
    return value.replace(/\$\$\{|\$\{([^{}]*)\}/g, (text: string, expression?: string) => {
      if (expression === undefined) return '${';
      if (/^[\w-]+:/.test(expression)) return text;
      const found = this.reference(expression);
      return typeof found === 'string' ? found : this.undecided(expression, doubts);
    });
  }

  /** What a reference such as `aws_iam_role.reader.arn` stands for. */
  private reference(expression: string): unknown {
    const [, address = '', attribute = ''] = /^(.*)\.(\w+)$/.exec(withoutIndex(expression.trim())) ?? [];
    const resource = this.byAddress.get(address) ?? this.instance(address);
    if (!resource) return undefined;
    if (resource.isData) return this.ofData(resource, attribute);
    if (attribute === 'arn' || ARN_IDS.has(`${resource.type}.${attribute}`)) return this.arn(resource);
    if (attribute === 'id' || attribute === 'name' || attribute === terraformType(resource.type)?.name) {
      return terraformType(resource.type) ? this.name(resource) : referenceTo(`${address}.${attribute}`);
    }
    const given = resource.values[attribute];
    return typeof given === 'string' && !given.includes('${') ? given : referenceTo(`${address}.${attribute}`);
  }

  /** The only instance of a resource with a count. */
  private instance(address: string): TerraformResource | undefined {
    const found = this.source.resources.filter((one) => withoutIndex(one.address) === address);
    return found.length === 1 ? found[0] : undefined;
  }

  private ofData(data: TerraformResource, attribute: string): unknown {
    const given = data.values[attribute];
    if (typeof given === 'string' && !given.includes('${')) return given;
    if (data.type === 'aws_iam_policy_document' && (attribute === 'json' || attribute === 'minified_json')) {
      const doubts: string[] = [];
      const document = this.fill(policyOfDocument(data.values), doubts);
      return doubts.length === 0 && fieldsOf(document) ? JSON.stringify(document) : undefined;
    }
    const fixed: Fields = {
      'aws_caller_identity.account_id': this.account,
      'aws_partition.partition': this.partition,
      'aws_region.name': this.region,
      'aws_region.id': this.region,
      'aws_region.region': this.region,
    };
    return fixed[`${data.type}.${attribute}`];
  }

  private undecided(expression: string, doubts: string[]): string {
    doubts.push(`The value of '${expression}' is only known when it is applied, and could be a pattern such as '*'.`);
    return referenceTo(expression);
  }
}

/** Attributes beside `arn` that are the ARN. */
const ARN_IDS = new Set(['aws_iam_policy.id', 'aws_sns_topic.id', 'aws_secretsmanager_secret.id', 'aws_sfn_state_machine.id']);
