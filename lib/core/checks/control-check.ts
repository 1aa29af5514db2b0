import type { AgentPosture, Evidence, Point } from '../governance/posture';
import { evidenceOf, gapIn } from '../governance/posture';
import type { GovernanceReceipt, ReceiptKind } from '../governance/receipts';
import type { ControlException } from '../governance/record';

/** What a check may look at besides the posture: what was done once, and when it is now. */
export interface CheckContext {
  readonly now: Date;
  /** Receipts of the agent's fleet on its cloud that nobody changed, oldest first. */
  readonly receipts: readonly GovernanceReceipt[];
  /** How many receipts were changed after they were made. */
  readonly broken: number;
  /** Exceptions that are about the agent. */
  readonly exceptions: readonly ControlException[];
}

/** Whether a control is met: by what, or why not. */
export type Judgement =
  | { readonly met: readonly Evidence[] }
  | { readonly missing: string; readonly evidence?: readonly Evidence[] }
  /** The question does not arise for this agent. */
  | { readonly notApplicable: string };

/** The check of one control of the ladder. Its file's name is the control's id. */
export interface ControlCheck {
  readonly id: string;
  readonly judge: (posture: AgentPosture, context: CheckContext) => Judgement;
}

/** Met where each point is shown by something. */
export function judgePoints(points: readonly Point[], none: string): Judgement {
  const gap = gapIn(points, none);
  return gap === undefined ? { met: evidenceOf(points) } : { missing: gap, evidence: evidenceOf(points) };
}

/** What is done once a quarter may be ten days late. */
const LONGEST_DAYS = 100;
const DAY = 86_400_000;

/** Met by the latest receipt of a kind, where each of its steps held and it is not too old. */
export function judgeReceipt(
  kind: ReceiptKind,
  context: CheckContext,
  about: (receipt: GovernanceReceipt) => string | undefined = () => undefined,
): Judgement {
  const latest = context.receipts.filter((receipt) => receipt.kind === kind).at(-1);
  const broken = context.broken > 0 ? `, and ${context.broken} that were changed after they were made prove nothing` : '';
  if (!latest) return { missing: `there is no receipt of it${broken}` };
  const evidence = [
    { file: 'receipts', resource: latest.digest.slice(0, 12), type: kind, shows: `${latest.by} on ${latest.at.slice(0, 10)}` },
  ];
  const age = (context.now.getTime() - Date.parse(latest.at)) / DAY;
  if (age < -1) return { missing: `its latest receipt is of ${latest.at.slice(0, 10)}, which has not come yet`, evidence };
  if (age > LONGEST_DAYS)
    return { missing: `its latest receipt is ${Math.floor(age)} days old, and ${LONGEST_DAYS} is the most`, evidence };
  const failed = latest.steps.find(({ held }) => !held);
  if (failed) return { missing: `its latest receipt says that this did not hold: ${failed.what}`, evidence };
  const other = about(latest);
  return other === undefined ? { met: evidence } : { missing: other, evidence };
}
