import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AzureApi, azureApi } from '../../../lib/azure/runtime/azure-api';
import { isAzure, PublishedApi } from '../../setup/api-descriptions';
import { type Denied, type Deployed, denialsOf, isAllowed } from './templates';

/** Azure's APIs as they are published; shared, so that a file of tests can say what was never asked. */
export const AZURE_API = new PublishedApi(isAzure);

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}
export interface ArmCall {
  readonly method: string;
  /** Without the query, in small letters. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

export const refusal = (status: number, code: string): Answer => ({ status, body: { error: { code, message: code } } });
const NOT_FOUND = refusal(404, 'ResourceNotFound');

export interface Assignment {
  readonly scope?: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly condition?: string;
}

/** Azure Resource Manager, vaults and Microsoft Graph, as far as responders ask them: what they were told they keep. */
export class ArmServer {
  readonly assignments = new Map<string, Assignment>();
  readonly cosmos = new Set<string>();
  readonly credentials = new Map<string, { issuer: string; subject: string; audiences: string[] }>();
  readonly running = new Set<string>();
  readonly identities = new Map<string, { properties: { principalId: string }; tags: Record<string, string> }>();
  readonly disabled = new Set<string>();
  /** Permissions of custom roles, by id. */
  readonly roles = new Map<string, { actions: string[]; dataActions: string[]; notActions?: string[] }>();
  /** Diagnostic settings, by id. */
  readonly settings = new Map<string, Record<string, unknown>>();
  /** Seconds at which secrets were changed, by id. */
  readonly secrets = new Map<string, number>();
  /** Deny assignments, by id; refused where the subscription lacks the feature. */
  readonly denials = new Map<string, Denied>();
  mayDeny = true;
  /** The history of deployments, by id: what is left of one that ended is left. */
  readonly deployments = new Map<string, Deployed>();
  /** How often it is looked at a deployment before it ends; for ever where it never does. */
  lasts = 1;
  /** Whether a version of a secret is enabled, by `secret/version`. */
  readonly versions = new Map<string, boolean>();
  /** Seconds at which versions were made, where that matters. */
  readonly made = new Map<string, number>();
  readonly published = AZURE_API;
  /** Requests that Azure would not know. */
  readonly problems: string[] = [];
  /** Looked at before the call is done: an answer to give instead. */
  fault: (call: ArmCall) => Answer | undefined = () => undefined;
  private server?: Server;
  private failures = 0;

  async start(): Promise<AzureApi> {
    this.server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const [path = '', query = ''] = (request.url ?? '').split('?');
        const call = {
          method: request.method ?? '',
          path: path.toLowerCase(),
          query: new URLSearchParams(query),
          body: text === '' ? {} : JSON.parse(text),
        };
        const service = call.path.startsWith('/secrets/') ? { service: 'keyvault-secrets' } : {};
        const problem = this.published.problemOf({
          ...service,
          method: call.method,
          path: decodeURIComponent(path),
          query,
          body: call.body,
        });
        if (problem) this.problems.push(problem);
        const answer = this.failing() ?? this.fault(call) ?? this.answerOf(call);
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, resolve));
    const address = `http://localhost:${(this.server.address() as AddressInfo).port}`;
    const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: 0 }) };
    return azureApi({ address, scope: 's' }, { credential, pause: async () => {} });
  }

  /** Throws where a request was none that Azure publishes. */
  async stop(): Promise<void> {
    await new Promise((resolve) => this.server?.close(resolve));
    if (this.problems.length > 0) throw new Error(`not as published: ${[...new Set(this.problems)].join('; ')}`);
  }

  /** Makes that many further calls fail, so that sending again does not help. */
  failNext(count: number): void {
    this.failures = count;
  }

  /** What is done and answered. */
  answerOf(call: ArmCall): Answer {
    const { method, path } = call;
    if (path.startsWith('/v1.0/serviceprincipals/')) return this.principal(call);
    if (!call.query.get('api-version')) return refusal(400, 'MissingApiVersionParameter');
    if (path.startsWith('/secrets/')) return this.secret(call);
    if (path.includes('/providers/microsoft.authorization/denyassignments/')) return this.denial(call);
    if (path.includes('/providers/microsoft.resources/deployments/')) return this.deployment(call);
    if (path.endsWith('/providers/microsoft.authorization/roleassignments')) return this.list(call);
    if (path.includes('/providers/microsoft.authorization/roleassignments/')) return this.assignment(call);
    if (path.includes('/sqlroleassignments/')) return this.cosmosAssignment(call);
    if (path.includes('/federatedidentitycredentials')) return this.credential(call);
    if (path.endsWith('/providers/microsoft.resources/tags/default')) return this.tag(call);
    const identity = this.identities.get(path);
    if (identity && method === 'GET') return { body: { id: path, ...identity } };
    if (path.includes('/microsoft.managedidentity/userassignedidentities/')) return NOT_FOUND;
    if (path.endsWith('/providers/microsoft.managedidentity/userassignedidentities'))
      return { body: { value: [...this.identities].map(([id, one]) => ({ id, ...one })) } };
    if (path.includes('/roledefinitions/')) return this.found(this.roles.get(path), (one) => ({ permissions: [one] }));
    if (path.includes('/microsoft.keyvault/')) return this.found(this.secrets.get(path), (updated) => ({ attributes: { updated } }));
    if (path.includes('/diagnosticsettings/')) return this.setting(call);
    return this.work(call);
  }

  private found<T>(one: T | undefined, properties: (one: T) => object): Answer {
    return one === undefined ? NOT_FOUND : { body: { properties: properties(one) } };
  }

  private setting({ method, path, body }: ArmCall): Answer {
    if (method === 'PUT') this.settings.set(path, (body as { properties: Record<string, unknown> }).properties);
    return this.found(this.settings.get(path), (one) => one);
  }

  private failing(): Answer | undefined {
    if (this.failures === 0) return undefined;
    this.failures -= 1;
    return refusal(503, 'ServiceUnavailable');
  }

  private principal({ path, body }: ArmCall): Answer {
    const id = path.split('/').at(-1) ?? '';
    if (body['accountEnabled'] === false) this.disabled.add(id);
    else this.disabled.delete(id);
    return { status: 204 };
  }

  /** Two to a page, so that whoever reads but the first is found out. */
  private list({ path, query }: ArmCall): Answer {
    const principal = /principalId eq '([^']+)'/.exec(query.get('$filter') ?? '')?.[1];
    if (principal === undefined) return refusal(400, 'InvalidFilter');
    const found = [...this.assignments].filter(([, one]) => one.principalId === principal).map(([id, properties]) => ({ id, properties }));
    const from = Number(query.get('$skiptoken') ?? 0);
    const next = from + 2 < found.length ? { nextLink: `https://management.azure.com${path}?${query}&$skiptoken=${from + 2}` } : {};
    return { body: { value: found.slice(from, from + 2), ...next } };
  }

  private assignment({ method, path, body }: ArmCall): Answer {
    if (method === 'PUT') this.assignments.set(path, (body as { properties: Assignment }).properties);
    if (method === 'DELETE') return this.assignments.delete(path) ? {} : { status: 204 };
    const found = this.assignments.get(path);
    return found ? { body: { id: path, properties: found } } : NOT_FOUND;
  }

  private denial({ method, path }: ArmCall): Answer {
    if (method === 'DELETE') return this.denials.delete(path) ? {} : { status: 204 };
    if (method === 'PUT') return refusal(405, 'MethodNotAllowed');
    return this.found(this.denials.get(path), (one) => one);
  }

  /** Refused at once is what is no template; the rest shows when it has run. */
  private deployment({ method, path, body }: ArmCall): Answer {
    const known = this.deployments.get(path);
    if (method === 'PUT') {
      if (known?.state === 'Running') return refusal(409, 'DeploymentActive');
      const { location } = body as { readonly location?: string };
      if (known && known.location !== location) return refusal(409, 'InvalidDeploymentLocation');
      const denials = denialsOf(path, body);
      if (typeof denials === 'string') return refusal(400, denials);
      this.deployments.set(path, { state: 'Running', location, left: this.lasts, denials });
      return { status: known ? 200 : 201, body: { properties: { provisioningState: 'Accepted' } } };
    }
    if (known?.state === 'Running') this.goOn(known);
    return this.found(known, ({ state, error }) => ({ provisioningState: state, ...(error ? { error } : {}) }));
  }

  private goOn(deployed: Deployed): void {
    deployed.left -= 1;
    if (deployed.left >= 0) return;
    const refused = deployed.denials.find(({ denied }) => !this.mayDeny || !isAllowed(denied));
    deployed.state = refused ? 'Failed' : 'Succeeded';
    if (!refused) for (const { id, denied } of deployed.denials) this.denials.set(id, denied);
    else
      deployed.error = {
        code: 'DeploymentFailed',
        message: 'At least one resource deployment operation failed.',
        details: [{ code: 'UserAssignedDenyAssignmentPropertiesNotValid', message: 'the feature is not registered' }],
      };
  }

  /** Versions two to a page, with addresses of the vault, as a vault has them. */
  private secret({ method, path, query, body }: ArmCall): Answer {
    const [, , name = '', version = ''] = path.split('/');
    if (method === 'PATCH') {
      if (!this.versions.has(`${name}/${version}`)) return refusal(404, 'SecretNotFound');
      this.versions.set(`${name}/${version}`, (body as { attributes: { enabled: boolean } }).attributes.enabled);
      return { body: {} };
    }
    const all = [...this.versions].filter(([id]) => id.startsWith(`${name}/`));
    if (all.length === 0) return refusal(404, 'SecretNotFound');
    const from = Number(query.get('$skiptoken') ?? 0);
    const value = all.slice(from, from + 2).map(([id, enabled]) => ({
      id: `https://finance.vault.azure.net/secrets/${id}`,
      attributes: { enabled, created: this.made.get(id) ?? 0 },
    }));
    const next = `https://finance.vault.azure.net:443${path}?api-version=7.4&$skiptoken=${from + 2}`;
    return { body: { value, nextLink: from + 2 < all.length ? next : null } };
  }

  private cosmosAssignment({ method, path }: ArmCall): Answer {
    if (method === 'PUT') this.cosmos.add(path);
    if (method === 'DELETE') return this.cosmos.delete(path) ? {} : { status: 204 };
    return this.cosmos.has(path) ? { body: { id: path } } : NOT_FOUND;
  }

  private tag({ method, path, body }: ArmCall): Answer {
    const identity = this.identities.get(path.replace('/providers/microsoft.resources/tags/default', ''));
    const { operation, properties } = body as { operation?: string; properties?: { tags?: Record<string, string> } };
    if (!identity || method !== 'PATCH') return NOT_FOUND;
    if (operation === 'Merge') Object.assign(identity.tags, properties?.tags);
    else if (operation === 'Delete') for (const name of Object.keys(properties?.tags ?? {})) delete identity.tags[name];
    else return refusal(400, 'InvalidOperation');
    return { body: { properties: { tags: identity.tags } } };
  }

  private credential({ method, path, body }: ArmCall): Answer {
    if (method === 'GET')
      return {
        body: { value: [...this.credentials].filter(([id]) => id.startsWith(path)).map(([id, properties]) => ({ id, properties })) },
      };
    if (method === 'DELETE') return this.credentials.delete(path) ? {} : { status: 204 };
    this.credentials.set(path, (body as { properties: { issuer: string; subject: string; audiences: string[] } }).properties);
    return { body: {} };
  }

  private work({ method, path }: ArmCall): Answer {
    const [, id = path, verb] = /^(.*?)\/(stop|start|deallocate|instanceview)$/.exec(path) ?? [];
    if (method === 'POST' && verb === 'start') this.running.add(id);
    else if (method === 'POST') this.running.delete(id);
    else if (method !== 'GET') return refusal(405, 'MethodNotAllowed');
    const runs = this.running.has(id);
    return {
      body: {
        properties: { state: runs ? 'Running' : 'Stopped', runningStatus: runs ? 'Running' : 'Stopped' },
        statuses: [{ code: `PowerState/${runs ? 'running' : 'deallocated'}` }],
      },
    };
  }
}
