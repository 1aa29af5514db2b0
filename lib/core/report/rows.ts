import { formatSeconds } from '../duration';
import { Severity } from '../finding';
import { stableStringify } from '../json';
import type { Manifest, ManifestAgent } from '../manifest';

/** One line of the summary: what a person must know of an agent on one cloud. */
export interface SummaryRow {
  readonly agent: string;
  readonly cloud: string;
  readonly mode: string;
  readonly identity: string;
  /** Distinct native permissions, granted through capabilities or past them. */
  readonly permissions: string;
  /** Distinct native scopes. */
  readonly resources: string;
  readonly credentialLife: string;
  readonly findings: string;
  /** Worst severity among the findings, for the colour. */
  readonly worst: Severity | undefined;
}

/** The summary's lines: an agent's clouds stand together. */
export function summarise(manifests: readonly Manifest[]): readonly SummaryRow[] {
  const agents = manifests.flatMap((manifest) => manifest.agents);
  const order = (agent: ManifestAgent): string => [agent.name, agent.cloud, agent.fleet].join(' ');
  return [...agents].sort((a, b) => (order(a) < order(b) ? -1 : 1)).map(summariseAgent);
}

function summariseAgent(agent: ManifestAgent): SummaryRow {
  const grants = [...agent.access, ...agent.native];
  const native = new Set(agent.native.flatMap((grant) => grant.permissions)).size;
  const permissions = new Set(grants.flatMap((grant) => grant.permissions)).size;
  const resources = new Set(grants.flatMap((grant) => grant.scopes).map((scope) => stableStringify(scope))).size;
  return {
    agent: agent.name,
    cloud: agent.cloud,
    mode: agent.mode,
    identity: shorten(agent.identity.name),
    permissions: native > 0 ? `${permissions} (${native} native)` : `${permissions}`,
    resources: `${resources}`,
    credentialLife: formatSeconds(agent.identity.credentialLifeSeconds),
    findings: countFindings(agent),
    worst: [Severity.ERROR, Severity.WARNING, Severity.INFO].find((severity) =>
      agent.findings.some((finding) => finding.severity === severity),
    ),
  };
}

/** The subject of a federated principal can be longer than a line; the manifest has it whole. */
const IDENTITY_WIDTH = 32;

function shorten(name: string): string {
  return name.length <= IDENTITY_WIDTH ? name : `${name.slice(0, IDENTITY_WIDTH - 1)}…`;
}

function countFindings(agent: ManifestAgent): string {
  const counts = [Severity.ERROR, Severity.WARNING, Severity.INFO].flatMap((severity) => {
    const count = agent.findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  return counts.join(', ') || 'none';
}
