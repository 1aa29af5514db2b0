import type { BoundResource } from '../../../core/access-plan';
import type { AiServices, CognitiveAccount, CognitiveAccountProject, CognitiveDeployment, SearchService } from '../../../terraform/azurerm';
import { type AzureResourceAttributes, idOf, isDeclared, segment } from './resource-id';

/** An account that serves models: Azure OpenAI, or a Foundry resource. */
export type ModelAccount = CognitiveAccount | AiServices | CognitiveDeployment | AzureResourceAttributes;

/** An index of a search service. */
export interface SearchIndexOptions {
  /** Name of the index. */
  readonly index: string;
}

/** An agent of a Foundry project. */
export interface FoundryAgentOptions {
  /** Name of the agent in the project. */
  readonly agent: string;
}

const ACCOUNT = 'Microsoft.CognitiveServices/accounts/<name>';

/** Each kind is another operation of the same account. Bound by one deployment, the account is more than was meant, and reviews see it. */
export function modelOf(factory: string, kind: string, account: ModelAccount): BoundResource {
  const deployed = isDeclared(factory, account) && 'cognitiveAccountId' in account;
  const scope = deployed ? account.cognitiveAccountId : idOf(factory, ACCOUNT, account);
  return { kind, targets: { account: { scopes: [scope], ...(deployed ? { wide: true } : {}) } } };
}

export function contentSafety(account: CognitiveAccount | AiServices | AzureResourceAttributes): BoundResource {
  return { kind: 'content-safety', targets: { account: { scopes: [idOf('contentSafety', ACCOUNT, account)] } } };
}

export function foundryProject(project: CognitiveAccountProject | AzureResourceAttributes): BoundResource {
  const scope = idOf('foundryProject', `${ACCOUNT}/projects/<name>`, project);
  return { kind: 'foundry-project', targets: { project: { scopes: [scope] } } };
}

export function foundryAgent(project: CognitiveAccountProject | AzureResourceAttributes, options: FoundryAgentOptions): BoundResource {
  const scope = `${idOf('foundryAgent', `${ACCOUNT}/projects/<name>`, project)}/agents/${segment('foundryAgent', 'agent', options.agent)}`;
  return { kind: 'foundry-agent', targets: { agent: { scopes: [scope] } } };
}

export function sessionPool(pool: AzureResourceAttributes): BoundResource {
  const scope = idOf('sessionPool', 'Microsoft.App/sessionPools/<name>', pool);
  return { kind: 'session-pool', targets: { pool: { scopes: [scope] } } };
}

const SEARCH = 'Microsoft.Search/searchServices/<name>';

/** @see https://learn.microsoft.com/en-us/azure/search/search-security-rbac#grant-access-to-a-single-index */
export function searchIndex(service: SearchService | AzureResourceAttributes, options: SearchIndexOptions): BoundResource {
  const scope = `${idOf('searchIndex', SEARCH, service)}/indexes/${segment('searchIndex', 'index', options.index)}`;
  return { kind: 'search-index', targets: { index: { scopes: [scope] } } };
}

export function knowledgeBases(service: SearchService | AzureResourceAttributes): BoundResource {
  return { kind: 'search-service', targets: { service: { scopes: [idOf('knowledgeBases', SEARCH, service)] } } };
}
