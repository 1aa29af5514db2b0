import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WeekOne } from '../../examples/maturity/week-1';
import { WeekTwo } from '../../examples/maturity/week-2';
import { WeekThree } from '../../examples/maturity/week-3';
import { WeekFour } from '../../examples/maturity/week-4';
import { accessDigest } from '../../lib/core/governance/access-digest';
import { addReceipt, type ReceiptBook, ReceiptKind } from '../../lib/core/governance/receipts';
import type { Manifest } from '../../lib/core/manifest';
import type { ReviewInput } from '../../lib/core/review/input';
import { Folder } from '../../lib/policy/documents/files';
import { readFolder } from '../../lib/policy/documents/folder';

export const NOW = new Date('2026-11-26T12:00:00Z');
export const WEEKS: readonly (new (scope: Construct, id: string, props?: StackProps) => unknown)[] = [
  WeekOne,
  WeekTwo,
  WeekThree,
  WeekFour,
];

/** What one week's app synthesises, as the report reads it. */
export function synthesised(week: number): readonly ReviewInput[] {
  const outdir = mkdtempSync(join(tmpdir(), 'agentic-iam-week-'));
  const app = new App({ outdir });
  const Week = WEEKS[week - 1];
  if (!Week) throw new Error(`no week ${week}`);
  new Week(app, 'desk');
  app.synth();
  return readFolder(new Folder(outdir, ''));
}

/** Drills, alerts and recertifications of a fleet whose owners did all they should. */
export function receiptsFor(inputs: readonly ReviewInput[], at = NOW): ReceiptBook {
  const agents = inputs.filter(({ kind }) => kind === 'manifest').flatMap(({ json }) => (json as Manifest).agents);
  const day = new Date(at.getTime() - 86_400_000).toISOString();
  return agents.reduce<ReceiptBook>(
    (book, agent) => {
      const made = { cloud: agent.cloud, fleet: agent.fleet, agent: agent.name, at: day, steps: [{ what: 'done', held: true }] };
      const drilled = addReceipt(book, { ...made, kind: ReceiptKind.DRILL, by: 'a drill' });
      const told = addReceipt(drilled, { ...made, kind: ReceiptKind.ALERT, by: 'a drill' });
      return addReceipt(told, { ...made, kind: ReceiptKind.RECERTIFICATION, by: agent.owner, access: accessDigest(agent) });
    },
    { schemaVersion: 1, receipts: [] },
  );
}
