import type { CheckContext, ControlCheck } from '../checks/control-check';
import { CONTROL_CHECKS } from '../checks/controls';
import type { MaturityLevel } from '../enums';
import { byCodePoint } from '../json';
import type { AgentAssessment, Assessment, ControlResult } from './assessment';
import { type Control, LADDER } from './ladder';
import type { AgentPosture, CloudPosture } from './posture';
import { type CheckedReceipts, checkReceipts, type ReceiptBook } from './receipts';
import { type ControlException, EVERY_FLEET, type GovernanceTarget, type Part } from './record';

/** What was found wrong with a part: it is gone, or it was changed. */
export interface PartProblem {
  readonly part: Part;
  readonly problem: string;
}

/** What an assessment is made of. */
export interface AssessInput {
  readonly postures: readonly CloudPosture[];
  readonly targets: readonly GovernanceTarget[];
  readonly exceptions: readonly ControlException[];
  /** Parts that are not as they were synthesised. */
  readonly problems: readonly PartProblem[];
  readonly receipts: ReceiptBook;
  readonly now: Date;
}

/** Where every agent stands on the ladder, and what stands between it and the next level. */
export function assess(input: AssessInput): Assessment {
  const receipts = checkReceipts(input.receipts);
  const agents = input.postures.flatMap(({ cloud, agents: postures }) =>
    postures.map((posture) => assessAgent(cloud, posture, { ...input, checked: receipts })),
  );
  return {
    agents: agents.sort((a, b) => byCodePoint(a.cloud, b.cloud) || byCodePoint(a.fleet, b.fleet) || byCodePoint(a.agent, b.agent)),
    brokenReceipts: receipts.broken.length,
  };
}

function assessAgent(
  cloud: string,
  posture: AgentPosture,
  { checked, ...input }: AssessInput & { readonly checked: CheckedReceipts },
): AgentAssessment {
  const { name, fleet, owner, construct } = posture.agent;
  const isFleet = (one: { readonly fleet: string }): boolean => one.fleet === fleet || one.fleet === EVERY_FLEET;
  const ofAgent = <T extends { readonly cloud: string; readonly fleet: string; readonly agent?: string }>(
    list: readonly T[],
  ): readonly T[] => list.filter((one) => one.cloud === cloud && isFleet(one) && (one.agent === undefined || one.agent === name));
  const ofFleet = <T extends { readonly cloud: string; readonly fleet: string }>(list: readonly T[]): readonly T[] =>
    list.filter((one) => one.cloud === cloud && isFleet(one));
  const context: CheckContext = {
    now: input.now,
    receipts: ofFleet(checked.valid),
    broken: ofFleet(checked.broken).length,
    exceptions: ofAgent(input.exceptions),
  };
  const problems = input.problems.filter(({ part }) => ofAgent([part]).length > 0);
  const plain = CONTROL_CHECKS.map((check) => resultOf(check, posture, { context, problems }));
  const results = plain.map((result) => byAlternative(result, plain, posture));
  const level = levelOf(results);
  const target = ofFleet(input.targets)
    .map((one) => one.level)
    .sort((a, b) => b - a)[0];
  return { cloud, fleet, agent: name, owner, construct, level, ...(target === undefined ? {} : { target }), results };
}

const controlOf = (id: string): Control => LADDER.find((control) => control.id === id) as Control;

function resultOf(
  { id, judge }: ControlCheck,
  posture: AgentPosture,
  { context, problems }: { readonly context: CheckContext; readonly problems: readonly PartProblem[] },
): ControlResult {
  const { level } = controlOf(id);
  const unsupported = posture.unsupported[id];
  const judged = judge(posture, context);
  const excepted = context.exceptions.find(({ control, until }) => control === id && until >= context.now.toISOString().slice(0, 10));
  const missing = (reason: string, evidence: ControlResult['evidence'] = []): ControlResult =>
    excepted
      ? { control: id, level, status: 'excepted', reason: `${excepted.reason} (${excepted.owner}, until ${excepted.until})`, evidence }
      : { control: id, level, status: 'missing', reason, evidence };
  if ('notApplicable' in judged) return { control: id, level, status: 'not-applicable', reason: judged.notApplicable, evidence: [] };
  if (unsupported !== undefined && 'missing' in judged)
    return excepted ? missing(unsupported) : { control: id, level, status: 'unsupported', reason: unsupported, evidence: [] };
  const broken = problems.filter(({ part }) => part.control === id);
  if (broken.length > 0) {
    const told = broken.map(({ part, problem }) => `${part.type} ${part.resource} ${problem}`);
    return missing(told.slice(0, 3).join('; ') + (told.length > 3 ? `; and ${told.length - 3} more` : ''));
  }
  if ('missing' in judged) return missing(judged.missing, judged.evidence);
  return { control: id, level, status: 'met', evidence: judged.met };
}

/** What a cloud cannot do may be stood in for by another control: then that one decides. */
function byAlternative(result: ControlResult, all: readonly ControlResult[], posture: AgentPosture): ControlResult {
  if (result.status !== 'unsupported') return result;
  const other = posture.instead?.[result.control];
  if (other === undefined) return result;
  const stands = all.find(({ control }) => control === other);
  if (stands?.status === 'met') return { ...result, status: 'met', evidence: stands.evidence };
  if (stands?.status === 'excepted') return { ...result, status: 'excepted', reason: stands.reason ?? '' };
  return { ...result, reason: `${result.reason ?? ''}; '${other}' would stand in for it` };
}

const PASSES: ReadonlySet<ControlResult['status']> = new Set(['met', 'excepted', 'not-applicable']);

/** Whether a control stands in nobody's way. */
export const passes = ({ status }: ControlResult): boolean => PASSES.has(status);

/** The highest level all of whose controls pass, and all below it; 0 where not even the first does. */
function levelOf(results: readonly ControlResult[]): MaturityLevel | 0 {
  let reached: MaturityLevel | 0 = 0;
  for (const level of [1, 2, 3, 4] as const) {
    if (!results.filter((result) => result.level === level).every(passes)) break;
    reached = level;
  }
  return reached;
}
