import { type ActionSet, type ActionSpace, actionCatalog, forEachBit, isEmpty } from './action-space';
import { mayBeOfFormat } from './arn-format';
import type { Piece } from './enumerate';

const YES = 1;
const NO = 2;

/** What the catalog knows of ARN formats, each distinct one once. */
class Formats {
  private readonly formats: string[] = [];
  /** For each action of the catalog the formats it can name. */
  private readonly byAction: (readonly number[])[];
  private readonly meetings = new Map<string, Uint8Array>();

  constructor() {
    const numbers = new Map<string, number>();
    this.byAction = actionCatalog().actions.map(({ formats }) =>
      formats.map((format) => {
        const known = numbers.get(format) ?? this.formats.push(format) - 1;
        numbers.set(format, known);
        return known;
      }),
    );
  }

  /** Whether an action can name a resource that the pattern matches. Actions that are not in the catalog may name anything. */
  meets(action: number, pattern: string): boolean {
    const formats = this.byAction[action];
    if (!formats || matchesStar(pattern)) return true;
    if (formats.length === 0) return false;
    const met = this.meeting(pattern);
    return formats.some((format) => {
      met[format] ||= mayBeOfFormat(pattern, this.formats[format] ?? '') ? YES : NO;
      return met[format] === YES;
    });
  }

  /** What was found out about a pattern, format by format: a policy's few actions ask about few of them. */
  private meeting(pattern: string): Uint8Array {
    const known = this.meetings.get(pattern);
    if (known) return known;
    const met = new Uint8Array(this.formats.length);
    // Patterns come from users without end, and what was asked long ago will not be asked again.
    if (this.meetings.size > 4096) this.meetings.clear();
    this.meetings.set(pattern, met);
    return met;
  }
}

let formats: Formats | undefined;

/** An action that names no resource is asked about `*`, which only a pattern of wildcards matches. */
function matchesStar(pattern: string): boolean {
  return /^(\*+\??\**|\?)$/.test(pattern);
}

/** Whether an action can name any resource that the pattern matches; true for an action that the catalog does not know. */
export function canName(action: string, pattern: string): boolean {
  formats ??= new Formats();
  const index = actionCatalog().indexOf.get(action.toLowerCase());
  return index === undefined || formats.meets(index, pattern);
}

/**
 * Splits a piece so that each action keeps only the resource patterns it can name, and drops actions that are left with none.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function splitByResourceTypes(piece: Piece, space: ActionSpace): Piece[] {
  const { resources } = piece.region;
  if (resources.every((list) => list.length === 1 && matchesStar(list[0] ?? ''))) return [piece];
  formats ??= new Formats();
  const known = formats;
  const groups = new Map<string, { readonly actions: ActionSet; readonly resources: readonly (readonly string[])[] }>();
  forEachBit(piece.actions, (action) => {
    const kept = resources.map((list) => list.filter((pattern) => known.meets(action, pattern)));
    if (kept.some((list) => list.length === 0)) return;
    const key = JSON.stringify(kept);
    const group = groups.get(key) ?? { actions: new Uint32Array(space.words), resources: kept };
    group.actions[action >>> 5] = (group.actions[action >>> 5] ?? 0) | (1 << (action & 31));
    groups.set(key, group);
  });
  return [...groups.values()]
    .filter(({ actions }) => !isEmpty(actions))
    .map((group) => ({ ...piece, actions: group.actions, region: { ...piece.region, resources: group.resources } }));
}
