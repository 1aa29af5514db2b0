import type { DetectionRegistry, WatchedAgent } from './registry';

/** A text that should hold an agent, or a part of one. */
export interface RegistryPart {
  readonly name: string;
  readonly text: string | undefined;
}

/** What was read, and what could not be. */
export interface ReadRegistryParts extends DetectionRegistry {
  /** Names of parts that hold no agent. */
  readonly broken: readonly string[];
}

/** An agent that changes is seen after this long. */
const FRESH_MS = 60_000;

/**
 * Agents from where the deployments put them, kept for a minute. Where they cannot be read again, what was read last goes on to count: watching
 * yesterday's grant is better than not watching.
 */
export function freshRegistry(
  read: () => Promise<readonly RegistryPart[]>,
  now: () => number = Date.now,
): () => Promise<ReadRegistryParts> {
  let known: { readonly at: number; readonly registry: ReadRegistryParts } | undefined;
  return async () => {
    if (known && now() - known.at < FRESH_MS) return known.registry;
    try {
      known = { at: now(), registry: joined(await read()) };
    } catch (error) {
      if (!known) throw error;
      known = { at: now(), registry: known.registry };
    }
    return known.registry;
  };
}

/** An agent may be in several parts, which are the same but for their grants. */
function joined(parts: readonly RegistryPart[]): ReadRegistryParts {
  const agents = new Map<string, WatchedAgent>();
  const broken: string[] = [];
  for (const { name, text } of parts) {
    const part = agentOf(text);
    if (!part) {
      broken.push(name);
      continue;
    }
    const key = `${part.fleet}/${part.name}`;
    const before = agents.get(key);
    agents.set(key, before ? { ...before, grants: [...before.grants, ...part.grants] } : part);
  }
  return { schemaVersion: 1, agents: [...agents.values()], broken };
}

function agentOf(text: string | undefined): WatchedAgent | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<WatchedAgent>;
    const whole =
      typeof value.name === 'string' && typeof value.fleet === 'string' && Array.isArray(value.grants) && Array.isArray(value.workflows);
    return whole ? ({ limits: {}, scope: {}, sessionSeconds: 3600, ...value } as WatchedAgent) : undefined;
  } catch {
    return undefined;
  }
}
