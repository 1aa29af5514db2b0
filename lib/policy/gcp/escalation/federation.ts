import type { EscalationStep } from '../../../core/review/world';
import type { Binding, GcpEstate } from '../model';

const TOKEN_ROLES = /^roles\/iam\.(workloadIdentityUser|serviceAccountTokenCreator)$/;

/**
 * Service accounts that a role of AWS may become through a workload identity pool: the pool must let in its account, and a binding must
 * name the role, its account, or everyone of the pool.
 * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
export function federateFrom(stranger: string, estate: GcpEstate, isAdmin: (id: string) => boolean): readonly EscalationStep[] {
  const [, account, role] = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]+)$/.exec(stranger) ?? [];
  if (account === undefined || role === undefined) return [];
  const pools = estate.federations.filter(({ awsAccount }) => awsAccount === account);
  return pools.flatMap(({ pool }) =>
    estate.bindings.flatMap((binding): EscalationStep[] => {
      if (!TOKEN_ROLES.test(binding.role) || !names(binding.member, { pool, account, role })) return [];
      const target = estate.principals.find(({ id, resource }) => resource === binding.place.name && id.startsWith('serviceAccount:'));
      return target ? [stepTo(target, { stranger, binding, isAdmin })] : [];
    }),
  );
}

/** @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds#mapping */
function names(
  member: string,
  { pool, account, role }: { readonly pool: string; readonly account: string; readonly role: string },
): boolean {
  const at = `principalSet://iam.googleapis.com/${pool}`;
  return (
    member === `${at}/*` ||
    member === `${at}/attribute.aws_role/arn:aws:sts::${account}:assumed-role/${role}` ||
    member === `${at}/attribute.aws_account/${account}`
  );
}

interface Entry {
  readonly stranger: string;
  readonly binding: Binding;
  readonly isAdmin: (id: string) => boolean;
}

function stepTo({ id, name }: GcpEstate['principals'][number], { stranger, binding, isAdmin }: Entry): EscalationStep {
  return {
    from: stranger,
    to: isAdmin(id) ? 'admin' : 'principal',
    toId: id,
    technique: 'workload-identity-federation',
    sentence: `exchanges its AWS credentials for a token of the service account '${name}', whose pool lets it in`,
    requests: [{ action: 'iam.serviceAccounts.getAccessToken', resource: binding.place.name }],
    allowedBy: [binding.origin],
  };
}
