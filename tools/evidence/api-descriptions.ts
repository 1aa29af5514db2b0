// Writes test/fixtures/api-descriptions.json: the calls that this library's functions make to Google's and Azure's APIs, as the providers describe them.
// Needs a folder with the packages named below, whose code is generated from the published descriptions (discovery documents, OpenAPI); the folder is not part of
// this project:
//
//   npm i googleapis @azure/arm-authorization @azure/arm-msi @azure/arm-resources @azure/arm-resourcesdeployments @azure/arm-appservice @azure/arm-appcontainers @azure/arm-compute @azure/arm-cosmosdb @azure/arm-monitor @azure/arm-keyvault@2 \
//     @azure/keyvault-secrets @microsoft/microsoft-graph-types
//
// and a second folder for what those do not have yet:
//
//   pip download --no-deps azure-mgmt-authorization==5.0.0b2 && python3 -m zipfile -e azure_mgmt_authorization-*.whl <folder>
//
//   node --import tsx tools/evidence/api-descriptions.ts <node_modules> <folder>
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { type PythonPackage, pythonFields, pythonOperations, pythonSource } from './python-descriptions';

const TARGET = resolve(__dirname, '../../test/fixtures/api-descriptions.json');

/** Things with an access policy: service, version and class of the resource. */
const POLICIES: readonly (readonly [service: string, version: string, resource: string])[] = [
  ['cloudresourcemanager', 'v3', 'Resource$Projects'],
  ['storage', 'v1', 'Resource$Buckets'],
  ['storage', 'v1', 'Resource$Managedfolders'],
  ['bigquery', 'v2', 'Resource$Tables'],
  ['bigtableadmin', 'v2', 'Resource$Projects$Instances$Tables'],
  ['pubsub', 'v1', 'Resource$Projects$Topics'],
  ['cloudtasks', 'v2', 'Resource$Projects$Locations$Queues'],
  ['secretmanager', 'v1', 'Resource$Projects$Secrets'],
  ['cloudkms', 'v1', 'Resource$Projects$Locations$Keyrings$Cryptokeys'],
  ['aiplatform', 'v1', 'Resource$Projects$Locations$Reasoningengines'],
  ['run', 'v2', 'Resource$Projects$Locations$Services'],
  ['logging', 'v2', 'Resource$Projects$Locations$Buckets$Views'],
  ['iam', 'v1', 'Resource$Projects$Serviceaccounts'],
];

/** Service, version, class of the resource, and methods. */
const GOOGLE: readonly (readonly [service: string, version: string, resource: string, methods: readonly string[]])[] = [
  ['iam', 'v1', 'Resource$Projects$Serviceaccounts', ['get', 'disable', 'enable']],
  ['iam', 'v1', 'Resource$Projects$Serviceaccounts', ['list']],
  ['iam', 'v1', 'Resource$Projects$Serviceaccounts$Keys', ['list', 'disable']],
  ['iam', 'v1', 'Resource$Projects$Roles', ['get']],
  ['cloudasset', 'v1', 'Resource$V1', ['searchAllIamPolicies']],
  ['iam', 'v1', 'Resource$Projects$Locations$Workloadidentitypools', ['get', 'patch']],
  ['iam', 'v2', 'Resource$Policies', ['get', 'createPolicy', 'update', 'delete']],
  ...POLICIES.map(
    ([service, version, resource]) => [service, version, resource, ['getIamPolicy', 'setIamPolicy', 'testIamPermissions']] as const,
  ),
  ['bigquery', 'v2', 'Resource$Datasets', ['get', 'patch']],
  ['cloudresourcemanager', 'v3', 'Resource$Tagbindings', ['create', 'delete', 'list']],
  ['cloudresourcemanager', 'v3', 'Resource$Tagvalues', ['get']],
  ['logging', 'v2', 'Resource$Entries', ['list']],
  ['logging', 'v2', 'Resource$Projects$Sinks', ['get', 'update']],
  ['secretmanager', 'v1', 'Resource$Projects$Secrets$Versions', ['list', 'get', 'disable']],
  ['pubsub', 'v1', 'Resource$Projects$Topics', ['publish']],
  ['firestore', 'v1', 'Resource$Projects$Databases$Documents', ['batchGet', 'commit', 'runQuery']],
  ['storage', 'v1', 'Resource$Objects', ['list', 'get', 'insert']],
  ['run', 'v2', 'Resource$Projects$Locations$Services', ['get', 'patch']],
  ['compute', 'v1', 'Resource$Instances', ['get', 'stop', 'start']],
  ['cloudscheduler', 'v1', 'Resource$Projects$Locations$Jobs', ['get', 'pause', 'resume']],
  ['sts', 'v1', 'Resource$V1', ['token']],
  // Version 2 is not among the packages: its calls of findings are named alike, and its findings hold what those of version 1 do.
  ['securitycenter', 'v1', 'Resource$Organizations$Sources$Findings', ['patch']],
];
/** Package, and what of its operations is used: a method and the end of a path. */
const AZURE: readonly (readonly [name: string, used: readonly (readonly [method: string, path: RegExp])[]])[] = [
  [
    'arm-authorization',
    [
      ['GET', /^\/subscriptions\/\{subscriptionId\}\/providers\/Microsoft\.Authorization\/roleAssignments$/],
      ['PUT', /^\/\{scope\}\/providers\/Microsoft\.Authorization\/roleAssignments\/\{roleAssignmentName\}$/],
      ['DELETE', /^\/\{scope\}\/providers\/Microsoft\.Authorization\/roleAssignments\/\{roleAssignmentName\}$/],
      ['GET', /^\/\{scope\}\/providers\/Microsoft\.Authorization\/roleDefinitions\/\{roleDefinitionId\}$/],
    ],
  ],
  [
    'arm-msi',
    [
      ['GET', /^\/subscriptions\/\{subscriptionId\}\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities$/],
      ['GET', /userAssignedIdentities\/\{resourceName\}$/],
      ['GET', /federatedIdentityCredentials$/],
      ['DELETE', /federatedIdentityCredentials\/\{\w+\}$/],
    ],
  ],
  ['arm-resources', [['PATCH', /^\/\{scope\}\/providers\/Microsoft\.Resources\/tags\/default$/]]],
  [
    'arm-resourcesdeployments',
    (['GET', 'PUT'] as const).flatMap((method) => [
      [method, /^\/subscriptions\/\{subscriptionId\}\/providers\/Microsoft\.Resources\/deployments\/\{deploymentName\}$/] as const,
      [method, /^\/subscriptions\/\{subscriptionId\}\/resourcegroups\/.*\/Microsoft\.Resources\/deployments\/\{deploymentName\}$/] as const,
    ]),
  ],
  [
    'arm-cosmosdb',
    [
      ['GET', /sqlRoleAssignments\/\{roleAssignmentId\}$/],
      ['DELETE', /sqlRoleAssignments\/\{roleAssignmentId\}$/],
    ],
  ],
  [
    'arm-monitor',
    [
      ['GET', /^\/\{resourceUri\}\/providers\/Microsoft\.Insights\/diagnosticSettings\/\{name\}$/],
      ['PUT', /^\/\{resourceUri\}\/providers\/Microsoft\.Insights\/diagnosticSettings\/\{name\}$/],
    ],
  ],
  ['arm-keyvault', [['GET', /vaults\/\{vaultName\}\/secrets\/\{secretName\}$/]]],
  [
    'keyvault-secrets',
    [
      ['GET', /^\/secrets\/\{secretName\}\/versions$/],
      ['PATCH', /^\/secrets\/\{secretName\}\/\{secretVersion\}$/],
    ],
  ],
  [
    'arm-appservice',
    [
      ['GET', /Microsoft\.Web\/sites\/\{name\}$/],
      ['POST', /Microsoft\.Web\/sites\/\{name\}\/(stop|start)$/],
    ],
  ],
  [
    'arm-appcontainers',
    [
      ['GET', /Microsoft\.App\/containerApps\/\{containerAppName\}$/],
      ['POST', /Microsoft\.App\/containerApps\/\{containerAppName\}\/(stop|start)$/],
    ],
  ],
  [
    'arm-compute',
    [
      ['GET', /virtualMachines\/\{vmName\}\/instanceView$/],
      ['POST', /virtualMachines\/\{vmName\}\/(deallocate|start)$/],
    ],
  ],
];

/** Deny assignments of users: a preview that the package of npm does not know. */
const DENIALS: PythonPackage = { name: 'azure-mgmt-authorization', folder: 'azure/mgmt/authorization' };
const DENIAL = '/{scope}/providers/Microsoft.Authorization/denyAssignments/{denyAssignmentId}';

const [packages = '', wheels = ''] = process.argv.slice(2);
if (!existsSync(join(packages, 'googleapis')) || !existsSync(join(wheels, DENIALS.folder)))
  throw new Error('give the folder node_modules with the packages, and the one with the wheels');
const read = (...path: readonly string[]): string => readFileSync(join(packages, ...path), 'utf8');
const versionOf = (name: string): string => (JSON.parse(read(name, 'package.json')) as { readonly version: string }).version;
const one = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

/** Fields of the interfaces of a declaration file: name of the field to the name of its schema, or to nothing where it is no object of the API. */
function interfacesOf(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Readonly<Record<string, string>>>();
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) {
      const fields = node.members
        .filter(ts.isPropertySignature)
        // Of a list of things that are described in place nothing is looked at.
        .map(
          (member) =>
            [member.name.getText().replace(/'/g, ''), one(member.type?.getText() ?? '', /^(?!Array<\{)[\s\S]*?(Schema\$\w+)/)] as const,
        );
      found.set(node.name.text, Object.fromEntries(fields));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.d.ts', text, ts.ScriptTarget.Latest, true));
  return found;
}

interface Operation {
  readonly service: string;
  readonly method: string;
  /** With `{parameter}` for one segment, `{+parameter}` for several. */
  readonly path: string;
  readonly query: readonly string[];
  /** Name of the body's schema. */
  readonly body?: string;
}

const schemas: Record<string, Readonly<Record<string, string>>> = {};

function google([service, version, resource, methods]: (typeof GOOGLE)[number]): readonly Operation[] {
  const code = read('googleapis/build/src/apis', service, `${version}.js`);
  const types = interfacesOf(read('googleapis/build/src/apis', service, `${version}.d.ts`));
  const body = code.slice(code.indexOf(`class ${resource} {`));
  const inClass = body.slice(0, body.indexOf('\n    class ', 10) < 0 ? undefined : body.indexOf('\n    class ', 10));
  return methods.map((name) => {
    const at = inClass.indexOf(`\n        ${name}(`);
    if (at < 0) throw new Error(`${service} ${resource} has no method ${name}`);
    const text = inClass.slice(at, at + 3_000);
    const media = one(text, /mediaUrl: \(rootUrl \+ '([^']+)'\)/);
    const path = (media || one(text, /url: \(rootUrl \+\s*'([^']+)'\)/)).replace(/^(?!\/)/, '/');
    const params = types.get(`Params$${resource}$${name[0]?.toUpperCase()}${name.slice(1).toLowerCase()}`) ?? {};
    const inPath = [...path.matchAll(/\{\+?(\w+)\}/g)].map((match) => match[1] ?? '');
    const query = Object.keys(params).filter((field) => !inPath.includes(field) && !['requestBody', 'media', 'resource'].includes(field));
    const schema = params['requestBody'] ?? '';
    if (schema && !media) describe(service, schema, types);
    return {
      service,
      method: one(text, /method: '(\w+)'/),
      path,
      query: query.sort(),
      ...(schema && !media ? { body: `${service}.${schema}` } : {}),
    };
  });
}

function describe(service: string, schema: string, types: ReadonlyMap<string, Readonly<Record<string, string>>>): void {
  const id = `${service}.${schema}`;
  if (schemas[id]) return;
  const fields = types.get(schema) ?? {};
  schemas[id] = Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, of === '' ? '' : `${service}.${of}`]));
  for (const of of Object.values(fields)) if (of !== '') describe(service, of, types);
}

/** Files below a folder. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(folder, file));

/** Operations of a package, in either of the two styles that its generators write. */
function azure([name, used]: (typeof AZURE)[number]): readonly Operation[] {
  const root = join(packages, '@azure', name, existsSync(join(packages, '@azure', name, 'dist-esm/src')) ? 'dist-esm/src' : 'dist/esm');
  const parameters = existsSync(join(root, 'models/parameters.js')) ? readFileSync(join(root, 'models/parameters.js'), 'utf8') : '';
  const serialised = (parameter: string): string =>
    one(parameters.slice(parameters.indexOf(`export const ${parameter} = {`)), /serializedName: "([^"]+)"/);
  const all = filesBelow(root).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const classic = [...text.matchAll(/\n\s+path: "([^"{]*[^"]*)",\s+httpMethod: "(\w+)",([\s\S]*?)\n\};/g)].map(
      ([, path = '', method = '', rest = '']) => ({
        service: name,
        method,
        path,
        query: [...one(rest, /queryParameters: \[([^\]]*)\]/).matchAll(/Parameters\.(\w+)/g)]
          .map((match) => serialised(match[1] ?? ''))
          .sort(),
      }),
    );
    const modular = [
      ...text.matchAll(/expandUrlTemplate\("([^"]+?)(?:\{\?([^}]+)\})?", \{[\s\S]*?context\s*\.path\(path\)\s*\.(\w+)\(/g),
    ].map(([, path = '', query = '', method = '']) => ({
      service: name,
      method: method.toUpperCase(),
      path: path.replace(/-(\w)(?=[\w-]*\})/g, (_, letter: string) => letter.toUpperCase()),
      query: query.split(',').filter(Boolean).map(decodeURIComponent).sort(),
    }));
    return [...classic, ...modular];
  });
  return used.flatMap(([method, path]) => {
    const found = all.filter((operation) => operation.method === method && path.test(operation.path));
    if (found.length === 0) throw new Error(`${name} has no ${method} ${path}`);
    return [...new Map(found.map((operation) => [operation.path, operation])).values()];
  });
}

const names = ['googleapis', ...AZURE.map(([name]) => `@azure/${name}`), '@microsoft/microsoft-graph-types'];
const graph = interfacesOf(read('@microsoft/microsoft-graph-types/microsoft-graph.d.ts'));
const rbac = read('@azure/arm-authorization/dist-esm/src/models/mappers.js');
/** Names of properties that a type of a package has, from the mapper of its body. */
function mapped(text: string, type: string): readonly string[] {
  const from = text.slice(text.indexOf(`export const ${type} = {`));
  return [...from.slice(0, from.indexOf('\n};')).matchAll(/serializedName: "properties\.([^"]+)"/g)].map((match) => match[1] ?? '');
}

/** Names of fields that a serialiser of a package writes. */
const written = (text: string, serialiser: string): readonly string[] =>
  [...one(text, new RegExp(`function ${serialiser}\\(item\\) \\{\\n    return \\{([\\s\\S]*?)\\n    \\};`)).matchAll(/\n {8}(\w+):/g)].map(
    (match) => match[1] ?? '',
  );
const denials = pythonOperations(wheels, DENIALS)
  // They are put by templates.
  .filter(({ method, path }) => path === DENIAL && method !== 'PUT')
  .map((operation) => ({ service: 'arm-authorization', ...operation }));
const deploymentModels = read('@azure/arm-resourcesdeployments/dist/esm/models/models.js');
const vaultModels = read('@azure/keyvault-secrets/dist/esm/models/models.js');

// Things of one service share paths: what is done to a key is done to an account.
const operations = [
  ...new Map(
    [...GOOGLE.flatMap(google), ...AZURE.flatMap(azure), ...denials]
      .map((one) => [`${one.service} ${one.method} ${one.path}`, one] as const)
      .reverse(),
  ).values(),
].reverse();
const SECOND = 'securitycenter';
const document = {
  generated: 'node --import tsx tools/evidence/api-descriptions.ts <node_modules of the packages> <folder of the wheels>',
  source: [...names.map((name) => `https://www.npmjs.com/package/${name}/v/${versionOf(name)}`), pythonSource(wheels, DENIALS)],
  licence: 'Apache-2.0 (googleapis), MIT (the others); names of calls and fields, as the providers publish them',
  about: 'calls that functions of this library make: method, path, names of query parameters, fields of the body and of what is in it',
  operations: operations.map((one) => (one.service === SECOND ? { ...one, path: one.path.replace('/v1/', '/v2/') } : one)),
  schemas,
  properties: {
    roleAssignment: mapped(rbac, 'RoleAssignmentCreateParameters'),
    diagnosticSetting: mapped(read('@azure/arm-monitor/dist-esm/src/models/mappers.js'), 'DiagnosticSettingsResource'),
    denyAssignment: pythonFields(wheels, DENIALS, 'DenyAssignmentProperties'),
    denyAssignmentPermission: pythonFields(wheels, DENIALS, 'DenyAssignmentPermission'),
    denyAssignmentPrincipal: pythonFields(wheels, DENIALS, 'DenyAssignmentPrincipal'),
    deployment: written(deploymentModels, 'deploymentSerializer'),
    deploymentProperties: written(deploymentModels, 'deploymentPropertiesSerializer'),
    secret: written(vaultModels, 'secretUpdateParametersSerializer'),
    secretAttributes: written(vaultModels, 'secretAttributesSerializer'),
    servicePrincipal: Object.keys(graph.get('ServicePrincipal') ?? {}).sort(),
  },
};
writeFileSync(TARGET, `${JSON.stringify(document, null, 1)}\n`);
