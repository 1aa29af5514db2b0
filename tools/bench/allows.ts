/** An allow statement of a role's policies, lists made of everything. */
export interface Allow {
  readonly actions: readonly string[];
  /** Resources as the template has them; a reference is an object. */
  readonly resources: readonly unknown[];
}

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
}

interface Properties {
  readonly PolicyDocument?: { readonly Statement: readonly Statement[] };
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  readonly Roles?: readonly unknown[];
  readonly ManagedPolicyArns?: readonly unknown[];
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}

/**
 * Everything that the policies of one role allow: its own, and those attached to it from either end. The permissions
 * boundary grants nothing, so it does not count; nor do denies, which makes this an upper bound.
 */
export function allowsOf(template: Template, role: string): Allow[] {
  const resources = Object.entries(template.Resources ?? {});
  const own = template.Resources?.[role]?.Properties;
  const attachedBy = (own?.ManagedPolicyArns ?? []).map(refOf);
  const attached = resources.filter(
    ([id, { Properties }]) => attachedBy.includes(id) || (Properties?.Roles ?? []).some((one) => refOf(one) === role),
  );
  const documents = [
    ...(own?.Policies ?? []).map((policy) => policy.PolicyDocument),
    ...attached.flatMap(([, { Properties }]) => Properties?.PolicyDocument ?? []),
  ];
  return documents.flatMap((document) => document.Statement.filter((one) => one.Effect === 'Allow').map(toAllow));
}

function toAllow(statement: Statement): Allow {
  return { actions: list(statement.Action) as string[], resources: list(statement.Resource) };
}

function refOf(value: unknown): unknown {
  return (value as { Ref?: string }).Ref;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
