import { type Finding, Severity } from '../finding';
import { stableStringify } from '../json';
import { CLAIM_RULES } from './claim-rules';
import type { AccessPath, BlastRadius, ClaimVerdict } from './result';
import type { WorldPrincipal } from './world';

/** What the findings of one principal are made of. */
export interface Judged {
  readonly claims: readonly ClaimVerdict[];
  readonly paths: readonly AccessPath[];
  readonly blastRadius: BlastRadius;
  /** Whether what goes beyond the declaration comes from the user's own native grants alone. */
  readonly nativeOnly: boolean;
}

/** The findings of one principal: one for each path, each claim that is refuted and each that an agent needs and that was not proven. */
export function findingsOf(principal: WorldPrincipal, judged: Judged): readonly Finding[] {
  const name = principal.agent?.name ?? principal.name;
  const { claims, paths, blastRadius, nativeOnly } = judged;
  const found = (finding: Omit<Finding, 'agent'>): Finding => ({ agent: name, ...finding });
  return [
    ...(principal.agent?.findings ?? []),
    ...(blastRadius.admin && paths.length === 0 ? [found(adminFinding(principal))] : []),
    ...paths.map((path) => found(pathFinding(path))),
    ...claims.flatMap((claim) => {
      if (claim.claim === 'no-escalation') return claim.verdict === 'not-proven' ? [found(openFinding(claim))] : [];
      if (claim.verdict === 'refuted') return [found(claimFinding(claim, nativeOnly))];
      return claim.verdict === 'not-proven' ? [found(openFinding(claim))] : [];
    }),
  ];
}

function adminFinding({ id, agent }: WorldPrincipal): Omit<Finding, 'agent'> {
  return {
    id: 'administrator',
    severity: agent ? Severity.ERROR : Severity.WARNING,
    message: 'has full control of its account',
    fix: 'give it only the actions and resources that it needs',
    evidence: { key: `administrator ${id}` },
  };
}

function pathFinding({ to, toArn, steps }: AccessPath): Omit<Finding, 'agent'> {
  const techniques = steps.map(({ technique }) => technique);
  const last = steps.at(-1);
  const assumed = steps.some((step) => step.assumed);
  return {
    id: 'escalation-path',
    severity: Severity.ERROR,
    message: `${steps.map(({ sentence }) => sentence).join(', then ')}${assumed ? ', if one exists' : ''}`,
    fix: CLAIM_RULES['no-escalation'].fix,
    evidence: {
      key: [...techniques, to, toArn].join(' > '),
      to,
      toArn,
      requests: (last?.requests ?? []).map(({ action, resource }) => `${action} on ${resource}`),
    },
  };
}

/** The key holds what breaks the claim, so that what is accepted once never stands for something else. */
function claimFinding({ claim, reason, counterExample, origins = [], fix }: ClaimVerdict, nativeOnly: boolean): Omit<Finding, 'agent'> {
  const rule = CLAIM_RULES[claim];
  return {
    id: claim,
    severity: (claim === 'within-declared' || claim === 'within-delegated') && nativeOnly ? Severity.WARNING : Severity.ERROR,
    message: `breaks the claim that it ${rule.title}: ${lower(reason)}`,
    fix: fix ?? rule.fix,
    evidence: {
      key: stableStringify([
        claim,
        counterExample?.action ?? '',
        counterExample?.resource ?? '',
        origins.map(({ statement }) => statement),
      ]),
      ...(counterExample ? { action: counterExample.action, resource: counterExample.resource } : {}),
      statements: origins.map(({ statement, construct }) => (construct ? `${statement} of ${construct}` : statement)),
    },
  };
}

function openFinding({ claim, reason }: ClaimVerdict): Omit<Finding, 'agent'> {
  return {
    id: `not-proven-${claim}`,
    severity: Severity.WARNING,
    message: `is not proven to be one that ${CLAIM_RULES[claim].title}: ${lower(reason)}`,
    fix: 'give the review what it could not read, or write the statement so that it can be decided',
    evidence: { key: `${claim} ${reason}` },
  };
}

function lower(sentence: string): string {
  const text = sentence.replace(/\.$/, '');
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
