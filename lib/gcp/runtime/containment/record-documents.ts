import type { AgentKey, ContainmentStore } from '../../../core/containment/responder';
import type { ContainmentRecord } from '../../../core/containment/types';
import { type Collection, integer, moment, packed, text, unpacked } from '../firestore';

/** Openings are counted for an hour, and kept a little longer. */
const OPENING_SECONDS = 7_200;
const MOST = 200;

const idOf = ({ fleet, agent, workflow }: AgentKey): string => `${fleet}/${agent}${workflow === undefined ? '' : `/${workflow}`}`;

/** Records in documents of Firestore, each written only where nobody came before. Openings lie beside them, in a collection of their own. */
export function recordDocuments(records: Collection, openings: Collection, now: () => number): ContainmentStore {
  return {
    load: async (key) => {
      const [document] = await records.get([idOf(key)]);
      const record = unpacked<ContainmentRecord>(document?.fields['record']);
      return { ...(record ? { record } : {}), version: document?.version ?? 0 };
    },
    save: async (record, { version, dueAt }) => {
      const { fleet, agent, workflow, incident } = record;
      if (incident?.automatic && incident.steps.every(({ attempts }) => attempts === 0)) {
        const fields = {
          fleet: text(fleet),
          openedAt: integer(Date.parse(incident.openedAt) / 1000),
          expiresAt: moment(now() + OPENING_SECONDS),
        };
        await openings.put(incident.id, fields);
      }
      const fields = {
        fleet: text(fleet),
        agent: text(agent),
        ...(workflow === undefined ? {} : { workflow: text(workflow) }),
        record: packed(record),
        ...(dueAt === undefined ? {} : { dueAt: integer(dueAt) }),
      };
      return records.write([{ id: idOf(record), fields, version }]);
    },
    due: async (until) => {
      const found = await records.upTo('dueAt', until, MOST);
      return found.map(({ fields }) => {
        const workflow = fields['workflow']?.stringValue;
        return {
          fleet: fields['fleet']?.stringValue ?? '',
          agent: fields['agent']?.stringValue ?? '',
          ...(workflow === undefined ? {} : { workflow }),
        };
      });
    },
    opened: async (fleet, since) => {
      const found = await openings.from('openedAt', since, MOST);
      return found.filter(({ fields }) => fields['fleet']?.stringValue === fleet).length;
    },
  };
}
