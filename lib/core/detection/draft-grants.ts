import { byCodePoint } from '../json';
import type { DraftNames } from './draft';
import type { WatchedGrant } from './registry';

/** One action with what it was done to. */
export interface SeenAction {
  readonly action: string;
  readonly resources: Set<string>;
  /** True where there were more resources than are kept. */
  overflow: boolean;
  calls: number;
  /** True where some call named no resource. */
  bare: boolean;
}

interface DraftedGrants {
  readonly grants: readonly WatchedGrant[];
  readonly capabilities: readonly { readonly capability: string; readonly resource: string }[];
  readonly resources: Readonly<Record<string, readonly string[]>>;
  readonly guesses: readonly string[];
}

/** Of one container: more are taken for everything in it. */
const NAMED_ONE_BY_ONE = 5;

/** Grants that allow what was seen: things one by one where they are few, else all that lies in what holds them. */
export function draftedGrants(actions: readonly SeenAction[], names: DraftNames): DraftedGrants {
  const grants: WatchedGrant[] = [];
  const capabilities = new Map<string, { readonly capability: string; readonly resource: string }>();
  const resources = new Map<string, Set<string>>();
  const widened: string[] = [];
  const open: string[] = [];
  for (const seen of actions) {
    const capability = names.capabilityOf(seen.action);
    const groups = containersOf(seen, names);
    if (groups.size === 0) {
      open.push(seen.action);
      grants.push({ step: seen.action, actions: [seen.action], resources: ['*'] });
    }
    for (const [container, members] of groups) {
      const wide = seen.overflow || members.size > NAMED_ONE_BY_ONE;
      const patterns = wide ? [`${container}/*`] : [...members].sort(byCodePoint);
      if (wide) widened.push(`${seen.action} on ${container}/*`);
      const resource = names.shortNameOf(container);
      const step = capability === undefined ? seen.action : `${resource}:${capability.slice(capability.indexOf(':') + 1)}`;
      grants.push({ step, actions: [seen.action], resources: patterns });
      if (capability === undefined) continue;
      capabilities.set(`${capability} ${resource}`, { capability, resource });
      const known = resources.get(resource) ?? new Set<string>();
      for (const pattern of patterns) known.add(pattern);
      resources.set(resource, known);
    }
  }
  const without = actions.map(({ action }) => action).filter((action) => names.capabilityOf(action) === undefined);
  return {
    grants,
    capabilities: [...capabilities.values()],
    resources: Object.fromEntries([...resources].map(([name, patterns]) => [name, [...patterns].sort(byCodePoint)])),
    guesses: [
      ...(widened.length > 0 ? [`more than ${NAMED_ONE_BY_ONE} things in one place were taken for all of it: ${shown(widened)}`] : []),
      ...(open.length > 0 ? [`records name no resource for these, so that any is allowed: ${shown(open)}`] : []),
      ...(without.length > 0 ? [`the spec has no capability for these, they are in the registry alone: ${shown(without)}`] : []),
    ],
  };
}

/** What an action was done to, by what holds it; a container beside its content is left out. */
function containersOf(seen: SeenAction, names: DraftNames): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = new Map<string, Set<string>>();
  for (const resource of seen.resources) {
    if ([...seen.resources].some((other) => other !== resource && other.startsWith(`${resource}/`))) continue;
    const container = names.containerOf(resource);
    const members = groups.get(container) ?? new Set<string>();
    members.add(resource);
    groups.set(container, members);
  }
  return groups;
}

function shown(items: readonly string[]): string {
  const first = items.slice(0, 10).join(', ');
  return items.length > 10 ? `${first} and ${items.length - 10} more` : first;
}
