import { type ManifestAgent, makeManifest } from '../../lib/core/manifest';
import { cli, Workbench } from './command-line';

const bench = new Workbench();
afterAll(() => bench.remove());

const agent = (name: string, fleet = 'prod') =>
  ({
    name,
    fleet,
    cloud: 'aws',
    construct: 'x',
    owner: 'o',
    purpose: 'p',
    mode: 'READ_ONLY',
    scope: {},
    limits: {},
    maxSessionSeconds: 900,
    delegatesTo: [],
    workflows: [],
    identity: { kind: 'iam-role', name: 'r', principal: 'arn', trust: [], credentialLifeSeconds: 900, credentialLifeReason: 'r' },
    access: [],
    native: [],
    findings: [],
  }) as unknown as ManifestAgent;
const manifest = bench.write(
  'manifest.json',
  makeManifest('0.1.0', { aws: '1' }, [agent('reader'), agent('writer'), agent('reader', 'test')]),
);

test('saved searches for Splunk, one a signal and fleet', async () => {
  const { code, out } = await cli(['alerts', '--for', 'splunk', '--manifest', manifest]);
  expect(code).toBe(0);
  expect(out.match(/^\[.*\]$/gm)).toHaveLength(10);
  expect(out.split('\n\n')[0]).toMatchInlineSnapshot(`
"[Agents of prod: privilege-escalation]
description = An agent of fleet prod tried to get more access than it was given. Agents: reader, writer.
search = sourcetype="ocsf:detection_finding" source="agentic-iam" unmapped.fleet="prod" unmapped.signal="privilege-escalation" | stats count, latest(message) as message, latest(severity) as severity, values(finding_info.uid) as behaviours by unmapped.agent
dispatch.earliest_time = -5m@m
dispatch.latest_time = @m
cron_schedule = */5 * * * *
enableSched = 1
alert_type = number of events
alert_comparator = greater than
alert_threshold = 0
alert.severity = 5
alert.suppress = 1
alert.suppress.fields = unmapped.agent
alert.suppress.period = 1h
alert.track = 1"
`);
});

test('monitors for Datadog, written to a file and over an earlier one', async () => {
  const out = `${bench.path}/out`;
  const args = ['alerts', '--for', 'datadog', '--manifest', manifest, '--out', out];
  expect((await cli(args)).code).toBe(0);
  expect((await cli(args)).code).toBe(0);
  const monitors = JSON.parse(bench.read('out/datadog-monitors.json')) as readonly object[];
  expect(monitors).toHaveLength(10);
  expect(monitors[0]).toMatchInlineSnapshot(`
{
  "message": "Agent {{@unmapped.agent.name}} of fleet prod tried to get more access than it was given. The findings say what it did and what is recommended.",
  "name": "Agents of prod: privilege-escalation",
  "options": {
    "enable_logs_sample": true,
    "include_tags": true,
    "notify_no_data": false,
    "renotify_interval": 60,
    "thresholds": {
      "critical": 0,
    },
  },
  "priority": 1,
  "query": "logs("@metadata.product.name:agentic-iam @unmapped.fleet:prod @unmapped.signal:privilege-escalation").index("*").rollup("count").by("@unmapped.agent").last("5m") > 0",
  "tags": [
    "source:agentic-iam",
    "fleet:prod",
    "signal:privilege-escalation",
    "agent:reader",
    "agent:writer",
  ],
  "type": "log alert",
}
`);
});

test.each<[string, readonly string[], RegExp]>([
  ['a product that is none', ['--for', 'pager', '--manifest', manifest], /'--for' must be one of splunk, datadog.*got: 'pager'/],
  ['a manifest that is not there', ['--for', 'splunk', '--manifest', 'nowhere'], /nowhere/],
  [
    'a name that a search would read as more',
    ['--for', 'splunk', '--manifest', bench.write('odd.json', makeManifest('1', {}, [agent('a" OR 1=1')]))],
    /must be of 'a-z'.*\[unusable-alert-name\]|must/,
  ],
])('%s is refused', async (_, args, message) => {
  const { code, err } = await cli(['alerts', ...args]);
  expect(err).toMatch(message);
  expect(code).toBe(2);
});
