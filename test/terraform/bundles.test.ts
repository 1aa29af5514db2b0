import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { handlerFolder as azureFolder } from '../../lib/azure/private/handler-code';
import { handlerFolder as gcpFolder } from '../../lib/gcp/private/handler-code';

/** Characters of one file; that of Azure holds the login of the platform. */
const LARGEST = { azure: 1_200_000, gcp: 450_000 } as const;
const FOLDERS = { azure: azureFolder, gcp: gcpFolder } as const;
const CASES = (['azure', 'gcp'] as const).flatMap((cloud) =>
  readdirSync(`lib/${cloud}/runtime`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [cloud, name] as const),
);

test('both clouds have the same handlers', () => {
  const of = (cloud: string) => CASES.filter(([one]) => one === cloud).map(([, name]) => name);
  expect(of('azure')).toEqual(['containment', 'detector']);
  expect(of('gcp')).toEqual(of('azure'));
});

test.each(CASES)('on %s %s is one small file without a construct, beside what the builder of functions wants', (cloud, name) => {
  const folder = FOLDERS[cloud](name);
  const file = join(folder, 'index.js');
  expect(statSync(file).size).toBeLessThanOrEqual(LARGEST[cloud]);
  expect(readFileSync(file, 'utf8')).not.toMatch(/cdktf|jsii/);
  const files = readdirSync(folder).sort();
  expect(files).toEqual(cloud === 'azure' ? ['host.json', 'index.js', 'package.json'] : ['index.js', 'package.json']);
});

/** Node would print the whole file as the line that threw. */
const start = (file: string): string =>
  `try { const { handler } = require(${JSON.stringify(file)}); console.log(typeof handler) } catch (error) { console.log(error.message); }`;

test.each(CASES)('on %s %s does not start without its settings', (cloud, name) => {
  const file = join(FOLDERS[cloud](name), 'index.js');
  const printed = execFileSync(process.execPath, ['-e', start(file)], { env: { PATH: process.env['PATH'] } }).toString();
  expect(printed).toMatch(/lacks its setting [A-Z_]+|Cannot find module '@azure\/functions-core'/);
});

test.each(CASES)('on %s %s starts with its settings', (cloud, name) => {
  const names = [
    ...[
      'FLEET',
      'REGISTRY_BUCKET',
      'REGISTRY_PREFIX',
      'STATE_DATABASE',
      'DETECTION_TOPIC',
      'RECORD_DATABASE',
      'EVIDENCE_BUCKET',
      'PEER_TOPIC',
      'NOTICE_TOPIC',
      'CALLER',
    ],
    ...['AZURE_CLIENT_ID', 'STATE_TABLE', 'RECORD_TABLE', 'EVENT_HUB', 'CONSUMER_GROUP', 'EVENT_QUEUE'],
  ];
  const addresses = ['TOPIC_ENDPOINT', 'TABLE_ENDPOINT', 'REGISTRY_CONTAINER', 'FAILURE_CONTAINER', 'EVIDENCE_CONTAINER'];
  const env = {
    PATH: process.env['PATH'],
    SETTINGS: '{}',
    PEERS: '[]',
    ...Object.fromEntries(names.map((one) => [one, 'x'])),
    ...Object.fromEntries(addresses.map((one) => [one, 'https://example.com/x'])),
  };
  const printed = execFileSync(process.execPath, ['-e', start(join(FOLDERS[cloud](name), 'index.js'))], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // The host of functions on Azure is told what there is, and is handed nothing.
  expect(printed.toString().trim().split('\n').at(-1)).toBe(cloud === 'gcp' ? 'function' : 'undefined');
});
