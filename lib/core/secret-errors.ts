import { AgenticIamError } from './errors';

/** A secret that does not hold together, or that would be read by more than was meant. */
export const invalidSecret = (
  secret: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-secret', subject: `secret '${secret}'`, rule, reason, value, fix });
