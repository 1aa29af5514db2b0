import type { ContainerClient } from '@azure/storage-blob';
import type { AzureContainment } from '../../../lib/azure/runtime/containment/agent';
import { recordEntities } from '../../../lib/azure/runtime/containment/record-entities';
import { CONTAIN, RESTORE, stepHandlers } from '../../../lib/azure/runtime/containment/steps';
import type { CloudFault, StoryCloud } from '../../core/containment/cloud-story';
import { ArmServer, refusal } from './arm-server';
import { FakeTable } from './fake-table';

// One agent on Azure with everything it was given, and one bystander.

export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
const G = `${SUBSCRIPTION}/resourcegroups/r/providers`;
export const PRINCIPAL = '11111111-2222-3333-4444-555555555555';
export const OTHER = '99999999-2222-3333-4444-555555555555';
export const IDENTITY = `${G}/microsoft.managedidentity/userassignedidentities/main--reader`;
export const assignment = (name: string): string =>
  `${G}/microsoft.storage/storageaccounts/a/providers/microsoft.authorization/roleassignments/${name}`;
const COSMOS = `${G}/microsoft.documentdb/databaseaccounts/c/sqlroleassignments/one`;
export const TAGS = { 'agentic-iam:agent': 'reader', 'agentic-iam:fleet': 'main' };
export const NATIVE: AzureContainment = {
  principalId: PRINCIPAL,
  identityId: IDENTITY,
  tags: TAGS,
  subscription: SUBSCRIPTION,
  assignments: [
    { id: assignment('reads'), roleDefinitionId: 'role-r', reads: true },
    { id: assignment('writes'), roleDefinitionId: 'role-w', condition: 'c', reads: false },
    { id: assignment('more'), roleDefinitionId: 'role-w', reads: false },
    { id: COSMOS, roleDefinitionId: 'role-c', cosmosScope: '/dbs/d', reads: false },
  ],
  work: [
    { kind: 'web-app', id: `${G}/microsoft.web/sites/reader` },
    { kind: 'container-app', id: `${G}/microsoft.app/containerapps/reader` },
    { kind: 'virtual-machine', id: `${G}/microsoft.compute/virtualmachines/reader` },
  ],
  secrets: [],
};

/** All that may be asked for besides. */
export const ASKED: AzureContainment = {
  ...NATIVE,
  secrets: [`${G}/Microsoft.KeyVault/vaults/finance/secrets/erp`, `${G}/Microsoft.KeyVault/vaults/finance/secrets/mail`],
  disableSecrets: true,
  denyChangesIn: [SUBSCRIPTION, `${SUBSCRIPTION}/resourcegroups/r`, `${G}/Microsoft.Storage/storageAccounts/a/blobServices/default`],
  location: 'West Europe',
};
/** Versions of its secrets, and whether they are enabled before anything happens; the last is another agent's. */
export const VERSIONS: Readonly<Record<string, boolean>> = { 'erp/1': true, 'erp/2': false, 'erp/3': true, 'mail/1': true, 'pay/1': true };

const START = Date.parse('2026-11-26T08:00:00Z');

export interface Contained extends StoryCloud {
  readonly server: ArmServer;
  /** Milliseconds that were waited for deployments. */
  readonly waited: () => number;
  /** What is kept for good, by its key. */
  readonly evidence: Map<string, string>;
}

export async function made(native: AzureContainment = NATIVE): Promise<Contained> {
  const server = new ArmServer();
  const arm = await server.start();
  const deploy = (): void => {
    for (const { id, roleDefinitionId, condition, cosmosScope } of NATIVE.assignments) {
      if (cosmosScope === undefined)
        server.assignments.set(id, { principalId: PRINCIPAL, roleDefinitionId, ...(condition ? { condition } : {}) });
      else server.cosmos.add(id);
    }
    server.credentials.set(`${IDENTITY}/federatedidentitycredentials/one`, {
      issuer: 'https://issuer.example.com',
      subject: 's',
      audiences: ['api://AzureADTokenExchange'],
    });
    for (const { id } of NATIVE.work) server.running.add(id);
  };
  deploy();
  // What somebody gave past the template, and what belongs to another.
  server.assignments.set(assignment('theirs'), { principalId: OTHER, roleDefinitionId: 'role-w' });
  server.denials.set(`${SUBSCRIPTION}/providers/microsoft.authorization/denyassignments/theirs`, {
    principals: [{ id: OTHER, type: 'User' }],
  });
  for (const [id, enabled] of Object.entries(VERSIONS)) server.versions.set(id, enabled);
  server.identities.set(IDENTITY, { properties: { principalId: PRINCIPAL }, tags: { ...TAGS } });
  const evidence = new Map<string, string>();
  const container = {
    getBlockBlobClient: (name: string) => ({
      upload: async (text: string) => {
        if (evidence.has(name)) throw Object.assign(new Error('there'), { statusCode: 409 });
        evidence.set(name, text);
      },
      downloadToBuffer: async () => {
        const text = evidence.get(name);
        if (text === undefined) throw Object.assign(new Error('none'), { statusCode: 404 });
        return Buffer.from(text);
      },
    }),
  } as unknown as ContainerClient;
  let waited = 0;
  let count = 0;
  let plan: { at: number | undefined; fault: CloudFault } = { at: undefined, fault: 'throttled' };
  let always = false;
  server.fault = (call) => {
    count += 1;
    if (always) return refusal(403, 'AuthorizationFailed');
    if (count !== plan.at) return undefined;
    if (plan.fault === 'denied') return refusal(403, 'AuthorizationFailed');
    if (plan.fault === 'lost-answer') server.answerOf(call);
    server.failNext(5);
    return refusal(503, 'ServiceUnavailable');
  };
  const ours = (): readonly string[] => Object.keys(VERSIONS).filter((id) => !id.startsWith('pay/') && VERSIONS[id]);
  const isDone = (): boolean =>
    (!native.disableSecrets || ours().every((id) => server.versions.get(id) === false)) &&
    server.denials.size === 1 + (native.denyChangesIn ?? []).length;
  const isUndone = (): boolean => ours().every((id) => server.versions.get(id) === true) && server.denials.size === 1;
  return {
    server,
    waited: () => waited,
    evidence,
    cloud: 'azure',
    safeMode: true,
    native,
    ports: {
      store: recordEntities(new FakeTable().client),
      contain: CONTAIN,
      restore: RESTORE,
      handlers: stepHandlers({
        arm,
        graph: arm,
        vaults: () => arm,
        evidence: container,
        tellOthers: async () => 'told',
        pause: async (milliseconds) => {
          waited += milliseconds;
        },
        now: () => new Date(START + waited),
      }),
    },
    truth: () => {
      const own = [...server.assignments].filter(([, { principalId }]) => principalId === PRINCIPAL).map(([id]) => id);
      const isOnlyReads = own.length === 1 && own[0] === assignment('reads') && server.cosmos.size === 0;
      if (isOnlyReads) return 'restricted';
      // What is let go again by halves is not let go.
      if (own.length > 0 || server.cosmos.size > 0) return isUndone() ? undefined : 'braked';
      const gone = server.credentials.size === 0 && server.running.size === 0 && server.disabled.has(PRINCIPAL) && isDone();
      return gone ? 'quarantined' : 'braked';
    },
    others: () =>
      JSON.stringify([
        [...server.assignments].filter(([, { principalId }]) => principalId !== PRINCIPAL),
        [...server.denials].filter(([, { principals }]) => principals?.[0]?.id !== PRINCIPAL),
        [...server.versions].filter(([id]) => !ours().includes(id)),
      ]),
    deploy,
    failAt: (at, fault) => {
      count = 0;
      always = at === Number.POSITIVE_INFINITY;
      plan = { at, fault };
    },
    calls: () => count,
    stop: () => server.stop(),
  };
}

export const agentOf = (native: AzureContainment) =>
  ({ name: 'reader', fleet: 'main', cloud: 'azure', owner: 'o', armed: true, native }) as never;
