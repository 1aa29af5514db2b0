import type { TableClient } from '@azure/data-tables';
import type { AgentKey, ContainmentStore } from '../../../core/containment/responder';
import type { ContainmentRecord } from '../../../core/containment/types';
import { packed, unpacked } from '../packed';
import { entityAt, int64, keyOf, writeEntities } from '../table';

const rowOf = ({ agent, workflow }: AgentKey): string => keyOf(`${agent}${workflow === undefined ? '' : `/${workflow}`}`);
const openedIn = (fleet: string): string => keyOf(`${fleet}#opened`);
const MOST = 200;

/** Records in entities of a table, those of a fleet in one partition, each written only where nobody came before. Openings lie in a partition of their own. */
export function recordEntities(table: TableClient): ContainmentStore {
  return {
    load: async (key) => {
      const entity = await entityAt(table, keyOf(key.fleet), rowOf(key));
      const record = entity && unpacked<ContainmentRecord>(entity);
      return { ...(record ? { record } : {}), version: Number(entity?.['version'] ?? 0) };
    },
    save: async (record, { version, dueAt }) => {
      const { fleet, agent, workflow, incident } = record;
      if (incident?.automatic && incident.steps.every(({ attempts }) => attempts === 0))
        await writeEntities(table, [
          {
            partitionKey: openedIn(fleet),
            rowKey: keyOf(`${incident.openedAt}#${incident.id}`),
            properties: { opened: incident.openedAt },
          },
        ]);
      const known = await entityAt(table, keyOf(fleet), rowOf(record));
      if (Number(known?.['version'] ?? 0) !== version) return false;
      const properties = {
        ...packed(record),
        fleet,
        agent,
        ...(workflow === undefined ? {} : { workflow }),
        version: version + 1,
        ...(dueAt === undefined ? {} : { dueAt: int64(dueAt) }),
      };
      return writeEntities(table, [
        { partitionKey: keyOf(fleet), rowKey: rowOf(record), properties, ...(known === undefined ? {} : { etag: known.etag }) },
      ]);
    },
    due: async (until) => {
      const found: AgentKey[] = [];
      const queryOptions = { filter: `dueAt le ${Math.floor(until)}L`, select: ['fleet', 'agent', 'workflow'] };
      for await (const { fleet, agent, workflow } of table.listEntities<Record<string, unknown>>({ queryOptions })) {
        if (typeof fleet !== 'string' || typeof agent !== 'string' || found.length >= MOST) continue;
        found.push({ fleet, agent, ...(typeof workflow === 'string' ? { workflow } : {}) });
      }
      return found;
    },
    opened: async (fleet, since) => {
      let count = 0;
      const filter = `PartitionKey eq '${openedIn(fleet)}' and opened ge '${new Date(since * 1000).toISOString()}'`;
      for await (const _ of table.listEntities({ queryOptions: { filter, select: ['rowKey'] } })) count += 1;
      return count;
    },
  };
}
