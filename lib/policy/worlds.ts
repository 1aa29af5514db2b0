import { AgenticIamError } from '../core/errors';
import type { ReviewInput } from '../core/review/input';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
import { unknownPrincipal } from '../core/review-errors';
import { awsWorldOf } from './aws';
import { azureWorldOf } from './azure';
import { unreadIn } from './documents/unread';
import { gcpWorldOf } from './gcp';

type MakeWorld = (inputs: readonly ReviewInput[]) => AccessWorld | undefined;

/** How each cloud makes its world of files. Each looks at all files: what is none of its own, it passes over. */
const CLOUDS: readonly MakeWorld[] = [awsWorldOf, azureWorldOf, gcpWorldOf];

/**
 * The worlds of all clouds in the inputs. Where principals are asked for, by id, session, name, agent or construct path, only these are
 * reviewed.
 * @throws AgenticIamError for a file that is not what it was given as, and for a principal that is in none of them
 */
export function worldsOf(inputs: readonly ReviewInput[]): readonly AccessWorld[] {
  const asked = inputs.flatMap(({ kind, json }) => (kind === 'principals' && Array.isArray(json) ? json.map(String) : []));
  const rest = inputs.filter(({ kind }) => kind !== 'principals');
  const made = CLOUDS.flatMap((make) => {
    const world = makeWorld(make, rest);
    return world ? [{ make, world }] : [];
  });
  const worlds = made.map(({ world }) => world);
  if (asked.length === 0) return worlds;
  const found = asked.map((id) => findPrincipals(worlds, id));
  const missing = asked.find((_, index) => found[index]?.length === 0);
  if (missing !== undefined) throw refused(missing, rest);
  const ids = new Set(found.flat().map(({ id }) => id));
  return made.map(({ make, world }) => {
    // A cloud is told of its own principals alone: what an account looks like may depend on them, and others it would miss.
    const own = world.principals.filter(({ id }) => ids.has(id)).map(({ id }) => id);
    return (own.length === 0 ? undefined : makeWorld(make, [...rest, principalList(own)])) ?? reviewNobody(world);
  });
}

function makeWorld(make: MakeWorld, inputs: readonly ReviewInput[]): AccessWorld | undefined {
  const world = make(inputs);
  const unread = world?.cloud === 'aws' ? unreadIn(inputs) : [];
  return world && unread.length > 0 ? derive(world, { unknowns: [...world.unknowns, ...unread] }) : world;
}

function principalList(ids: readonly string[]): ReviewInput {
  return { kind: 'principals', file: 'principals', json: ids };
}

/** The same world, but for some of what it says. */
function derive(world: AccessWorld, changes: Partial<AccessWorld>): AccessWorld {
  const members = Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }] as const);
  return Object.create(world, Object.fromEntries(members)) as AccessWorld;
}

/** The cloud that knows such ids says it best. */
function refused(missing: string, inputs: readonly ReviewInput[]): Error {
  try {
    for (const make of CLOUDS) make([...inputs, principalList([missing])]);
  } catch (error) {
    if (error instanceof AgenticIamError) return error;
    throw error;
  }
  return unknownPrincipal(missing, []);
}

/** The same world, with everyone in it only there to be reached. */
export function reviewNobody(world: AccessWorld): AccessWorld {
  return reviewing(world, () => false);
}

/** The same world, with others to be reviewed. */
export function reviewing(world: AccessWorld, reviewed: (principal: WorldPrincipal) => boolean): AccessWorld {
  return derive(world, { principals: world.principals.map((principal) => ({ ...principal, reviewed: reviewed(principal) })) });
}

/**
 * The principals that people call by a name: those with that id, or else with that agent, name or construct path. An ARN of a session names
 * its role.
 */
export function findPrincipals(worlds: readonly AccessWorld[], name: string): readonly WorldPrincipal[] {
  const all = worlds.flatMap(({ principals }) => principals);
  const tests: readonly ((one: WorldPrincipal) => boolean)[] = [
    ({ id }) => id === name,
    isSessionOf(name),
    ({ agent }) => agent?.name === name,
    (one) => one.name === name || one.construct === name,
    // The name of a role without its path, of a service account without its project.
    ({ id }) => id.split(/[/:]/).at(-1)?.split('@')[0] === name,
  ];
  for (const test of tests) {
    const found = all.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
function isSessionOf(name: string): (principal: WorldPrincipal) => boolean {
  const [, partition, account, role] = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)(\/.*)?$/.exec(name) ?? [];
  if (role === undefined) return () => false;
  return ({ id }) => id.startsWith(`arn:${partition}:iam::${account}:role/`) && id.split('/').at(-1) === role;
}
