import { AgenticIamError } from './errors';

/** Something said of governance that cannot be held to. */
export const invalidGovernance = (
  what: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason?: string; readonly value?: unknown; readonly fix: string },
): AgenticIamError =>
  new AgenticIamError({
    code: 'invalid-governance',
    subject: what,
    rule,
    ...(reason === undefined ? {} : { reason }),
    ...(value === undefined ? {} : { value }),
    fix,
  });
