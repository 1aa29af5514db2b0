import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One argument: of a plain type, or a block of arguments. */
export interface Field {
  readonly required?: true;
  /** May be given more than once. */
  readonly list?: true;
  readonly type?: 'string' | 'number' | 'boolean' | 'map' | 'any';
  readonly block?: Readonly<Record<string, Field>>;
}

export interface Block {
  readonly fields: Readonly<Record<string, Field>>;
}

export interface TerraformSchemas {
  /** Package, its version, and the provider's version that it is generated from. */
  readonly sources: Record<string, string>;
  /** By kind and type: `resource azurerm_role_assignment`. `computed`: names of attributes, in camel case. */
  readonly types: Record<string, Block & { readonly computed: readonly string[] }>;
}

/** The providers' schemas, pruned to what this library emits; made by tools/evidence/terraform-schemas.ts. */
export const TERRAFORM_SCHEMAS = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/terraform-schemas.json'), 'utf8'),
) as TerraformSchemas;

type Json = Readonly<Record<string, unknown>>;
/** Arguments that Terraform itself gives to each resource. */
const META = new Set(['provider', 'depends_on', 'lifecycle', 'count', 'for_each', 'connection', 'provisioner', '//', 'alias']);
const REFERENCE = /(?<![\w.-])(data\.)?((?:azurerm|azuread|google|vault)_\w+)\.([\w-]+)(?:\[[^\]]*\])?\.(\w+)/g;

/** What the providers would refuse in a stack's Terraform JSON: unknown arguments, missing ones, wrong types, references to what is not there. */
export function problemsOf(stack: Json, unknown: readonly string[] = []): string[] {
  const problems: string[] = [];
  for (const kind of ['resource', 'data'] as const)
    for (const [type, named] of Object.entries((stack[kind] ?? {}) as Record<string, Record<string, Json>>))
      for (const [name, made] of Object.entries(named)) {
        const at = `${kind} ${type}.${name}`;
        const schema = TERRAFORM_SCHEMAS.types[`${kind} ${type}`];
        if (schema) problems.push(...block(at, made, schema.fields, true));
        else if (!unknown.includes(type)) problems.push(`${at}: no schema is known; run tools/evidence/terraform-schemas.ts`);
      }
  for (const [name, settings] of Object.entries((stack.provider ?? {}) as Record<string, Json | Json[]>)) {
    const schema = TERRAFORM_SCHEMAS.types[`provider ${name}`];
    if (!schema) problems.push(`provider ${name}: no schema is known; run tools/evidence/terraform-schemas.ts`);
    else for (const each of [settings].flat()) problems.push(...block(`provider ${name}`, each, schema.fields, true));
  }
  return [...problems, ...references(stack), ...escapes(stack)];
}

/** Strings of an expression, from quote to quote: one that begins with an escaped quote is none. */
const ESCAPED = /(?<!\$)\$\{(?:[^"\\{}]|"(?:[^"\\]|\\.)*")*\\/;

/** Expressions that Terraform would not read, since somebody escaped their quotes with the text around them. */
function escapes(value: unknown): string[] {
  if (typeof value === 'string') return ESCAPED.test(value) ? [`an expression holds a backslash: ${value.slice(0, 400)}`] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : escapes(inner)));
}

function block(at: string, made: Json, fields: Readonly<Record<string, Field>>, top: boolean): string[] {
  const problems = Object.keys(fields)
    .filter((name) => fields[name]?.required && (made[name] === undefined || made[name] === null))
    .map((name) => `${at}: '${name}' is required`);
  for (const [name, value] of Object.entries(made)) {
    if (top && META.has(name)) continue;
    const field = fields[name];
    if (!field) problems.push(...(name === 'dynamic' ? [] : [`${at}: no argument is called '${name}'`]));
    else problems.push(...argument(`${at}.${name}`, value, field));
  }
  return problems;
}

function argument(at: string, value: unknown, field: Field): string[] {
  if (value === null || isExpression(value)) return [];
  if (field.list) {
    // Blocks may be written alone; lists of values may not.
    if (!Array.isArray(value))
      return field.block ? argument(at, value, { block: field.block }) : [`${at}: a list is wanted, not ${shown(value)}`];
    return value.flatMap((each, index) => argument(`${at}[${index}]`, each, { type: field.type, block: field.block }));
  }
  if (field.block) {
    const only = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return isObject(only) ? block(at, only, field.block, false) : [`${at}: a block is wanted, not ${shown(value)}`];
  }
  if (field.type === 'any') return [];
  if (field.type === 'map') return isObject(value) ? [] : [`${at}: a map is wanted, not ${shown(value)}`];
  // Terraform turns numbers and booleans into strings, and strings that read as such into them.
  const fits = field.type === 'string' ? ['string', 'number', 'boolean'].includes(typeof value) : typeof value === field.type;
  return fits ? [] : [`${at}: a ${field.type} is wanted, not ${shown(value)}`];
}

/** References to resources that the stack does not hold, or to attributes that they have not. */
function references(stack: Json): string[] {
  const problems = new Set<string>();
  for (const text of strings({ ...stack, '//': undefined, terraform: undefined }))
    for (const [, expression] of text.matchAll(/\$\{([^}]*(?:\{[^}]*\}[^}]*)*)\}/g))
      for (const [whole, data, type, name, attribute] of (expression ?? '').matchAll(REFERENCE)) {
        const kind = data ? 'data' : 'resource';
        const made = (stack[kind] as Record<string, Json> | undefined)?.[type as string]?.[name as string];
        const schema = TERRAFORM_SCHEMAS.types[`${kind} ${type}`];
        if (!made) problems.add(`\${${whole}}: the stack has no ${kind} ${type}.${name}`);
        else if (schema && !schema.computed.includes(camel(attribute as string)))
          problems.add(`\${${whole}}: ${type} has no attribute '${attribute}'`);
      }
  return [...problems];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : [key, ...strings(inner)]))
    : [];
}

function camel(name: string): string {
  return name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{[\s\S]*\}$/.test(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
}
