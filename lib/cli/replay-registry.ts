import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRegistry } from '../core/detection/read-registry';
import type { DetectionRegistry, WatchedAgent } from '../core/detection/registry';
import { MANIFEST_FILE, type ManifestAgent, readManifest } from '../core/manifest';
import { unreadableInput } from '../core/review-errors';
import { isFolder, readText } from '../policy/documents/files';
import { parseText } from '../policy/documents/json-text';
import { awsEvents, azureEvents, gcpEvents } from './event-clouds';
import { referencesOf } from './references';

/** What agents are watched, and of which nothing could be made. */
export interface ReadRegistry extends DetectionRegistry {
  /** Agents of which only deployment knows some of the resources: calls of other resources look granted. */
  readonly inexact: readonly string[];
}

/** Reads registries and manifests, and joins them. Each path is a file, or a folder that synth wrote. */
export function readRegistries(paths: readonly string[]): ReadRegistry {
  const read = paths.map(readOne);
  return {
    schemaVersion: 1,
    agents: read.flatMap(({ agents }) => agents),
    inexact: read.flatMap(({ inexact }) => inexact),
  };
}

function readOne(path: string): ReadRegistry {
  const file = isFolder(path) ? join(path, MANIFEST_FILE) : path;
  if (isFolder(path) && !existsSync(file)) {
    throw unreadableInput(path, {
      rule: `must hold ${MANIFEST_FILE}`,
      reason: 'a folder is read as what synth wrote',
      fix: 'run synth first, or give the file of a manifest or a registry',
    });
  }
  const text = readText(file);
  const parsed = parseText(file, text);
  const value = ('json' in parsed && typeof parsed.json === 'object' && parsed.json !== null ? parsed.json : {}) as Readonly<
    Record<string, unknown>
  >;
  const parameters = value['Parameters'];
  if (Array.isArray(parameters)) return deployed(file, parameters);
  const agents = value['agents'];
  if (Array.isArray(agents) && agents.every((agent) => typeof agent === 'object' && agent !== null && 'grants' in agent))
    return { ...readRegistry(file, value), inexact: [] };
  return declared(file, text);
}

function declared(file: string, text: string): ReadRegistry {
  const { agents } = readManifest(file, text);
  const watched = agents.map((agent) => watchedOf(file, agent));
  return {
    schemaVersion: 1,
    agents: watched,
    inexact: watched
      .filter(({ grants }) => grants.some(({ step, resources }) => step !== undefined && resources.includes('*')))
      .map(({ name }) => name),
  };
}

/** What a detector of the agent's cloud would know of it. */
function watchedOf(file: string, agent: ManifestAgent): WatchedAgent {
  if (agent.cloud === 'azure') return azureEvents().azureWatched(agent, referencesOf(file, agent));
  return agent.cloud === 'gcp' ? gcpEvents().gcpWatched(agent, referencesOf(file, agent)) : awsEvents().awsWatched(agent);
}

/** What `aws ssm get-parameters-by-path` prints: an agent may be in several parts, which hold the same but for their grants. */
function deployed(file: string, parameters: readonly unknown[]): ReadRegistry {
  const agents = new Map<string, WatchedAgent>();
  for (const parameter of parameters) {
    const { Name: name = '', Value: text = '' } = (parameter ?? {}) as { readonly Name?: string; readonly Value?: string };
    if (!name.includes('/watch/')) continue;
    const [agent] = readRegistry(`${file}: ${name}`, { schemaVersion: 1, agents: [jsonOf(name, text)] }).agents;
    if (!agent) continue;
    const key = `${agent.fleet}/${agent.name}`;
    const before = agents.get(key);
    agents.set(key, before ? { ...before, grants: [...before.grants, ...agent.grants] } : agent);
  }
  return { schemaVersion: 1, agents: [...agents.values()], inexact: [] };
}

function jsonOf(name: string, text: string): unknown {
  const parsed = parseText(name, text);
  return 'json' in parsed ? parsed.json : undefined;
}
