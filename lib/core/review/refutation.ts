import type { AccessEntry, AccessRequest } from './access';
import { CLAIM_RULES } from './claim-rules';
import { showSymbols } from './glob';
import { partsBeyond, requestAt } from './proof';
import type { ClaimId, ClaimVerdict } from './result';
import type { AccessWorld } from './world';

/** Who decides a counter-example by all layers before it is given. */
export interface SecondJudge {
  readonly world: AccessWorld;
  readonly principal: string;
}

/**
 * The first counter-example to a claim that `inner` holds nothing beyond `outer`, or else what was not decided; undefined where there is
 * nothing beyond. One that the second judge does not confirm never hides another that it does.
 */
export function refuteBeyond(
  claim: ClaimId,
  { inner, outer }: { readonly inner: readonly AccessEntry[]; readonly outer: readonly AccessEntry[] },
  judge?: SecondJudge,
): ClaimVerdict | undefined {
  const nearby = (resource: string, action: string): string => judge?.world.nearby?.(judge.principal, { action, resource }) ?? resource;
  let open: ClaimVerdict | undefined;
  for (const { actions, entry, outcome } of partsBeyond(inner, outer, nearby)) {
    const [action = ''] = actions;
    if ('unsure' in outcome) {
      const on = entry.region.resources[0]?.[0] ?? '*';
      open ??= { claim, verdict: 'not-proven', reason: `Not decided for ${showSymbols(`${action} on ${on}: ${outcome.unsure}`)}.` };
      continue;
    }
    const verdict = refute(claim, { request: requestAt(action, outcome.point), origins: entry.origins }, judge);
    if (verdict.verdict === 'refuted') return verdict;
    open ??= verdict;
  }
  return open;
}

/** A refutation, unless the cloud's own engine says that the request is not allowed after all. */
function refute(
  claim: ClaimId,
  { request, origins }: { readonly request: AccessRequest; readonly origins: ClaimVerdict['origins'] },
  judge?: SecondJudge,
): ClaimVerdict {
  const decision = judge?.world.decide(judge.principal, request);
  const shown: AccessRequest = { ...request, resource: showSymbols(request.resource) };
  if (decision && decision.effect !== 'allowed') {
    return {
      claim,
      verdict: 'not-proven',
      reason: `${shown.action} on ${shown.resource} is listed and was not confirmed. ${decision.reason}`,
    };
  }
  return {
    claim,
    verdict: 'refuted',
    reason: `It may do ${shown.action} on ${shown.resource}.`,
    counterExample: shown,
    origins: decision?.origins.length ? decision.origins : origins,
    fix: CLAIM_RULES[claim].fix,
  };
}
