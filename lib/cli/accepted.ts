import { type Finding, Severity } from '../core/finding';
import { type Acknowledgement, acknowledgementOf, findingId } from '../core/review/acknowledgements';
import type { ReviewInput } from '../core/review/input';
import type { PrincipalReview, Review } from '../core/review/result';
import type { AccessWorld } from '../core/review/world';
import { fieldsOf } from '../policy/documents/kinds';

/** What the manifests say was accepted; the worlds checked them already. */
export function acknowledgedIn(inputs: readonly ReviewInput[]): readonly Acknowledgement[] {
  return inputs.flatMap(({ kind, json }) => {
    const acknowledged = kind === 'manifest' ? fieldsOf(json)?.['acknowledged'] : undefined;
    return Array.isArray(acknowledged) ? (acknowledged as readonly Acknowledgement[]) : [];
  });
}

/** The review with each finding that somebody accepted told as such, and no longer as something to act on. */
export function acceptFindings(
  review: Review,
  { worlds, acknowledged }: { readonly worlds: readonly AccessWorld[]; readonly acknowledged: readonly Acknowledgement[] },
): Review {
  if (acknowledged.length === 0) return review;
  const all = worlds.flatMap(({ principals }) => principals);
  const constructs = new Map(all.flatMap(({ id, agent }) => (agent ? [[id, agent.construct] as const] : [])));
  const accept = (principal: PrincipalReview, finding: Finding): Finding => {
    const construct = constructs.get(principal.id) ?? principal.construct ?? '';
    const by = acknowledgementOf({ id: findingId(principal.id, finding), construct }, acknowledged);
    if (!by) return finding;
    return { ...finding, severity: Severity.INFO, message: `${finding.message} (accepted: ${by.reason})` };
  };
  return {
    ...review,
    principals: review.principals.map((one) => ({ ...one, findings: one.findings.map((finding) => accept(one, finding)) })),
  };
}
