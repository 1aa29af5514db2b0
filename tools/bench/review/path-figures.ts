import type { Goal } from '../table';
import { CLOSINGS, type Closed, reallyOpen } from './closings';
import { FORMS, KNOWN_PATHS, type KnownPath, pathsOfUser, VARIANTS } from './paths';
import open from './really-open.json';

/** Every way of writing each known path, in every form. */
export function foundGoals(): readonly Goal[] {
  return Object.entries(VARIANTS).flatMap(([variant, policies]) =>
    Object.entries(FORMS).map(([form, inputs]) => {
      const skipped = form === 'an account with targets' && variant !== 'NotAction' ? IN_VIEW_ONLY : NONE;
      const asked = KNOWN_PATHS.filter(({ id }) => !skipped.has(id));
      const missed = asked.filter((path) => pathsOfUser(inputs(policies(path))).length === 0);
      const rest = skipped.size > 0 ? `; left out: ${[...skipped].map(([id, reason]) => `${id} (${reason})`).join(', ')}` : '';
      return {
        goal: `known paths, ${variant}, ${form}: ${asked.length} of ${asked.length}`,
        met: missed.length === 0,
        found: `${asked.length - missed.length}${missed.map(({ id }) => ` -${id}`).join('')}${rest}`,
      };
    }),
  );
}

/** Every known path, closed in every way. */
export function closedGoals(): readonly Goal[] {
  return Object.entries(CLOSINGS).map(([name, close]) => {
    const all = KNOWN_PATHS.flatMap((path) => close(path).map((closed) => ({ path, closed })));
    const closed = all.filter((one) => reallyOpen(one.path, one.closed) === undefined);
    const reported = closed.filter((one) => pathsOfUser(one.closed.inputs).length > 0);
    return {
      goal: `closed by ${name}: 0 of ${closed.length} reported`,
      met: reported.length === 0,
      found: `${reported.length}${reported.slice(0, 8).map(nameOf).join('')}${all.length > closed.length ? `; ${all.length - closed.length} are open another way` : ''}`,
    };
  });
}

const NONE: ReadonlyMap<string, string> = new Map();
const IN_VIEW_ONLY: ReadonlyMap<string, string> = new Map(open.inViewOnly.map(({ id, reason }) => [id, reason]));

function nameOf({ path, closed }: { readonly path: KnownPath; readonly closed: Closed }): string {
  return ` ${path.id}${closed.without === undefined ? '' : ` without ${closed.without}`}`;
}
