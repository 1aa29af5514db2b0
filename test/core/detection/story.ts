import type { AgentEvent } from '../../../lib/core/agent-event';
import type { ActionTrait, ActionTraits } from '../../../lib/core/detection/action-traits';
import { Detector } from '../../../lib/core/detection/detector';
import type { DetectorOptions } from '../../../lib/core/detection/options';
import type { DetectionRegistry, WatchedAgent } from '../../../lib/core/detection/registry';
import { DetectionRun } from '../../../lib/core/detection/run';
import type { Detection } from '../../../lib/core/detection/types';
import { CompiledRegistry } from '../../../lib/core/detection/watched';

/** A cloud of the test's own: nothing of the engine may depend on a real one. */
const TRAITS: Readonly<Record<string, readonly ActionTrait[]>> = {
  'id:grant': ['changes-access'],
  'id:token': ['yields-credentials'],
  'id:become': ['takes-identity'],
  'id:key': ['makes-credentials'],
  'run:as': ['escalation-step'],
  'log:stop': ['tampers-with-evidence'],
  'id:who': ['free', 'global'],
};
export const traits: ActionTraits = { of: (action) => TRAITS[action] ?? [] };

/** An agent that lists and reads documents and asks a model, in that order. */
export const reader = (changes: Partial<WatchedAgent> = {}): WatchedAgent => ({
  name: 'reader',
  fleet: 'prod',
  cloud: 'test',
  owner: 'team@example.com',
  principals: ['role/reader'],
  grants: [
    { step: 'docs:list', actions: ['store:list'], resources: ['docs'] },
    { step: 'docs:read', actions: ['store:get'], resources: ['docs/*'] },
    { step: 'model:invoke', actions: ['model:ask'], resources: ['model/small'] },
    { step: 'log:write', actions: ['log:put'], resources: ['log/reader'] },
    { actions: ['key:decrypt'], resources: ['key/1'], indirect: true },
  ],
  workflows: [],
  limits: {},
  scope: {},
  sessionSeconds: 3600,
  ...changes,
});

export const ANSWER = {
  name: 'answer',
  steps: [
    { oneOf: ['docs:list'], occurs: 'once' },
    { oneOf: ['docs:read'], occurs: 'repeated' },
    { oneOf: ['model:invoke'], occurs: 'once' },
  ],
  anytime: ['log:write'],
} as const;

const START = Date.parse('2026-11-25T06:00:00Z');
let made = 0;

/** An event so many seconds after six. */
export const event = (second: number, action: string, resource?: string, more: Partial<AgentEvent> = {}): AgentEvent => {
  made += 1;
  return {
    id: `event-${String(made).padStart(6, '0')}`,
    time: new Date(START + second * 1000).toISOString(),
    cloud: 'test',
    principal: 'role/reader',
    credential: 'KEY1',
    action,
    resources: resource === undefined ? [] : [resource],
    outcome: 'succeeded',
    ...more,
  };
};

const STEPS: Readonly<Record<string, readonly [string, string]>> = {
  list: ['store:list', 'docs'],
  read: ['store:get', 'docs/7'],
  ask: ['model:ask', 'model/small'],
  log: ['log:put', 'log/reader'],
};

/** Steps ten seconds apart: `list read ask`. */
export const session = (text: string, more: Partial<AgentEvent> = {}): readonly AgentEvent[] =>
  text.split(' ').map((step, index) => {
    const [action, resource] = STEPS[step] ?? [step, undefined];
    return event(index * 10, action, resource, more);
  });

export const detectorFor = (agents: readonly WatchedAgent[], options: DetectorOptions = {}): Detector => {
  const registry: DetectionRegistry = { schemaVersion: 1, agents };
  return new Detector(new CompiledRegistry(registry, traits), options);
};

/** Everything that a run over events finds, their sessions taken to have ended. */
export function detect(
  events: readonly AgentEvent[],
  {
    agent = reader(),
    options = {},
    ended = true,
  }: { readonly agent?: WatchedAgent; readonly options?: DetectorOptions; readonly ended?: boolean } = {},
): readonly Detection[] {
  const run = new DetectionRun(detectorFor([agent], options));
  const found = events.flatMap((one) => run.add(one));
  return [...found, ...run.finish({ ended })];
}

export const rulesOf = (detections: readonly Detection[]): readonly string[] => [...new Set(detections.map(({ rule }) => rule))].sort();
