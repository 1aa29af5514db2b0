import capabilities from '../capabilities.json';
import { AccessLevel } from '../enums';
import type { AccessEntry } from './access';
import { accessWithin } from './proof';
import { refuteBeyond } from './refutation';
import type { ClaimVerdict } from './result';
import type { AccessWorld } from './world';

const READS: ReadonlySet<AccessLevel> = new Set([AccessLevel.LIST, AccessLevel.READ]);

/**
 * Capabilities whose actions read-only admits whatever their level: evidence of what the agent does (its own logs, metrics and traces), and
 * the hand-over to a declared sub-agent, whose own access is judged by itself.
 */
const ADMITTED = new Set(
  Object.entries(capabilities as Readonly<Record<string, { readonly traits?: readonly string[] }>>).flatMap(([id, { traits }]) =>
    traits?.some((trait) => trait === 'evidence' || trait === 'delegation') ? [id] : [],
  ),
);

/**
 * Whether a principal can only list and read, in every request that it may make; telemetry and delegation that its agent declared are
 * excepted. An action of which no level is known keeps the claim from being proven.
 */
export function proveReadOnly(principal: string, world: AccessWorld): ClaimVerdict {
  const claim = 'read-only';
  const { entries, unknowns } = world.access(principal);
  const admitted = admittedFor(principal, world);
  const beyond = refuteBeyond(claim, { inner: changing(entries, world), outer: admitted }, { world, principal });
  if (beyond) return beyond;
  const [unread] = unknowns;
  if (unread !== undefined) return { claim, verdict: 'not-proven', reason: `Not everything was understood. ${unread}` };
  const unlevelled = partOf(entries, (action) => world.facts.level(action) === undefined);
  if (accessWithin(unlevelled, admitted).verdict !== 'proven') {
    return { claim, verdict: 'not-proven', reason: `It is not known what ${unlevelled[0]?.actions[0]} does.` };
  }
  return {
    claim,
    verdict: 'proven',
    reason: 'Every request that it may make lists or reads, but for the telemetry and the delegation it declared.',
  };
}

/** The part of some access that does more than list, read and hand in telemetry. Code that runs may do anything, whatever its level. */
export function changing(entries: readonly AccessEntry[], { facts }: AccessWorld): readonly AccessEntry[] {
  return partOf(entries, (action) => {
    if (facts.runsCode(action)) return true;
    const level = facts.level(action);
    return level !== undefined && !READS.has(level) && !facts.isTelemetry?.(action);
  });
}

/** What read-only admits of a principal all the same. */
export function admittedFor(principal: string, world: AccessWorld): readonly AccessEntry[] {
  const declared = world.principals.find(({ id }) => id === principal)?.declared ?? [];
  return declared.flatMap(({ grant, entries }) => (grant && ADMITTED.has(grant.capability) ? entries : []));
}

function partOf(entries: readonly AccessEntry[], wanted: (action: string) => boolean): readonly AccessEntry[] {
  return entries.flatMap((entry): AccessEntry[] => {
    const actions = entry.actions.filter(wanted);
    return actions.length > 0 ? [{ ...entry, actions }] : [];
  });
}
