import { fieldsOf } from './kinds';

type Fields = Readonly<Record<string, unknown>>;

/** What the names of a template become when it is made part of another one. */
export interface Names {
  /** New names of resources, conditions and mappings; others keep theirs. */
  readonly renamed: Readonly<Record<'Resources' | 'Conditions' | 'Mappings', Readonly<Record<string, string>>>>;
  /** Values that take the place of parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Values that take the place of what is asked of a nested stack: by its logical id, by the output. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A part of a template, its references under their new names. */
export function rewrite(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((one) => rewrite(one, names));
  const fields = fieldsOf(value);
  if (!fields) return value;
  const [key, ...more] = Object.keys(fields);
  if (key !== undefined && more.length === 0) {
    const made = rewriteCall(key, fields[key], names);
    if (made) return made.value;
  }
  return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, rewriteMember(name, one, names)]));
}

function rewriteMember(name: string, value: unknown, names: Names): unknown {
  if (name === 'Condition' && typeof value === 'string') return names.renamed.Conditions[value] ?? value;
  if (name !== 'DependsOn') return rewrite(value, names);
  const rename = (id: unknown): unknown => (typeof id === 'string' ? (names.renamed.Resources[id] ?? id) : id);
  return Array.isArray(value) ? value.map(rename) : rename(value);
}

/** The value in an object, so that what is not rewritten can be told from what became nothing. */
function rewriteCall(name: string, operand: unknown, names: Names): { readonly value: unknown } | undefined {
  switch (name) {
    case 'Ref':
      return typeof operand === 'string' ? { value: refTo(operand, names) } : undefined;
    case 'Fn::GetAtt':
      return { value: attributeOf(operand, names) };
    case 'Fn::Sub':
      return { value: substitution(operand, names) };
    case 'Fn::If':
    case 'Fn::FindInMap': {
      if (!Array.isArray(operand)) return undefined;
      const [first, ...rest] = operand;
      const renamed = name === 'Fn::If' ? names.renamed.Conditions : names.renamed.Mappings;
      const head = typeof first === 'string' ? (renamed[first] ?? first) : rewrite(first, names);
      return { value: { [name]: [head, ...rest.map((one) => rewrite(one, names))] } };
    }
    default:
      return undefined;
  }
}

function refTo(name: string, names: Names): unknown {
  if (Object.hasOwn(names.parameters, name)) return names.parameters[name];
  return { Ref: names.renamed.Resources[name] ?? name };
}

function attributeOf(operand: unknown, names: Names): unknown {
  const [id, ...attribute] = typeof operand === 'string' ? operand.split('.') : Array.isArray(operand) ? operand : [];
  if (typeof id !== 'string') return { 'Fn::GetAtt': rewrite(operand, names) };
  const [path] = attribute;
  const output = attribute.every((part) => typeof part === 'string') ? /^Outputs\.(.+)$/.exec(attribute.join('.'))?.[1] : undefined;
  const outputs = names.outputs[id];
  if (output !== undefined && outputs && Object.hasOwn(outputs, output)) return outputs[output];
  const renamed = names.renamed.Resources[id] ?? id;
  return { 'Fn::GetAtt': [renamed, ...(attribute.length === 1 ? [rewrite(path, names)] : [attribute.join('.')])] };
}

/** References that are written inside a text move to its map where they become a value that no text can hold. */
function substitution(operand: unknown, names: Names): unknown {
  const [text, map] = Array.isArray(operand) ? operand : [operand, undefined];
  if (typeof text !== 'string') return { 'Fn::Sub': rewrite(operand, names) };
  const given = (rewrite(fieldsOf(map) ?? {}, names) ?? {}) as Fields;
  const added: Record<string, unknown> = {};
  const filled = text.replace(/\$\{([^!}][^}]*)\}/g, (whole, inner: string) => {
    const name = inner.trim();
    if (Object.hasOwn(given, name)) return whole;
    const [id = '', ...attribute] = name.split('.');
    const value = attribute.length > 0 ? attributeOf([id, attribute.join('.')], names) : refTo(id, names);
    const call = fieldsOf(value);
    if (call && attribute.length > 0 && Array.isArray(call['Fn::GetAtt'])) return `\${${(call['Fn::GetAtt'] as string[]).join('.')}}`;
    if (call && attribute.length === 0 && typeof call['Ref'] === 'string') return `\${${call['Ref']}}`;
    const key = `${name.replace(/[^A-Za-z0-9]/g, '')}Value`;
    added[key] = value;
    return `\${${key}}`;
  });
  const all = { ...given, ...added };
  return { 'Fn::Sub': Object.keys(all).length > 0 ? [filled, all] : filled };
}
