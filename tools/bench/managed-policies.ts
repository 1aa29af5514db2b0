import { AccessLevel } from '../../lib/core/enums';
import type { AccessWorld } from '../../lib/core/review/world';
import { awsWorldOf } from '../../lib/policy/aws';
import { readServiceData } from '../../lib/policy/aws/engine/service-data';
import catalog from '../../test/fixtures/aws-read-policies.json';
import { exitWith, printTable } from './table';

/** One AWS managed policy of the extract. */
interface ManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly document: unknown;
  /** Whether the data set gives all its actions the level List or Read. */
  readonly reads: boolean;
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

/** Reviews AWS managed policies, each as the only one of a role. */
export function reviewManagedPolicies(): ManagedPolicyFigures {
  const all: readonly ManagedPolicy[] = catalog.policies;
  const reading = all.filter(({ reads }) => reads);
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

function main(): void {
  const found = reviewManagedPolicies();
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

if (require.main === module) main();
