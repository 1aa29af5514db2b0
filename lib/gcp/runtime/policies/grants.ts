import { type GoogleApi, GoogleError, orNone } from '../google-api';
import { heldByPolicy } from './allow-policy';
import { heldByDataset } from './dataset-access';
import type { Held } from './held';
import { callsFor } from './place';
import type { Grant, PolicyPlace } from './types';

export { nameOfPlace } from './place';
export type { Grant, PolicyPlace } from './types';

/** Whose grants, and where. */
export interface MemberAt {
  readonly place: PolicyPlace;
  /** `serviceAccount:EMAIL` or `principal://...`. */
  readonly member: string;
}

const MOST_CONFLICTS = 6;
/** What Google answers where a policy was changed since it was read. */
const CHANGED: ReadonlySet<number> = new Set([409, 412]);

const sameGrant = (a: Grant, b: Grant): boolean =>
  a.role === b.role && a.condition?.expression === b.condition?.expression && a.condition?.title === b.condition?.title;

/** @returns the grants of `a` that `b` lacks */
export const lacking = (a: readonly Grant[], b: readonly Grant[]): readonly Grant[] =>
  a.filter((grant) => !b.some((one) => sameGrant(grant, one)));

/** What the member is granted there; nothing where the thing is gone. */
export const grantsAt = async (api: GoogleApi, at: MemberAt): Promise<readonly Grant[]> => (await orNone(held(api, at)))?.grants ?? [];

/**
 * Changes what the member is granted there, and nothing of anybody else. Where the policy was changed meanwhile it is read again.
 * @returns what it was before; undefined where the thing is gone
 */
export async function changeGrants(
  api: GoogleApi,
  at: MemberAt,
  change: (grants: readonly Grant[]) => readonly Grant[],
): Promise<readonly Grant[] | undefined> {
  // Of the first reading: a write whose answer was lost is found as done by the second.
  let before: readonly Grant[] | undefined;
  for (let conflicts = 0; ; conflicts += 1) {
    const now = await orNone(held(api, at));
    if (!now) return undefined;
    before ??= now.grants;
    const wanted = change(now.grants);
    if (lacking(now.grants, wanted).length === 0 && lacking(wanted, now.grants).length === 0) return before;
    try {
      await now.write(wanted);
      return before;
    } catch (error) {
      if (!(error instanceof GoogleError) || !CHANGED.has(error.status) || conflicts >= MOST_CONFLICTS) throw error;
    }
  }
}

function held(api: GoogleApi, { place, member }: MemberAt): Promise<Held> {
  const calls = callsFor(api, place);
  return calls.version === 'dataset' ? heldByDataset(calls, member) : heldByPolicy(calls, member);
}
