import type { TableClient } from '@azure/data-tables';
import type { AgentStateRecord, SessionStateRecord } from '../../../core/detection/state';
import type { StateStore, StoredStates } from '../../../core/detection/state-store';
import { packed, unpacked } from '../packed';
import { type Entity, entityAt, int64, keyOf, writeEntities } from '../table';

const PACE = 'pace';
/** Entities that one look forgets. */
const FORGOTTEN = 100;

export interface ForgettingStore extends StateStore {
  /** Deletes what may be forgotten: tables delete nothing by themselves. */
  readonly forget: (now: number) => Promise<void>;
}

/**
 * States in entities of a table, those of one agent in one partition: one for its pace, one for each session. Both are written at once, and only where neither
 * changed since it was read.
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/performing-entity-group-transactions
 */
export function stateEntities(table: TableClient): ForgettingStore {
  /** Versions of tables are texts, and those of states numbers: which is which is kept with what was read. */
  const etags = new WeakMap<object, { readonly agent?: string; readonly session?: string }>();
  return {
    load: async ({ agent, session }) => {
      const partition = keyOf(agent);
      const [pace, one] = await Promise.all([entityAt(table, partition, PACE), entityAt(table, partition, rowOf(session))]);
      const stored: StoredStates = {
        ...recordIn<AgentStateRecord, 'agent'>('agent', pace),
        ...recordIn<SessionStateRecord, 'session'>('session', one),
        agentVersion: pace ? 1 : 0,
        sessionVersion: one ? 1 : 0,
      };
      etags.set(stored, { ...(pace ? { agent: pace.etag } : {}), ...(one ? { session: one.etag } : {}) });
      return stored;
    },
    save: async ({ agent, session }, states, { read, dueAt, forgetAt }) => {
      const known = etags.get(read) ?? {};
      const partitionKey = keyOf(agent);
      return writeEntities(table, [
        {
          partitionKey,
          rowKey: PACE,
          properties: { ...packed(states.agent), expiresAt: int64(Math.ceil(forgetAt)) },
          ...(known.agent === undefined ? {} : { etag: known.agent }),
        },
        {
          partitionKey,
          rowKey: rowOf(session),
          properties: {
            ...packed(states.session),
            agent,
            session,
            expiresAt: int64(Math.ceil(forgetAt)),
            ...(dueAt === undefined ? {} : { dueAt: int64(dueAt) }),
          },
          ...(known.session === undefined ? {} : { etag: known.session }),
        },
      ]);
    },
    due: async (now, most) => {
      const found: { agent: string; session: string; dueAt: bigint }[] = [];
      const select = ['agent', 'session', 'dueAt'];
      for await (const entity of table.listEntities<Record<string, unknown>>({
        queryOptions: { filter: `dueAt le ${Math.floor(now)}L`, select },
      })) {
        const { agent, session, dueAt } = entity;
        if (typeof agent === 'string' && typeof session === 'string') found.push({ agent, session, dueAt: BigInt(String(dueAt ?? 0)) });
      }
      return found.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1)).slice(0, most);
    },
    forget: async (now) => {
      let forgotten = 0;
      const select = ['partitionKey', 'rowKey'];
      for await (const { partitionKey = '', rowKey = '', etag } of table.listEntities({
        queryOptions: { filter: `expiresAt le ${Math.floor(now)}L`, select },
      })) {
        if (forgotten >= FORGOTTEN) return;
        forgotten += 1;
        // One that was written in the meantime stays.
        await table.deleteEntity(partitionKey, rowKey, { etag }).catch((error: { readonly statusCode?: number }) => {
          if (error.statusCode !== 404 && error.statusCode !== 412) throw error;
        });
      }
    },
  };
}

const rowOf = (session: string): string => `session-${keyOf(session)}`;

function recordIn<T, K extends string>(name: K, entity: Entity | undefined): { readonly [key in K]?: T } {
  const record = entity && unpacked<T>(entity);
  return (record === undefined ? {} : { [name]: record }) as { readonly [key in K]?: T };
}
