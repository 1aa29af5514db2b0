import type { BoundResource } from './access-plan';
import { invalidSecret } from './secret-errors';

const PATH = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;

/**
 * Refuses a path that a policy of Vault would read as more than one: `*` at its end and `+` as a part of it match others, `{{` is filled in.
 * @see https://developer.hashicorp.com/vault/docs/concepts/policies#policy-syntax
 */
export function checkVaultPath(secret: string, path: string): string {
  if (typeof path === 'string' && path.length <= 512 && PATH.test(path)) return path;
  throw invalidSecret(secret, {
    rule: "must have a path of two parts or more, of letters, digits, '_', '-' and '.', none beginning with '.'",
    reason: 'a policy of Vault would read another as more than one secret',
    value: path,
    fix: "write it out, for example 'secret/data/erp/token'",
  });
}

/** A secret of Vault, of which the cloud knows nothing. */
export function bindVaultSecret(path: string): BoundResource {
  return { kind: 'vault-secret', targets: {}, outside: checkVaultPath(String(path), path) };
}
