import { readdirSync } from 'node:fs';
import { ALL_TRAITS } from '../../lib/cli/read-log';
import { Responder } from '../../lib/core/containment/responder';
import { ContainmentService } from '../../lib/core/containment/service';
import { Detector } from '../../lib/core/detection/detector';
import type { WatchedAgent } from '../../lib/core/detection/registry';
import { DetectionRun } from '../../lib/core/detection/run';
import type { Detection } from '../../lib/core/detection/types';
import { CompiledRegistry } from '../../lib/core/detection/watched';
import { FakeCloud } from '../core/containment/fake-cloud';
import { type Call, eventsOf, RECORDED, type RecordedCloud } from './recorded-story';

type Chapter = readonly (readonly [seconds: number, call: Call])[];
const burst = (call: Call, count: number, every = 1): Chapter => Array.from({ length: count }, (_, at) => [at * every, call] as const);
const CHAPTERS: Readonly<Record<string, Chapter>> = {
  'works as declared': [
    [0, 'list'],
    [2, 'read'],
    [4, 'read'],
    [6, 'read'],
  ],
  'gives itself access': [
    [0, 'list'],
    [2, 'give-itself-access'],
  ],
  'stops the log': [
    [0, 'list'],
    [2, 'stop-the-log'],
  ],
  deletes: [
    [0, 'list'],
    [2, 'read'],
    [4, 'delete'],
  ],
  'reads elsewhere': [
    [0, 'list'],
    [2, 'read-elsewhere'],
  ],
  'reads before it lists': [
    [0, 'read'],
    [2, 'list'],
  ],
  'guesses names': [[0, 'list'], ...burst('read-what-is-not-there', 20, 2)],
  'reads faster than it may': [[0, 'list'], ...burst('read', 40)],
};

const agentOf = (cloud: string, { principal, grants }: RecordedCloud): WatchedAgent => ({
  name: 'reader',
  fleet: 'main',
  cloud,
  principals: [principal],
  grants,
  workflows: [
    {
      name: 'answer',
      steps: [
        { oneOf: ['files:list'], occurs: 'once' },
        { oneOf: ['files:read'], occurs: 'any' },
      ],
    },
  ],
  limits: { callsPerMinute: 30 },
  scope: {},
  sessionSeconds: 3600,
});

function detectionsOf(cloud: string, chapter: Chapter): readonly Detection[] {
  const recorded = RECORDED[cloud] as RecordedCloud;
  const registry = new CompiledRegistry({ schemaVersion: 1, agents: [agentOf(cloud, recorded)] }, ALL_TRAITS);
  const run = new DetectionRun(new Detector(registry));
  return [...eventsOf(recorded, chapter).flatMap((event) => run.add(event)), ...run.finish({ ended: true })];
}

/** What becomes of the agent, by a responder that may act. */
async function stageAfter(detections: readonly Detection[]): Promise<string> {
  const cloud = new FakeCloud();
  const ports = cloud.ports(['reader']);
  const agent = async (key: { readonly agent: string; readonly fleet: string }) => {
    const found = await ports.agent(key);
    return found && { ...found, responses: { velocity: 'restrict' as const } };
  };
  const responder = new Responder({ ...ports, agent });
  const now = () => new Date(cloud.clock * 1000);
  const service = new ContainmentService({ responder, agent, now, log: () => {}, drilled: () => {}, cloud: 'here' });
  for (const detection of detections) await service.detected(detection);
  return cloud.world('reader').denied ?? 'goes on';
}

const CLOUDS = readdirSync('lib/events', { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []));

test('every cloud whose log is read has the story', () => {
  expect(Object.keys(RECORDED).sort()).toEqual([...CLOUDS].sort());
});

test('the same story, as three clouds record it, gives the same detections and the same stages', async () => {
  const told: Record<string, unknown> = {};
  for (const [name, chapter] of Object.entries(CHAPTERS)) {
    const byCloud = await Promise.all(
      CLOUDS.map(async (cloud) => {
        const detections = detectionsOf(cloud, chapter);
        return {
          detections: [...new Set(detections.map(({ signal, rule, severity }) => `${signal}: ${rule}, ${severity}`))].sort(),
          stage: await stageAfter(detections),
        };
      }),
    );
    const [first, ...others] = byCloud;
    for (const other of others) expect({ name, ...other }).toEqual({ name, ...first });
    told[name] = [...(first?.detections ?? []), first?.stage];
  }
  expect(told).toMatchInlineSnapshot(`
{
  "deletes": [
    "unexpected-call: outside-grant, high",
    "goes on",
  ],
  "gives itself access": [
    "privilege-escalation: escalation-step, critical",
    "unexpected-call: outside-grant, high",
    "braked",
  ],
  "guesses names": [
    "unknown-sequence: not-found-burst, medium",
    "unknown-sequence: unseen-resource, medium",
    "goes on",
  ],
  "reads before it lists": [
    "unknown-sequence: does-not-conform, medium",
    "goes on",
  ],
  "reads elsewhere": [
    "cross-boundary: resource-outside, high",
    "goes on",
  ],
  "reads faster than it may": [
    "velocity: agent-limit, medium",
    "restricted",
  ],
  "stops the log": [
    "unexpected-call: tampers-with-evidence, critical",
    "braked",
  ],
  "works as declared": [
    "goes on",
  ],
}
`);
});
