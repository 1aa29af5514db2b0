import { assess } from '../core/governance/assess';
import type { Assessment } from '../core/governance/assessment';
import type { ReceiptBook } from '../core/governance/receipts';
import { readRecord } from '../core/governance/record';
import type { ReviewInput } from '../core/review/input';
import { partProblems } from './part-problems';
import { posturesOf } from './postures';
import { worldsOf } from './worlds';

/** Where every agent of some inputs stands: templates and manifests, and what synth wrote beside them. */
export function scorecardOf(
  inputs: readonly ReviewInput[],
  { receipts, now }: { readonly receipts: ReceiptBook; readonly now: Date },
): Assessment {
  const records = inputs.filter(({ kind }) => kind === 'governance').map(({ file, json }) => readRecord(file, json));
  return assess({
    postures: posturesOf(inputs, worldsOf(inputs)),
    targets: records.flatMap(({ targets }) => targets),
    exceptions: records.flatMap(({ exceptions }) => exceptions),
    problems: partProblems(
      records.flatMap(({ parts }) => parts),
      inputs,
    ),
    receipts,
    now,
  });
}
