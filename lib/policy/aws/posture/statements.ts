import type { OutputResource } from '../../../core/governance/output';
import { type Fields, fieldsOf, listOf, rowsOf, textsOf } from '../../../core/json-fields';

/** What of a statement of a template is asked here. */
export interface ReadStatement {
  readonly effect: string;
  readonly sid: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly service: readonly string[];
  readonly resource: unknown;
  readonly condition: Fields;
}

/** The statements of a resource that holds a policy. */
export function statementsOf({ values }: Pick<OutputResource, 'values'>): readonly ReadStatement[] {
  const documents = [values['PolicyDocument'], ...rowsOf(values['Policies']).map(({ PolicyDocument: inline }) => inline)];
  return documents
    .flatMap((document) => rowsOf(fieldsOf(document)?.['Statement']))
    .map((row) => ({
      effect: String(row['Effect']),
      sid: String(row['Sid'] ?? ''),
      actions: textsOf(row['Action']),
      notActions: textsOf(row['NotAction']),
      service: listOf(fieldsOf(row['Principal'])?.['Service']).map(String),
      resource: row['Resource'],
      condition: fieldsOf(row['Condition']) ?? {},
    }));
}
