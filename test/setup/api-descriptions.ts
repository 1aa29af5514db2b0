import { readFileSync } from 'node:fs';

interface Operation {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly body?: string;
}

interface Descriptions {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly properties: Readonly<Record<Described, readonly string[]>>;
}
type Described =
  | 'roleAssignment'
  | 'diagnosticSetting'
  | 'servicePrincipal'
  | 'denyAssignment'
  | 'denyAssignmentPermission'
  | 'denyAssignmentPrincipal'
  | 'deployment'
  | 'deploymentProperties'
  | 'secret'
  | 'secretAttributes';

/** A request as a server hears it. */
export interface DescribedRequest {
  /** `iam`, `pubsub`, `keyvault-secrets` ...; of Azure Resource Manager and Microsoft Graph nothing: their paths tell. */
  readonly service?: string;
  readonly method: string;
  /** Without the query, encoded as it came. */
  readonly path: string;
  readonly query: string;
  readonly body: unknown;
}

const { operations, schemas, properties } = JSON.parse(readFileSync('test/fixtures/api-descriptions.json', 'utf8')) as Descriptions;

/** The API of a vault itself, which counts its versions. */
const VAULT = 'keyvault-secrets';

/** Parameters that every call of Google's APIs may have. https://docs.cloud.google.com/apis/docs/system-parameters */
const SYSTEM = ['alt', 'fields', 'key', 'prettyPrint', 'quotaUser', 'uploadType', 'upload_protocol'];

const ID = '[^/?]+';
const patternOf = (path: string, anyCase: boolean): RegExp =>
  new RegExp(
    `^${path
      .split(/(\{\+?\w+\})/)
      .map((part) =>
        part === '{scope}' || part === '{resourceUri}' || part.startsWith('{+')
          ? '.+?'
          : part.startsWith('{')
            ? ID
            : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
    anyCase ? 'i' : '',
  );
/** Whether a service is one of Azure's: the host of a request does not say so here. */
export const isAzure = (service: string): boolean => service.startsWith('arm-') || service === VAULT;
const PATTERNS = operations.map((operation) => ({
  operation,
  pattern: patternOf(operation.path, isAzure(operation.service)),
}));

/** What a provider would say about a request that its published description does not know; undefined for one that it knows. Operations that were used are noted. */
export class PublishedApi {
  readonly used = new Set<string>();
  count = 0;

  /** @param services those whose calls are judged: a test has no more */
  constructor(private readonly isOurs: (service: string) => boolean) {}

  problemOf({ service, method, path, query, body }: DescribedRequest): string | undefined {
    this.count += 1;
    const graph = /^\/v1\.0\/serviceprincipals\/[0-9a-f-]+$/i;
    if (service === undefined && graph.test(path)) return this.graph(method, body);
    const found = PATTERNS.find(
      ({ operation, pattern }) =>
        operation.method === method &&
        (service === undefined ? isAzure(operation.service) : operation.service === service) &&
        pattern.test(path),
    );
    if (!found) return `${method} ${path} is no call that ${service ?? 'Azure'} publishes`;
    const { operation } = found;
    this.used.add(nameOf(operation));
    const names = [...new URLSearchParams(query).keys()];
    // The link to a next page is the server's own, and holds what it will.
    const ofAzure = service === undefined || isAzure(service);
    const allowed = ofAzure ? [...operation.query, '$skiptoken'] : [...operation.query, ...SYSTEM];
    const odd = names.find((name) => !allowed.includes(name));
    if (odd !== undefined) return `${method} ${path} takes no parameter '${odd}'`;
    const version = service === VAULT ? /^7\.\d$/ : /^\d{4}-\d\d-\d\d(-preview)?$/;
    if (ofAzure && !version.test(new URLSearchParams(query).get('api-version') ?? '')) return `${method} ${path} lacks its api-version`;
    if (service === VAULT) return method === 'PATCH' ? bodyOfSecret(body) : undefined;
    return service === undefined ? bodyOfAzure(operation, body) : bodyOfGoogle(operation, body);
  }

  /** Described operations of these services that no request used, of those that one of the library's functions makes. */
  unusedBy(whose: Caller): readonly string[] {
    return operations
      .filter(({ service }) => this.isOurs(service))
      .map(nameOf)
      .filter((name) => whoseIs(name) === whose)
      .filter((name) => !this.used.has(name));
  }

  private graph(method: string, body: unknown): string | undefined {
    if (method === 'GET') return undefined;
    if (method !== 'PATCH') return `${method} of a service principal is no call of Graph`;
    const odd = Object.keys(body as object).find((name) => !properties.servicePrincipal.includes(name));
    return odd === undefined ? undefined : `a service principal has no property '${odd}'`;
  }
}

type Caller = 'containment' | 'bindings' | 'probe' | 'governor' | 'clean-up';

/** Calls about access policies, where containment takes role bindings away. */
const ABOUT_POLICIES = /(IamPolicy|\/iam|\/datasets\/\{\+?datasetId\})$/;

const whoseIs = (name: string): Caller => {
  if (/(testIamPermissions|testPermissions)$/.test(name)) return 'probe';
  if (ABOUT_POLICIES.test(name)) return 'bindings';
  const isIn = (list: readonly string[]): boolean => list.some((one) => (one.endsWith(' ') ? name.startsWith(one) : name === one));
  return isIn(CLEAN_UP) ? 'clean-up' : isIn(GOVERNOR) ? 'governor' : 'containment';
};

/** Calls that the governor makes where it puts away what was forgotten. */
const CLEAN_UP = [`${VAULT} `, 'secretmanager GET /v1/{+parent}/versions', 'secretmanager POST /v1/{+name}:disable'];

/** Calls that the governor alone makes. */
const GOVERNOR = [
  'arm-monitor ',
  'arm-keyvault ',
  'arm-msi GET Microsoft.ManagedIdentity/userAssignedIdentities',
  'arm-authorization GET Microsoft.Authorization/roleDefinitions/{roleDefinitionId}',
  'cloudasset ',
  'logging ',
  'secretmanager ',
  'iam GET /v1/{+name}/serviceAccounts',
  'iam GET /v1/{+name}/keys',
];

const shortNameOf = ({ service, method, path }: Operation): string => `${service} ${method} ${path.replace(/.*\/providers\//, '')}`;
/** What is deployed to a subscription and to a group is called alike, but for where it is. */
const AMBIGUOUS = new Set(operations.map(shortNameOf).filter((name, at, all) => all.indexOf(name) !== at));
const nameOf = (operation: Operation): string =>
  AMBIGUOUS.has(shortNameOf(operation)) ? `${operation.service} ${operation.method} ${operation.path}` : shortNameOf(operation);

function bodyOfAzure({ method, path }: Operation, body: unknown): string | undefined {
  const sent = body as Readonly<Record<string, unknown>>;
  // https://learn.microsoft.com/en-us/rest/api/resources/tags/update-at-scope
  if (method === 'PATCH')
    return Object.keys(sent).sort().join() === 'operation,properties' ? undefined : `${method} ${path} takes operation and properties`;
  if (method !== 'PUT') return Object.keys(sent).length > 0 ? `${method} ${path} takes no body` : undefined;
  const given = (sent['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  if (path.includes('Microsoft.Resources/deployments'))
    return oddName(sent, 'deployment') ?? oddName(given, 'deploymentProperties') ?? oddTemplate(given['template']);
  const odd = Object.keys(sent).find((name) => name !== 'properties');
  if (odd !== undefined) return `${method} ${path} takes no '${odd}'`;
  const unknown = oddName(given, path.includes('diagnosticSettings') ? 'diagnosticSetting' : 'roleAssignment');
  return unknown === undefined ? undefined : `${method} ${path} ${unknown}`;
}

/** https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/syntax */
const TEMPLATE = [
  '$schema',
  'languageVersion',
  'contentVersion',
  'apiProfile',
  'definitions',
  'parameters',
  'variables',
  'functions',
  'resources',
  'outputs',
];
const RESOURCE = ['condition', 'type', 'apiVersion', 'name', 'comments', 'location', 'dependsOn', 'tags', 'scope', 'copy', 'properties'];

/** What of a template, or of the deny assignments that it declares, is not known. */
function oddTemplate(template: unknown): string | undefined {
  const odd = Object.keys((template ?? {}) as object).find((name) => !TEMPLATE.includes(name));
  if (odd !== undefined) return `a template has no '${odd}'`;
  const { resources } = template as { readonly resources?: unknown };
  return first(
    listed(resources).map((resource) => {
      const { type, properties: given = {} } = resource as {
        readonly type?: string;
        readonly properties?: Readonly<Record<string, unknown>>;
      };
      const unknown = Object.keys(resource).find((name) => !RESOURCE.includes(name));
      if (unknown !== undefined) return `a resource of a template has no '${unknown}'`;
      if (type !== 'Microsoft.Authorization/denyAssignments') return `'${type}' is no resource that is described here`;
      return (
        oddName(given, 'denyAssignment') ??
        first(listed(given['permissions']).map((one) => oddName(one, 'denyAssignmentPermission'))) ??
        first([...listed(given['principals']), ...listed(given['excludePrincipals'])].map((one) => oddName(one, 'denyAssignmentPrincipal')))
      );
    }),
  );
}

function bodyOfSecret(body: unknown): string | undefined {
  const { attributes = {} } = body as { readonly attributes?: object };
  return oddName(body as object, 'secret') ?? oddName(attributes, 'secretAttributes');
}

const listed = (value: unknown): readonly object[] => (Array.isArray(value) ? value : []);

/** What of a value its description does not know. */
function oddName(value: object, what: Described): string | undefined {
  const odd = Object.keys(value).find((name) => !properties[what].includes(name));
  return odd === undefined ? undefined : `a ${what} has no property '${odd}'`;
}

function bodyOfGoogle({ method, path, body: schema }: Operation, body: unknown): string | undefined {
  // What is uploaded is the content of an object.
  if (path.startsWith('/upload/')) return undefined;
  if (schema === undefined) return Object.keys(body as object).length > 0 ? `${method} ${path} takes no body` : undefined;
  return oddField(schema, body);
}

/** The first field that a schema does not have, however deep. */
function oddField(schema: string, value: unknown): string | undefined {
  if (Array.isArray(value)) return first(value.map((one) => oddField(schema, one)));
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = schemas[schema] ?? {};
  return first(
    Object.entries(value).map(([name, inside]) => {
      const of = fields[name];
      if (of === undefined) return isMap(schema, fields) ? oddField(schema, inside) : `${schema} has no field '${name}'`;
      // A map of things: its keys are anybody's.
      if (of !== '' && MAPS.has(`${schema} ${name}`)) return first(Object.values(inside as object).map((one) => oddField(of, one)));
      return of === '' ? undefined : oddField(of, inside);
    }),
  );
}

/** Fields whose keys are names that the caller chooses. */
const MAPS: ReadonlySet<string> = new Set(['firestore.Schema$Document fields', 'firestore.Schema$MapValue fields']);
const isMap = (_schema: string, fields: object): boolean => Object.keys(fields).length === 0;
const first = (found: readonly (string | undefined)[]): string | undefined => found.find((one) => one !== undefined);
