import type { EffectiveAccess, KeyConstraint } from '../../../core/review/access';
import { showSymbols, type Ternary } from '../../../core/review/glob';
import type { AwsPolicy } from '../model';
import { accountOf, splitArn } from './arn';
import { type CompiledStatement, compilePolicy } from './compile';
import { Listing, type Piece } from './enumerate';
import type { RequestLayers } from './layers';
import { denyReaches, namingOf, same } from './principal';
import { intersectRegions } from './region';
import type { RequestPrincipal } from './request';
import { literal } from './variables';

/** A resource with a policy of its own; for a role, its trust policy. */
export interface PolicedResource {
  readonly arn: string;
  readonly policy: AwsPolicy;
  /** @default - the account in the ARN; without one, that of the principal */
  readonly account?: string;
}

/**
 * What the policy of a resource adds to a principal's access, within what its layers leave of that.
 *
 * Only a policy of the same account adds anything: it holds without an identity policy where it names the caller. In another account, and
 * where it names the account, it takes an identity policy as well, and that one is in what {@link enumerate} lists.
 */
export function enumerateResource(
  resource: PolicedResource,
  principal: RequestPrincipal,
  layers: Omit<RequestLayers, 'resource'> = { identity: [] },
): EffectiveAccess {
  const { policy, arn } = resource;
  const alone = principal.kind === 'service' || principal.kind === 'anonymous' || principal.provider !== undefined;
  const account = resource.account ?? accountOf(arn) ?? principal.account;
  const inAccount: Ternary = alone ? 'yes' : same(principal.account, account);
  const who = showSymbols(principal.arn);
  if (inAccount === 'no') return { principal: who, entries: [], unknowns: [...policy.document.unknowns] };
  const listing = new Listing({ ...layers, resource: policy }, principal, {});
  const direct: Piece[] = [];
  const behind: Piece[] = [];
  for (const one of compilePolicy(policy.document).allows) {
    const naming = namingOf(one.statement.principals, principal);
    const [piece] = piecesAt(listing, one, resource);
    if (!piece) continue;
    if (naming.direct !== 'no') direct.push(doubted(piece, [naming.direct, inAccount]));
    if (naming.direct !== 'yes' && naming.behind !== 'no') behind.push(doubted(piece, [naming.behind, inAccount]));
  }
  if (direct.length + behind.length === 0) return { principal: who, entries: [], unknowns: [...policy.document.unknowns] };
  const granted = listing.within([...direct, ...listing.within(behind, listing.limits())], listing.accountLimits());
  return {
    principal: who,
    entries: listing.entries(granted, listing.denies(denialsAt(listing, resource))),
    unknowns: [...policy.document.unknowns, ...listing.unknowns],
  };
}

/** What the policy of a resource denies the principal there. */
export function denialsAt(listing: Listing, resource: PolicedResource): Piece[] {
  const { principal, layers } = listing;
  return compilePolicy(resource.policy.document).denies.flatMap((one) => {
    const reaches = denyReaches(one.statement.principals, principal, layers.boundary !== undefined);
    return reaches === 'no' ? [] : piecesAt(listing, one, resource).map((piece) => doubted(piece, [reaches]));
  });
}

/** A statement as a piece, on the resource and what is in it. */
function piecesAt(listing: Listing, one: CompiledStatement, { arn, policy }: PolicedResource): Piece[] {
  const piece = listing.piece(one, policy.document.version === '2012-10-17');
  if (!piece) return [];
  const name = literal(arn);
  // A trust policy names no resource, and nothing is inside a role.
  const inside = one.statement.resources || one.statement.notResources ? insideOf(arn) : [];
  const here = [name, ...inside.map((end) => name + end)];
  const region = intersectRegions({ resources: [here], notResources: [], when: [] }, piece.region);
  return region ? [{ ...piece, region }] : [];
}

/** Where it is open whether a statement reaches the principal, that is a condition nobody can decide. */
function doubted(piece: Piece, certain: readonly Ternary[]): Piece {
  if (certain.every((one) => one === 'yes')) return piece;
  const text = `the principal of ${piece.origins.map(({ statement }) => statement).join(' or ')}`;
  const doubt: KeyConstraint = { key: 'aws:PrincipalArn', test: { kind: 'opaque', text }, whenAbsent: false, text };
  return { ...piece, region: { ...piece.region, when: [...piece.region.when, doubt] } };
}

/** How the names go on of what is inside a resource and under its policy: objects, indexes, versions. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  s3: ['/*'],
  dynamodb: ['/*'],
  kinesis: ['/*'],
  lambda: [':*'],
  logs: [':*'],
  es: ['/*'],
  'execute-api': ['/*'],
};

function insideOf(arn: string): readonly string[] {
  const service = splitArn(arn)?.[2];
  return service === undefined ? ['/*', ':*'] : (INSIDE[service] ?? []);
}
