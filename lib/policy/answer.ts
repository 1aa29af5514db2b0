import type { AccessRequest, Decision } from '../core/review/access';
import { showSymbols } from '../core/review/glob';
import type { ReviewInput } from '../core/review/input';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
import { isAlwaysThere, usualContext } from './usual-context';
import { findPrincipals } from './worlds';

/** A principal with the world that knows it. */
export interface Located {
  readonly world: AccessWorld;
  readonly principal: WorldPrincipal;
}

/** How each cloud writes an action: `s3:GetObject`, `Microsoft.Storage/storageAccounts/read`, `storage.objects.get`. */
const ACTION_SHAPES: Readonly<Record<string, RegExp | undefined>> = {
  aws: /^[\w-]+:\w+$/,
  azure: /^[\w.-]+\/.+$/,
  gcp: /^[\w-]+(\.[\w-]+)+$/,
};

/**
 * The principals that a name may mean where a certain action is asked about. An agent has an identity on every cloud it is declared for; an
 * action that one cloud alone knows tells which is meant.
 */
export function locate(worlds: readonly AccessWorld[], name: string, action?: string): readonly Located[] {
  const found = findPrincipals(worlds, name).flatMap((principal) => {
    const world = worlds.find(({ principals }) => principals.includes(principal));
    return world ? [{ world, principal }] : [];
  });
  if (found.length < 2 || action === undefined) return found;
  const fitting = found.filter(({ world }) => ACTION_SHAPES[world.cloud]?.test(action));
  const knowing = fitting.filter(({ world }) => world.facts.level(action) !== undefined);
  return [knowing, fitting, found].find(({ length }) => length > 0) ?? [];
}

/** What is asked of a principal. */
export interface Question {
  readonly request: AccessRequest;
  /** What was read; says where a principal's stack is. */
  readonly inputs: readonly ReviewInput[];
  /** Whether keys that the request does not carry are absent, or may be anything. @default 'absent' */
  readonly missing?: 'absent' | 'unknown';
}

/**
 * What becomes of a request. Keys that every request carries are filled in where their usual value is known; where one of them decides and
 * is not known, it depends on that key, for no request lacks it.
 *
 * A policy whose text could not be read may allow what nothing else does, and may deny what something else allows: then it depends on that
 * text.
 */
export function answer(located: Located, { request, inputs, missing = 'absent' }: Question): Decision {
  const { world, principal } = located;
  const given = new Set(Object.keys(request.context ?? {}).map((key) => key.toLowerCase()));
  const usual = Object.entries(usualContext(located, request, inputs)).filter(([key]) => !given.has(key.toLowerCase()));
  const filled = {
    ...request,
    resource: withReferences(located, ownName(world, request.resource)),
    context: { ...Object.fromEntries(usual), ...request.context },
  };
  const decision = decideOne(located, filled, missing);
  if (decision.effect === 'depends') return decision;
  const hidden = [...world.access(principal.id).unknowns, ...world.unknowns].filter((unknown) => hidesStatements(unknown, request.action));
  const [first] = hidden;
  if (first === undefined || decision.effect === 'explicitly-denied') return decision;
  return {
    ...decision,
    effect: 'depends',
    reason: `${decision.reason} But not all of its policies were read. ${first}`,
    dependsOn: hidden,
  };
}

function decideOne({ world, principal }: Located, request: AccessRequest, missing: 'absent' | 'unknown'): Decision {
  const decision = world.decide(principal.id, request, missing);
  if (missing === 'unknown') return decision;
  const open = world.decide(principal.id, request, 'unknown');
  const keys = open.dependsOn ?? [];
  return open.effect === 'depends' && keys.length > 0 && keys.every(isAlwaysThere) ? open : decision;
}

/**
 * Whether a sentence tells of a text that was not read and may have a say in an action, rather than of a part that was read and is open.
 * Who may assume a role decides nothing but that.
 */
export function hidesStatements(unknown: string, action: string): boolean {
  if (/^The text of trust policy /.test(unknown) && !/^sts:/i.test(action)) return false;
  return /is not at hand|could not be read|was left out/.test(unknown);
}

/**
 * A resource as its world calls it. Google Cloud has several names for one thing: with the service before it, and of a bucket without its
 * project.
 * @see https://cloud.google.com/iam/docs/full-resource-names
 */
function ownName({ cloud, resources }: AccessWorld, resource: string): string {
  if (cloud !== 'gcp') return resource;
  const short = resource.replace(/^\/\/[\w.-]+\//, '');
  const [, bucket, inside = ''] = /^projects\/_\/(buckets\/[^/]+)(\/.*)?$/.exec(short) ?? [];
  const known = bucket === undefined ? undefined : resources.find(({ id }) => id.endsWith(`/${bucket}`));
  return known ? `${known.id}${inside}` : short;
}

/** What stands for a reference of a template inside patterns. */
const REFERENCE = /\uE000[^\uE001]*\uE001(\uE002[^\uE003]*\uE003)?/g;

/** A resource in which people wrote references as `${Bucket.Arn}`, as reports show them. */
function withReferences({ world, principal }: Located, resource: string): string {
  if (!resource.includes('${')) return resource;
  const globs = world.access(principal.id).entries.flatMap(({ region }) => region.resources.flat());
  const known = new Map(globs.flatMap((glob) => (glob.match(REFERENCE) ?? []).map((reference) => [showSymbols(reference), reference])));
  return resource.replace(/\$\{[^}]*\}/g, (shown) => known.get(shown) ?? shown);
}
