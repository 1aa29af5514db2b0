import type { AgentSpec } from './agent-spec';
import { AgentMode } from './enums';
import { delegateExceedsMode, delegationCycle, delegationTooDeep, duplicateName } from './errors';

/**
 * Agents in a chain, its first included. Every hop hands on what the chain carries, and takes a session of its own that lives no longer than an
 * hour; deeper chains were never seen to help a reader of the log.
 */
export const DEEPEST_CHAIN = 5;

/**
 * Refuses a chain of more than five agents, one that reaches the agent's own name, names two agents alike, or leads from a read-only agent to one
 * that may write. Objects cannot form a cycle, being immutable; two specs of one name can.
 */
export function checkDelegation(spec: AgentSpec): void {
  const byName = new Map<string, AgentSpec>([[spec.name, spec]]);
  const walk = (agent: AgentSpec, path: readonly string[]): void => {
    for (const child of agent.delegatesTo) {
      const chain = [...path, child.name];
      if (path.includes(child.name)) throw delegationCycle(chain);
      if (chain.length > DEEPEST_CHAIN) throw delegationTooDeep(chain, DEEPEST_CHAIN);
      const known = byName.get(child.name);
      if (known && known !== child) throw duplicateName(child.name, chain.join(' -> '));
      byName.set(child.name, child);
      if (spec.mode === AgentMode.READ_ONLY && child.mode !== AgentMode.READ_ONLY) throw delegateExceedsMode(spec.name, child.name);
      walk(child, chain);
    }
  };
  walk(spec, [spec.name]);
}

/** Finds a cycle among names, first to last, or undefined. Used on documents, where agents refer to each other by name. */
export function tryFindCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    if (done.has(name)) return undefined;
    for (const next of edges.get(name) ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of edges.keys()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return undefined;
}
