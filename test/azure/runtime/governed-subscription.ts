import type { ExpectedAgent, ExpectedSetting } from '../../../lib/azure/runtime/governor/expected';
import { makeHandlers } from '../../../lib/azure/runtime/governor/handler';
import type { Found } from '../../../lib/core/governance/clean-up';
import type { GovernanceEvent } from '../../../lib/core/governance/look-after';
import type { JsonObject } from '../../../lib/core/json';
import { ArmServer } from './arm-server';

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
const G = `${SUBSCRIPTION}/resourcegroups/r/providers`;
export const PRINCIPAL = '11111111-2222-3333-4444-555555555555';
export const IDENTITY = `${G}/microsoft.managedidentity/userassignedidentities/main--reader`;
export const ACCOUNT = `${G}/microsoft.storage/storageaccounts/a`;
export const assignment = (name: string): string => `${ACCOUNT}/providers/microsoft.authorization/roleassignments/${name}`;
export const role = (name: string): string => `${SUBSCRIPTION}/providers/microsoft.authorization/roledefinitions/${name}`;
export const READ = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
export const WORKSPACE = `${G}/microsoft.operationalinsights/workspaces/calls`;
export const SECRET = `${G}/microsoft.keyvault/vaults/finance/secrets/key`;
export const COSMOS = `${G}/microsoft.documentdb/databaseaccounts/c/sqlroleassignments/one`;
export const CREDENTIAL = `${IDENTITY}/federatedidentitycredentials/github`;
export const SETTING = `${SUBSCRIPTION}/providers/microsoft.insights/diagnosticsettings/agentic-iam-main-calls`;
export const NOW = new Date('2026-11-26T12:00:00Z');
export const DAY = 86_400;

export const AGENT: ExpectedAgent = {
  name: 'reader',
  fleet: 'main',
  owner: 'team@example.com',
  principalId: PRINCIPAL,
  identityId: IDENTITY,
  subscription: SUBSCRIPTION,
  assignments: [
    { id: assignment('reads'), roleDefinitionId: role('r'), condition: 'only in/' },
    { id: assignment('more'), roleDefinitionId: role('r') },
    { id: COSMOS, roleDefinitionId: 'role-c', cosmosScope: '/dbs/d' },
  ],
  scheduled: [{ scope: ACCOUNT, roleDefinitionId: role('timed') }],
  roles: [{ id: role('r'), actions: [], dataActions: [READ] }],
  credentials: [{ name: 'github', issuer: 'https://issuer.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] }],
  secrets: [SECRET],
  grants: [
    { capability: 'objects:read invoices', index: 0, actions: [READ.toLowerCase()] },
    { capability: 'secrets:read key', index: 1, actions: ['keyvault:secretget'] },
    { capability: 'models:invoke gpt', index: 2, actions: [] },
  ],
  used: 'calls',
};
export const RECORD: ExpectedSetting = {
  target: SUBSCRIPTION,
  name: 'agentic-iam-main-calls',
  properties: {
    workspaceId: WORKSPACE,
    eventHubAuthorizationRuleId: `${G}/microsoft.eventhub/namespaces/n/authorizationrules/logs-in`,
    eventHubName: 'calls',
    logs: [
      { category: 'Administrative', enabled: true },
      { category: 'Security', enabled: true },
    ],
  },
};

export interface Made {
  readonly server: ArmServer;
  readonly published: GovernanceEvent[];
  readonly kept: { readonly kind: string; readonly body: JsonObject }[];
  readonly asked: object[];
  readonly handlers: ReturnType<typeof makeHandlers>;
  readonly agents: ExpectedAgent[];
  /** Hours later. */
  wait(hours: number): void;
}

const servers: ArmServer[] = [];
/** Ends what tests made; throws where one made a request that Azure would not know. */
export const stopAll = (): Promise<unknown> => Promise.all(servers.splice(0).map((server) => server.stop()));

export async function made({ repair = true, cleanUp = false, agents: given = [AGENT], used = [] as string[] } = {}): Promise<Made> {
  const agents = [...given];
  const days = new Map<string, Found>();
  const server = new ArmServer();
  servers.push(server);
  const arm = await server.start();
  deploy(server);
  const published: GovernanceEvent[] = [];
  const kept: Made['kept'] = [];
  const asked: object[] = [];
  let hours = 0;
  const handlers = makeHandlers({
    fleet: 'main',
    repair,
    unusedDays: 90,
    secretDays: 90,
    arm,
    logs: async <T>(call: object) => {
      asked.push(call);
      return { tables: [{ rows: used.map((one) => [one]) }] } as T;
    },
    workspace: WORKSPACE,
    agents: async () => agents,
    settings: async () => [RECORD],
    ...(cleanUp
      ? {
          cleanUp: {
            recall: async (day: string) => days.get(day),
            remember: async (day: string, found: Found) => void (days.has(day) || days.set(day, found)),
            vaults: () => arm,
          },
        }
      : {}),
    publish: async (event) => void published.push(event),
    keep: async (kind, body) => void kept.push({ kind, body }),
    now: () => new Date(NOW.getTime() + hours * 3_600_000),
  });
  return {
    server,
    published,
    kept,
    asked,
    handlers,
    agents,
    wait: (more) => {
      hours += more;
    },
  };
}

/** As the deployment leaves it; Azure writes ids in its own capitals. */
function deploy(server: ArmServer): void {
  server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL.toUpperCase() }, tags: { agent: 'reader', fleet: 'main' } });
  server.assignments.set(assignment('reads'), { principalId: PRINCIPAL, roleDefinitionId: role('r').toUpperCase(), condition: 'only in/' });
  server.assignments.set(assignment('more'), { principalId: PRINCIPAL, roleDefinitionId: role('r') });
  server.cosmos.add(COSMOS);
  server.roles.set(role('r'), { actions: [], dataActions: [READ] });
  server.credentials.set(CREDENTIAL, {
    issuer: 'https://issuer.example.com',
    subject: 's',
    audiences: ['api://AzureADTokenExchange'],
  });
  server.settings.set(SETTING, { ...RECORD.properties });
  server.secrets.set(SECRET, NOW.getTime() / 1000 - 10 * DAY);
}

export function stateOf({ assignments, cosmos, identities, roles, credentials }: ArmServer): string {
  const given = [...assignments].map(([id, one]) => [id, one.principalId, one.roleDefinitionId.toLowerCase(), one.condition]).sort();
  return JSON.stringify([given, [...cosmos], [...identities], [...roles], [...credentials]]);
}

export const CREDENTIALS = { issuer: 'https://evil.example.com', subject: 's', audiences: ['api://AzureADTokenExchange'] };
