import type { TableClient } from '@azure/data-tables';

type Row = Record<string, unknown> & { readonly partitionKey: string; readonly rowKey: string };

/** A table in memory, as far as stores ask it: entities with versions, writes all or none. */
export class FakeTable {
  readonly rows = new Map<string, { row: Row; etag: string }>();
  private changes = 0;
  /** Calls that fail first, by status. */
  fault: () => number | undefined = () => undefined;

  get client(): TableClient {
    return this as unknown as TableClient;
  }

  async getEntity(partitionKey: string, rowKey: string): Promise<object> {
    this.fail();
    const found = this.rows.get(keyOf(partitionKey, rowKey));
    if (!found) throw Object.assign(new Error('none'), { statusCode: 404 });
    return { ...found.row, etag: found.etag };
  }

  async submitTransaction(actions: readonly (readonly [string, Row & { etag?: string }, string?, { etag?: string }?])[]): Promise<void> {
    this.fail();
    for (const [kind, row, , options] of actions) {
      if (row.partitionKey !== actions[0]?.[1].partitionKey) throw new Error('entities of two partitions');
      const known = this.rows.get(keyOf(row.partitionKey, row.rowKey));
      if (kind === 'create' && known) throw Object.assign(new Error('there'), { statusCode: 409 });
      if (kind === 'update' && known?.etag !== options?.etag) throw Object.assign(new Error('changed'), { statusCode: 412 });
    }
    for (const [, { etag: _etag, ...row }] of actions) {
      this.changes += 1;
      this.rows.set(keyOf(row.partitionKey, row.rowKey), { row: row as unknown as Row, etag: `W/${this.changes}` });
    }
  }

  async *listEntities({ queryOptions: { filter } }: { queryOptions: { filter: string } }): AsyncGenerator<object> {
    this.fail();
    const terms = filter.split(' and ').map((term) => /^(\w+) (le|ge|eq) '?([^']*?)'?L?$/.exec(term));
    for (const { row, etag } of [...this.rows.values()]) {
      const holds = terms.every((term) => {
        const [, name = '', op, wanted = ''] = term ?? [];
        const value = row[name === 'PartitionKey' ? 'partitionKey' : name];
        if (value === undefined) return false;
        const have = typeof value === 'object' ? Number((value as { value: string }).value) : value;
        return op === 'eq' ? String(have) === wanted : op === 'le' ? Number(have) <= Number(wanted) : String(have) >= wanted;
      });
      if (!holds) continue;
      const plain = Object.entries(row).map(([name, value]) => {
        const isInt = typeof value === 'object' && value !== null && 'value' in value;
        return [name, isInt ? BigInt((value as { value: string }).value) : value];
      });
      yield { ...Object.fromEntries(plain), etag };
    }
  }

  async deleteEntity(partitionKey: string, rowKey: string, { etag }: { etag: string }): Promise<void> {
    this.fail();
    const known = this.rows.get(keyOf(partitionKey, rowKey));
    if (known?.etag !== etag) throw Object.assign(new Error('changed'), { statusCode: 412 });
    this.rows.delete(keyOf(partitionKey, rowKey));
  }

  private fail(): void {
    const statusCode = this.fault();
    if (statusCode !== undefined) throw Object.assign(new Error(`status ${statusCode}`), { statusCode });
  }
}

const keyOf = (partition: string, row: string): string => {
  if (/[/\\#?]/.test(partition + row) || row.length > 512) throw new Error(`no key: ${partition} ${row}`);
  return `${partition}\n${row}`;
};
