import type { Decision } from '../../../core/review/access';
import { showSymbols, type Ternary } from '../../../core/review/glob';
import {
  allowedBy,
  deniedBy,
  deniedByResource,
  grantedBy,
  type RequestLayers,
  type ResourceSay,
  type Say,
  stronger,
  weaker,
} from './layers';
import { same } from './principal';
import { type AwsRequest, RequestView } from './request';
import { supportsRcps } from './service-data';

const TRUST_ACTIONS = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:tagsession',
  'sts:setsourceidentity',
]);

const SILENT: Say = { answer: 'no' };
const AGREED: Say = { answer: 'yes' };

/**
 * What becomes of one request, by all the layers that have a say in it.
 *
 * Where a string holds a reference, or a condition key is unknown, and that decides, the answer is `depends`. Parts of a policy that could
 * not be read take no part; the policy's `unknowns` tell of them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function decide(layers: RequestLayers, request: AwsRequest): Decision {
  const view = new RequestView(request);
  const scope = scopeOf(layers, view);
  const open = new Set<string>();
  const denied = findDeny(scope, view, open);
  if (denied.answer === 'yes') {
    const origins = denied.origin ? [denied.origin] : [];
    return { effect: 'explicitly-denied', origins, reason: `${denied.origin?.statement ?? 'A statement'} denies it.` };
  }
  const verdict = findAllow(scope, view, open);
  if (verdict.answer === 'no') return { effect: 'implicitly-denied', origins: [], reason: verdict.reason };
  const origins = verdict.origins.flatMap(({ origin }) => (origin ? [origin] : []));
  if (verdict.answer === 'yes' && denied.answer === 'no') return { effect: 'allowed', origins, reason: verdict.reason };
  return {
    effect: 'depends',
    origins: denied.origin ? [...origins, denied.origin] : origins,
    reason: denied.answer === 'maybe' ? `${denied.origin?.statement} may deny it.` : `It may be allowed: ${verdict.reason}`,
    dependsOn: [...open].sort(),
  };
}

/** The layers that apply to this kind of caller and this resource. */
function scopeOf(layers: RequestLayers, view: RequestView): RequestLayers {
  const { kind } = view.principal;
  const outside = kind === 'service' || kind === 'anonymous';
  const entity = !outside && kind !== 'root';
  const serviceLinked = view.principal.arn.includes(':role/aws-service-role/');
  return {
    identity: entity ? layers.identity : [],
    ...(entity && layers.boundary && { boundary: layers.boundary }),
    ...(entity && layers.session && { session: layers.session }),
    ...(layers.resource && { resource: layers.resource }),
    ...(!outside && !serviceLinked && layers.scps && { scps: layers.scps }),
    ...(!serviceLinked && layers.rcps && supportsRcps(view.action) && { rcps: layers.rcps }),
  };
}

function findDeny(layers: RequestLayers, view: RequestView, open: Set<string>): Say {
  let best = deniedBy(layers.identity, view, open);
  const next = (ask: () => Say) => {
    if (best.answer === 'yes') return;
    const say = ask();
    if (say.answer !== 'no') best = say;
  };
  const { boundary, session, resource, scps, rcps } = layers;
  if (boundary) next(() => deniedBy([boundary], view, open));
  if (session) next(() => deniedBy(session, view, open));
  if (resource) next(() => deniedByResource(resource, { view, hasBoundary: boundary !== undefined, open }));
  for (const level of scps ?? []) next(() => deniedBy(level, view, open));
  for (const level of rcps ?? []) next(() => deniedBy(level, view, open));
  return best;
}

interface Verdict {
  readonly answer: Ternary;
  readonly origins: readonly Say[];
  readonly reason: string;
}

function findAllow(layers: RequestLayers, view: RequestView, open: Set<string>): Verdict {
  const { kind, account } = view.principal;
  for (const level of layers.scps ?? []) {
    if (allowedBy(level, view, open).answer === 'no') {
      return refuse(view, `no service control policy of one level allows it (${level.map(({ name }) => name).join(', ') || 'none there'})`);
    }
  }
  const scps = (layers.scps ?? []).reduce<Ternary>((sum, level) => weaker(sum, allowedBy(level, view, open).answer), 'yes');
  const granted = grantedBy(layers.resource, view, open);
  const side = askIdentity(layers, view, open);
  const verdict =
    kind === 'service' || kind === 'anonymous' || view.principal.provider !== undefined
      ? byResourceAlone(granted, view)
      : perAccount(same(account, view.resourceAccount), {
          same: () => withinAccount(granted, side, { view, hasResourcePolicy: layers.resource !== undefined }),
          cross: () => acrossAccounts(granted, side, view),
        });
  return { ...verdict, answer: weaker(verdict.answer, scps) };
}

/** The principal's side of a request. */
interface IdentitySide {
  readonly identity: Say;
  readonly boundary: Say;
  readonly session: Say;
}

function askIdentity(layers: RequestLayers, view: RequestView, open: Set<string>): IdentitySide {
  const { kind } = view.principal;
  // A federated user has what both the user's policies and those of the session allow; without the latter nothing.
  const none = kind === 'federated-user' ? SILENT : AGREED;
  return {
    identity: kind === 'root' ? AGREED : allowedBy(layers.identity, view, open),
    boundary: layers.boundary ? allowedBy([layers.boundary], view, open) : AGREED,
    session: layers.session ? allowedBy(layers.session, view, open) : none,
  };
}

function limits({ boundary, session }: IdentitySide): Ternary {
  return weaker(boundary.answer, session.answer);
}

function byResourceAlone({ direct }: ResourceSay, view: RequestView): Verdict {
  if (direct.answer === 'no') return refuse(view, 'no policy of the resource names the caller and allows it');
  return grant([direct]);
}

function withinAccount(
  granted: ResourceSay,
  side: IdentitySide,
  { view, hasResourcePolicy }: { readonly view: RequestView; readonly hasResourcePolicy: boolean },
): Verdict {
  const action = view.action.toLowerCase();
  const trust = TRUST_ACTIONS.has(action);
  const { direct, behind, account } = granted;
  if (trust && view.principal.kind === 'root') return refuse(view, 'a root user cannot assume a role');
  const mustName = trust || (hasResourcePolicy && action.startsWith('kms:') && view.resource.includes(':key/'));
  const own = weaker(side.identity.answer, limits(side));
  // Where the caller's own side would do, that is said too: the resource's policy gives it nothing then.
  const also = own === 'yes' && !mustName ? [side.identity] : [];
  if (direct.answer === 'yes') return grant([...also, direct]);
  const byRole = weaker(behind.answer, limits(side));
  if (byRole === 'yes') return grant([...also, behind]);
  const named = stronger(stronger(direct.answer, behind.answer), account.answer);
  const byIdentity = mustName ? weaker(own, named) : own;
  if (byIdentity === 'yes') return grant(mustName ? [side.identity, strongest(granted)] : [side.identity]);
  const answer = stronger(stronger(direct.answer, byRole), byIdentity);
  if (answer !== 'no') {
    const part = direct.answer === 'maybe' ? direct : byRole === 'maybe' ? behind : side.identity;
    return { answer, origins: [part], reason: because(part) };
  }
  if (mustName && named === 'no') {
    return refuse(
      view,
      trust ? 'the trust policy of the role does not name the caller' : 'the key policy neither allows it nor leaves it to the account',
    );
  }
  return refuseSide(view, side);
}

function acrossAccounts(granted: ResourceSay, side: IdentitySide, view: RequestView): Verdict {
  const resource = strongest(granted);
  if (resource.answer === 'no')
    return refuse(view, 'the resource is in another account, and no policy of it names the caller and allows it');
  const own = weaker(side.identity.answer, limits(side));
  if (own === 'no') return refuseSide(view, side);
  return { answer: weaker(own, resource.answer), origins: [side.identity, resource], reason: because(side.identity, resource) };
}

function strongest({ direct, behind, account }: ResourceSay): Say {
  return [direct, behind, account].reduce((best, one) => (stronger(best.answer, one.answer) === best.answer ? best : one));
}

function refuseSide(view: RequestView, { identity, boundary, session }: IdentitySide): Verdict {
  if (identity.answer === 'no') return refuse(view, 'no identity policy of the principal allows it');
  if (boundary.answer === 'no') return refuse(view, 'the permissions boundary does not allow it');
  if (session.answer === 'no') return refuse(view, 'no session policy allows it');
  return refuse(view, 'nothing allows it');
}

function refuse(view: RequestView, why: string): Verdict {
  return { answer: 'no', origins: [], reason: `${showSymbols(view.action)} is not allowed: ${why}.` };
}

function grant(origins: readonly Say[]): Verdict {
  const answer = origins.reduce<Ternary>((sum, say) => weaker(sum, say.answer), 'yes');
  return { answer, origins, reason: because(...origins) };
}

function because(...says: readonly Say[]): string {
  const names = says.flatMap(({ origin }) => (origin ? [origin.statement] : []));
  return names.length > 0 ? `${names.join(' and ')} allow${names.length > 1 ? '' : 's'} it.` : 'The root user may do everything.';
}

/** Where it is not known whether the accounts are the same, both answers must agree. */
function perAccount(same: Ternary, ways: { readonly same: () => Verdict; readonly cross: () => Verdict }): Verdict {
  if (same === 'yes') return ways.same();
  if (same === 'no') return ways.cross();
  const [one, other] = [ways.same(), ways.cross()];
  return one.answer === other.answer ? one : { ...(one.answer === 'no' ? other : one), answer: 'maybe' };
}
