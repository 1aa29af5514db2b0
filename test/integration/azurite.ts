import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from './command';
import { freePort } from './free-port';
import type { Report } from './report';

const PINNED = join(ROOT, 'test', 'integration', 'azurite');
const FOLDER = join(ROOT, '.azurite');
const STAMP = join(FOLDER, 'agentic-iam-lock');
const ACCOUNT = 'agenticiam';

interface Results {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The stores and blobs of the functions on Azure, against Azure's own emulator of storage. */
export async function checkAzurite(report: Report): Promise<void> {
  const missing = await prepare();
  if (missing !== undefined) {
    report.skip('azurite', missing);
    return;
  }
  const key = randomBytes(32).toString('base64');
  const [blob, queue, table] = [await freePort(), await freePort(), await freePort()];
  const ports = ['--blobPort', String(blob), '--queuePort', String(queue), '--tablePort', String(table)];
  const program = join(FOLDER, 'node_modules/azurite/dist/src/azurite.js');
  const env = { ...process.env, AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` };
  const server = spawn(process.execPath, [program, '--inMemoryPersistence', '--skipApiVersionCheck', '--silent', ...ports], {
    env,
    stdio: 'ignore',
  });
  const output = join(tmpdir(), `agentic-iam-azurite-${process.pid}.json`);
  try {
    await answers(`http://127.0.0.1:${table}/`);
    const at = (port: number): string => `http://127.0.0.1:${port}/${ACCOUNT}`;
    const address = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${key};BlobEndpoint=${at(blob)};TableEndpoint=${at(table)};`;
    const jest = ['node_modules/jest/bin/jest.js', '--testMatch', '**/azurite.story.ts', '--json', '--outputFile', output];
    await run(process.execPath, jest, { env: { ...process.env, AZURITE: address }, timeout: 120_000 }).catch(() => undefined);
    const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Results;
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    if (tests.length === 0) throw new Error(`no test ran: ${testResults.map(({ message }) => message).join('\n')}`);
    for (const { fullName, status, failureMessages } of tests)
      await report.check(`azurite ${fullName}`, () => {
        if (status !== 'passed') throw new Error(failureMessages.join('\n'));
      });
  } finally {
    server.kill();
    rmSync(output, { force: true });
  }
}

/** Installs exactly what the lock names; why it cannot, where it cannot. */
async function prepare(): Promise<string | undefined> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(PINNED, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return undefined;
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(PINNED, file), join(FOLDER, file));
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER, timeout: 300_000 });
  } catch (error) {
    return `azurite could not be installed: ${String(error).split('\n').at(-1)}`;
  }
  writeFileSync(STAMP, wanted);
  return undefined;
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((done) => {
      setTimeout(done, 200);
    });
  }
  throw new Error('azurite did not start within 20 seconds');
}
