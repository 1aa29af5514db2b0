// Compares our decisions with those of an independent simulator on random requests over all layers.
// Run: node --import tsx tools/bench/simulator/compare.ts [count] [seed]
import { type AwsRequest, decide, parsePolicy, type RequestLayers } from '../../../lib/policy/aws/engine';
import type { AwsPolicy } from '../../../lib/policy/aws/model';
import { EXCEPTIONS, explain } from './exceptions';
import { generateScenarios } from './generate';
import type { Effect, Scenario } from './scenario';
import { runSimulator } from './simulator';

const EFFECTS: Readonly<Record<string, Effect>> = {
  Allowed: 'allowed',
  ExplicitlyDenied: 'explicitly-denied',
  ImplicitlyDenied: 'implicitly-denied',
};

/** One request on which the two differ. */
export interface Difference {
  readonly scenario: Scenario;
  readonly ours: string;
  readonly theirs: string;
  /** Rules that explain it, joined by `+`; see exceptions.json. @default - none: one of the two is wrong */
  readonly exception?: string;
}

export interface Comparison {
  readonly count: number;
  readonly agreed: number;
  /** How often each answer was given. */
  readonly effects: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

/** Asks both about the same random requests. */
export function compareWithSimulator(count: number, seed: number): Comparison {
  const generated = generateScenarios(count, seed);
  const { answers } = runSimulator({ kind: 'answer', scenarios: generated });
  const effects: Record<string, number> = {};
  const differences = generated.flatMap((one, index) => {
    const { effect = 'no answer', ignored = [] } = answers[index] ?? {};
    const scenario = withoutKeys(one, ignored);
    const ours = decideScenario(scenario);
    const theirs = EFFECTS[effect] ?? effect;
    effects[ours] = (effects[ours] ?? 0) + 1;
    return ours === theirs ? [] : [{ scenario, ours, theirs, exception: explain(scenario, theirs, decideScenario) }];
  });
  return { count, agreed: count - differences.length, effects, differences };
}

/** The simulator leaves keys out that the service does not fill in for the action; so do we, to answer the same question. */
function withoutKeys(scenario: Scenario, ignored: readonly string[]): Scenario {
  const left = Object.entries(scenario.context).filter(([key]) => !ignored.includes(key));
  return { ...scenario, context: Object.fromEntries(left) };
}

/** Our own answer to a scenario. */
export function decideScenario(scenario: Scenario): Effect {
  return decide(layersOf(scenario), requestOf(scenario)).effect;
}

export function requestOf({ principal, action, resource, resourceAccount, context }: Scenario): AwsRequest {
  return { principal, action, resource, resourceAccount, context };
}

export function layersOf(scenario: Scenario): RequestLayers {
  const { identity, boundary, session, resourcePolicy, scps, rcps } = scenario;
  return {
    identity: identity.map((json) => policyOf(json, 'identity')),
    ...(boundary && { boundary: policyOf(boundary, 'boundary') }),
    ...(session && { session: [policyOf(session, 'session')] }),
    ...(resourcePolicy && { resource: policyOf(resourcePolicy, 'resource') }),
    ...(scps && { scps: scps.map((level) => level.map((json) => policyOf(json, 'scp'))) }),
    ...(rcps && { rcps: rcps.map((level) => level.map((json) => policyOf(json, 'rcp'))) }),
  };
}

function policyOf(json: object, layer: string): AwsPolicy {
  return { name: layer, document: parsePolicy(json, { name: layer, layer }) };
}

function main(): void {
  const [count = 10_000, seed = 1] = process.argv.slice(2).map(Number);
  const { agreed, effects, differences } = compareWithSimulator(count, seed);
  const open = differences.filter(({ exception }) => exception === undefined);
  process.stdout.write(
    `${count} requests (seed ${seed}): ${agreed} agree, ${differences.length} differ, ${open.length} without a listed reason\n`,
  );
  process.stdout.write(`answers: ${JSON.stringify(effects)}\n`);
  const classes = new Map<string, Difference[]>();
  for (const one of differences) {
    const name = one.exception ?? 'not listed';
    classes.set(name, [...(classes.get(name) ?? []), one]);
  }
  for (const [name, list] of classes) process.stdout.write(`  ${String(list.length).padStart(5)} ${name}\n`);
  for (const { id, page, rule } of EXCEPTIONS) process.stdout.write(`${id}: ${rule}\n  ${page}\n`);
  for (const { scenario, ours, theirs } of open.slice(0, Number(process.env['SHOW'] ?? 3))) {
    process.stdout.write(`ours ${ours}, theirs ${theirs}\n${JSON.stringify(scenario, undefined, 1)}\n`);
  }
  process.exitCode = open.length > 0 ? 1 : 0;
}

if (require.main === module) main();
