import { type Fields, fieldsOf, rowsOf, textsOf } from './json';

/**
 * The policy that an `aws_iam_policy_document` writes.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
 */
export function policyOfDocument(values: Fields): Fields {
  return { Version: values.version ?? '2012-10-17', Statement: rowsOf(values.statement).map(statementOf) };
}

function statementOf(block: Fields): Fields {
  return dropEmpty({
    Sid: block.sid || undefined,
    Effect: block.effect || 'Allow',
    Action: block.actions,
    NotAction: block.not_actions,
    Resource: block.resources,
    NotResource: block.not_resources,
    Principal: principalsOf(block.principals),
    NotPrincipal: principalsOf(block.not_principals),
    Condition: conditionsOf(block.condition),
  });
}

function principalsOf(blocks: unknown): unknown {
  const clause = new Map<string, readonly string[]>();
  for (const { type, identifiers } of rowsOf(blocks)) {
    const values = textsOf(identifiers);
    if (type === '*' && values.includes('*')) return '*';
    if (typeof type === 'string') clause.set(type, [...(clause.get(type) ?? []), ...values]);
  }
  return Object.fromEntries(clause);
}

function conditionsOf(blocks: unknown): unknown {
  const conditions = new Map<string, Fields>();
  for (const { test, variable, values } of rowsOf(blocks)) {
    if (typeof test === 'string' && typeof variable === 'string') conditions.set(test, { ...conditions.get(test), [variable]: values });
  }
  return Object.fromEntries(conditions);
}

function dropEmpty(fields: Fields): Fields {
  const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    (Array.isArray(value) ? value.length === 0 : fieldsOf(value) !== undefined && Object.keys(value as object).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}
