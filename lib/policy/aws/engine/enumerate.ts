import type { AccessEntry, AccessOrigin, AccessRegion, EffectiveAccess } from '../../../core/review/access';
import { hasSymbol, showSymbols } from '../../../core/review/glob';
import type { AwsPolicy, PolicyStatement } from '../model';
import { type ActionSet, ActionSpace, difference, intersection, isEmpty, overlaps, union } from './action-space';
import { type CompiledStatement, compilePolicy } from './compile';
import { isCertain, isImpossible } from './impossible';
import type { RequestLayers } from './layers';
import { EVERYWHERE, intersectRegions, isEverywhere, regionKey, surelyApart, surelyWithin } from './region';
import { type RequestPrincipal, RequestView } from './request';
import { splitByResourceTypes } from './resource-types';
import { fillKnown, translateTest } from './translate';
import { parseTemplate } from './variables';

/** How access is listed. */
export interface EnumerateOptions {
  /**
   * Whether an action keeps only resources of a type it can name: `iam:PassRole` on the ARN of a bucket grants nothing, and an action
   * that names no resource needs `*`. @default true
   */
  readonly resourceTypes?: boolean;
  /** Whether conditions that no request can ever meet, such as a date that is past, are left out, and those that all meet. @default true */
  readonly dropImpossible?: boolean;
}

/** Actions on a region, before denials. */
export interface Piece {
  readonly actions: ActionSet;
  readonly region: AccessRegion;
  readonly origins: readonly AccessOrigin[];
}

/**
 * Everything that identity policies allow a principal, within its boundary, session policies and service control policies, less what
 * any of them denies. What the policies of resources add or take is not in it: see {@link enumerateResource}.
 */
export function enumerate(
  layers: Omit<RequestLayers, 'resource'>,
  principal: RequestPrincipal,
  options: EnumerateOptions = {},
): EffectiveAccess {
  const listing = new Listing(layers, principal, options);
  const granted = listing.within(listing.allows(layers.identity), [...listing.limits(), ...listing.accountLimits()]);
  return {
    principal: showSymbols(principal.arn),
    entries: listing.entries(granted, listing.denies()),
    unknowns: [...listing.unknowns],
  };
}

/** One enumeration: its space of actions, the principal it is for, and what it could not read. */
export class Listing {
  readonly space: ActionSpace;
  readonly unknowns = new Set<string>();
  readonly policies: readonly AwsPolicy[];
  readonly known: RequestView;
  private readonly pieces = new Map<PolicyStatement, Piece | undefined>();

  constructor(
    readonly layers: RequestLayers,
    readonly principal: RequestPrincipal,
    private readonly options: EnumerateOptions,
  ) {
    const { identity, boundary, session = [], scps = [] } = layers;
    this.policies = [...identity, ...(boundary ? [boundary] : []), ...session, ...scps.flat()];
    this.space = new ActionSpace(
      [...this.policies, ...(layers.resource ? [layers.resource] : [])].flatMap(({ document }) =>
        document.statements.flatMap(({ effect, actions }) => (effect === 'Allow' ? (actions ?? []) : [])),
      ),
    );
    this.known = new RequestView({ principal, action: '', resource: '', missing: 'unknown' });
    for (const { document } of this.policies) for (const one of document.unknowns) this.unknowns.add(one);
  }

  /** What limits the principal itself, each layer as what it allows. */
  limits(): (readonly Piece[])[] {
    const { boundary, session } = this.layers;
    return [...(boundary ? [[boundary]] : []), ...(session ? [session] : [])].map((policies) => merged(this.allows(policies), this.space));
  }

  /** What limits everybody in the account, each level as what it allows. */
  accountLimits(): (readonly Piece[])[] {
    return (this.layers.scps ?? []).map((policies) => merged(this.allows(policies), this.space));
  }

  allows(policies: readonly AwsPolicy[]): Piece[] {
    return this.piecesOf(policies, 'allows');
  }

  /** What any layer denies, and `more`. */
  denies(more: readonly Piece[] = []): Piece[] {
    return merged([...this.piecesOf(this.policies, 'denies'), ...more], this.space);
  }

  private piecesOf(policies: readonly AwsPolicy[], which: 'allows' | 'denies'): Piece[] {
    return policies.flatMap(({ document }) =>
      compilePolicy(document)[which].flatMap((one) => this.piece(one, document.version === '2012-10-17') ?? []),
    );
  }

  /** A statement as actions on a region; undefined where it holds for no request. */
  piece(compiled: CompiledStatement, variables: boolean): Piece | undefined {
    const { statement } = compiled;
    if (this.pieces.has(statement)) return this.pieces.get(statement);
    const actions = this.actionsOf(statement);
    const region = actions && !isEmpty(actions) ? this.regionOf(compiled, variables) : undefined;
    const piece = actions && region ? { actions, region, origins: [statement.origin] } : undefined;
    this.pieces.set(statement, piece);
    return piece;
  }

  private actionsOf({ actions, notActions, origin }: PolicyStatement): ActionSet | undefined {
    const patterns = actions ?? notActions ?? [];
    if (patterns.some(hasSymbol)) {
      this.unknowns.add(`${showSymbols(origin.statement)} names actions through a reference, so which ones is not known.`);
      return undefined;
    }
    const [first] = patterns;
    const set =
      patterns.length === 1 && first !== undefined
        ? this.space.matching(first)
        : union(
            patterns.map((one) => this.space.matching(one)),
            this.space.words,
          );
    return actions ? set : this.space.complement(set);
  }

  private regionOf({ statement, tests }: CompiledStatement, variables: boolean): AccessRegion | undefined {
    const fill = (patterns: readonly string[]) =>
      patterns.flatMap((one) => fillKnown(parseTemplate(one, { wildcards: true, variables }), this.known) ?? []);
    const resources = statement.resources ? fill(statement.resources) : ['*'];
    const notResources = fill(statement.notResources ?? []);
    if (resources.length === 0 || notResources.includes('*')) return undefined;
    const when = [];
    for (const test of tests) {
      const constraint = translateTest(test, this.known, variables);
      if (constraint === 'never') return undefined;
      if (constraint === 'always') continue;
      const judged = this.options.dropImpossible !== false;
      if (judged && isImpossible(constraint)) return undefined;
      if (judged && isCertain(constraint)) continue;
      when.push(constraint);
    }
    return { resources: [resources.includes('*') ? ['*'] : resources], notResources, when };
  }

  /** What all the layers allow too. */
  within(pieces: readonly Piece[], layers: readonly (readonly Piece[])[]): readonly Piece[] {
    return layers.reduce<readonly Piece[]>((inside, layer) => inside.flatMap((piece) => intersectPiece(piece, layer)), pieces);
  }

  /** Takes the denials out and writes what is left as entries. */
  entries(pieces: readonly Piece[], denials: readonly Piece[]): AccessEntry[] {
    return pieces.flatMap((piece) =>
      (this.options.resourceTypes === false ? [piece] : splitByResourceTypes(piece, this.space)).flatMap((part) =>
        this.subtract(part, denials),
      ),
    );
  }

  private subtract(piece: Piece, denials: readonly Piece[]): AccessEntry[] {
    let left = piece.actions;
    const partial: Piece[] = [];
    for (const denial of denials) {
      if (!overlaps(left, denial.actions)) continue;
      if (surelyWithin(piece.region, denial.region)) left = difference(left, denial.actions);
      else if (!surelyApart(piece.region, denial.region)) partial.push(denial);
    }
    let groups: { readonly actions: ActionSet; readonly except: readonly AccessRegion[] }[] = [{ actions: left, except: [] }];
    for (const { actions, region } of partial) {
      groups = groups.flatMap((group) => {
        if (!overlaps(group.actions, actions)) return [group];
        const hit = { actions: intersection(group.actions, actions), except: [...group.except, region] };
        const missed = { actions: difference(group.actions, actions), except: group.except };
        return isEmpty(missed.actions) ? [hit] : [hit, missed];
      });
    }
    return groups
      .filter(({ actions }) => !isEmpty(actions))
      .map(({ actions, except }) => ({ actions: this.space.names(actions), region: piece.region, except, origins: piece.origins }));
  }
}

/** Joins what has the same region. Where something holds everywhere, the rest need not say it again. */
function merged(pieces: readonly Piece[], space: ActionSpace): Piece[] {
  const byRegion = new Map<string, Piece>();
  for (const piece of pieces) {
    const key = isEverywhere(piece.region) ? '' : regionKey(piece.region);
    const same = byRegion.get(key);
    byRegion.set(
      key,
      same ? { ...piece, actions: union([same.actions, piece.actions], space.words), origins: [...same.origins, ...piece.origins] } : piece,
    );
  }
  const everywhere = byRegion.get('');
  if (!everywhere) return [...byRegion.values()];
  byRegion.delete('');
  const rest = [...byRegion.values()].map((piece) => ({ ...piece, actions: difference(piece.actions, everywhere.actions) }));
  return [{ ...everywhere, region: EVERYWHERE }, ...rest.filter(({ actions }) => !isEmpty(actions))];
}

/** What one layer leaves of a piece. The origins stay those of what grants: a layer only limits. */
function intersectPiece(piece: Piece, layer: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let left = piece.actions;
  const partial: Piece[] = [];
  for (const limit of layer) {
    if (!overlaps(left, limit.actions)) continue;
    if (surelyWithin(piece.region, limit.region)) {
      found.push({ ...piece, actions: intersection(left, limit.actions) });
      left = difference(left, limit.actions);
    } else partial.push(limit);
  }
  for (const limit of partial) {
    const actions = intersection(left, limit.actions);
    const region = isEmpty(actions) ? undefined : intersectRegions(piece.region, limit.region);
    if (region) found.push({ ...piece, actions, region });
  }
  return found;
}
