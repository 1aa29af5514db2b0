import { Output } from '../../../core/governance/output';
import { fieldsOf } from '../../../core/json-fields';
import type { ReviewInput } from '../../../core/review/input';

/** Logical ids that a value of a template refers to, pseudo parameters included. */
export function cloudFormationReferences(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(cloudFormationReferences);
  const fields = fieldsOf(value);
  if (!fields) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = fields;
  if (typeof ref === 'string') return [ref];
  if (attribute !== undefined) return [String(Array.isArray(attribute) ? attribute[0] : String(attribute).split('.')[0])];
  if (text !== undefined) {
    const [template, given] = Array.isArray(text) ? (text as unknown[]) : [text, undefined];
    const own = new Set(Object.keys(fieldsOf(given) ?? {}));
    const named = [...String(template).matchAll(/\$\{([^!}][^}.]*)[^}]*\}/g)].map(([, name = '']) => name).filter((name) => !own.has(name));
    return [...named, ...cloudFormationReferences(given)];
  }
  return Object.entries(fields).flatMap(([key, inner]) => {
    if (key === 'Metadata') return [];
    if (key === 'DependsOn') return [inner].flat().map(String);
    return cloudFormationReferences(inner);
  });
}

/** Resources of all templates. */
export function templateOutput(inputs: readonly ReviewInput[]): Output {
  const resources = inputs
    .filter(({ kind }) => kind === 'template')
    .flatMap(({ file, json, stack }) =>
      Object.entries(fieldsOf(fieldsOf(json)?.['Resources']) ?? {}).map(([id, whole]) => {
        const { Type: type, Properties: values } = fieldsOf(whole) ?? {};
        const account = stack?.account === undefined ? {} : { account: stack.account };
        return { stack: stack?.name ?? file, file, ...account, id, type: String(type), values: fieldsOf(values) ?? {}, whole };
      }),
    );
  return new Output(resources, cloudFormationReferences);
}

/** A value of a template as text, with references as `${Id}` and `${Id.Attribute}`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(',');
  const fields = fieldsOf(value);
  if (!fields) return value === undefined || value === null ? '' : String(value);
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::Sub': sub } = fields;
  if (typeof ref === 'string') return `\${${ref}}`;
  if (attribute !== undefined) return `\${${[attribute].flat().join('.')}}`;
  if (Array.isArray(join)) return (join[1] as unknown[]).map(textOf).join(String(join[0]));
  if (sub !== undefined) return String(Array.isArray(sub) ? sub[0] : sub);
  return JSON.stringify(value);
}
