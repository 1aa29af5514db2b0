import { createHash } from 'node:crypto';
import type { TableClient, TableEntityResult, TransactionAction } from '@azure/data-tables';

/** Characters that a key may have. */
const LONGEST_KEY = 500;
const CONFLICTS: ReadonlySet<number> = new Set([404, 409, 412]);

/** A key of an entity for any text: some characters may be in no key. */
export function keyOf(text: string): string {
  const encoded = Buffer.from(text).toString('base64url');
  return encoded.length <= LONGEST_KEY ? encoded : `sha256-${createHash('sha256').update(text).digest('base64url')}`;
}

export type Entity = TableEntityResult<Record<string, unknown>>;

/** An entity; undefined where there is none. */
export async function entityAt(table: TableClient, partitionKey: string, rowKey: string): Promise<Entity | undefined> {
  try {
    return await table.getEntity<Record<string, unknown>>(partitionKey, rowKey);
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

export interface EntityWrite {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Version that it replaces. @default - it is new */
  readonly etag?: string;
}

/** Writes all of them, of one partition, or none. @returns false where one of them is in another version */
export async function writeEntities(table: TableClient, writes: readonly EntityWrite[]): Promise<boolean> {
  const actions = writes.map(({ partitionKey, rowKey, properties, etag }): TransactionAction => {
    const entity = { ...properties, partitionKey, rowKey };
    return etag === undefined ? ['create', entity] : ['update', { ...entity, etag }, 'Replace', { etag }];
  });
  try {
    await table.submitTransaction(actions);
    return true;
  } catch (error) {
    if (CONFLICTS.has((error as { readonly statusCode?: number }).statusCode ?? 0)) return false;
    throw error;
  }
}

/** A whole number that does not end in 2038. */
export const int64 = (value: number): { readonly type: 'Int64'; readonly value: string } => ({
  type: 'Int64',
  value: String(Math.floor(value)),
});
