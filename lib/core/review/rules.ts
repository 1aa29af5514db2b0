import { CHECKS } from '../checks';
import { CLAIM_RULES, type ClaimRule } from './claim-rules';
import type { ClaimId } from './result';

/** What a finding of a review is about: one entry for each id. */
export interface ReviewRule {
  /** Stable; what users acknowledge findings by. */
  readonly id: string;
  /** The rule in its good state, after "an agent". */
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

/** Id of the finding that says that a claim could not be decided. */
export function openRule(claim: ClaimId): `not-proven-${ClaimId}` {
  return `not-proven-${claim}`;
}

const OWN: readonly ReviewRule[] = [
  {
    id: 'administrator',
    title: 'has less than full control of its account',
    why: 'whoever takes it over has the whole account, and no claim about it means anything',
    fix: 'give it only the actions and resources that it needs',
  },
  {
    id: 'escalation-path',
    title: 'cannot get further than it was given',
    why: CLAIM_RULES['no-escalation'].why,
    fix: CLAIM_RULES['no-escalation'].fix,
  },
];

const CLAIMS = Object.entries(CLAIM_RULES) as unknown as readonly (readonly [ClaimId, ClaimRule])[];

/**
 * Every rule that a review can have a finding of: the checks of the declaration, full control, paths, claims that are refuted (by the id of
 * the claim) and claims that were not decided (`not-proven-` and the id).
 */
export const REVIEW_RULES: readonly ReviewRule[] = [
  ...CHECKS.map(({ id, title, explanation, fix }) => ({ id, title, why: explanation, fix })),
  ...OWN,
  ...CLAIMS.filter(([id]) => id !== 'no-escalation').map(([id, rule]) => ({ id, ...rule })),
  ...CLAIMS.map(([id, { title }]) => ({
    id: openRule(id),
    title: `is shown to be one that ${title}`,
    why: 'what is not understood is not safe, and while it lasts no claim is proven',
    fix: 'give the review what it could not read, or write the statement so that it can be decided',
  })),
];

/** The rule of a finding, or undefined where the id is none of a review's. */
export function ruleOf(id: string): ReviewRule | undefined {
  return REVIEW_RULES.find((rule) => rule.id === id);
}
