import { AgenticIamError } from './errors';

/** A login to Vault that names more than one principal, or none. */
export const invalidVaultLogin = ({
  field,
  rule,
  reason,
  value,
  fix,
}: {
  readonly field: string;
  readonly rule: string;
  readonly reason: string;
  readonly value: unknown;
  readonly fix: string;
}): AgenticIamError =>
  new AgenticIamError({ code: 'invalid-vault-login', subject: `'${field}' of a login to Vault`, rule, reason, value, fix });

/** A token of Vault that would live longer than its agent's sessions may, or that could be used too seldom or for ever. */
export const invalidVaultToken = (
  agent: string,
  { rule, reason, value, fix }: { readonly rule: string; readonly reason: string; readonly value: unknown; readonly fix: string },
): AgenticIamError => new AgenticIamError({ code: 'invalid-vault-token', subject: `token of agent '${agent}'`, rule, reason, value, fix });
