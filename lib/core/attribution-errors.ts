import { AgenticIamError } from './errors';

export const invalidTaskId = (value: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-task-id',
    subject: 'a task',
    rule: "must have an id of 1 to 32 letters, digits, '.', '_' and '-', first a letter or digit",
    reason: 'it becomes part of the identity that every call of the task carries, which a cloud limits',
    value,
    fix: 'use for example a UUID without its hyphens',
  });
