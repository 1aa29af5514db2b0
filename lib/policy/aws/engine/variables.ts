/** Text of a policy with its variables found: literal pieces, and variables between them. */
export type Template = readonly (string | Variable)[];

/** `${key}` or `${key, 'default'}`. */
export interface Variable {
  /** Condition key, in lower case. */
  readonly key: string;
  /** Key as written. */
  readonly shown: string;
  readonly fallback?: string;
}

const VARIABLE = /\$\{([^}]*)\}/g;
const WITH_DEFAULT = /^\s*([^,\s]+)\s*,\s*'(.*)'\s*$/;

/** Makes text of a policy a glob that matches just that text. */
export function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

/** Makes text of a policy a glob where `*` and `?` are wildcards. Policies know no escape, globs do. */
function wild(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
}

/** How a text of a policy is read. */
export interface Reading {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${...}` is a variable: not in policies of version 2008-10-17. */
  readonly variables: boolean;
}

/**
 * Splits a text of a policy into glob text and variables. `${*}`, `${?}` and `${$}` are those characters, taken literally.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(text: string, { wildcards, variables }: Reading): Template {
  const glob = wildcards ? wild : literal;
  if (!variables || !text.includes('${')) return [glob(text)];
  const parts: (string | Variable)[] = [];
  let from = 0;
  const add = (piece: string) => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + piece;
    else if (piece !== '') parts.push(piece);
  };
  for (const match of text.matchAll(VARIABLE)) {
    add(glob(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const inside = match[1] ?? '';
    if (inside === '*' || inside === '?' || inside === '$') add(literal(inside));
    else parts.push(parseVariable(inside));
  }
  add(glob(text.slice(from)));
  return parts.length > 0 ? parts : [''];
}

function parseVariable(inside: string): Variable {
  const [, key, fallback] = WITH_DEFAULT.exec(inside) ?? [];
  const shown = key ?? inside.trim();
  return { key: shown.toLowerCase(), shown, ...(fallback !== undefined && { fallback }) };
}

/** The glob of a template without variables, otherwise undefined. */
export function staticGlob(template: Template): string | undefined {
  return template.length === 1 && typeof template[0] === 'string' ? template[0] : undefined;
}

/** A variable's value as glob text; `undefined` where it has none, so that the text matches nothing. */
export type ResolveVariable = (variable: Variable) => string | undefined;

/** The glob of a template, or undefined where a variable has neither value nor default. */
export function fillTemplate(template: Template, resolve: ResolveVariable): string | undefined {
  let glob = '';
  for (const part of template) {
    const piece = typeof part === 'string' ? part : resolve(part);
    if (piece === undefined) return undefined;
    glob += piece;
  }
  return glob;
}
