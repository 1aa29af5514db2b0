import type { AccessRequest } from './access';
import { CLAIM_RULES } from './claim-rules';
import { showSymbols } from './glob';
import type { ClaimId, ClaimVerdict } from './result';
import type { AccessWorld } from './world';

/** A refutation, unless the cloud's own engine says that the request is not allowed after all. */
export function refute(
  claim: ClaimId,
  { request, origins }: { readonly request: AccessRequest; readonly origins: ClaimVerdict['origins'] },
  asked?: { readonly world: AccessWorld; readonly principal: string },
): ClaimVerdict {
  const decision = asked?.world.decide(asked.principal, request);
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
