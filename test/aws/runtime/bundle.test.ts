import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { handlerFolder } from '../../../lib/aws/private/handler-code';

/** The responder speaks to fourteen services; it starts before it is needed, by its sweep of every minute. */
const LARGEST = { 'task-broker': 400_000, 'task-revoker': 400_000, detector: 400_000, notifier: 400_000, containment: 930_000 } as const;
const HANDLERS = Object.keys(LARGEST) as (keyof typeof LARGEST)[];
const SETTINGS = [
  'TEMPLATES_PATH',
  'LEDGER_TABLE',
  'CHAIN_POLICIES',
  'FLEET',
  'REGISTRY_PATH',
  'STATE_TABLE',
  'DETECTION_BUS',
  'TARGETS',
  'TOPICS',
  'RECORD_TABLE',
  'EVIDENCE_BUCKET',
  'SETTINGS',
  'PEERS',
];
const settings = (value: string) => Object.fromEntries(SETTINGS.map((name) => [name, value]));

test.each(HANDLERS)('%s is one file that is small, has its handler, and holds none of the constructs', (name) => {
  const file = join(handlerFolder(name), 'index.js');
  expect(statSync(file).size).toBeLessThanOrEqual(LARGEST[name]);
  expect(readFileSync(file, 'utf8')).not.toMatch(/aws-cdk-lib|jsii/);
  const env = { ...process.env, ...{ ...settings('/x'), TARGETS: '{}', SETTINGS: '{}', PEERS: '[]' }, AWS_REGION: 'eu-central-1' };
  const printed = execFileSync(process.execPath, ['-e', `console.log(typeof require(${JSON.stringify(file)}).handler)`], { env });
  expect(printed.toString().trim()).toBe('function');
});

test.each(HANDLERS)('%s does not start without its settings', (name) => {
  const file = join(handlerFolder(name), 'index.js');
  const env = { ...process.env, ...settings(''), AWS_REGION: 'eu-central-1' };
  // Node would print the whole file as the line that threw.
  const start = `try { require(${JSON.stringify(file)}) } catch (error) { console.error(error.message); process.exit(1) }`;
  expect(() => execFileSync(process.execPath, ['-e', start], { env, stdio: 'pipe' })).toThrow(
    /lacks its setting (TEMPLATES_PATH|CHAIN_POLICIES|FLEET|TARGETS|TOPICS)/,
  );
});
