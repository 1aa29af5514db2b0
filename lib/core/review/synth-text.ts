import type { Finding } from '../finding';
import type { AccessOrigin, AccessRequest } from './access';
import type { PrincipalReview } from './result';

/** The lines below a finding: the requests that show it, and the statements that allow each with the constructs that put them there. */
export function describeEvidence(finding: Finding, { claims, paths, findings }: PrincipalReview): readonly string[] {
  if (finding.id === 'escalation-path') {
    const path = paths[findings.filter(({ id }) => id === 'escalation-path').indexOf(finding)];
    return (path?.steps ?? []).flatMap(({ requests, allowedBy }) => [...requests.map(requestLine), ...allowedBy.map(originLine)]);
  }
  const claim = claims.find((one) => one.claim === finding.id);
  return [...(claim?.counterExample ? [requestLine(claim.counterExample)] : []), ...(claim?.origins ?? []).map(originLine)];
}

function requestLine({ action, resource, context }: AccessRequest): string {
  const keys = Object.entries(context ?? {}).map(([key, value]) => `${key} = ${[value].flat().join(', ')}`);
  return `request: ${action} on ${resource}${keys.length > 0 ? ` where ${keys.join(' and ')}` : ''}`;
}

function originLine({ statement, construct, layer }: AccessOrigin): string {
  return `allowed by: ${statement} (${layer})${construct === undefined ? '' : `, put there by ${construct}`}`;
}
