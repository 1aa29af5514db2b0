import { createHash } from 'node:crypto';
import { checkDocument } from '../document';
import { stableStringify } from '../json';

/** What a receipt is of. */
export enum ReceiptKind {
  /** A detection was made on purpose, and people were told. */
  ALERT = 'alert',
  /** An agent was stopped on purpose, checked, and restored. */
  DRILL = 'drill',
  /** The owner looked at the access and keeps it. */
  RECERTIFICATION = 'recertification',
  /** Calls of the past were replayed, and none that was wanted would have been stopped. */
  PROMOTION = 'promotion',
}

/** The recorded outcome of something that was done once, and can be checked again: its digest covers all of it, and the receipt before. */
export interface GovernanceReceipt {
  readonly kind: ReceiptKind;
  readonly cloud: string;
  readonly fleet: string;
  readonly agent: string;
  /** When, as ISO 8601 in UTC. */
  readonly at: string;
  /** Who did it or answers for it. */
  readonly by: string;
  /** What came of it: each step that was done, and whether it held. */
  readonly steps: readonly { readonly what: string; readonly held: boolean }[];
  /** Digest of the access that it is about. @default - it is not about one access */
  readonly access?: string;
  /** Digest of the receipt before it in the file; empty for the first. */
  readonly previous: string;
  readonly digest: string;
}

/** The file that receipts are kept in, beside the code. */
export interface ReceiptBook {
  readonly schemaVersion: 1;
  readonly receipts: readonly GovernanceReceipt[];
}

/** SHA-256 of everything but the digest itself. */
export function digestOf(receipt: Omit<GovernanceReceipt, 'digest'>): string {
  const { digest: _digest, ...rest } = receipt as GovernanceReceipt;
  return createHash('sha256')
    .update(stableStringify(rest as never))
    .digest('hex');
}

/** The book with one more receipt, joined to the last. */
export function addReceipt(book: ReceiptBook, made: Omit<GovernanceReceipt, 'digest' | 'previous'>): ReceiptBook {
  const previous = book.receipts.at(-1)?.digest ?? '';
  const receipt = { ...made, previous };
  return { schemaVersion: 1, receipts: [...book.receipts, { ...receipt, digest: digestOf(receipt) }] };
}

/** Receipts that are what they were when they were made; the others, and all that come after one of them, are told as broken. */
export interface CheckedReceipts {
  readonly valid: readonly GovernanceReceipt[];
  readonly broken: readonly GovernanceReceipt[];
}

/** Reads a file of receipts; `from` names it in errors. */
export function readReceipts(from: string, text: string): ReceiptBook {
  return checkDocument<ReceiptBook>(`receipts '${from}'`, 'receipts', text);
}

/** Tells receipts that nobody changed from others. One that was changed breaks the chain, so that those behind it prove nothing. */
export function checkReceipts({ receipts }: ReceiptBook): CheckedReceipts {
  const at = receipts.findIndex(
    (receipt, index) => receipt.digest !== digestOf(receipt) || receipt.previous !== (receipts[index - 1]?.digest ?? ''),
  );
  return at < 0 ? { valid: receipts, broken: [] } : { valid: receipts.slice(0, at), broken: receipts.slice(at) };
}
