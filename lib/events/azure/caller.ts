import type { Fields } from '../../core/json-fields';
import { firstText, objectIn } from './row';

const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
/** Identities of agents are called `<fleet>--<agent>`. */
const AGENT = /(?:^|\/)([a-z0-9-]+?)--([a-z0-9-]+)$/i;

/** Who called, as far as a record says. */
export interface Caller {
  /** Object id in the directory; else what names the caller. */
  readonly principal: string;
  readonly fleet?: string;
  readonly agent?: string;
}

/**
 * Who called. Each resource has a token of its own, so that tokens tell no sessions apart: all calls of an identity are one. Of a managed identity the token also holds its resource id, and that the name that the agent's identity was given.
 * @see https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 */
export function callerOf(row: Fields): Caller {
  const identity = objectIn(row, 'identity', 'Identity') ?? {};
  const claims = objectIn(row, 'Claims_d', 'Claims', 'claims') ?? objectIn(identity, 'claims', 'claim') ?? {};
  const principal =
    textOfClaim(claims, OBJECT_ID, 'oid') ??
    firstText(identity, 'authorization.evidence.principalId', 'requester.objectId') ??
    firstText(row, 'RequesterObjectId', 'properties.servicePrincipalId', 'ServicePrincipalId', 'Caller', 'caller') ??
    firstText(row, 'identity_claim_oid_g', 'properties.initiatedBy.app.servicePrincipalId', 'properties.initiatedBy.user.id') ??
    textOfClaim(claims, 'appid', 'azp') ??
    firstText(row, 'properties.appId', 'AppId', 'RequesterAppId') ??
    'unknown';
  const named = textOfClaim(claims, 'xms_mirid', 'xms_az_rid') ?? firstText(row, 'properties.servicePrincipalName', 'ServicePrincipalName');
  const [, fleet, agent] = AGENT.exec(named ?? '') ?? [];
  return {
    principal: principal.toLowerCase(),
    ...(agent === undefined || fleet === undefined ? {} : { fleet: fleet.toLowerCase(), agent: agent.toLowerCase() }),
  };
}

/** Names of claims hold dots, so that they are no paths. */
function textOfClaim(claims: Fields, ...names: readonly string[]): string | undefined {
  return names.map((name) => claims[name]).find((value): value is string => typeof value === 'string' && value !== '');
}
