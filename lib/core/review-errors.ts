import { AgenticIamError } from './errors';

/** Mistakes in what a review reads: policies, templates, resource lists. */
export const notAPolicy = (name: string, value: unknown): AgenticIamError =>
  new AgenticIamError({
    code: 'not-a-policy',
    subject: name,
    rule: "must be a JSON object with a 'Statement'",
    value,
    fix: 'give the policy document itself, as IAM shows it',
  });

/** A file that a review was given and that is not what it was given as. */
export const unreadableInput = (
  file: string,
  { rule, reason, fix, value }: { readonly rule: string; readonly reason?: string; readonly fix: string; readonly value?: unknown },
): AgenticIamError =>
  new AgenticIamError({
    code: 'unreadable-input',
    subject: `'${file}'`,
    rule,
    reason,
    fix,
    ...(value === undefined ? {} : { value }),
  });

/** A principal that is to be reviewed and is in none of the inputs. */
export const unknownPrincipal = (id: string, near: readonly string[]): AgenticIamError =>
  new AgenticIamError({
    code: 'unknown-principal',
    subject: 'a principal to review',
    rule: 'must be in one of the files that are read',
    value: id,
    fix: near.length > 0 ? `did you mean ${near.map((one) => `'${one}'`).join(', ')}?` : 'give the file that lists it, or leave it out',
  });
