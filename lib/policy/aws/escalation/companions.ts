import type { AccessRequest } from '../../../core/review/access';
import catalog from './companions.json';

/** Something that an action is about beside what it is asked for. */
export interface Companion {
  readonly type: string;
  /** The ones that will do, for a principal whose ARN has these parts; {@link NONE} where any will. */
  readonly names: (parts: readonly string[]) => readonly string[];
}

interface Entry {
  readonly on: string;
  readonly with: readonly string[];
  readonly names?: readonly string[];
}

const ENTRIES: Readonly<Record<string, Entry | undefined>> = catalog.actions;

/** Any will do. */
export const NONE = (): readonly string[] => [];

/** What else must be allowed for a request to be. */
export function companionsOf({ action, resource }: AccessRequest): readonly Companion[] {
  const entry = Object.hasOwn(ENTRIES, action) ? ENTRIES[action] : undefined;
  const [, , service, region = '', , name = ''] = resource.split(':');
  if (!entry || entry.on !== `${service}:${name.split('/')[0]}`) return [];
  const { names } = entry;
  return entry.with.map((type) => ({ type, names: names ? (parts) => namesOf({ type, names, region }, parts) : NONE }));
}

/** Those of AWS belong to no account; policies often name them with one. */
function namesOf(
  { type, names, region }: { readonly type: string; readonly names: readonly string[]; readonly region: string },
  [, partition = 'aws']: readonly string[],
): readonly string[] {
  const [service, kind] = type.split(':');
  return names.map((name) => `arn:${partition}:${service}:${region}::${kind}/${name}`);
}
