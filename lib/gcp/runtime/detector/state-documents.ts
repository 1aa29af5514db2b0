import type { AgentStateRecord, SessionStateRecord } from '../../../core/detection/state';
import type { StateStore } from '../../../core/detection/state-store';
import { type Collection, integer, moment, packed, text, unpacked } from '../firestore';

/**
 * States in documents of Firestore: one for the pace of an agent, one for each session. Both are written at once, and only where neither changed since it was
 * read. The field `expiresAt` is for the database's own deletion.
 * @see https://firebase.google.com/docs/firestore/ttl
 */
export function stateDocuments(states: Collection): StateStore {
  return {
    load: async ({ agent, session }) => {
      const [pace, one] = await states.get([agent, idOf(agent, session)]);
      const paceRecord = unpacked<AgentStateRecord>(pace?.fields['record']);
      const sessionRecord = unpacked<SessionStateRecord>(one?.fields['record']);
      return {
        ...(paceRecord ? { agent: paceRecord } : {}),
        ...(sessionRecord ? { session: sessionRecord } : {}),
        agentVersion: pace?.version ?? 0,
        sessionVersion: one?.version ?? 0,
      };
    },
    save: ({ agent, session }, { agent: pace, session: one }, { read, dueAt, forgetAt }) =>
      states.write([
        { id: agent, fields: { record: packed(pace), expiresAt: moment(forgetAt) }, version: read.agentVersion },
        {
          id: idOf(agent, session),
          fields: {
            record: packed(one),
            agent: text(agent),
            session: text(session),
            expiresAt: moment(forgetAt),
            ...(dueAt === undefined ? {} : { dueAt: integer(dueAt) }),
          },
          version: read.sessionVersion,
        },
      ]),
    due: async (now, most) => {
      const found = await states.upTo('dueAt', now, most);
      return found.flatMap(({ fields }) => {
        const [agent, session] = [fields['agent']?.stringValue, fields['session']?.stringValue];
        return agent === undefined || session === undefined ? [] : [{ agent, session }];
      });
    },
  };
}

const idOf = (agent: string, session: string): string => `${agent}#${session}`;
