import type { EscalationStep } from '../../../core/review/world';
import { mayBeSamePool, poolOf } from '../engine/pools';
import type { Binding, GcpPrincipal } from '../model';
import type { Attacker } from './attacker';
import { membersFor } from './strangers';

const TOKEN = 'iam.serviceAccounts.getAccessToken';

/**
 * What a role of AWS may become through a workload identity pool whose provider lets it in: service accounts that a federated principal
 * may ask a token of, and federated principals that are granted something themselves.
 * @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds
 */
export function federateFrom(stranger: string, attacker: Attacker, isAdmin: (id: string) => boolean): readonly EscalationStep[] {
  const [, account, role] = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]+)$/.exec(stranger) ?? [];
  if (account === undefined || role === undefined) return [];
  const ids = new Set(attacker.estate.federations.flatMap((one) => membersFor({ account, role }, one)));
  if (ids.size === 0) return [];
  const known = new Set([...ids].flatMap((id) => attacker.estate.bindings.flatMap(({ member }) => (isSame(member, id) ? [member] : []))));
  const accounts = [...attacker.accounts.values()];
  return [...known].flatMap((member): EscalationStep[] => {
    const direct = attacker.estate.principals.find(({ id }) => id === member);
    const bindings = attacker.judge.bindingsOf(member).filter((binding) => binding.member === member);
    const more = bindings.find(({ permissions }) => permissions?.some((one) => !one.startsWith('iam.serviceAccounts.')) === true);
    const enter = (target: GcpPrincipal, rest: Pick<EscalationStep, 'sentence' | 'requests' | 'allowedBy'>): EscalationStep => ({
      from: stranger,
      to: isAdmin(target.id) ? 'admin' : 'principal',
      toId: target.id,
      technique: 'workload-identity-federation',
      ...rest,
    });
    const own = direct && more ? [enter(direct, { sentence: direction(direct), requests: [], allowedBy: originsOf(more) })] : [];
    const others = accounts.flatMap((target): EscalationStep[] => {
      const granted = attacker.try(member, TOKEN, target.resource);
      const sentence = `exchanges its AWS credentials for a token of the service account '${target.name}', whose pool lets it in`;
      return granted ? [enter(target, { sentence, requests: [granted.request], allowedBy: granted.origins })] : [];
    });
    return [...own, ...others];
  });
}

function direction({ name }: GcpPrincipal): string {
  return `exchanges its AWS credentials for a token of the pool, as '${name}'`;
}

function originsOf({ origin }: Binding): EscalationStep['allowedBy'] {
  return [origin];
}

function isSame(member: string, id: string): boolean {
  if (member === id) return true;
  const [a, b] = [poolOf(member), poolOf(id)];
  return a !== undefined && b !== undefined && mayBeSamePool(a, b) && member.replace(a, '') === id.replace(b, '');
}
