import { Severity } from '../finding';
import { stableStringify } from '../json';
import type { Manifest, ManifestAgent } from '../manifest';

/** What a person must know of an agent on one cloud. */
export interface SummaryRow {
  readonly agent: string;
  readonly cloud: string;
  readonly mode: string;
  readonly identity: string;
  /** Exact native permissions, granted through capabilities or past them. */
  readonly permissions: number;
  /** Those granted past the capabilities. */
  readonly native: number;
  /** Distinct native scopes. */
  readonly resources: number;
  readonly credentialLifeSeconds: number;
  /** Findings by severity, worst first; severities without one are absent. */
  readonly findings: readonly (readonly [Severity, number])[];
}

/** One row for each agent and cloud; an agent's clouds stand together. */
export function summarise(manifests: readonly Manifest[]): readonly SummaryRow[] {
  const agents = manifests.flatMap((manifest) => manifest.agents);
  const order = (agent: ManifestAgent): string => [agent.name, agent.cloud, agent.fleet].join(' ');
  return [...agents].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(summariseAgent);
}

function summariseAgent(agent: ManifestAgent): SummaryRow {
  const native = countNative(agent);
  const grants = [...agent.access, ...agent.native];
  return {
    agent: agent.name,
    cloud: agent.cloud,
    mode: agent.mode,
    identity: agent.identity.name,
    permissions: new Set(agent.access.flatMap((grant) => grant.permissions)).size + native,
    native,
    resources: new Set(grants.flatMap((grant) => grant.scopes).map((scope) => stableStringify(scope))).size,
    credentialLifeSeconds: agent.identity.credentialLifeSeconds,
    findings: countFindings(agent),
  };
}

/** The same list of permissions on several resources counts once. */
function countNative(agent: ManifestAgent): number {
  const counts = agent.native.map(
    ({ permissions, permissionCount }) => [permissions.join(' '), permissionCount ?? permissions.length] as const,
  );
  return [...new Map(counts).values()].reduce((sum, count) => sum + count, 0);
}

function countFindings({ findings }: ManifestAgent): SummaryRow['findings'] {
  return [Severity.ERROR, Severity.WARNING, Severity.INFO].flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [[severity, count] as const] : [];
  });
}
