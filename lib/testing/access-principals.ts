import { type Located, locate } from '../policy/answer';
import type { AccessSubjectRead } from './access-subject';

/** The one principal that is meant. */
export function oneIn(subject: AccessSubjectRead, name: string | undefined, action: string): Located {
  const found = name === undefined ? ownOf(subject) : locate(subject.worlds, name, action);
  const [first, ...more] = found;
  if (first && more.length === 0) return first;
  const ids = (first ? found : ownOf(subject)).map(({ principal: { id } }) => `'${id}'`);
  if (!first) throw new Error(`${name === undefined ? 'The subject has no principal' : `No principal is called '${name}'`}. ${known(ids)}`);
  throw new Error(
    `${name === undefined ? 'The subject has several principals: name one' : `'${name}' names several principals`}. ${known(ids)}`,
  );
}

/** Everyone who is meant: the one that is named, or all. */
export function everyoneIn(subject: AccessSubjectRead, name: string | undefined): readonly Located[] {
  const found = name === undefined ? ownOf(subject) : locate(subject.worlds, name);
  if (found.length > 0) return found;
  const ids = ownOf(subject).map(({ principal: { id } }) => `'${id}'`);
  throw new Error(`${name === undefined ? 'The subject has no principal' : `No principal is called '${name}'`}. ${known(ids)}`);
}

/** Who it was in another subject: by id, or else by agent, cloud and fleet. */
export function counterpartOf({ world, principal }: Located, subject: AccessSubjectRead): Located | undefined {
  const all = allOf(subject).filter((one) => one.world.cloud === world.cloud);
  const same = all.find((one) => one.principal.id === principal.id);
  if (same || !principal.agent) return same;
  const { name, fleet } = principal.agent;
  return all.find(({ principal: { agent } }) => agent?.name === name && agent.fleet === fleet);
}

/** The agents of the subject itself, or where it has none its principals. */
function ownOf(subject: AccessSubjectRead): readonly Located[] {
  const own = allOf(subject).filter(({ principal }) => subject.isOwn?.(principal) ?? true);
  const agents = own.filter(({ principal: { agent } }) => agent !== undefined);
  return agents.length > 0 ? agents : own;
}

function allOf({ worlds }: AccessSubjectRead): readonly Located[] {
  return worlds.flatMap((world) => world.principals.map((principal) => ({ world, principal })));
}

function known(ids: readonly string[]): string {
  return ids.length === 0 ? 'There is none.' : `There are: ${ids.slice(0, 20).join(', ')}.`;
}
