import { type Finding, Severity } from '../finding';
import { shortHash } from '../names';
import { type Acknowledgement, acknowledgementOf, bareId, findingId } from './acknowledgements';
import type { PrincipalReview } from './result';
import { reviewWorlds } from './review';
import type { ReviewMode } from './review-mode';
import { describeEvidence } from './synth-text';
import type { AccessWorld, WorldPrincipal } from './world';

/** One finding of the review that is made at synth. */
export interface SynthFinding {
  /** What it is acknowledged by; see `findingId`. */
  readonly id: string;
  readonly severity: Severity;
  readonly agent: string;
  /** Path of the agent's identity. */
  readonly construct: string;
  /** What is wrong; below it the request that shows it, and the statements that allow that with the constructs that put them there. */
  readonly message: string;
  /** What to change. */
  readonly fix: string;
  /** Who accepted it, and why. @default - nobody */
  readonly acknowledged?: Acknowledgement;
}

export interface SynthReview {
  readonly worlds: readonly AccessWorld[];
  /** What becomes of the findings about the agent whose identity is at a construct path. */
  readonly modeOf: (construct: string) => ReviewMode;
  readonly acknowledged: readonly Acknowledgement[];
}

/**
 * What a review finds about the agents of an app that is synthesised, in stable order. What the checks of the declaration find is not
 * among it: the manifest has that.
 */
export function synthFindings({ worlds, modeOf, acknowledged }: SynthReview): readonly SynthFinding[] {
  const constructs = new Map(
    worlds.flatMap(({ principals }) => principals.flatMap(({ id, agent }) => (agent ? [[id, agent.construct] as const] : []))),
  );
  const isReviewed = ({ agent }: WorldPrincipal): boolean => agent !== undefined && modeOf(agent.construct) !== 'off';
  const review = reviewWorlds(
    worlds.map((world) => reviewingOnly(world, isReviewed)),
    { sources: [] },
  );
  return review.principals.flatMap((principal) => {
    const construct = constructs.get(principal.id) ?? principal.construct ?? '';
    return findingsAbout(principal).map((finding) => present(finding, { principal, construct, mode: modeOf(construct), acknowledged }));
  });
}

function reviewingOnly(world: AccessWorld, test: (principal: WorldPrincipal) => boolean): AccessWorld {
  const principals = world.principals.map((principal) => ({ ...principal, reviewed: principal.reviewed && test(principal) }));
  return Object.create(world, { principals: { value: principals, enumerable: true } }) as AccessWorld;
}

/** Warnings and errors, each thing once. */
function findingsAbout({ findings, agent }: PrincipalReview): readonly Finding[] {
  const own = findings.filter(
    ({ severity, evidence }) => severity !== Severity.INFO && evidence?.['key'] !== undefined && agent !== undefined,
  );
  const ranked = [...own].sort((a, b) => Number(b.severity === Severity.ERROR) - Number(a.severity === Severity.ERROR));
  const told = new Set<string>();
  return ranked.filter((finding) => {
    const what = aboutWhat(finding);
    const isNew = !told.has(what);
    told.add(what);
    return isNew;
  });
}

/** Claims that are broken by the same access are broken by one thing; claims that are open for the same reason, too. */
function aboutWhat({ id, message, evidence }: Finding): string {
  const key = String(evidence?.['key']);
  if (id.startsWith('not-proven-')) return message.slice(message.indexOf(': ') + 2);
  return key.startsWith(`${id} `) ? key.slice(id.length + 1) : key;
}

interface Presented {
  readonly principal: PrincipalReview;
  readonly construct: string;
  readonly mode: ReviewMode;
  readonly acknowledged: readonly Acknowledgement[];
}

function present(finding: Finding, { principal, construct, mode, acknowledged }: Presented): SynthFinding {
  const id = findingId(principal.id, finding);
  const accepted = acknowledgementOf({ id, construct }, acknowledged);
  return {
    id,
    severity: mode === 'fail' ? finding.severity : Severity.WARNING,
    agent: finding.agent,
    construct,
    message: [`agent '${finding.agent}' ${finding.message}`, ...describeEvidence(finding, principal)].join('\n  '),
    fix: finding.fix,
    ...(accepted ? { acknowledged: accepted } : {}),
  };
}

/** A warning for each acknowledgement that fits none of the findings: it might be taken for one that does. */
export function unusedAcknowledgements(found: readonly SynthFinding[], acknowledged: readonly Acknowledgement[]): readonly SynthFinding[] {
  const used = new Set(found.flatMap((one) => (one.acknowledged ? [keyOf(one.acknowledged)] : [])));
  return acknowledged.filter((one) => !used.has(keyOf(one))).map(unused);
}

function keyOf({ id, construct }: Acknowledgement): string {
  return `${bareId(id)} ${construct}`;
}

function unused({ id, construct }: Acknowledgement): SynthFinding {
  return {
    id: `unused-acknowledgement[${shortHash(bareId(id), construct)}]`,
    severity: Severity.WARNING,
    agent: '',
    construct,
    message: `'${id}' is acknowledged at '${construct}', and nothing of that id is found about the agents there`,
    fix: 'remove the acknowledgement; if the finding came back under another id, look at what changed before accepting that one',
  };
}
