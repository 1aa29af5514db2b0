import { type Finding, Severity } from '../finding';
import { shortHash } from '../names';
import { CLAIM_RULES } from './claim-rules';
import { excessOf } from './excess';
import { isAssumed, keyOfPath } from './paths';
import type { AccessPath, BlastRadius, ClaimVerdict } from './result';
import { openRule, ruleOf } from './rules';
import type { AccessWorld, WorldPrincipal } from './world';

/** What the findings of one principal are made of. */
export interface Judged {
  readonly world: AccessWorld;
  readonly claims: readonly ClaimVerdict[];
  readonly paths: readonly AccessPath[];
  readonly blastRadius: BlastRadius;
  /** Whether what goes beyond the declaration comes from the user's own native grants alone. */
  readonly nativeOnly: boolean;
}

type Draft = Omit<Finding, 'agent'>;

/** The findings of one principal: one for each path, each claim that is refuted and each that was not decided. */
export function findingsOf(principal: WorldPrincipal, judged: Judged): readonly Finding[] {
  const { claims, paths, blastRadius } = judged;
  const whole = blastRadius.admin && paths.length === 0;
  const drafts: readonly Draft[] = [
    ...(whole ? [adminFinding(principal, judged)] : []),
    ...paths.map(pathFinding),
    ...claims.flatMap((claim) => {
      if (claim.verdict === 'refuted') return claim.claim === 'no-escalation' ? [] : [claimFinding(claim, principal, judged)];
      if (claim.verdict === 'proven' || (whole && claim.claim === 'no-escalation')) return [];
      return [openFinding(claim, principal, judged)];
    }),
  ];
  const agent = principal.agent?.name ?? principal.name;
  return [...(principal.agent?.findings ?? []), ...drafts.map((draft) => ({ agent, ...draft }))];
}

function adminFinding({ id, agent }: WorldPrincipal, { world }: Judged): Draft {
  const own = world.isAdmin(id);
  return {
    id: 'administrator',
    severity: agent ? Severity.ERROR : Severity.WARNING,
    message: own ? 'has full control of its account' : 'has full control of its account through a sub-agent that it delegates to',
    fix: fixOf('administrator'),
    evidence: { key: own ? 'administrator' : 'administrator through a sub-agent' },
  };
}

function pathFinding(path: AccessPath): Draft {
  const { to, toArn, steps } = path;
  return {
    id: 'escalation-path',
    severity: Severity.ERROR,
    message: `${steps.map(({ sentence }) => sentence).join(', then ')}${isAssumed(path) ? ', if one exists' : ''}`,
    fix: fixOf('escalation-path'),
    evidence: {
      key: keyOfPath(path),
      to,
      toArn,
      requests: steps.flatMap(({ requests }) => requests.map(({ action, resource }) => `${action} on ${resource}`)),
      statements: [...new Set(steps.flatMap(({ allowedBy }) => allowedBy.map(({ statement }) => statement)))],
    },
  };
}

function claimFinding(
  { claim, reason, counterExample, origins = [], fix }: ClaimVerdict,
  principal: WorldPrincipal,
  judged: Judged,
): Draft {
  const limits = claim === 'within-declared' || claim === 'within-delegated';
  return {
    id: claim,
    severity: limits && judged.nativeOnly ? Severity.WARNING : Severity.ERROR,
    message: `breaks the claim that it ${CLAIM_RULES[claim].title}: ${lower(reason)}`,
    fix: fix ?? fixOf(claim),
    evidence: {
      key: `${claim} ${fingerprint(excessOf(claim, principal, judged.world))}`,
      ...(counterExample ? { action: counterExample.action, resource: counterExample.resource } : {}),
      statements: origins.map(({ statement, construct }) => (construct ? `${statement} of ${construct}` : statement)),
    },
  };
}

function openFinding({ claim, reason }: ClaimVerdict, principal: WorldPrincipal, { world }: Judged): Draft {
  const unread = [...excessOf(claim, principal, world), ...(claim === 'no-escalation' ? world.unknowns : []), reason];
  return {
    id: openRule(claim),
    severity: Severity.WARNING,
    message: `is not proven to be one that ${CLAIM_RULES[claim].title}: ${lower(reason)}`,
    fix: fixOf(openRule(claim)),
    evidence: { key: `${openRule(claim)} ${fingerprint(unread)}` },
  };
}

function fingerprint(texts: readonly string[]): string {
  return shortHash(...texts);
}

function fixOf(id: string): string {
  return ruleOf(id)?.fix ?? '';
}

/** The sentence as the end of another; a word that is written in capitals stays so. */
function lower(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return /^[A-Z][a-z]*[\s,]/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}
