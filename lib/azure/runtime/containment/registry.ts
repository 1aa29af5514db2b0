import type { ContainerClient } from '@azure/storage-blob';
import type { AgentKey } from '../../../core/containment/responder';
import type { RegisteredAgent } from '../../../core/containment/service';

const NAME = /^[a-z][a-z0-9-]{0,40}$/;

/** Agents as blobs, read anew each time: what is acted upon is what was deployed last. A name that is none is nobody's. */
export function blobAgents(container: ContainerClient): (key: AgentKey) => Promise<RegisteredAgent | undefined> {
  return async ({ fleet, agent }) => {
    if (!NAME.test(fleet) || !NAME.test(agent)) return undefined;
    try {
      const text = (await container.getBlobClient(`contain/${fleet}/${agent}.json`).downloadToBuffer()).toString('utf8');
      const value = JSON.parse(text) as RegisteredAgent;
      return value.name === agent && value.fleet === fleet ? value : undefined;
    } catch (error) {
      if ((error as { readonly statusCode?: number }).statusCode === 404) return undefined;
      throw error;
    }
  };
}
