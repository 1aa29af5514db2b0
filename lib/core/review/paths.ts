import { byCodePoint } from '../json';
import type { AccessRequest } from './access';
import { Known } from './known';
import { PathFinder } from './path-finder';
import type { AccessPath, PathStep } from './result';
import { shown } from './shown';
import type { AccessWorld, EscalationStep, PathEnd } from './world';

/** What a search from one principal found. */
export interface PathSearch {
  /** Ways to what the principal was not given, worst first. */
  readonly paths: readonly AccessPath[];
  /** Ids of the principals that can be had, the start and those it delegates to included. */
  readonly reached: ReadonlySet<string>;
  /** The world that knows each of them. */
  readonly homes: ReadonlyMap<string, AccessWorld>;
}

/** Worst first. */
const ENDS: readonly PathEnd[] = ['admin', 'credentials', 'principal', 'resource'];

/**
 * Every way from a principal to something that it was not given: a principal with access of its own, credentials, a resource, or full
 * control. For each end and each technique that arrives there, one shortest way.
 *
 * An attacker keeps what was taken, so what is held only grows, and a step may use all of it. What an agent delegates to is held from the
 * start and is no path by itself. Who may do everything, alone or through a sub-agent, has no paths: there is nothing that was not given. Full control that lacks
 * something is searched for ways to that.
 */
export function findPaths(start: string, worlds: readonly AccessWorld[]): PathSearch {
  const known = new Known(start, worlds);
  const found = [...known.given.keys()].some((id) => known.hasEverything(id))
    ? { ends: [], reached: new Set(known.given.keys()) }
    : new PathFinder(known).run();
  const homes = [...found.reached].flatMap((id) => {
    const world = known.worldOf(id);
    return world ? [[id, world] as const] : [];
  });
  return { paths: found.ends.map(pathOf).sort(worstFirst), reached: found.reached, homes: new Map(homes) };
}

/** The text that tells paths apart: the techniques, what each leads to, and the end. */
export function keyOfPath({ to, toArn, steps }: AccessPath): string {
  return [...steps.map((step) => `${step.technique} ${step.to}`), `${to} ${toArn}`].join(' > ');
}

function pathOf(steps: readonly EscalationStep[]): AccessPath {
  const last = steps.at(-1);
  return shown({ to: last?.to ?? 'resource', toArn: last?.toId ?? '', steps: steps.map(stepOf) });
}

function stepOf({ from, toId, technique, sentence, requests, allowedBy, conditions = [], assumed = false }: EscalationStep): PathStep {
  return { from, to: toId, technique, sentence, requests: requests.map(plainRequest), allowedBy, conditions, assumed };
}

/** Without a context that says nothing. */
function plainRequest({ action, resource, context = {} }: AccessRequest): AccessRequest {
  return { action, resource, ...(Object.keys(context).length > 0 ? { context } : {}) };
}

function worstFirst(a: AccessPath, b: AccessPath): number {
  return (
    ENDS.indexOf(a.to) - ENDS.indexOf(b.to) ||
    Number(isAssumed(a)) - Number(isAssumed(b)) ||
    a.steps.length - b.steps.length ||
    byCodePoint(a.toArn, b.toArn) ||
    byCodePoint(keyOfPath(a), keyOfPath(b))
  );
}

/** Whether a path leads through something that is not in view. */
export function isAssumed({ steps }: AccessPath): boolean {
  return steps.some(({ assumed }) => assumed);
}
