import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Detector } from '../../../lib/core/detection/detector';
import { readRegistry } from '../../../lib/core/detection/read-registry';
import { DetectionRun } from '../../../lib/core/detection/run';
import type { Detection } from '../../../lib/core/detection/types';
import { CompiledRegistry } from '../../../lib/core/detection/watched';
import { AWS_TRAITS, readCloudTrail } from '../../../lib/events/aws';
import type { Goal } from '../table';

/** Where the recorded calls are; a bundled file is told. */
export const RECORDED = process.argv[2]?.endsWith('recorded')
  ? process.argv[2]
  : join(__dirname, '..', '..', '..', 'test', 'fixtures', 'recorded');

/** Techniques by name, each with its records. */
export function recordedAttacks(): Readonly<Record<string, readonly unknown[]>> {
  return JSON.parse(gunzipSync(readFileSync(join(RECORDED, 'stratus.json.gz'))).toString('utf8'));
}

/** What an ordinary infrastructure agent may do: actions alone, on any resource. */
export function infraRegistry(): CompiledRegistry {
  const text = readFileSync(join(RECORDED, 'infra-agent.json'), 'utf8');
  return new CompiledRegistry(readRegistry('infra-agent.json', text), AWS_TRAITS);
}

export function detectionsOf(registry: CompiledRegistry, records: readonly unknown[]): readonly Detection[] {
  const run = new DetectionRun(new Detector(registry, { settleSeconds: 1_800, keepSeconds: 7_200 }));
  const found = records.flatMap((record) => run.add(readCloudTrail(record)));
  return [...found, ...run.finish()];
}

/** Which recorded techniques are seen, and by what. */
export function attackGoals(): readonly Goal[] {
  const registry = infraRegistry();
  const seen = Object.entries(recordedAttacks()).map(([name, records]) => ({ name, found: detectionsOf(registry, records) }));
  for (const { name, found } of seen) {
    const rules = [...new Set(found.map(({ signal, rule }) => `${signal}/${rule}`))].sort();
    process.stdout.write(`  ${name.padEnd(62)}${rules.join(' ') || '-'}\n`);
  }
  const caught = seen.filter(({ found }) => found.length > 0).length;
  return [
    {
      goal: 'recorded techniques detected, with a contract of 148 actions on any resource: >= 33 of 35',
      found: `${caught} of ${seen.length}`,
      met: caught >= 33,
    },
  ];
}
