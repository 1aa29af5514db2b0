import { AccessLevel } from '../../core/enums';
import type { AccessEntry, AccessRequest } from '../../core/review/access';
import { compileGlob, showSymbols } from '../../core/review/glob';
import type { ReviewInput } from '../../core/review/input';
import type { AccessWorld, WorldPrincipal } from '../../core/review/world';
import { AzureJudge } from './engine/judge';
import { isWhole } from './engine/scopes';
import { makeSteps } from './escalation';
import { AZURE_FACTS } from './facts';
import { readAzure } from './input';
import type { AzureEstate, AzureResource } from './model';

/**
 * The world of Azure in the inputs, or undefined where there is none.
 * @throws AgenticIamError for a file that is not what it was given as
 */
export function azureWorldOf(inputs: readonly ReviewInput[]): AccessWorld | undefined {
  const estate = readAzure(inputs);
  const empty = estate.principals.length === 0 && estate.resources.length === 0 && estate.unknowns.length === 0;
  return empty ? undefined : azureWorld(estate);
}

/** What an owner can do and nobody else can do all of. */
const SENTINELS = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Resources/subscriptions/resourceGroups/delete',
  'Microsoft.Compute/virtualMachines/write',
];
const ANY_ROLE = { '@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId]': '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' };

/** Joins what was read with the engine, the techniques and the facts. Ids are object ids; references show as `${...}`. */
export function azureWorld(estate: AzureEstate): AccessWorld {
  const judge = new AzureJudge(estate);
  const shown = new Map([...estate.principals, ...estate.resources].map(({ id }) => [showSymbols(id), id]));
  const own = (id: string): string => shown.get(id) ?? id;
  const access = remember((id) => judge.access(own(id)));
  const isAdmin = remember((id) => {
    const wide = judge.assignmentsOf(own(id)).filter(({ scope }) => isWhole(showSymbols(scope)));
    return wide.some(({ scope }) =>
      SENTINELS.every(
        (action) => judge.decide(own(id), { action, resource: `${scope}/resourceGroups/nobodys`, context: ANY_ROLE }).effect === 'allowed',
      ),
    );
  });
  const stepsOf = (lucky: boolean): AccessWorld['steps'] => {
    const steps = makeSteps(judge, (id) => isAdmin(showSymbols(id)), lucky);
    return (from, held) =>
      steps(own(from), new Set([...held].map(own))).map((step) => ({
        ...step,
        from: showSymbols(step.from),
        toId: showSymbols(step.toId),
        sentence: showSymbols(step.sentence),
      }));
  };
  return {
    cloud: 'azure',
    facts: AZURE_FACTS,
    principals: principalsOf(estate),
    resources: estate.resources.map(({ id, name, type, identities, holdsCredentials }) => ({
      id: showSymbols(id),
      name: showSymbols(name),
      type,
      ...(identities[0] === undefined ? {} : { runsAs: showSymbols(identities[0]) }),
      holdsCredentials,
    })),
    secrets: [
      ...estate.secrets.map(({ id, name, holds, readers }) => ({
        name,
        request: { action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', resource: showSymbols(id) },
        holds: holds.map(showSymbols),
        readers,
      })),
      ...(estate.outsideSecrets ?? []),
    ],
    unknowns: estate.unknowns,
    access,
    decide: (id, request, missing) => judge.decide(own(id), { ...request, resource: withSymbols(request.resource, estate) }, missing),
    isAdmin,
    steps: stepsOf(false),
    luckySteps: stepsOf(true),
    touches: remember((id) => touchesOf(own(id), { judge, entries: access(id).entries, resources: estate.resources })),
  };
}

/** A resource as people write it, with what stands for its references. */
function withSymbols(shownId: string, { resources, assignments }: AzureEstate): string {
  if (!shownId.includes('${')) return shownId;
  const known = [...resources.map(({ id }) => id), ...assignments.map(({ scope }) => scope)];
  const found = known.find((id) => shownId === showSymbols(id) || shownId.startsWith(`${showSymbols(id)}/`));
  return found ? `${found}${shownId.slice(showSymbols(found).length)}` : shownId;
}

function principalsOf({ principals, reviewed }: AzureEstate): readonly WorldPrincipal[] {
  const agents = principals.some(({ agent }) => agent !== undefined);
  const isReviewed = (id: string, agent: unknown): boolean => {
    if (reviewed.size > 0) return reviewed.has(id) || reviewed.has(showSymbols(id));
    return agents ? agent !== undefined : true;
  };
  return principals.map(({ id, name, kind, agent, declared, construct, source, containedBy }) => ({
    id: showSymbols(id),
    name: agent?.name ?? showSymbols(name),
    kind,
    ...(agent ? { agent } : {}),
    ...(declared ? { declared } : {}),
    ...(construct === undefined ? {} : { construct }),
    source,
    containedBy,
    reviewed: isReviewed(id, agent),
  }));
}

interface Reach {
  readonly judge: AzureJudge;
  readonly entries: readonly AccessEntry[];
  readonly resources: readonly AzureResource[];
}

/** The named resources that an identity can use at data level or above, each with one request that shows it. */
function touchesOf(id: string, { judge, entries, resources }: Reach): ReturnType<AccessWorld['touches']> {
  const byService = remember((service: string) =>
    entries.flatMap(({ actions, region }) => {
      const useful = actions.filter((action) => action.startsWith(service) && matters(action)).slice(0, 8);
      return useful.length > 0 ? [{ actions: useful, region }] : [];
    }),
  );
  return resources.flatMap((resource) => {
    const service = serviceOf(resource.type);
    for (const { actions, region } of service === undefined ? [] : byService(service)) {
      if (region.resources.some((list) => list.every((glob) => judge.areApart(glob, resource.id)))) continue;
      if (!region.resources.every((list) => list.some((glob) => compileGlob(glob).matches(resource.id) !== 'no'))) continue;
      for (const action of actions) {
        const request: AccessRequest = { action, resource: resource.id };
        const decision = judge.decide(id, request, 'unknown');
        if (decision.effect === 'allowed' || decision.effect === 'depends')
          return [{ resource: showSymbols(resource.id), request, decision }];
      }
    }
    return [];
  });
}

const serviceOf = remember((type) => SERVICES.find(([pattern]) => pattern.test(type))?.[1]);

/** The provider whose operations are about a type of Terraform. */
const SERVICES: readonly (readonly [RegExp, string])[] = [
  [/^azurerm_storage_/, 'Microsoft.Storage/'],
  [/^azurerm_key_vault/, 'Microsoft.KeyVault/'],
  [/^azurerm_cosmosdb/, 'Microsoft.DocumentDB/'],
  [/^azurerm_servicebus/, 'Microsoft.ServiceBus/'],
  [/^azurerm_eventhub/, 'Microsoft.EventHub/'],
  [/^azurerm_eventgrid/, 'Microsoft.EventGrid/'],
  [/^azurerm_cognitive/, 'Microsoft.CognitiveServices/'],
  [/^azurerm_search/, 'Microsoft.Search/'],
  [/^azurerm_app_configuration/, 'Microsoft.AppConfiguration/'],
  [/^azurerm_log_analytics/, 'Microsoft.OperationalInsights/'],
  [/^azurerm_container_registry/, 'Microsoft.ContainerRegistry/'],
  [/^azurerm_(linux|windows)_(function|web)_app/, 'Microsoft.Web/'],
  [/^azurerm_(linux|windows)_virtual_machine/, 'Microsoft.Compute/'],
  [/^azurerm_mssql/, 'Microsoft.Sql/'],
];

function matters(action: string): boolean {
  if (action.includes('*')) return false;
  const level = AZURE_FACTS.level(action);
  if (level === AccessLevel.READ || level === AccessLevel.LIST) return AZURE_FACTS.reads(action) !== 'metadata';
  return level !== undefined && level !== AccessLevel.TAGGING;
}

function remember<T>(make: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>();
  return (id) => {
    if (!known.has(id)) known.set(id, make(id));
    return known.get(id) as T;
  };
}
