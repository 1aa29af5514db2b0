import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from './command';
import { expectEqual, type Report } from './report';

const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };

/** Every package that belongs to one cloud; a user of another must not get it. */
const CLOUD_PACKAGES = ['aws-cdk-lib', 'cdktf', '@cdktf/provider-azurerm', '@cdktf/provider-google'];

interface Consumer {
  readonly cloud: string;
  /** Peers its README names, and no other. */
  readonly peers: readonly string[];
  /** Types that its synthesised output must hold. */
  readonly resources: readonly string[];
  readonly output: string;
}

const CONSUMERS: readonly Consumer[] = [
  {
    cloud: 'aws',
    peers: ['constructs', 'aws-cdk-lib'],
    resources: ['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy'],
    output: 'out/Consumer.template.json',
  },
  {
    cloud: 'azure',
    peers: ['constructs', 'cdktf', '@cdktf/provider-azurerm'],
    resources: ['azurerm_user_assigned_identity', 'azurerm_role_definition', 'azurerm_role_assignment'],
    output: 'out/stacks/consumer/cdk.tf.json',
  },
  {
    cloud: 'gcp',
    peers: ['constructs', 'cdktf', '@cdktf/provider-google'],
    resources: ['google_service_account', 'google_storage_bucket_iam_member'],
    output: 'out/stacks/consumer/cdk.tf.json',
  },
];

/** The packed tarball works in an empty project of each cloud, which holds nothing of the other clouds. */
export async function checkPackage(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentic-iam-package-'));
  try {
    let tarball = '';
    await report.check('package packs', async () => {
      tarball = await pack(folder);
    });
    if (!tarball) return;
    for (const consumer of CONSUMERS) await checkConsumer(report, consumer, { folder: join(folder, consumer.cloud), tarball });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs, which builds first, and looks at what would be published. */
async function pack(folder: string): Promise<string> {
  const output = await run('npm', ['pack', '--json', '--pack-destination', folder]);
  const [packed] = JSON.parse(output.slice(output.search(/^\[/m))) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error('npm pack names no tarball');
  const strays = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^(dist\/|package\.json$|README\.md$|LICENSE$|NOTICE$|CHANGELOG\.md$)/.test(path));
  expectEqual('files that should not ship', strays, []);
  return join(folder, packed.filename);
}

async function checkConsumer(report: Report, consumer: Consumer, { folder, tarball }: { folder: string; tarball: string }): Promise<void> {
  const { cloud, peers, resources, output } = consumer;
  let installed = false;
  await report.check(`package installs with ${peers.join(', ')} alone`, async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', private: true }));
    const versions = peers.map((peer) => `${peer}@${devDependencies[peer]}`);
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
    await run('npm', ['install', ...quiet, tarball, ...versions], { cwd: folder, timeout: 600_000 });
    const others = CLOUD_PACKAGES.filter((name) => !peers.includes(name) && existsSync(join(folder, 'node_modules', name)));
    expectEqual('packages of other clouds', others, []);
    installed = true;
  });
  if (!installed) return;
  await report.check(`package type checks on ${cloud}`, () => typeCheck(folder, cloud));
  await report.check(`package synthesises on ${cloud}, from CommonJS`, async () => {
    const said = await run('node', ['app.js'], { cwd: folder });
    expectEqual('agents of the manifest', JSON.parse(said), [`${cloud}/invoice-reader`]);
    const text = readFileSync(join(folder, output), 'utf8');
    expectEqual(
      `types missing in ${output}`,
      resources.filter((type) => !text.includes(`"${type}"`)),
      [],
    );
    expectEqual(
      'manifest beside the output',
      existsSync(join(folder, 'out', 'agentic-iam.manifest.json')) || existsSync(join(folder, output, '..', 'agentic-iam.manifest.json')),
      true,
    );
  });
  await report.check(`package gives its names to ES modules on ${cloud}`, async () => {
    const program = `import { AgentSpec } from 'agentic-iam'; import { Agent } from 'agentic-iam/${cloud}'; console.log(typeof AgentSpec, typeof Agent);`;
    expectEqual(
      'what the names are',
      (await run('node', ['--input-type=module', '-e', program], { cwd: folder })).trim(),
      'function function',
    );
  });
  await report.check(`package hides what is deeper on ${cloud}`, () => {
    const consumerRequire = createRequire(join(folder, 'app.js'));
    for (const path of ['agentic-iam/dist/core/fleet', `agentic-iam/dist/${cloud}/agent`, 'agentic-iam/package.json']) {
      expectEqual(
        `${path} is refused`,
        refusal(() => consumerRequire.resolve(path)),
        'ERR_PACKAGE_PATH_NOT_EXPORTED',
      );
    }
  });
}

/** Compiles the program to CommonJS; only faults of the program and of our own declarations count. */
async function typeCheck(folder: string, cloud: string): Promise<void> {
  writeFileSync(join(folder, 'app.ts'), readFileSync(join(__dirname, 'consumers', `${cloud}.ts`), 'utf8'));
  const options = {
    target: 'ES2022',
    module: 'node16',
    moduleResolution: 'node16',
    strict: true,
    exactOptionalPropertyTypes: true,
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts', 'globals.d.ts'] }));
  writeFileSync(join(folder, 'globals.d.ts'), 'declare const console: { log(text: string): void };\n');
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const said = await run('node', [tsc, '-p', 'tsconfig.json', '--pretty', 'false'], { cwd: folder }).catch((error: Error) => error.message);
  const ours = said.split('\n').filter((line) => /^(app\.ts|node_modules\/agentic-iam\/)/.test(line));
  expectEqual('type errors', ours, []);
  if (!existsSync(join(folder, 'app.js'))) throw new Error(`tsc wrote no app.js\n${said}`);
}

function refusal(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
