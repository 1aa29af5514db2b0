import { byCodePoint } from '../json';
import { showSymbols } from './glob';
import { Known } from './known';
import { resourceSteps } from './resource-steps';
import type { AccessPath, PathStep } from './result';
import type { AccessWorld, EscalationStep, PathEnd } from './world';

/** What a search from one principal found. */
export interface PathSearch {
  /** Ways to what the principal was not given, worst first. */
  readonly paths: readonly AccessPath[];
  /** Ids of the principals that can be had, the start and those it delegates to included. */
  readonly reached: ReadonlySet<string>;
}

/** Worst first. */
const ENDS: readonly PathEnd[] = ['admin', 'credentials', 'principal', 'resource'];

/**
 * Every way from a principal to something that it was not given: a principal with access of its own, credentials, a resource, or full
 * control. For each end and each technique that arrives there, one shortest way.
 *
 * An attacker keeps what was taken, so what is held only grows, and a step may use all of it. What an agent delegates to is held from the
 * start and is no path by itself.
 */
export function findPaths(start: string, worlds: readonly AccessWorld[]): PathSearch {
  const known = new Known(start, worlds);
  if (known.hasEverything()) return { paths: [], reached: new Set([start]) };
  const chains = new Map<string, readonly EscalationStep[]>([...known.ids].map((id) => [id, []]));
  const ends = new Map<string, AccessPath>();
  const arrive = (steps: readonly EscalationStep[]): void => {
    const last = steps.at(-1);
    if (!last) return;
    const key = JSON.stringify([last.to, last.toId, last.technique]);
    if (!ends.has(key)) ends.set(key, { to: last.to, toArn: showSymbols(last.toId), steps: steps.map(shown) });
  };
  for (let grown = true; grown; ) {
    grown = false;
    const held: ReadonlySet<string> = new Set(chains.keys());
    const taken = new Map<string, readonly EscalationStep[]>();
    for (const [from, chain] of chains) {
      for (const step of known.steps(from, held)) {
        const steps = [...chain, step];
        if (step.to === 'principal' && !known.ids.has(step.toId)) {
          if (!chains.has(step.toId) && !taken.has(step.toId)) taken.set(step.toId, steps);
          if (known.gains(step.toId)) arrive(steps);
        } else if (step.to === 'admin' ? known.gainsControl(step.toId) : step.to !== 'principal') arrive(steps);
      }
    }
    for (const [id, steps] of taken) {
      chains.set(id, steps);
      grown = true;
    }
  }
  for (const [id, chain] of chains) for (const step of resourceSteps(id, known)) arrive([...chain, step]);
  return { paths: [...ends.values()].sort(worstFirst), reached: new Set(chains.keys()) };
}

function worstFirst(a: AccessPath, b: AccessPath): number {
  return (
    ENDS.indexOf(a.to) - ENDS.indexOf(b.to) ||
    Number(a.steps.some(({ assumed }) => assumed)) - Number(b.steps.some(({ assumed }) => assumed)) ||
    a.steps.length - b.steps.length ||
    byCodePoint(a.toArn, b.toArn) ||
    byCodePoint(a.steps.at(-1)?.technique ?? '', b.steps.at(-1)?.technique ?? '')
  );
}

function shown({ from, toId, technique, sentence, requests, allowedBy, conditions = [], assumed = false }: EscalationStep): PathStep {
  return {
    from: showSymbols(from),
    to: showSymbols(toId),
    technique,
    sentence: showSymbols(sentence),
    requests: requests.map((request) => ({ ...request, resource: showSymbols(request.resource) })),
    allowedBy,
    conditions: conditions.map(showSymbols),
    assumed,
  };
}
