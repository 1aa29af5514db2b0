import { AccessLevel } from '../../core/enums';
import type { AccessEntry, AccessOrigin, AccessRegion, AccessRequest, Decision, EffectiveAccess } from '../../core/review/access';
import { compileGlob, showSymbols } from '../../core/review/glob';
import { canName } from './engine';
import type { Granted } from './escalation/attacker';
import { AWS_FACTS } from './facts';
import type { Judge } from './judge';
import type { AwsResource, PolicyText } from './model';
import { ResourceIndex } from './resource-index';

/** A named resource that a principal can use. */
export interface Touch {
  readonly resource: string;
  readonly request: AccessRequest;
  readonly decision: Decision;
}

interface Reach {
  readonly judge: Judge;
  readonly access: EffectiveAccess;
  readonly resources: readonly AwsResource[];
  /** The request in a context that the caller can bring about, where it is allowed in one. @default - none is tried */
  readonly settle?: (arn: PolicyText, request: AccessRequest) => Granted | undefined;
}

/**
 * The named resources that a principal can read data or credentials of, change, or run code on. For each resource one request for each of
 * these, apart for what only the resource's own policy gives.
 */
export function touchesOf({ judge, access, resources, settle }: Reach, arn: PolicyText): readonly Touch[] {
  const near = entriesNear(access.entries, resources);
  return [...near.keys()]
    .sort((a, b) => a - b)
    .flatMap((place) => {
      const resource = resources[place];
      if (!resource) return [];
      const service = serviceOf(resource);
      const found = new Map<string, Touch>();
      for (const entry of near.get(place) ?? []) {
        if (!servicesOf(entry).has(service)) continue;
        const given = entry.origins.every(isOfResource);
        for (const [kind, actions] of kindsOf(entry, service)) {
          const key = `${kind} ${given}`;
          const touch = found.has(key) ? undefined : touchThrough({ ...entry, actions }, { judge, resource, arn, settle });
          if (touch) found.set(key, touch);
        }
      }
      // What depends on a condition says nothing beside what does not.
      const sure = [...found.values()].filter(({ decision }) => decision.effect === 'allowed');
      return sure.length > 0 ? sure : [...found.values()].slice(0, 1);
    });
}

const indexes = new WeakMap<readonly AwsResource[], ResourceIndex>();

/** The entries that may be about each resource, by its place. */
function entriesNear(entries: readonly AccessEntry[], resources: readonly AwsResource[]): ReadonlyMap<number, readonly AccessEntry[]> {
  const index = indexes.get(resources) ?? new ResourceIndex(resources.map(({ arn }) => arn));
  indexes.set(resources, index);
  const near = new Map<number, AccessEntry[]>();
  for (const entry of entries) {
    const [list = ['*']] = [...entry.region.resources].sort((a, b) => a.length - b.length);
    for (const place of index.near(list)) {
      const known = near.get(place);
      if (known) known.push(entry);
      else near.set(place, [entry]);
    }
  }
  return near;
}

function isOfResource({ layer }: AccessOrigin): boolean {
  return layer === 'resource';
}

function touchThrough(
  entry: AccessEntry,
  { judge, resource, arn, settle }: Pick<Reach, 'judge' | 'settle'> & { readonly resource: AwsResource; readonly arn: PolicyText },
): Touch | undefined {
  let open: Touch | undefined;
  for (const name of namesWithin(resource, entry.region)) {
    const actions = entry.actions.filter((action) => canName(action, plain(name)));
    for (const action of actions.slice(0, TRIES)) {
      const request: AccessRequest = { action, resource: name };
      const decision = judge.decide(arn, request, 'unknown');
      const touch = { resource: showSymbols(resource.arn), request, decision };
      if (decision.effect === 'allowed') return touch;
      if (decision.effect !== 'depends') continue;
      const granted = settle?.(arn, request);
      if (granted) return { ...touch, request: granted.request, decision: { ...decision, effect: 'allowed', origins: granted.origins } };
      open ??= touch;
    }
  }
  return open;
}

const kinds = new WeakMap<AccessEntry, Map<string, ReadonlyMap<string, readonly string[]>>>();

/** The actions of an entry on resources of a service, by what they do there. */
function kindsOf(entry: AccessEntry, service: string): ReadonlyMap<string, readonly string[]> {
  const byService = kinds.get(entry) ?? new Map<string, ReadonlyMap<string, readonly string[]>>();
  kinds.set(entry, byService);
  const known = byService.get(service);
  if (known) return known;
  const made = new Map<string, string[]>();
  for (const action of entry.actions) {
    const kind = serviceNamed(action) === service ? kindOf(action) : undefined;
    if (kind === undefined) continue;
    const list = made.get(kind);
    if (list) list.push(action);
    else made.set(kind, [action]);
  }
  byService.set(service, made);
  return made;
}

/** Denials take out some actions of an entry; a few tries find one that is left. */
const TRIES = 12;

/** Names of the resource, or of something inside it, that may be in a region; deciding a request on one tells. */
function namesWithin({ arn }: AwsResource, { resources, notResources }: AccessRegion): readonly string[] {
  const named = resources
    .flatMap((list) => list.map(instanceOf))
    .filter((name) => name.startsWith(`${arn}/`) || name.startsWith(`${arn}:`));
  return [...new Set([arn, ...named, `${arn}/x`])].filter(
    (name) =>
      resources.every((list) => list.some((glob) => compileGlob(glob).matches(name) !== 'no')) &&
      !notResources.some((glob) => compileGlob(glob).matches(name) === 'yes'),
  );
}

/** One string that a glob matches. */
function instanceOf(glob: string): string {
  return glob.replace(/\\(.)|[*?]/g, (_, literal: string | undefined) => literal ?? 'x');
}

/** A made-up name holds no separator, so it is one letter where only the form of the ARN counts. */
function plain(name: string): string {
  return name.replace(/\uE000[^\uE001]*\uE001(\uE002[^\uE003]*\uE003)?/g, 'x');
}

/** The service of a resource, as actions name it. */
function serviceOf({ arn }: AwsResource): string {
  return arn.split(':', 3)[2] ?? '';
}

/** The service whose resources an action is about. */
function serviceNamed(action: string): string {
  const prefix = action.slice(0, action.indexOf(':')).toLowerCase();
  return ELSEWHERE.get(prefix) ?? prefix;
}

/** Prefixes of actions on resources of another service. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['s3-object-lambda', 's3'],
  ['rds-data', 'rds'],
]);

const services = new WeakMap<AccessEntry, ReadonlySet<string>>();

function servicesOf(entry: AccessEntry): ReadonlySet<string> {
  const known = services.get(entry) ?? new Set(entry.actions.map(serviceNamed));
  services.set(entry, known);
  return known;
}

/** What an action does to a resource, where that matters. */
function kindOf(action: string): string | undefined {
  const level = AWS_FACTS.level(action);
  const reads = AWS_FACTS.reads(action);
  if (level === AccessLevel.READ || level === AccessLevel.LIST) return reads === 'metadata' ? undefined : reads;
  return level === undefined || level === AccessLevel.TAGGING ? undefined : 'change';
}
