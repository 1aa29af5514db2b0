import { type Finding, Severity } from '../finding';
import { byCodePoint, stableStringify } from '../json';
import { shortHash } from '../names';
import type { ClaimVerdict, PrincipalReview, Review } from '../review/result';
import { describeRule } from './sarif-rules';
import { fileUri } from './sarif-uri';
import { plain } from './text';
import { displayName } from './words';

/** How a review becomes a SARIF log. */
export interface SarifOptions {
  /** Absolute path of the folder that URIs are relative to, with `/` between names. @default - sources stay as the review has them */
  readonly root?: string;
}

/** Name under which fingerprints are kept; a new way to make them takes a new name. */
const FINGERPRINT = 'agenticIam/v1';
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://www.npmjs.com/package/agentic-iam';
/** Code scanning has no line for a deployed construct: a template is made, nobody reads its lines. */
const REGION = { startLine: 1 };

const LEVELS: Readonly<Record<Severity, string>> = {
  [Severity.ERROR]: 'error',
  [Severity.WARNING]: 'warning',
  [Severity.INFO]: 'note',
};

/**
 * The findings of a review as a SARIF 2.1.0 log for code scanning: one run, one rule per finding id, one result per finding.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
export function renderReviewSarif(review: Review, options: SarifOptions = {}): object {
  const found = review.principals.flatMap((principal) => principal.findings.map((finding) => ({ principal, finding })));
  const rules = [...new Map(found.map(({ finding }) => [finding.id, finding])).values()].sort((a, b) => byCodePoint(a.id, b.id));
  const ids = rules.map(({ id }) => id);
  const driver = { name: 'agentic-iam', semanticVersion: review.library, informationUri: HOME, rules: rules.map(describeRule) };
  const notifications = review.unknowns.map((text) => ({ level: 'warning', message: { text: plain(text) } }));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
        columnKind: 'utf16CodeUnits',
        results: unrepeated(
          found.map(({ principal, finding }) => toResult(principal, finding, { ruleIndex: ids.indexOf(finding.id), root: options.root })),
        ),
      },
    ],
  };
}

interface Placed {
  readonly ruleIndex: number;
  readonly root?: string;
}

function toResult(principal: PrincipalReview, finding: Finding, { ruleIndex, root }: Placed): SarifResult {
  const claim = principal.claims.find(({ claim: id, verdict }) => id === finding.id && verdict === 'refuted');
  const elsewhere = new Set((claim?.origins ?? []).flatMap(({ source }) => (source && source !== principal.source ? [source] : [])));
  const related = [...elsewhere].map((source) => ({ physicalLocation: { artifactLocation: fileUri(source, root), region: REGION } }));
  const construct = claim?.origins?.find((origin) => origin.construct)?.construct ?? principal.construct;
  const logical = [
    { name: plain(principal.name), fullyQualifiedName: plain(principal.id), kind: 'object' },
    ...(construct
      ? [{ name: plain(construct.split('/').at(-1) ?? construct), fullyQualifiedName: plain(construct), kind: 'declaration' }]
      : []),
  ];
  return {
    ruleId: plain(finding.id),
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: sentence(principal, finding, claim) },
    partialFingerprints: { [FINGERPRINT]: fingerprint(principal, finding) },
    locations: [{ physicalLocation: { artifactLocation: fileUri(principal.source, root), region: REGION }, logicalLocations: logical }],
    ...(related.length > 0 ? { relatedLocations: related } : {}),
  };
}

interface SarifResult {
  readonly ruleId: string;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

/** Plain text: brackets would begin a link, a backslash escapes them. */
function sentence(principal: PrincipalReview, finding: Finding, claim: ClaimVerdict | undefined): string {
  const example = claim?.counterExample;
  const lines = [
    `${displayName(principal)} on ${principal.cloud} ${finding.message}`,
    ...(example ? [`Counter-example: ${example.action} on ${example.resource}.`] : []),
    ...(claim?.origins ?? []).map(({ statement, construct }) => `Allowed by ${statement}${construct ? `, made by ${construct}` : ''}.`),
    `Fix: ${finding.fix}`,
  ];
  return lines.map((line) => plain(line).replace(/[\\[\]]/g, '\\$&')).join('\n');
}

/** Stays the same while the finding does: of its key where it has one, never of its wording, a line or the order of results. */
function fingerprint({ id, cloud }: PrincipalReview, { id: rule, agent, evidence }: Finding): string {
  const key = evidence?.['key'] ?? evidence ?? '';
  return shortHash(cloud, id, agent, rule, typeof key === 'string' ? key : stableStringify(key));
}

/** A template that was read twice says a thing once. */
function unrepeated(results: readonly SarifResult[]): readonly SarifResult[] {
  return [...new Map(results.map((result) => [stableStringify([result.ruleId, result.partialFingerprints]), result])).values()];
}
