import { hasSymbol, showSymbols } from '../../../core/review/glob';
import type { EscalationStep } from '../../../core/review/world';
import type { AzureEstate } from '../model';

/** Who issues tokens for the principals of each cloud, and how their subject is told from the name they have there. */
const ISSUERS: readonly { readonly issuer: RegExp; readonly principal: RegExp }[] = [
  { issuer: /^https:\/\/accounts\.google\.com\/?$/, principal: /^serviceAccount:/ },
  // Each account of AWS has an issuer of its own.
  { issuer: /^https:\/\/[\w-]+\.tokens\.sts\.(global\.api\.aws|[\w.-]+amazonaws\.com(\.cn)?)\/?$/, principal: /^arn:/ },
];

/**
 * Managed identities and applications that a principal of another cloud may become: the federated credential must name the issuer of its
 * cloud, and exactly its subject.
 * @see https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation
 */
export function federateFrom(stranger: string, estate: AzureEstate, isAdmin: (id: string) => boolean): readonly EscalationStep[] {
  return estate.federated.flatMap(({ principal, issuer, subject, origin }): EscalationStep[] => {
    const [said, named] = [showSymbols(subject), showSymbols(issuer)];
    const issued = ISSUERS.some((one) => one.principal.test(stranger) && (hasSymbol(issuer) || one.issuer.test(named)));
    if (!issued || !namesOf(stranger).includes(said)) return [];
    const target = estate.principals.find(({ id }) => id === principal);
    return [
      {
        from: stranger,
        to: isAdmin(principal) ? 'admin' : 'principal',
        toId: principal,
        technique: 'federated-credential',
        sentence: `exchanges its token for one of the identity '${target?.name ?? principal}', whose federated credential names it`,
        requests: [{ action: 'token exchange', resource: said }],
        allowedBy: [origin],
        ...(hasSymbol(issuer) ? { conditions: [`${named} issues tokens for it`] } : {}),
      },
    ];
  });
}

/** What a token may call a principal; a service account of Google Cloud by its unique id, which Terraform shows as a reference. */
function namesOf(stranger: string): readonly string[] {
  const bare = stranger.replace(/^serviceAccount:/, '');
  return [stranger, bare, bare.replace(/\.(email|member)\}$/, '.unique_id}')];
}
