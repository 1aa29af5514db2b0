import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { handlerFolder as aws } from '../../lib/aws/private/handler-code';
import { handlerFolder as azure } from '../../lib/azure/private/handler-code';
import { handlerFolder as gcp } from '../../lib/gcp/private/handler-code';

const FOLDERS: Readonly<Record<string, (name: string) => string>> = { aws, azure, gcp };

/**
 * Bytes that a bundle may have. The responder of AWS speaks to fourteen services, and those of Azure hold its SDKs for functions, identities and storage; they
 * start before they are needed, by a sweep of every minute.
 */
const LARGEST: Readonly<Record<string, number>> = {
  'aws/containment': 930_000,
  'aws/governor': 600_000,
  'azure/detector': 1_150_000,
  'azure/containment': 1_150_000,
  'azure/governor': 1_050_000,
};
const USUAL = 400_000;

const HANDLERS = Object.keys(FOLDERS).flatMap((cloud) =>
  readdirSync(join('lib', cloud, 'runtime'))
    .filter((name) => existsSync(join('lib', cloud, 'runtime', name, 'index.ts')))
    .map((name) => [cloud, name] as const),
);
const fileOf = (cloud: string, name: string): string => join(FOLDERS[cloud]?.(name) ?? '', 'index.js');

/** Every setting that a handler of the cloud reads. */
const settingsOf = (cloud: string): readonly string[] => {
  const texts = readdirSync(join('lib', cloud, 'runtime'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join('lib', cloud, 'runtime', path), 'utf8'));
  return texts.flatMap((text) =>
    [...text.matchAll(/\b(?:setting|jsonSetting)\w*(?:<[^>]+>)?\(\s*'([A-Z_]+)'/g)].map((match) => match[1] ?? ''),
  );
};
const VALUES: Readonly<Record<string, string>> = {
  TARGETS: '{}',
  SETTINGS: '{}',
  PEERS: '[]',
  FORWARD: '[]',
  AGENTS: '[]',
  PROBED_PLACES: '[]',
};
const given = (cloud: string): NodeJS.ProcessEnv =>
  Object.fromEntries(settingsOf(cloud).map((name) => [name, VALUES[name] ?? 'https://example.com/x']));

test('handlers are found, and what is said of sizes is said of handlers', () => {
  expect(HANDLERS.length).toBeGreaterThanOrEqual(12);
  expect(HANDLERS.map((one) => one.join('/'))).toEqual(expect.arrayContaining(Object.keys(LARGEST)));
});

test.each(HANDLERS)('%s %s is one file that is small, starts, and holds none of the constructs', (cloud, name) => {
  const file = fileOf(cloud, name);
  expect(statSync(file).size).toBeLessThanOrEqual(LARGEST[`${cloud}/${name}`] ?? USUAL);
  expect(readFileSync(file, 'utf8')).not.toMatch(/aws-cdk-lib|cdktf|jsii/);
  const env = { ...process.env, ...given(cloud), AWS_REGION: 'eu-central-1' };
  const printed = execFileSync(process.execPath, ['-e', `console.log(typeof require(${JSON.stringify(file)}).handler)`], {
    env,
    stdio: 'pipe',
  });
  // What Azure calls is told to its host, and not exported.
  expect(printed.toString().trim().split('\n').at(-1)).toBe(cloud === 'azure' ? 'undefined' : 'function');
});

/** What the builder of functions wants beside the code. */
const BESIDE: Readonly<Record<string, readonly string[]>> = { aws: [], azure: ['host.json', 'package.json'], gcp: ['package.json'] };

test.each(HANDLERS)('%s %s is beside what its cloud wants, and nothing else', (cloud, name) => {
  expect(readdirSync(FOLDERS[cloud]?.(name) ?? '').sort()).toEqual(['index.js', ...(BESIDE[cloud] ?? [])].sort());
});

test('clouds of Terraform have the same handlers', () => {
  const of = (wanted: string): readonly string[] => HANDLERS.filter(([cloud]) => cloud === wanted).map(([, name]) => name);
  expect(of('azure')).toEqual(['containment', 'detector', 'governor']);
  // Google says what somebody may do to that one alone: there a canary asks itself.
  expect(of('gcp')).toEqual([...of('azure'), 'probe']);
});

test.each(HANDLERS)('%s %s does not start without its settings', (cloud, name) => {
  const env = { ...process.env, ...Object.fromEntries(settingsOf(cloud).map((one) => [one, ''])), AWS_REGION: 'eu-central-1' };
  // Node would print the whole file as the line that threw.
  const start = `try { require(${JSON.stringify(fileOf(cloud, name))}) } catch (error) { console.error(error.message); process.exit(1) }`;
  expect(() => execFileSync(process.execPath, ['-e', start], { env, stdio: 'pipe' })).toThrow(/lacks its setting [A-Z_]+/);
});
