import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ALL_TRAITS, readLog } from '../../lib/cli/read-log';
import { type AgentEvent, isAgentEvent } from '../../lib/core/agent-event';
import { Detector } from '../../lib/core/detection/detector';
import type { WatchedAgent } from '../../lib/core/detection/registry';
import { DetectionRun } from '../../lib/core/detection/run';
import type { Detection } from '../../lib/core/detection/types';
import { CompiledRegistry } from '../../lib/core/detection/watched';

interface Recorded {
  readonly cloud: string;
  readonly rule: string;
  readonly name: string;
  readonly expected: boolean;
  readonly log: unknown;
}

const { records } = JSON.parse(gunzipSync(readFileSync('test/fixtures/recorded/panther.json.gz')).toString()) as {
  readonly records: readonly Recorded[];
};
const READ = records.map((record) => ({ record, read: readLog(record.log) }));
const EVENTS = READ.flatMap(({ record, read }) => (isAgentEvent(read) ? [{ record, event: read }] : []));

function judge(event: AgentEvent, grants: WatchedAgent['grants']): readonly Detection[] {
  const agent: WatchedAgent = {
    name: 'subject',
    fleet: 'main',
    cloud: event.cloud,
    principals: [event.principal],
    grants,
    workflows: [],
    limits: {},
    scope: {},
    sessionSeconds: 3600,
  };
  const run = new DetectionRun(new Detector(new CompiledRegistry({ schemaVersion: 1, agents: [agent] }, ALL_TRAITS)));
  return [...run.add(event), ...run.finish({ ended: true })];
}

test('records of two clouds are read, or say why not', () => {
  expect(records.length).toBeGreaterThan(400);
  const reasons: Record<string, number> = {};
  for (const { record, read } of READ) {
    if (isAgentEvent(read)) expect(read.cloud).toBe(record.cloud);
    else reasons[read.reason] = (reasons[read.reason] ?? 0) + 1;
  }
  expect(reasons).toMatchInlineSnapshot(`
{
  "It is no log entry with a payload.": 6,
  "It is the end of an operation whose beginning was recorded.": 5,
  "It lacks one of insertId, timestamp and methodName.": 6,
  "It lacks one of its id, its time and what was done.": 2,
  "It lacks one of time, operationName, resourceId and correlationId.": 5,
  "Its version is null, and 1.x is known.": 6,
  "Operation 'GetBlobServiceProperties' of microsoft.storage/storageaccounts is not known.": 1,
}
`);
});

test('each call that was never granted is detected, whatever log it is in', () => {
  const missed = EVENTS.filter(({ event }) => !ALL_TRAITS.of(event.action).includes('free') && judge(event, []).length === 0);
  expect(missed.map(({ record, event }) => `${record.rule} ${event.action}`)).toEqual([]);
});

test('the same call granted as it was made gives no alarm, but for what no grant excuses', () => {
  const excused = new Set(['makes-credentials', 'touches-evidence', 'hands-out-access', 'opens-outside']);
  const alarms = EVENTS.flatMap(({ record, event }) =>
    judge(event, [{ actions: [event.action], resources: event.resources.length > 0 ? event.resources : ['*'] }])
      .filter(({ rule }) => !excused.has(rule))
      .map(({ rule }) => `${record.rule} ${rule}`),
  );
  expect(alarms).toEqual([]);
});

test('signals of attacks, by cloud', () => {
  const counts: Record<string, number> = {};
  for (const { record, event } of EVENTS) {
    if (!record.expected) continue;
    for (const { signal, severity } of judge(event, []).slice(0, 1)) {
      const key = `${record.cloud} ${signal} ${severity}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  expect(Object.fromEntries(Object.entries(counts).sort())).toMatchInlineSnapshot(`
{
  "azure privilege-escalation critical": 33,
  "azure unexpected-call critical": 18,
  "azure unexpected-call high": 98,
  "azure unexpected-call low": 11,
  "azure unexpected-call medium": 3,
  "gcp privilege-escalation critical": 32,
  "gcp unexpected-call critical": 4,
  "gcp unexpected-call high": 34,
  "gcp unexpected-call medium": 3,
}
`);
});
