import type { AccessChange, DiffView, PrincipalChange } from '../core/review/diff-result';
import { compileGlob, globIncludes } from '../core/review/glob';
import { type AccessPath, HARM_LEVELS, type Review } from '../core/review/result';
import type { Allowance } from './allowances';

/** One piece of access that the head has and the base does not. */
export interface NewAccess {
  /** Id of who has it; `*` for something that could not be understood. */
  readonly principal: string;
  /** What it is, in words. */
  readonly what: string;
  /** Why it is wanted. @default - nobody said so */
  readonly allowedBy?: string;
}

/** A diff and the reviews it was made of. */
export interface Compared {
  readonly view: DiffView;
  readonly base: Review;
  readonly head: Review;
}

/**
 * Everything new, each with the reason of the allowance that covers it, and the allowances that cover nothing. What the head holds and could
 * not be understood counts: nobody can say that it gives nothing.
 */
export function judgeNewAccess(
  { view, base, head }: Compared,
  allowances: readonly Allowance[],
): { readonly found: readonly NewAccess[]; readonly unused: readonly Allowance[] } {
  const used = new Set<Allowance>();
  const judge = (principal: string, what: string, covers: (one: Allowance) => boolean): NewAccess => {
    const by = allowances.filter(covers);
    for (const one of by) used.add(one);
    const [first] = by;
    return { principal, what, ...(first ? { allowedBy: first.reason } : {}) };
  };
  const found = view.principals.flatMap((one) => {
    const mine = allowances.filter(({ principal }) => names(one).some((name) => matches(principal, name)));
    return [
      ...one.gained.flatMap((change) =>
        change.actions.map((action) =>
          judge(
            one.id,
            `${action} on ${change.resources.join(', ')}`,
            (allowance) => mine.includes(allowance) && covers(allowance, action, change),
          ),
        ),
      ),
      ...one.newPaths.map((path) =>
        judge(one.id, `a path to ${path.to} ${path.toArn}`, (allowance) => mine.includes(allowance) && coversPath(allowance, path)),
      ),
      ...reachesMore(one).map((what) =>
        judge(one.id, what, (allowance) => mine.includes(allowance) && allowance.to !== undefined && matches(allowance.to, 'reach')),
      ),
    ];
  });
  const before = new Set(base.unknowns);
  const open = head.unknowns
    .filter((text) => !before.has(text))
    .map((text) => judge('*', `not understood: ${text}`, ({ unknown }) => unknown !== undefined && matches(unknown, text)));
  return { found: [...found, ...open], unused: allowances.filter((one) => !used.has(one)) };
}

/** What came within reach with no access or path of its own that is new: somebody it could reach already gained it. */
function reachesMore({ gained, newPaths, before, after }: PrincipalChange): readonly string[] {
  if (!before || !after || gained.length > 0 || newPaths.length > 0) return [];
  if (after.admin && !before.admin) return ['full control is within reach of those that it can reach'];
  const principals = after.principals.filter((id) => !before.principals.includes(id));
  const levels = HARM_LEVELS.filter((level) => after.levels[level].actions > before.levels[level].actions);
  if (principals.length === 0 && levels.length === 0) return [];
  return [`more is within reach of those that it can reach: ${[...principals, ...levels].join(', ')}`];
}

function names({ id, name, agent }: PrincipalChange): readonly string[] {
  return agent === undefined ? [id, name] : [id, name, agent];
}

function matches(pattern: string, value: string): boolean {
  return compileGlob(pattern, true).matches(value) === 'yes';
}

/** Wholly: what is allowed on some of the resources is not allowed. Actions have no case on the clouds; names of resources do. */
function covers({ action: pattern, resource = '*' }: Allowance, action: string, { resources }: AccessChange): boolean {
  if (pattern === undefined) return false;
  const inside = globIncludes([pattern.toLowerCase()], action.toLowerCase()) === 'yes';
  return inside && resources.every((one) => globIncludes([resource], one) === 'yes');
}

function coversPath({ to, resource = '*' }: Allowance, path: AccessPath): boolean {
  return to !== undefined && matches(to, path.to) && globIncludes([resource], path.toArn) === 'yes';
}
