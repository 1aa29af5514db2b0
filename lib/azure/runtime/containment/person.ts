import type { Person } from '../../../core/containment/service';

const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Who called: the app lets nobody in whose token it did not check, and says in headers whose it was; whoever sends such headers from outside finds them replaced.
 * @see https://learn.microsoft.com/en-us/azure/app-service/configure-authentication-user-identities
 */
export function personOf(header: (name: string) => string | null): Person | undefined {
  const id = header('x-ms-client-principal-id') ?? '';
  return OBJECT_ID.test(id) ? { id: `entra ${id.toLowerCase()}`, shown: header('x-ms-client-principal-name') ?? id } : undefined;
}
