import { compileGlob, hasSymbol, type Ternary } from '../../../core/review/glob';
import { anyOf, not } from '../../../core/review/ternary';
import type { PrincipalClause } from '../model';
import { nameOf, parseSession, rootAccount } from './arn';
import { type RequestPrincipal, roleArn, sessionArn } from './request';
import { literal } from './variables';

/**
 * How a resource policy names the caller, which decides what else can hold the caller back.
 *
 * - `any`, `user`, `session`, `service`, `provider`: the caller itself; what it grants in its own account holds although the identity
 *   policies, the permissions boundary and the session policy say nothing.
 * - `role`: the role behind a session, or the user behind a federated session; boundary and session policy still limit it.
 * - `account`: the caller's account, whose identity policies then decide.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type NamedAs = 'any' | 'user' | 'session' | 'service' | 'provider' | 'role' | 'account';

/** Whether a clause names a caller, by what it reaches. */
export interface Naming {
  /** The caller itself. */
  readonly direct: Ternary;
  /** The role or user behind the caller. */
  readonly behind: Ternary;
  /** The account. */
  readonly account: Ternary;
  readonly as: NamedAs;
}

const NOBODY: Naming = { direct: 'no', behind: 'no', account: 'no', as: 'account' };
const EVERYBODY: Naming = { direct: 'yes', behind: 'no', account: 'no', as: 'any' };

/** Whether, and how, a `Principal` or `NotPrincipal` names a caller. `maybe` where a reference, or the name of a session, is open. */
export function matchPrincipal(clause: PrincipalClause, who: RequestPrincipal): { readonly match: Ternary; readonly how: NamedAs } {
  const naming = clause.negated ? othersThan(clause, who) : nameCaller(clause, who);
  return { match: anyOf([naming.direct, naming.behind, naming.account], (one) => one), how: naming.as };
}

/** What an Allow with this clause reaches of the caller. Statements without a clause reach everybody. */
export function namingOf(clause: PrincipalClause | undefined, who: RequestPrincipal): Naming {
  if (!clause) return EVERYBODY;
  return clause.negated ? othersThan(clause, who) : nameCaller(clause, who);
}

function othersThan(clause: PrincipalClause, who: RequestPrincipal): Naming {
  const { direct, behind, account } = nameCaller(clause, who);
  return { ...EVERYBODY, direct: not(anyOf([direct, behind, account], (one) => one)) };
}

/**
 * Whether a Deny with this clause applies to the caller.
 *
 * With `NotPrincipal` a caller escapes only where it and its account are both named (for a session: the session, its role and the
 * account); where only some are, AWS may deny, and one with a permissions boundary is always denied.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function denyReaches(clause: PrincipalClause | undefined, who: RequestPrincipal, hasBoundary: boolean): Ternary {
  if (!clause?.negated) {
    const { direct, behind, account } = namingOf(clause, who);
    return anyOf([direct, behind, account], (one) => one);
  }
  if (clause.any) return 'no';
  const { direct, behind, account } = nameCaller(clause, who);
  if (who.kind === 'service' || who.kind === 'anonymous') return not(direct);
  if (hasBoundary) return 'yes';
  if (who.kind === 'root') return not(account);
  const isSession = who.kind === 'role' || who.kind === 'role-session';
  const named = anyOf([direct, behind], (one) => one);
  if (named === 'no') return 'yes';
  const wholly = direct === 'yes' && account === 'yes' && (!isSession || behind === 'yes');
  return wholly ? 'no' : 'maybe';
}

function nameCaller(clause: PrincipalClause, who: RequestPrincipal): Naming {
  if (clause.any) return EVERYBODY;
  if (who.provider !== undefined) return { ...NOBODY, direct: among(clause.federated, who.provider), as: 'provider' };
  if (who.kind === 'anonymous') return NOBODY;
  if (who.kind === 'service') return { ...NOBODY, direct: among(clause.service, who.arn), as: 'service' };
  const named = anyOf(clause.aws, (one) => namesAccount(one, who));
  // A canonical user id is an account or a CloudFront identity, and does not say which.
  const account = named === 'no' && clause.canonical.length > 0 ? 'maybe' : named;
  switch (who.kind) {
    case 'root':
      return { ...NOBODY, direct: account, account, as: 'account' };
    case 'user':
      return best({ direct: among(clause.aws, who.arn), behind: 'no', account }, 'user');
    case 'federated-user': {
      const behind = who.federatedBy === undefined ? 'no' : among(clause.aws, who.federatedBy);
      return best({ direct: among(clause.aws, who.arn), behind, account }, 'session');
    }
    default:
      return best(
        {
          direct: anyOf(clause.aws, (one) => namesSession(one, who)),
          behind: among(clause.aws, roleArn(who)),
          account,
        },
        'session',
      );
  }
}

function best(found: Pick<Naming, 'direct' | 'behind' | 'account'>, direct: NamedAs): Naming {
  for (const wanted of ['yes', 'maybe'] as const) {
    if (found.direct === wanted) return { ...found, as: direct };
    if (found.behind === wanted) return { ...found, as: 'role' };
    if (found.account === wanted) break;
  }
  return { ...found, as: 'account' };
}

function among(list: readonly string[], value: string): Ternary {
  return anyOf(list, (one) => same(one, value));
}

/** Whether two texts, with references perhaps, are the same. */
export function same(one: string, other: string): Ternary {
  if (one === other) return 'yes';
  return hasSymbol(one) || hasSymbol(other) ? compileGlob(literal(one)).matches(other) : 'no';
}

function namesAccount(named: string, who: RequestPrincipal): Ternary {
  const account = rootAccount(named);
  if (account !== undefined) return same(account, who.account);
  return named.startsWith('arn:') ? 'no' : same(named, who.account);
}

function namesSession(named: string, who: RequestPrincipal): Ternary {
  const session = sessionArn(who);
  if (session !== undefined) return same(named, session);
  const other = parseSession(named);
  if (!other) return 'no';
  // Whoever assumes the role chooses the name of the session.
  return same(other.account, who.account) === 'no' || same(other.role, nameOf(who.arn)) === 'no' ? 'no' : 'maybe';
}
