import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { handlerFolder as awsFolder } from '../../../lib/aws/private/handler-code';
import { handlerFolder as azureFolder } from '../../../lib/azure/private/handler-code';
import { ALL_TRAITS, readLog } from '../../../lib/cli/read-log';
import { type AgentEvent, isAgentEvent } from '../../../lib/core/agent-event';
import { Detector } from '../../../lib/core/detection/detector';
import type { WatchedAgent } from '../../../lib/core/detection/registry';
import { DetectionRun } from '../../../lib/core/detection/run';
import { CompiledRegistry } from '../../../lib/core/detection/watched';
import { handlerFolder as googleFolder } from '../../../lib/gcp/private/handler-code';
import { type Call, RECORDED } from '../../../test/parity/recorded-story';
import { type Goal, median } from '../table';

const FOLDERS = { aws: awsFolder, azure: azureFolder, gcp: googleFolder } as const;
const RECORDS = 20_000;
const ROUNDS = 5;
/** Rules that no grant excuses: they tell what a granted call did. */
const EXCUSED: ReadonlySet<string> = new Set(['makes-credentials', 'touches-evidence', 'hands-out-access', 'opens-outside']);

const watched = (cloud: string, principal: string, grants: WatchedAgent['grants']): WatchedAgent => ({
  name: 'reader',
  fleet: 'main',
  cloud,
  principals: [principal],
  grants,
  workflows: [],
  limits: {},
  scope: {},
  sessionSeconds: 3_600,
});
const runOf = (agent: WatchedAgent): DetectionRun =>
  new DetectionRun(new Detector(new CompiledRegistry({ schemaVersion: 1, agents: [agent] }, ALL_TRAITS)));

/** What the detector does on each cloud: recall and false alarms on recorded calls, the speed of one core beside AWS's, and the size of what is deployed. */
export function cloudGoals(): readonly Goal[] {
  return [...recallGoals(), ...speedGoals(), ...sizeGoals()];
}

function recallGoals(): readonly Goal[] {
  const text = gunzipSync(readFileSync('test/fixtures/recorded/panther.json.gz')).toString();
  const { records } = JSON.parse(text) as { readonly records: readonly { readonly cloud: string; readonly log: unknown }[] };
  return ['azure', 'gcp'].flatMap((cloud): readonly Goal[] => {
    const read = records.filter((one) => one.cloud === cloud).map(({ log }) => readLog(log));
    const events = read.filter((one): one is AgentEvent => isAgentEvent(one) && !ALL_TRAITS.of(one.action).includes('free'));
    const found = events.filter((event) => detections(event, []).length > 0);
    const alarms = events.filter((event) =>
      detections(event, [{ actions: [event.action], resources: event.resources.length > 0 ? event.resources : ['*'] }]).some(
        ({ rule }) => !EXCUSED.has(rule),
      ),
    );
    const signals = ['privilege-escalation', 'unexpected-call'].map((signal) => {
      const of = found.filter((event) => detections(event, [])[0]?.signal === signal);
      return `${signal} ${of.length}`;
    });
    return [
      {
        goal: `${cloud}: each recorded call that was never granted is detected`,
        found: `${found.length} of ${events.length}; ${signals.join(', ')}`,
        met: found.length === events.length,
      },
      { goal: `${cloud}: the same calls, granted, give no alarm`, found: `${alarms.length} of ${events.length}`, met: alarms.length === 0 },
    ];
  });
}

function detections(event: AgentEvent, grants: WatchedAgent['grants']) {
  const run = runOf(watched(event.cloud, event.principal, grants));
  return [...run.add(event), ...run.finish({ ended: true })];
}

function speedGoals(): readonly Goal[] {
  const texts = Object.fromEntries(
    Object.entries(RECORDED).map(([cloud, { record }]) => {
      const line = (at: number): string => {
        const call: Call = at % 33 === 0 ? 'read-elsewhere' : 'read';
        const time = new Date(1_780_000_000_000 + at * 3_000).toISOString();
        return JSON.stringify(record(call, { id: `e${at}`, at: time, thing: `${at % 50}.pdf` }));
      };
      return [cloud, Array.from({ length: RECORDS }, (_, at) => line(at))];
    }),
  );
  const rates = Object.fromEntries(Object.keys(RECORDED).map((cloud) => [cloud, [] as number[]]));
  // Round after round, so that what else the machine does falls on each of them.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [cloud, { principal, grants }] of Object.entries(RECORDED)) {
      const run = runOf(watched(cloud, principal, grants));
      const start = performance.now();
      for (const text of texts[cloud] ?? []) {
        const read = readLog(JSON.parse(text));
        if (isAgentEvent(read)) run.add(read);
      }
      rates[cloud]?.push(RECORDS / ((performance.now() - start) / 1_000));
    }
  const of = (cloud: string): number => median(rates[cloud] ?? []);
  return Object.keys(RECORDED)
    .filter((cloud) => cloud !== 'aws')
    .map((cloud) => ({
      goal: `${cloud}: events/s on one core, at least half of what AWS's are`,
      found: `${Math.round(of(cloud)).toLocaleString('en')}/s, ${(of(cloud) / of('aws')).toFixed(2)}x`,
      met: of(cloud) >= of('aws') / 2,
    }));
}

function sizeGoals(): readonly Goal[] {
  return Object.entries(FOLDERS).map(([cloud, folder]) => {
    const sizes = (['detector', 'containment'] as const).map((name) => [name, statSync(join(folder(name), 'index.js')).size] as const);
    return {
      goal: `${cloud}: handlers of at most 1,200 kB`,
      found: sizes.map(([name, size]) => `${name} ${Math.round(size / 1_000)} kB`).join(', '),
      met: sizes.every(([, size]) => size <= 1_200_000),
    };
  });
}
