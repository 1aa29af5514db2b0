import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessLevel } from '../../lib/core/enums';
import type { AccessWorld } from '../../lib/core/review/world';
import { awsWorldOf } from '../../lib/policy/aws';
import { readServiceData } from '../../lib/policy/aws/engine/service-data';
import { exitWith, printTable } from './table';

/** One AWS managed policy of the data set, as far as it is used here. */
interface ManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly document: unknown;
  /** The levels that the data set gives its actions. */
  readonly access_levels: readonly string[];
}

/** An action of a policy that is more than a read. */
export interface BeyondReading {
  readonly policy: string;
  readonly action: string;
  readonly level: string;
  /** What AWS says that the action grants. */
  readonly reason: string;
}

/** What was found. */
export interface ManagedPolicyFigures {
  /** Policies whose actions are all of level List or Read. */
  readonly reading: number;
  /** Those among them from which a step leads on, with the technique. */
  readonly escalating: readonly { readonly policy: string; readonly technique: string }[];
  /** How many of them read credentials. */
  readonly credentials: number;
  /** Policies named ReadOnly or ViewOnly. */
  readonly named: number;
  readonly beyond: readonly BeyondReading[];
}

/**
 * Reviews AWS managed policies, each as the only one of a role.
 *
 * @param folder the folder `aws/managedpolicies` of iann0036/iam-dataset (MIT), which is not part of this repository
 */
export function reviewManagedPolicies(folder: string): ManagedPolicyFigures {
  const all = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ManagedPolicy);
  const reading = all.filter(
    ({ access_levels: levels }) => levels.length > 0 && levels.every((level) => level === 'Read' || level === 'List'),
  );
  const named = all.filter(({ name }) => /ReadOnly|ViewOnly/i.test(name));
  const worlds = new Map([...reading, ...named].map((policy) => [policy.name, worldOf(policy)]));
  const world = (policy: ManagedPolicy): AccessWorld => worlds.get(policy.name) ?? worldOf(policy);
  return {
    reading: reading.length,
    escalating: reading.flatMap((policy) =>
      world(policy)
        .steps(ROLE, new Set([ROLE]))
        .map(({ technique }) => ({ policy: policy.name, technique })),
    ),
    credentials: reading.filter((policy) => actionsOf(world(policy)).some((action) => world(policy).facts.reads(action) === 'credentials'))
      .length,
    named: named.length,
    beyond: named.flatMap((policy) => beyondReading(policy.name, world(policy))),
  };
}

const ROLE = 'arn:aws:iam::111122223333:role/reader';

/** A role with this policy, in an account of which nothing else is known. */
function worldOf({ arn, name, document }: ManagedPolicy): AccessWorld {
  const json = {
    RoleDetailList: [{ RoleName: 'reader', Arn: ROLE, AttachedManagedPolicies: [{ PolicyArn: arn }] }],
    Policies: [{ PolicyName: name, Arn: arn, PolicyVersionList: [{ IsDefaultVersion: true, Document: document }] }],
  };
  const made = awsWorldOf([
    { kind: 'account-details', file: `${name}.json`, json },
    { kind: 'principals', file: 'principals', json: [ROLE] },
  ]);
  if (!made) throw new Error(`no world of ${name}`);
  return made;
}

function actionsOf(world: AccessWorld): readonly string[] {
  return [...new Set(world.access(ROLE).entries.flatMap(({ actions }) => actions))].sort();
}

function beyondReading(policy: string, world: AccessWorld): readonly BeyondReading[] {
  return actionsOf(world).flatMap((action) => {
    const level = world.facts.level(action);
    if (level === AccessLevel.READ || level === AccessLevel.LIST) return [];
    return [{ policy, action, level: level ?? '?', reason: level ? describe(action) : 'the catalog of actions does not list it' }];
  });
}

/** The description of the service authorization reference. */
function describe(action: string): string {
  const [service = '', name = ''] = action.split(':');
  const actions = readServiceData<Record<string, { readonly description: string } | undefined>>('actions', `${service}.json`);
  return actions[name.toLowerCase()]?.description ?? '';
}

function main(folder: string | undefined): void {
  if (!folder) {
    console.error('usage: node --import tsx tools/bench/managed-policies.ts FOLDER   (aws/managedpolicies of iann0036/iam-dataset)');
    process.exitCode = 2;
    return;
  }
  const found = reviewManagedPolicies(folder);
  const beyond = new Set(found.beyond.map(({ policy }) => policy));
  printTable(
    `${beyond.size} of ${found.named} policies named ReadOnly or ViewOnly hold more`,
    ['policy', 'action', 'level', 'reason'],
    found.beyond.map(({ policy, action, level, reason }) => [policy, action, level, reason]),
  );
  exitWith([
    {
      goal: `${found.reading} policies of reads: none of the steps of lib/policy/aws/escalation`,
      met: found.escalating.length === 0,
      found: found.escalating.map(({ policy, technique }) => `${policy}: ${technique}`).join(', ') || 'none',
    },
  ]);
}

if (require.main === module) main(process.argv[2] ?? process.env.MANAGED_POLICIES);
