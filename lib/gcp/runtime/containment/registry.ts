import type { AgentKey } from '../../../core/containment/responder';
import type { RegisteredAgent } from '../../../core/containment/service';
import { type GoogleApi, orNone } from '../google-api';
import { objectText } from '../object-registry';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** Agents as objects of a bucket, read anew each time: what is acted upon is what was deployed last. A name that is none is nobody's. */
export function objectAgents(api: GoogleApi, bucket: string): (key: AgentKey) => Promise<RegisteredAgent | undefined> {
  return async ({ fleet, agent }) => {
    if (!NAME.test(fleet) || !NAME.test(agent)) return undefined;
    const text = await orNone(objectText(api, bucket, `contain/${fleet}/${agent}.json`));
    if (text === undefined) return undefined;
    const value = JSON.parse(text) as RegisteredAgent;
    return value.name === agent && value.fleet === fleet ? value : undefined;
  };
}
