import type { EscalationStep } from '../../../core/review/world';
import type { AzureEstate } from '../model';

/**
 * Managed identities and applications that a principal of another cloud may become: the federated credential must name exactly its
 * subject, by the id that the other cloud's token carries.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation
 */
export function federateFrom(stranger: string, estate: AzureEstate, isAdmin: (id: string) => boolean): readonly EscalationStep[] {
  const names = new Set([stranger, stranger.replace(/^[a-zA-Z]+:/, '')]);
  return estate.federated.flatMap(({ principal, subject, origin }): EscalationStep[] => {
    if (!names.has(subject)) return [];
    const target = estate.principals.find(({ id }) => id === principal);
    return [
      {
        from: stranger,
        to: isAdmin(principal) ? 'admin' : 'principal',
        toId: principal,
        technique: 'federated-credential',
        sentence: `exchanges its token for one of the identity '${target?.name ?? principal}', whose federated credential names it`,
        requests: [{ action: 'token exchange', resource: subject }],
        allowedBy: [origin],
      },
    ];
  });
}
