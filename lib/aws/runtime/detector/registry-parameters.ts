import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { DetectionRegistry, WatchedAgent } from '../../../core/detection/registry';

/** An agent that changes is seen after this long. */
const FRESH_MS = 60_000;

/** What was read, and what could not be. */
export interface ReadParameters extends DetectionRegistry {
  /** Names of parameters that hold no agent. */
  readonly broken: readonly string[];
}

/**
 * Agents as parameters below one path, kept for a minute. An agent may be in several parts, which are the same but for their grants. Where
 * the parameters cannot be read again, what was read last goes on to count: watching yesterday's grant is better than not watching.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export function parameterRegistry(client: SSMClient, path: string, now: () => number = Date.now): () => Promise<ReadParameters> {
  let known: { readonly at: number; readonly registry: ReadParameters } | undefined;
  return async () => {
    if (known && now() - known.at < FRESH_MS) return known.registry;
    try {
      const registry = await read(client, path);
      known = { at: now(), registry };
      return registry;
    } catch (error) {
      if (!known) throw error;
      known = { at: now(), registry: known.registry };
      return known.registry;
    }
  };
}

async function read(client: SSMClient, path: string): Promise<ReadParameters> {
  const agents = new Map<string, WatchedAgent>();
  const broken: string[] = [];
  let token: string | undefined;
  do {
    const { Parameters = [], NextToken } = await client.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, MaxResults: 10, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    for (const { Name = '', Value } of Parameters) {
      const part = agentOf(Value);
      if (!part) {
        broken.push(Name);
        continue;
      }
      const key = `${part.fleet}/${part.name}`;
      const before = agents.get(key);
      agents.set(key, before ? { ...before, grants: [...before.grants, ...part.grants] } : part);
    }
    token = NextToken;
  } while (token !== undefined);
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
