import { byCodePoint } from '../json';
import { VERSION } from '../version';
import { blastRadiusOf } from './blast-radius';
import { claimsFor, isNativeOnly } from './claims';
import { findingsOf } from './findings';
import { graphOf } from './graph';
import { unknownHolders } from './held-secrets';
import { findPaths } from './paths';
import type { PrincipalReview, Review } from './result';
import { shown } from './shown';
import { showSymbols } from './symbols';
import type { AccessWorld, WorldPrincipal } from './world';

/** What a review says of itself. */
export interface ReviewOptions {
  /** Files that were read, as a person would name them. */
  readonly sources: readonly string[];
  /** What could not be understood before there was a world; full sentences. @default [] */
  readonly unknowns?: readonly string[];
}

/**
 * Judges every principal that is to be reviewed: its blast radius, the paths that lead beyond what it was given, the claims that are made
 * of it, and the findings that follow. The same worlds give the same review, to the letter.
 */
export function reviewWorlds(worlds: readonly AccessWorld[], options: ReviewOptions): Review {
  const principals = worlds
    .flatMap((world) => world.principals.filter(({ reviewed }) => reviewed).map((principal) => reviewOne(principal, world, worlds)))
    .sort((a, b) => byCodePoint(a.cloud, b.cloud) || byCodePoint(a.agent ?? a.name, b.agent ?? b.name) || byCodePoint(a.id, b.id));
  const unread = worlds.flatMap((world) => [
    ...world.unknowns,
    ...world.principals.filter(({ reviewed }) => reviewed).flatMap((principal) => unreadOf(principal, world)),
  ]);
  return {
    schemaVersion: 1,
    library: VERSION,
    sources: [...options.sources],
    principals,
    graph: graphOf(principals, worlds),
    unknowns: [...new Set([...(options.unknowns ?? []), ...unread, ...unknownHolders(worlds)].map(showSymbols))],
  };
}

/** What was not understood of a principal; each sentence says whom it is about. */
function unreadOf({ id, name }: WorldPrincipal, world: AccessWorld): readonly string[] {
  return world.access(id).unknowns.map((sentence) => (sentence.includes(name) ? sentence : `About '${name}': ${sentence}`));
}

function reviewOne(principal: WorldPrincipal, world: AccessWorld, worlds: readonly AccessWorld[]): PrincipalReview {
  const { id, name, kind, agent, source, construct } = principal;
  const search = findPaths(id, worlds);
  const { paths } = search;
  const blastRadius = blastRadiusOf(principal, search, worlds);
  const claims = claimsFor(principal, { world, worlds, paths });
  const beyond = claims.some(({ claim, verdict }) => claim === 'within-declared' && verdict === 'refuted');
  const nativeOnly = beyond && isNativeOnly(principal, world.access(id).entries);
  return {
    id,
    name,
    cloud: world.cloud,
    kind,
    ...(agent ? { agent: agent.name } : {}),
    source,
    ...(construct === undefined ? {} : { construct }),
    blastRadius,
    paths,
    claims: shown(claims),
    findings: shown(findingsOf(principal, { world, claims, paths, blastRadius, nativeOnly })),
  };
}
