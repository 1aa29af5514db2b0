import { existsSync, readFileSync } from 'node:fs';
import { invalidGovernance } from '../governance-errors';
import type { ReviewInput } from '../review/input';
import type { ClaimVerdict } from '../review/result';
import { reviewWorlds } from '../review/review';
import type { AccessWorld, WorldPrincipal } from '../review/world';
import { assess } from './assess';
import { GovernanceBook } from './book';
import { type GovernanceFinding, governanceFindings } from './findings';
import type { CloudPosture } from './posture';
import { type ReceiptBook, readReceipts } from './receipts';
import type { GovernanceMode } from './settings';

/** Makes the posture of one cloud of what was synthesised. */
export type PostureMaker = (
  inputs: readonly ReviewInput[],
  world: AccessWorld,
  claimsOf: (principal: WorldPrincipal) => readonly ClaimVerdict[],
) => CloudPosture;

/** What one AgentGovernance wants to know at synth. */
export interface GovernanceAsked {
  readonly mode: GovernanceMode;
  /** File of receipts. @default - none */
  readonly receipts?: string;
}

/** What is missing of the targets under a root, by what was synthesised. */
export function findingsAtSynth(
  root: object,
  asked: GovernanceAsked,
  {
    inputs,
    worldOf,
    postureOf,
    codeOf,
  }: {
    readonly inputs: readonly ReviewInput[];
    readonly worldOf: (inputs: readonly ReviewInput[]) => AccessWorld | undefined;
    readonly postureOf: PostureMaker;
    readonly codeOf: (control: string) => string | undefined;
  },
): readonly GovernanceFinding[] {
  const world = worldOf(inputs);
  if (!world) return [];
  const { targets, exceptions } = GovernanceBook.of(root);
  const { principals } = reviewWorlds([world], { sources: [] });
  const claims = new Map(principals.map(({ id, claims: decided }) => [id, decided]));
  const assessment = assess({
    postures: [postureOf(inputs, world, ({ id }) => claims.get(id) ?? [])],
    targets,
    exceptions,
    problems: [],
    receipts: bookOf(asked.receipts),
    now: new Date(),
  });
  return governanceFindings(assessment, {
    mode: asked.mode,
    receipts: asked.receipts !== undefined,
    codeOf: (_, control) => codeOf(control),
  });
}

/** The book of a file; an empty one where there is no file to read yet. */
function bookOf(file: string | undefined): ReceiptBook {
  if (file === undefined) return { schemaVersion: 1, receipts: [] };
  if (existsSync(file)) return readReceipts(file, readFileSync(file, 'utf8'));
  throw invalidGovernance(`receipts '${file}'`, {
    rule: 'must be a file',
    reason: 'drills and recertifications are kept in it',
    fix: 'write the first with: agentic-iam recertify --receipts FILE, or leave receipts out',
  });
}
