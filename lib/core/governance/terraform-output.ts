import { fieldsOf } from '../json-fields';
import type { ReviewInput } from '../review/input';
import { Output, type OutputResource } from './output';

const EXPRESSION = /\$\{((?:[^{}]|\{[^{}]*\})*)\}/g;
const ADDRESS = /(?<![\w.-])((?:data\.)?[a-z][a-z0-9]*_\w+\.[\w-]+)/g;

/** Addresses of the resources that a value of Terraform JSON refers to. */
export function terraformReferences(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(EXPRESSION)].flatMap(([, inside = '']) => [...inside.matchAll(ADDRESS)].map(([, address = '']) => address));
  if (Array.isArray(value)) return value.flatMap(terraformReferences);
  return Object.entries(fieldsOf(value) ?? {}).flatMap(([key, inner]) =>
    key === '//' ? [] : key === 'depends_on' ? addresses(inner) : terraformReferences(inner),
  );
}

/** `depends_on` names addresses bare. */
const addresses = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : []).flatMap((one) => [...String(one).matchAll(ADDRESS)].map(([, address = '']) => address));

/** The resources of all stacks whose types begin so. */
export function terraformOutput(inputs: readonly ReviewInput[], prefixes: readonly string[]): Output {
  const resources = inputs
    .filter(({ kind }) => kind === 'terraform-stack')
    .flatMap(({ file, json, stack }) => {
      const { resource, data } = fieldsOf(json) ?? {};
      const read = (section: unknown, before: string): OutputResource[] =>
        Object.entries(fieldsOf(section) ?? {}).flatMap(([type, named]) =>
          Object.entries(fieldsOf(named) ?? {}).map(([name, whole]) => ({
            stack: stack?.name ?? file,
            file,
            id: `${before}${type}.${name}`,
            type: `${before}${type}`,
            values: fieldsOf(whole) ?? {},
            whole,
          })),
        );
      return [...read(resource, ''), ...read(data, 'data.')];
    });
  return new Output(
    resources.filter(({ type }) => prefixes.some((prefix) => type.replace('data.', '').startsWith(prefix))),
    terraformReferences,
  );
}
