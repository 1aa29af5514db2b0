import { type Fields, fieldsOf, follow, member, rowsOf, textOf, textsOf } from '../json-fields';
import { unreadableInput } from '../review-errors';
import type { ReviewInput } from './input';

/** One resource of Terraform, whichever file it came from. */
export interface TerraformResource {
  /** As Terraform calls it: `module.x.aws_iam_role.reader[0]`. */
  readonly address: string;
  readonly type: string;
  readonly values: Fields;
  /** Arguments whose value is a reference that only apply fills in -> address of what is referred to, and the attribute. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  /** The same references with the keys of `count` and `for_each`. @default - there are none */
  readonly keyed?: Readonly<Record<string, readonly string[]>>;
  /** What only apply fills in, in the shape of the arguments: `true` where it does. @default - not said */
  readonly unknown?: unknown;
  readonly isData: boolean;
}

/** What a Terraform file says of one cloud. */
export interface TerraformSource {
  readonly resources: readonly TerraformResource[];
  /** Arguments of the cloud's own provider that are written out. */
  readonly provider: Fields;
}

/** Types begin with one of the prefixes; the provider is of this name. */
export interface TerraformCloud {
  readonly prefixes: readonly string[];
  readonly provider: string;
}

/**
 * Reads `terraform show -json` of a plan or a state, or the `cdk.tf.json` of a stack.
 * @throws AgenticIamError where it is neither
 */
export function openTerraform(input: ReviewInput, cloud: TerraformCloud): TerraformSource {
  const json = fieldsOf(input.json);
  if (!json) throw unreadableInput(input.file, { rule: 'must be JSON that Terraform writes', fix: 'write it with: terraform show -json' });
  return input.kind === 'terraform-stack' ? readStack(json, cloud) : readPlan(json, cloud);
}

/** @see https://developer.hashicorp.com/terraform/internals/json-format */
function readPlan(json: Fields, cloud: TerraformCloud): TerraformSource {
  const values = member(json.planned_values, 'root_module') ?? member(json.values, 'root_module');
  const known = member(member(json.prior_state, 'values'), 'root_module');
  const configuration = member(json.configuration, 'root_module');
  const expressions = new Map<string, Fields>();
  collectExpressions(configuration, '', expressions);
  const provider = member(member(json.configuration, 'provider_config'), cloud.provider);
  const changes = new Map(rowsOf(json.resource_changes).map((row) => [textOf(row.address), member(row.change, 'after_unknown')]));
  const planned = modulesBelow(values).flatMap((module) => rowsOf(module.resources));
  const data = modulesBelow(known)
    .flatMap((module) => rowsOf(module.resources))
    .filter(({ mode }) => mode === 'data');
  return {
    resources: [...planned, ...data].flatMap((row) => planRow(row, { expressions, cloud, changes })),
    provider: constantsOf(member(provider, 'expressions')),
  };
}

/** Arguments that are written out in the configuration. */
function constantsOf(expressions: unknown): Fields {
  const rows = Object.entries(fieldsOf(expressions) ?? {});
  return Object.fromEntries(
    rows.flatMap(([key, row]) => (member(row, 'constant_value') === undefined ? [] : [[key, member(row, 'constant_value')]])),
  );
}

function isOf(type: string, { prefixes }: TerraformCloud): boolean {
  return prefixes.some((prefix) => type.startsWith(prefix));
}

interface Plan {
  readonly expressions: ReadonlyMap<string, Fields>;
  readonly cloud: TerraformCloud;
  readonly changes: ReadonlyMap<string | undefined, unknown>;
}

function planRow(row: Fields, { expressions, cloud, changes }: Plan): TerraformResource[] {
  const [address, type] = [textOf(row.address), textOf(row.type)];
  if (!address || !type || !isOf(type, cloud)) return [];
  const plain = withoutIndex(address);
  const [module = ''] = /^(module\.[\w-]+\.)*/.exec(plain) ?? [];
  const found = expressions.get(plain) ?? {};
  const [own = ''] = /^(module\.[\w-]+(\[[^\]]*\])?\.)*/.exec(address) ?? [];
  const named = Object.entries(found).map(([key, expression]) => [key, textsOf(member(expression, 'references'))] as const);
  return [
    {
      address,
      type,
      values: fieldsOf(row.values) ?? {},
      references: Object.fromEntries(named.map(([key, names]) => [key, names.map((name) => `${module}${withoutIndex(name)}`)])),
      keyed: Object.fromEntries(named.map(([key, names]) => [key, names.map((name) => `${own}${name}`)])),
      unknown: changes.get(address),
      isData: row.mode === 'data',
    },
  ];
}

/** Whether anything below a part of what is not known until apply is so. */
export function isHiddenBelow(unknown: unknown, path?: string): boolean {
  const at = path === undefined ? unknown : follow(unknown, path);
  if (at === true) return true;
  return typeof at === 'object' && at !== null && Object.values(at).some((one) => isHiddenBelow(one));
}

/** An address without the keys of `count` and `for_each`. */
export function withoutIndex(address: string): string {
  return address.replace(/\[[^\]]*\]/g, '');
}

function modulesBelow(module: unknown): readonly Fields[] {
  const fields = fieldsOf(module);
  return fields ? [fields, ...rowsOf(fields.child_modules).flatMap(modulesBelow)] : [];
}

function collectExpressions(module: unknown, prefix: string, into: Map<string, Fields>): void {
  for (const row of rowsOf(member(module, 'resources'))) {
    const address = textOf(row.address);
    if (address) into.set(`${prefix}${address}`, fieldsOf(row.expressions) ?? {});
  }
  for (const [name, call] of Object.entries(fieldsOf(member(module, 'module_calls')) ?? {})) {
    collectExpressions(member(call, 'module'), `${prefix}module.${name}.`, into);
  }
}

/** A stack of cdktf: resources by type and name, with `${...}` for references. */
function readStack(json: Fields, cloud: TerraformCloud): TerraformSource {
  const blocks = (section: unknown, isData: boolean): TerraformResource[] =>
    Object.entries(fieldsOf(section) ?? {})
      .filter(([type]) => isOf(type, cloud))
      .flatMap(([type, named]) =>
        Object.entries(fieldsOf(named) ?? {}).map(([name, values]) => ({
          address: `${isData ? 'data.' : ''}${type}.${name}`,
          type,
          values: fieldsOf(values) ?? {},
          references: {},
          isData,
        })),
      );
  const [provider = {}] = rowsOf(member(json.provider, cloud.provider));
  return { resources: [...blocks(json.resource, false), ...blocks(json.data, true)], provider };
}
