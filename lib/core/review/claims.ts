import type { AccessEntry, AccessRequest, EffectiveAccess } from './access';
import { CLAIM_RULES } from './claim-rules';
import { delegatesOf } from './delegation';
import { principalsOf } from './listing';
import { findPaths } from './paths';
import { accessWithin } from './proof';
import { proveReadOnly } from './read-only';
import { refuteBeyond, type SecondJudge } from './refutation';
import type { AccessPath, ClaimId, ClaimVerdict } from './result';
import { type Earlier, lessCovered } from './uncatalogued';
import type { AccessWorld, WorldPrincipal } from './world';

/** What the claims of a principal are judged by. */
export interface ClaimContext {
  readonly world: AccessWorld;
  /** Every world, for agents that delegate to this one. */
  readonly worlds: readonly AccessWorld[];
  /** What the search found for the principal. */
  readonly paths: readonly AccessPath[];
}

/** The claims that are made of a principal, each judged. Of one that is no agent's only `no-escalation` is claimed. */
export function claimsFor(principal: WorldPrincipal, context: ClaimContext): readonly ClaimVerdict[] {
  const { agent } = principal;
  const escalation = proveNoEscalation(principal, context.worlds, context.paths);
  if (!agent) return [escalation];
  const parents = parentsOf(principal, context.worlds);
  return [
    ...(agent.mode === 'READ_ONLY' ? [proveReadOnly(principal.id, context.world)] : []),
    proveCredentials(principal, context.world),
    proveDeclared(principal, context.world),
    escalation,
    ...(parents.length > 0 ? [proveDelegated(principal, parents, context.world)] : []),
  ];
}

/**
 * Whether `after` allows nothing that `before` did not. An action that no catalog knows is looked for under the patterns of `earlier`;
 * that it is covered is seen for one request only, and so never shown for all.
 */
export function proveNothingBeyond(after: EffectiveAccess, before: EffectiveAccess, earlier?: Omit<Earlier, 'entries'>): ClaimVerdict {
  const inner = earlier ? lessCovered(after.entries, { ...earlier, entries: before.entries }) : after.entries;
  const left = inner.flatMap(({ actions }) => actions).length < after.entries.flatMap(({ actions }) => actions).length;
  const unlisted = left ? ['An action that no catalog knows was allowed before by a pattern.'] : [];
  const unread = [...after.unknowns, ...before.unknowns, ...unlisted];
  return judge('nothing-new', {
    inner,
    outer: before.entries,
    unread,
    shown: 'Every request it may make was allowed before.',
  });
}

function proveCredentials(principal: WorldPrincipal, world: AccessWorld): ClaimVerdict {
  const { entries, unknowns } = world.access(principal.id);
  const yields = yieldingCredentials(entries, world);
  return judge('no-undeclared-credentials', {
    inner: yields,
    outer: declaredBy(principal),
    unread: unknowns,
    shown: yields.length === 0 ? 'No action of it returns credentials.' : 'Every action that returns credentials is declared.',
    judge: { world, principal: principal.id },
  });
}

/** The part of some access that returns credentials. */
export function yieldingCredentials(entries: readonly AccessEntry[], { facts }: AccessWorld): readonly AccessEntry[] {
  return entries.flatMap((entry): AccessEntry[] => {
    const actions = entry.actions.filter((action) => facts.reads(action) === 'credentials');
    return actions.length > 0 ? [{ ...entry, actions }] : [];
  });
}

function proveDeclared(principal: WorldPrincipal, world: AccessWorld): ClaimVerdict {
  const { entries, unknowns } = world.access(principal.id);
  const verdict = judge('within-declared', {
    inner: entries,
    outer: declaredBy(principal),
    unread: unknowns,
    shown: 'Its capabilities cover every request it may make.',
    judge: { world, principal: principal.id },
  });
  return verdict.verdict === 'refuted' && isNativeOnly(principal, entries)
    ? { ...verdict, reason: `${verdict.reason} It comes from a native grant of the stack's own code.` }
    : verdict;
}

/** Whether all that a principal may do past its capabilities comes from grants of the user's own code, which its manifest records. */
export function isNativeOnly(principal: WorldPrincipal, entries: readonly AccessEntry[]): boolean {
  const all = (principal.declared ?? []).flatMap((one) => one.entries);
  return accessWithin(entries, all).verdict === 'proven';
}

/**
 * What an agent may do as somebody's sub-agent: what its own declaration says, which is what the coordinator delegates, and never more
 * than the mode of the strictest coordinator admits.
 */
function proveDelegated(principal: WorldPrincipal, parents: readonly WorldPrincipal[], world: AccessWorld): ClaimVerdict {
  const strict = parents.find(({ agent }) => agent?.mode === 'READ_ONLY');
  const readOnly = strict && proveReadOnly(principal.id, world);
  if (strict && readOnly && readOnly.verdict !== 'proven') {
    return {
      ...readOnly,
      claim: 'within-delegated',
      reason: `'${strict.agent?.name}' delegates to it and is READ_ONLY. ${readOnly.reason}`,
    };
  }
  const { entries, unknowns } = world.access(principal.id);
  return judge('within-delegated', {
    inner: entries,
    outer: declaredBy(principal),
    unread: unknowns,
    shown: `It may do what ${parents.map(({ agent }) => `'${agent?.name}'`).join(' and ')} delegated, and no more.`,
    judge: { world, principal: principal.id },
  });
}

/** That no way leads a principal beyond what it was given. */
export function proveNoEscalation(
  { id }: WorldPrincipal,
  worlds: readonly AccessWorld[],
  paths: readonly AccessPath[] = findPaths(id, worlds).paths,
): ClaimVerdict {
  const claim = 'no-escalation';
  const [worst] = paths;
  // A declared hand-over to a sub-agent asks for nothing; what comes after it does.
  const step = worst?.steps.find(({ requests }) => requests.length > 0) ?? worst?.steps[0];
  if (worst && step) {
    return {
      claim,
      verdict: 'refuted',
      reason: `${paths.length === 1 ? 'One path leads' : `${paths.length} paths lead`} beyond what it was given; the worst: ${step.sentence}.`,
      ...(step.requests[0] ? { counterExample: step.requests[0] } : {}),
      origins: step.allowedBy,
      fix: CLAIM_RULES[claim].fix,
    };
  }
  const given = [...delegatesOf(id, worlds).keys()].flatMap((held) =>
    worlds.flatMap((one) => (principalsOf(one).has(held) ? [{ held, one }] : [])),
  );
  if (given.some(({ held, one }) => one.isAdmin(held))) {
    return { claim, verdict: 'not-proven', reason: 'It has full control of its account already, and can give itself and others anything.' };
  }
  const own = given.flatMap(({ held, one }) => one.access(held).unknowns);
  const [unread] = [...own, ...worlds.flatMap(({ unknowns }) => unknowns)];
  if (unread !== undefined) return { claim, verdict: 'not-proven', reason: `Not everything was understood. ${unread}` };
  const open = stepThatMayWork(id, worlds);
  if (open) return { claim, verdict: 'not-proven', reason: open };
  return { claim, verdict: 'proven', reason: 'No known technique leads beyond what it was given.' };
}

/** A first step that would lead on if what it depends on turned out so, as a sentence. */
function stepThatMayWork(id: string, worlds: readonly AccessWorld[]): string | undefined {
  const [path] = findPaths(id, luckyWorlds(worlds)).paths;
  const step = path?.steps.find(({ from, requests }) => requests.some((request) => openIn(from, request, worlds) !== undefined));
  if (!path) return undefined;
  const [on] = (step?.requests ?? []).flatMap((request) => (step && openIn(step.from, request, worlds)) ?? []);
  const sentence = (step ?? path.steps[0])?.sentence ?? '';
  return `Whether this works is not known: ${sentence}.${on === undefined ? '' : ` It depends on ${on}.`}`;
}

/** What a request depends on, where that is not known. */
function openIn(from: string, request: AccessRequest, worlds: readonly AccessWorld[]): string | undefined {
  const world = worlds.find((one) => principalsOf(one).has(from));
  const decision = world?.decide(from, request, 'unknown');
  return decision?.effect === 'depends' ? (decision.dependsOn?.join(' and ') ?? decision.reason) : undefined;
}

const lucky = new WeakMap<AccessWorld, AccessWorld>();

/** Worlds in which what is not known turns out well for the attacker; the same one each time, since steps are remembered by world. */
function luckyWorlds(worlds: readonly AccessWorld[]): readonly AccessWorld[] {
  return worlds.map((world) => {
    // A world may be a class, so it is not copied.
    const known = lucky.get(world) ?? (Object.create(world, { steps: { value: world.luckySteps ?? world.steps } }) as AccessWorld);
    lucky.set(world, known);
    return known;
  });
}

/** What an agent's capabilities grant, the native grants of its stack's own code left out. */
export function declaredBy({ declared }: WorldPrincipal): readonly AccessEntry[] {
  return (declared ?? []).flatMap(({ grant, entries }) => (grant ? entries : []));
}

/** The agents of the same fleet and cloud that delegate to this one. */
export function parentsOf({ agent, id }: WorldPrincipal, worlds: readonly AccessWorld[]): readonly WorldPrincipal[] {
  if (!agent) return [];
  return worlds
    .flatMap(({ principals }) => principals)
    .filter((other) => other.id !== id && other.agent?.fleet === agent.fleet && other.agent.delegatesTo.includes(agent.name));
}

interface Question {
  readonly inner: readonly AccessEntry[];
  readonly outer: readonly AccessEntry[];
  /** What was not understood of either. */
  readonly unread: readonly string[];
  /** What is shown where it is proven; a full sentence. */
  readonly shown: string;
  /** Confirms a counter-example by all layers before it is given. @default - nobody does */
  readonly judge?: SecondJudge;
}

function judge(claim: ClaimId, { inner, outer, unread, shown, judge }: Question): ClaimVerdict {
  const beyond = refuteBeyond(claim, { inner, outer }, judge);
  if (beyond) return beyond;
  const [first] = unread;
  if (first !== undefined) return { claim, verdict: 'not-proven', reason: `Not everything was understood. ${first}` };
  return { claim, verdict: 'proven', reason: shown };
}
