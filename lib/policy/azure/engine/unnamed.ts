import type { KeyConstraint } from '../../../core/review/access';
import type { RolePermission } from '../facts';
import { DATA, matchesName, mayShare } from '../facts/names';
import { operation } from './constraints';

/** Operations on resources, or on the data in them. */
export type Plane = 'control' | 'data';

/** Operations that no catalog names, by what they do, and which of them. */
export interface Unnamed {
  /** A pattern: all operations that read, say, or all that end in no usual word. */
  readonly action: string;
  readonly when: readonly KeyConstraint[];
}

const USUAL = ['*/read', '*/write', '*/delete', '*/action'];
/** Operations that end in another word. */
const OTHER = '*/*';

/** What a block says of one plane. */
export function sideOf(
  { actions, notActions, dataActions, notDataActions }: RolePermission,
  plane: Plane,
): { readonly patterns: readonly string[]; readonly without: readonly string[] } {
  return plane === 'control' ? { patterns: actions, without: notActions } : { patterns: dataActions, without: notDataActions };
}

/**
 * What the patterns of a block stand for beside every name that is known. Which names is a condition on the operation, so that patterns are
 * compared as sets: a narrower one is within a wider one, whoever wrote it.
 */
export function unnamedOf(block: RolePermission, plane: Plane): readonly Unnamed[] {
  const { patterns, without } = sideOf(block, plane);
  return patterns
    .filter((pattern) => pattern.includes('*'))
    .flatMap((pattern) =>
      kindsOf(pattern).flatMap((kind): Unnamed[] => {
        if (without.some((one) => matchesName(one, pattern) || matchesName(one, kind))) return [];
        const out = without.filter((one) => mayShare(one, pattern) && (kind === OTHER || mayShare(one, kind)));
        const within = matchesName(pattern, kind) ? [] : [operation([pattern], true)];
        const when = [...within, ...(out.length > 0 ? [operation(out, false)] : [])];
        const action = plane === 'data' ? `${DATA}${kind}` : kind;
        return [{ action, when: when.length > 0 && kind !== OTHER ? [operation([kind], true), ...when] : when }];
      }),
    );
}

/** What the operations of a pattern may do. */
function kindsOf(pattern: string): readonly string[] {
  const word = pattern.slice(pattern.lastIndexOf('/') + 1);
  const usual = USUAL.filter((kind) => mayShare(kind, pattern));
  return word.includes('*') || !USUAL.includes(`*/${word.toLowerCase()}`) ? [...usual, OTHER] : usual;
}
