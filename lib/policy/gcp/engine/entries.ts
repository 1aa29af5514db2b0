import type { AccessEntry, AccessOrigin, AccessRegion } from '../../../core/review/access';
import type { Condition, Place } from '../model';

/** Permissions at one place. */
export interface GrantAt {
  readonly place: Place;
  readonly permissions: readonly string[];
  readonly condition?: Condition;
  readonly origin: AccessOrigin;
}

/** A grant as access: one entry for each alternative of its condition. */
export function entriesAt({ place, permissions, condition, origin }: GrantAt): readonly AccessEntry[] {
  const actions = [...new Set(permissions)].sort();
  if (actions.length === 0) return [];
  return regionsOf(place, condition).map((region) => ({ actions, region, except: [], origins: [origin] }));
}

/** The place and what is below it, as far as the condition leaves it. */
export function regionsOf(place: Place, condition: Condition | undefined): readonly AccessRegion[] {
  const own = [...namesAt(place)];
  const elsewhere = (place.outside ?? []).flatMap((name) => namesAt({ level: 'project', name }));
  if (!condition) return [{ resources: [own], notResources: elsewhere, when: [] }];
  return condition.regions.map(({ resources, notResources, when }) => ({
    resources: [own, ...resources.filter((list) => !list.includes('*'))],
    notResources: [...elsewhere, ...notResources],
    when,
  }));
}

/** Patterns of a place. What lies below a folder or an organisation is not known from names, so it is everything. */
export function namesAt({ level, name }: Place): readonly string[] {
  if (level === 'folder' || level === 'organization') return ['*'];
  const text = name.replace(/[\\*?]/g, '\\$&');
  return text.endsWith('/') ? [text, `${text}*`] : [text, `${text}/*`];
}
