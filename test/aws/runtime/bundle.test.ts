import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { handlerFolder } from '../../../lib/aws/private/handler-code';

const HANDLERS = ['task-broker', 'task-revoker', 'detector', 'notifier'] as const;
const SETTINGS = ['TEMPLATES_PATH', 'LEDGER_TABLE', 'CHAIN_POLICIES', 'FLEET', 'REGISTRY_PATH', 'STATE_TABLE', 'DETECTION_BUS', 'TARGETS'];
const settings = (value: string) => Object.fromEntries(SETTINGS.map((name) => [name, value]));
const LARGEST = 400_000;

test.each(HANDLERS)('%s is one file that is small, has its handler, and holds none of the constructs', (name) => {
  const file = join(handlerFolder(name), 'index.js');
  expect(statSync(file).size).toBeLessThanOrEqual(LARGEST);
  expect(readFileSync(file, 'utf8')).not.toMatch(/aws-cdk-lib|jsii/);
  const env = { ...process.env, ...{ ...settings('/x'), TARGETS: '{}' }, AWS_REGION: 'eu-central-1' };
  const printed = execFileSync(process.execPath, ['-e', `console.log(typeof require(${JSON.stringify(file)}).handler)`], { env });
  expect(printed.toString().trim()).toBe('function');
});

test.each(HANDLERS)('%s does not start without its settings', (name) => {
  const file = join(handlerFolder(name), 'index.js');
  const env = { ...process.env, ...settings(''), AWS_REGION: 'eu-central-1' };
  expect(() => execFileSync(process.execPath, ['-e', `require(${JSON.stringify(file)})`], { env, stdio: 'pipe' })).toThrow(
    /lacks its setting (TEMPLATES_PATH|CHAIN_POLICIES|FLEET|TARGETS)/,
  );
});
