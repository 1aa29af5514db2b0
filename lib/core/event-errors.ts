import { AgenticIamError } from './errors';

/** A value that a query of a log would read as more than itself. */
export const invalidQueryValue = (field: string, value: unknown, form: string): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-query-value',
    subject: `'${field}' of an attribution query`,
    rule: `must be of the form ${form}`,
    reason: 'it becomes part of the query',
    value,
    fix: 'give it as the log holds it',
  });
