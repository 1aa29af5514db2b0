import { emptyField } from '../../core/errors';
import { checkLiteral } from '../../core/names';
import { Fn, Token, Tokenization } from '../../terraform/core';
import type { ScopeType } from '../catalog';

/**
 * Where a role is granted: one thing with an access policy, as the arguments of its `_iam_member` resource. `project` is
 * the project of that thing; absent, it is the provider's.
 */
export type GcpScope = Readonly<Record<string, string>> & { readonly type: ScopeType };

/** Makes a scope; members that are undefined are left out. */
export function scope(type: ScopeType, members: Readonly<Record<string, string | undefined>>): GcpScope {
  const known = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.freeze({ type, ...Object.fromEntries(known) });
}

/** What is made in this app says of itself, or what is said of something made elsewhere. */
export interface Owned {
  /** Project id. @default - the project of the provider; the agent's own for what is made elsewhere and reached through its project */
  readonly project?: string;
}

/**
 * What was written down for a thing. A generated resource gives its attributes as references; what was written for them
 * it keeps apart.
 */
export function written(of: object, field: string): string | undefined {
  const values = of as Readonly<Record<string, string | undefined>>;
  return `${field}Input` in of ? values[`${field}Input`] : values[field];
}

/** The project that was written down; where none was, it is the provider's, and saying nothing says the same. */
export const writtenProject = (of: Owned): string | undefined => written(of, 'project') ?? projectOfProvider(of);

/** Only of a generated resource with a provider of its own: what is granted on it is made by the default one. */
function projectOfProvider(of: Owned & { readonly provider?: { readonly projectInput?: string } }): string | undefined {
  return of.provider === undefined ? undefined : (of.provider.projectInput ?? of.project);
}

/** The project at the head of a written name such as `projects/P/locations/L`; undefined where it is not known yet. */
export function projectIn(name: string | undefined): string | undefined {
  return name === undefined || Token.isUnresolved(name) ? undefined : /^projects\/([^/]+)(\/|$)/.exec(name)?.[1];
}

/** As {@link projectIn}, of a name that is a reference: the template takes it apart. */
export function projectInReference(name: string | undefined): string | undefined {
  if (name === undefined || !Token.isUnresolved(name)) return undefined;
  return projectInHead(name) ?? Token.asString(Fn.element(Fn.split('/', name), 1));
}

/** The literal project of a name whose end is a reference, for example `projects/P/locations/${...}`. */
function projectInHead(name: string): string | undefined {
  const [head = ''] = name.split('${');
  return /^projects\/([^/]+)\//.exec(head)?.[1];
}

/** The project of a thing, for where one must be named; a reference of the template where none was written. */
export function projectOf(of: Owned, otherwise: string): string {
  return writtenProject(of) ?? of.project ?? otherwise;
}

/** How errors call a thing that is bound. */
export const subjectOf = (kind: string): string => `resource of kind '${kind}'`;

/**
 * A name that goes into a policy: refused where it is empty or would be read as more than itself. A reference of the
 * template passes, and what is written around it is looked at like any literal.
 */
export function safe(kind: string, field: string, value: string): string {
  const subject = subjectOf(kind);
  if (value === undefined || value.trim() === '') throw emptyField(subject, field, 'what is granted must be on exactly one thing');
  if (!Token.isUnresolved(value)) return checkLiteral(subject, field, value);
  for (const literal of Tokenization.reverseString(value).literals) checkLiteral(subject, field, String(literal));
  return value;
}

/** Like {@link safe}, for what may be absent. */
export function safeOptional(kind: string, field: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : safe(kind, field, value);
}
