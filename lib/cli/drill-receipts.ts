import type { Incident } from '../core/containment/types';
import { addReceipt, type GovernanceReceipt, type ReceiptBook, ReceiptKind } from '../core/governance/receipts';

/** What a drill showed: that the canary was stopped, checked and restored, and that people were told of it. */
export function drillReceipts(
  book: ReceiptBook,
  { cloud, incident, outbox }: { readonly cloud: string; readonly incident: Incident; readonly outbox: readonly string[] },
): ReceiptBook {
  const { fleet, agent, restedAt, openedAt, triggers, steps, restore, status, containedAt } = incident;
  const made: Omit<GovernanceReceipt, 'kind' | 'steps' | 'digest' | 'previous'> = {
    cloud,
    fleet,
    agent,
    at: restedAt ?? openedAt,
    by: triggers[0]?.by ?? 'a drill',
  };
  const done = [...steps, ...restore].map((step) => ({ what: step.receipt?.said ?? step.id, held: step.status === 'done' }));
  const whole = { what: 'it was contained, checked and restored', held: containedAt !== undefined && status === 'restored' };
  const told = { what: 'people were told', held: outbox.length === 0 };
  return addReceipt(addReceipt(book, { ...made, kind: ReceiptKind.DRILL, steps: [...done, whole] }), {
    ...made,
    kind: ReceiptKind.ALERT,
    steps: [{ what: `a trigger was heard at ${openedAt}`, held: true }, told],
  });
}
