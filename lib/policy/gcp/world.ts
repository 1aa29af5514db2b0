import { AccessLevel } from '../../core/enums';
import type { AccessEntry, AccessRequest, Decision } from '../../core/review/access';
import { compileGlob, showSymbols } from '../../core/review/glob';
import type { ReviewInput } from '../../core/review/input';
import type { AccessWorld, WorldPrincipal } from '../../core/review/world';
import { GcpJudge } from './engine/judge';
import { makeSteps } from './escalation';
import { Attacker, contextOf } from './escalation/attacker';
import { GCP_FACTS } from './facts';
import { readGcp } from './input';
import type { GcpEstate, GcpResource } from './model';

/**
 * The world of Google Cloud in the inputs, or undefined where there is none.
 * @throws AgenticIamError for a file that is not what it was given as
 */
export function gcpWorldOf(inputs: readonly ReviewInput[]): AccessWorld | undefined {
  const estate = readGcp(inputs);
  const empty = estate.principals.length === 0 && estate.resources.length === 0 && estate.unknowns.length === 0;
  return empty ? undefined : gcpWorld(estate);
}

/** What a project owner can do and nobody else can do all of; the objects of a bucket are not among it. */
const SENTINELS = [
  'resourcemanager.projects.setIamPolicy',
  'iam.serviceAccounts.setIamPolicy',
  'storage.buckets.delete',
  'compute.instances.delete',
  'secretmanager.versions.access',
];

/** Joins what was read with the engine, the techniques and the facts. Ids are members as bindings name them; references show as `${...}`. */
export function gcpWorld(estate: GcpEstate): AccessWorld {
  const judge = new GcpJudge(estate);
  const attacker = new Attacker(judge, estate);
  const shown = new Map(estate.principals.map(({ id }) => [showSymbols(id), id]));
  const own = (id: string): string => shown.get(id) ?? id;
  const access = remember((id) => judge.access(own(id)));
  const owned = remember((id): ReadonlySet<string> => {
    const may = (action: string, project: string): boolean =>
      judge.decide(own(id), { action, resource: `projects/${project}` }, 'unknown').effect === 'allowed';
    return new Set(attacker.projects.filter((project) => SENTINELS.every((permission) => may(permission, project))));
  });
  const isAdmin = (id: string): boolean => owned(id).size > 0;
  const stepsOf = (by: Attacker): AccessWorld['steps'] => {
    const steps = makeSteps(by, owned);
    return (from, held) =>
      steps(own(from), new Set([...held].map(own))).map((step) => ({
        ...step,
        from: showSymbols(step.from),
        toId: showSymbols(step.toId),
        sentence: showSymbols(step.sentence),
      }));
  };
  return {
    cloud: 'gcp',
    facts: GCP_FACTS,
    principals: principalsOf(estate),
    resources: estate.resources.map(({ name, shown: short, type, runsAs, holdsCredentials }) => ({
      id: showSymbols(name),
      name: showSymbols(short),
      type,
      ...(runsAs === undefined ? {} : { runsAs: showSymbols(runsAs) }),
      holdsCredentials,
    })),
    secrets: [
      ...estate.secrets.map(({ name, shown: short, holds, readers }) => ({
        name: short,
        request: { action: 'secretmanager.versions.access', resource: `${showSymbols(name)}/versions/1`, context: contextOf(name) },
        holds: holds.map(showSymbols),
        readers,
      })),
      ...(estate.outsideSecrets ?? []),
    ],
    unknowns: estate.unknowns,
    access,
    decide: (id, request, missing) => judge.decide(own(id), { ...request, resource: withSymbols(request.resource, estate) }, missing),
    isAdmin,
    steps: stepsOf(attacker),
    luckySteps: stepsOf(new Attacker(judge, estate, true)),
    touches: remember((id) => touchesOf(own(id), { judge, entries: access(id).entries, resources: estate.resources })),
  };
}

/** A resource as people write it, with what stands for its references. */
function withSymbols(shownName: string, { resources }: GcpEstate): string {
  if (!shownName.includes('${')) return shownName;
  const found = resources.find(({ name }) => shownName === showSymbols(name) || shownName.startsWith(`${showSymbols(name)}/`));
  return found ? `${found.name}${shownName.slice(showSymbols(found.name).length)}` : shownName;
}

function principalsOf({ principals, reviewed }: GcpEstate): readonly WorldPrincipal[] {
  const agents = principals.some(({ agent }) => agent !== undefined);
  const isReviewed = (id: string, agent: unknown): boolean => {
    if (reviewed.size > 0) return reviewed.has(id) || reviewed.has(showSymbols(id));
    return agents ? agent !== undefined : true;
  };
  return principals.map(({ id, name, kind, project, agent, declared, construct, source, containedBy }) => ({
    id: showSymbols(id),
    name: agent?.name ?? showSymbols(name),
    kind,
    ...(project === undefined ? {} : { account: showSymbols(project) }),
    ...(agent ? { agent } : {}),
    ...(declared ? { declared } : {}),
    ...(construct === undefined ? {} : { construct }),
    source,
    containedBy,
    reviewed: isReviewed(id, agent),
  }));
}

/** Of many permissions of a service only these are asked whether one opens a resource. */
const MOST_ASKED = 8;

interface Reach {
  readonly judge: GcpJudge;
  readonly entries: readonly AccessEntry[];
  readonly resources: readonly GcpResource[];
}

/** The named resources that a member can use at data level or above, each with one request that shows it. */
function touchesOf(id: string, { judge, entries, resources }: Reach): ReturnType<AccessWorld['touches']> {
  const useful = entries.flatMap(({ actions: all, region }) => {
    const actions = all.filter(matters);
    const lists = region.resources.map((list) => list.map((glob) => compileGlob(glob)));
    const of = remember((service) => actions.filter((one) => one.startsWith(service)).slice(0, MOST_ASKED));
    return actions.length > 0 ? [{ of, lists }] : [];
  });
  return resources.flatMap((resource) => {
    const service = SERVICES.find(([pattern]) => pattern.test(resource.type))?.[1] ?? '';
    for (const { of, lists } of useful) {
      const actions = of(service);
      if (actions.length === 0) continue;
      const names = [resource.name, `${resource.name}/objects/example`].filter((name) =>
        lists.every((list) => list.some((glob) => glob.matches(name) !== 'no')),
      );
      for (const name of names) {
        for (const action of actions) {
          const request: AccessRequest = { action, resource: name, context: contextOf(name) };
          const decision: Decision = judge.decide(id, request, 'unknown');
          if (decision.effect === 'allowed' || decision.effect === 'depends')
            return [{ resource: showSymbols(resource.name), request, decision }];
        }
      }
    }
    return [];
  });
}

/** The service whose permissions are about a type of Terraform. */
const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^google_storage_/, 'storage.'],
  [/^google_secret_manager_/, 'secretmanager.'],
  [/^google_pubsub_/, 'pubsub.'],
  [/^google_bigquery_/, 'bigquery.'],
  [/^google_bigtable_/, 'bigtable.'],
  [/^google_firestore_/, 'datastore.'],
  [/^google_sql_/, 'cloudsql.'],
  [/^google_kms_/, 'cloudkms.'],
  [/^google_cloud_run_/, 'run.'],
  [/^google_cloudfunctions/, 'cloudfunctions.'],
  [/^google_compute_/, 'compute.'],
  [/^google_workflows_/, 'workflows.'],
  [/^google_cloud_tasks_/, 'cloudtasks.'],
  [/^google_vertex_ai_/, 'aiplatform.'],
];

function matters(permission: string): boolean {
  const level = GCP_FACTS.level(permission);
  if (level === AccessLevel.READ || level === AccessLevel.LIST) return GCP_FACTS.reads(permission) !== 'metadata';
  return level !== undefined && level !== AccessLevel.TAGGING;
}

function remember<T>(make: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>();
  return (id) => {
    if (!known.has(id)) known.set(id, make(id));
    return known.get(id) as T;
  };
}
