import { AgenticIamError, emptyField } from '../errors';
import type { Finding } from '../finding';
import { stableStringify } from '../json';
import { shortHash } from '../names';

/** What stands before the id of a finding where it is acknowledged. */
export const ACKNOWLEDGED_IN = 'agentic-iam::';

/** A finding that somebody accepts, and why. */
export interface Acknowledgement {
  /** Id of the finding, as synth prints it: the rule, and in brackets what tells this finding from others of the rule. */
  readonly id: string;
  readonly reason: string;
  /** Path of the construct it was made on. It counts for agents below. */
  readonly construct: string;
}

/**
 * Id of one finding: `escalation-path[k3v9d2m7qa]`. What is in the brackets follows from the principal and from all that the finding is
 * about, so that who accepts one finding does not accept another that comes later. No `::`, which parts a prefix from an id in the CDK.
 */
export function findingId(principal: string, { id, evidence, message }: Finding): string {
  const { key } = evidence ?? {};
  const about = typeof key === 'string' ? key : evidence ? stableStringify(evidence) : message;
  return `${id}[${shortHash(principal, id, about)}]`;
}

/** The id without what stands before it. */
export function bareId(id: string): string {
  return id.startsWith(ACKNOWLEDGED_IN) ? id.slice(ACKNOWLEDGED_IN.length) : id;
}

/** The acknowledgement of a finding about the agent at a construct path: the one that was made nearest to it. */
export function acknowledgementOf(
  { id, construct }: { readonly id: string; readonly construct: string },
  acknowledged: readonly Acknowledgement[],
): Acknowledgement | undefined {
  return acknowledged
    .filter((one) => bareId(one.id) === id && isWithin(construct, one.construct))
    .sort((a, b) => b.construct.length - a.construct.length)[0];
}

/** Whether a construct is at or below a scope, both by path. */
export function isWithin(path: string, scope: string): boolean {
  return scope === '' || path === scope || path.startsWith(`${scope}/`);
}

/**
 * An id as it is recorded, with what stands before it.
 * @throws AgenticIamError `invalid-acknowledgement` for an id that names no single finding, and where no reason is given
 */
export function checkAcknowledgement({ id, reason }: { readonly id: string; readonly reason: string }): string {
  const bare = bareId(id);
  if (!/^[a-z][a-z-]*\[[a-z2-7]+\]$/.test(bare)) {
    throw new AgenticIamError({
      code: 'invalid-acknowledgement',
      subject: 'an acknowledgement',
      rule: 'must name one finding by its id',
      reason: 'the name of a rule alone would accept findings that come later, too',
      value: id,
      fix: 'copy the id that synth prints, with what is in brackets',
    });
  }
  if (reason.trim() === '')
    throw emptyField(`the acknowledgement of '${id}'`, 'reason', 'whoever reads it later must know why it was accepted');
  return `${ACKNOWLEDGED_IN}${bare}`;
}
