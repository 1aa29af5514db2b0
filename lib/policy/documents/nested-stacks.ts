import { byCodePoint } from '../../core/json';
import { unreadableInput } from '../../core/review-errors';
import type { Folder } from './files';
import { fieldsOf, kindOf } from './kinds';
import { type Names, rewrite } from './template-names';

type Fields = Readonly<Record<string, unknown>>;

const NESTED = 'AWS::CloudFormation::Stack';

/**
 * One template that says what a template and the nested stacks in it say: their resources become its own, the parameters that they are
 * given take the place of those they declare, and what they output takes the place of what is asked of them. So what passes between
 * the two is known, which a reader of either file alone could only guess.
 *
 * A nested stack whose template is not one of the folder's stays as it is.
 * @throws AgenticIamError where a template that is named is missing or damaged
 */
export function joinNestedStacks(json: unknown, folder: Folder): unknown {
  const template = fieldsOf(json);
  const resources = fieldsOf(template?.['Resources']) ?? {};
  const nested = Object.entries(resources).flatMap(([id, resource]) => {
    const fields = fieldsOf(resource);
    const file = fields?.['Type'] === NESTED ? templateFileOf(fields, folder) : undefined;
    return fields && file !== undefined ? [{ id, resource: fields, file }] : [];
  });
  if (!template || nested.length === 0) return json;
  return nested.reduce<Fields>((outer, { id, resource, file }) => {
    const inner = fieldsOf(joinNestedStacks(folder.json(file), folder));
    if (!inner || kindOf(inner) !== 'template') {
      throw unreadableInput(folder.nameOf(file), {
        rule: "must be a CloudFormation template with 'Resources'",
        fix: 'synthesise the app again',
      });
    }
    return join(outer, inner, { id, resource });
  }, template);
}

/** The template's file: as the metadata of assets names it, or that of the asset whose hash is in the address. */
function templateFileOf(resource: Fields, folder: Folder): string | undefined {
  const path = fieldsOf(resource['Metadata'])?.['aws:asset:path'];
  if (typeof path === 'string' && folder.has(path)) return path;
  const address = JSON.stringify(fieldsOf(resource['Properties'])?.['TemplateURL'] ?? '');
  return assetsOf(folder).find(({ key }) => address.includes(key))?.file;
}

function assetsOf(folder: Folder): readonly { readonly key: string; readonly file: string }[] {
  return folder
    .files()
    .filter((name) => name.endsWith('.assets.json'))
    .flatMap((name) =>
      Object.entries(fieldsOf(fieldsOf(folder.json(name))?.['files']) ?? {}).flatMap(([key, asset]) => {
        const file = fieldsOf(fieldsOf(asset)?.['source'])?.['path'];
        return typeof file === 'string' && file.endsWith('.json') ? [{ key, file }] : [];
      }),
    );
}

interface NestedStack {
  /** Logical id of the nested stack in the outer template. */
  readonly id: string;
  readonly resource: Fields;
}

/** What both templates have by name. */
const SECTIONS = ['Resources', 'Conditions', 'Mappings'] as const;

function join(outer: Fields, inner: Fields, { id, resource }: NestedStack): Fields {
  const names: Names = {
    renamed: Object.fromEntries(SECTIONS.map((section) => [section, renamed(outer, inner, { section, id })])) as Names['renamed'],
    parameters: parametersOf(inner, resource),
    outputs: {},
  };
  const outputs = Object.fromEntries(
    Object.entries(fieldsOf(inner['Outputs']) ?? {}).map(([name, output]) => [name, rewrite(fieldsOf(output)?.['Value'], names)]),
  );
  const mended = rewrite(without(outer, id), {
    renamed: { Resources: {}, Conditions: {}, Mappings: {} },
    parameters: {},
    outputs: { [id]: outputs },
  });
  const merged = { ...(mended as Fields) };
  for (const section of SECTIONS) {
    const added = Object.entries(fieldsOf(inner[section]) ?? {}).map(
      ([name, value]) => [names.renamed[section][name] ?? name, rewrite(value, names)] as const,
    );
    if (added.length > 0) merged[section] = { ...fieldsOf(merged[section]), ...Object.fromEntries(added) };
  }
  return typeof resource['Condition'] === 'string' ? guarded(merged, inner, { condition: resource['Condition'], names }) : merged;
}

/** Names of the inner template that the outer one has, too, and what they become. */
function renamed(
  outer: Fields,
  inner: Fields,
  { section, id }: { readonly section: (typeof SECTIONS)[number]; readonly id: string },
): Readonly<Record<string, string>> {
  const taken = fieldsOf(outer[section]) ?? {};
  return Object.fromEntries(
    Object.keys(fieldsOf(inner[section]) ?? {})
      .filter((name) => Object.hasOwn(taken, name))
      .map((name) => [name, `${id}${name}`]),
  );
}

function parametersOf(inner: Fields, resource: Fields): Readonly<Record<string, unknown>> {
  const given = fieldsOf(fieldsOf(resource['Properties'])?.['Parameters']) ?? {};
  return Object.fromEntries(
    Object.entries(fieldsOf(inner['Parameters']) ?? {}).flatMap(([name, parameter]) => {
      const value = Object.hasOwn(given, name) ? given[name] : fieldsOf(parameter)?.['Default'];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function without(template: Fields, id: string): Fields {
  const { [id]: _, ...resources } = fieldsOf(template['Resources']) ?? {};
  return { ...template, Resources: resources };
}

/** What is inside a nested stack is there only when the nested stack is. */
function guarded(template: Fields, inner: Fields, { condition, names }: { readonly condition: string; readonly names: Names }): Fields {
  const conditions: Record<string, unknown> = { ...fieldsOf(template['Conditions']) };
  const resources: Record<string, unknown> = { ...fieldsOf(template['Resources']) };
  for (const name of Object.keys(fieldsOf(inner['Resources']) ?? {}).sort(byCodePoint)) {
    const id = names.renamed.Resources[name] ?? name;
    const resource = fieldsOf(resources[id]);
    if (!resource) continue;
    const own = resource['Condition'];
    const both = typeof own === 'string' ? `${condition}And${own}` : condition;
    if (typeof own === 'string') conditions[both] = { 'Fn::And': [{ Condition: condition }, { Condition: own }] };
    resources[id] = { ...resource, Condition: both };
  }
  return { ...template, Resources: resources, Conditions: conditions };
}
