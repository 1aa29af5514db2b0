import { createHash, createHmac } from 'node:crypto';
import { type Attribution, sourceIdentityOf } from '../core/attribution';

/** A key that Azure gives out to sign with, under the identity that asked for it. */
export interface DelegationKey {
  readonly objectId: string;
  readonly tenantId: string;
  readonly start: string;
  readonly expiry: string;
  readonly service: string;
  readonly version: string;
  /** Base64; never leaves the process. */
  readonly value: string;
}

/** What a signature says. */
export interface SignatureValues {
  readonly account: string;
  readonly container: string;
  /** Without slashes at its ends; empty for the container itself. */
  readonly path: string;
  readonly kind: 'c' | 'd' | 'b';
  /** Letters in the order in which Azure wants them. */
  readonly permissions: string;
  /** `2026-11-25T06:15:00Z` */
  readonly expiry: string;
  /** GUID that the logs of the account keep. */
  readonly correlation: string;
  /** Object id of whom the signer vouches for: no further check. @default - nobody */
  readonly authorizedFor?: string;
  /** Object id of whose POSIX rights are checked as well. @default - nobody's */
  readonly checkedAs?: string;
}

/** The service version whose string to sign this is; it holds from 2020-12-06 on, until 2025-07-05 adds to it. */
export const VERSION = '2022-11-02';

/**
 * The query of an address that carries the signature.
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/create-user-delegation-sas
 */
export function sign(values: SignatureValues, key: DelegationKey): string {
  const signature = createHmac('sha256', Buffer.from(key.value, 'base64')).update(stringToSign(values, key), 'utf8').digest('base64');
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['sv', VERSION],
    ['spr', 'https'],
    ['se', values.expiry],
    ['sr', values.kind],
    ['sdd', values.kind === 'd' ? String(values.path.split('/').length) : undefined],
    ['sp', values.permissions],
    ['skoid', key.objectId],
    ['sktid', key.tenantId],
    ['skt', key.start],
    ['ske', key.expiry],
    ['sks', key.service],
    ['skv', key.version],
    ['saoid', values.authorizedFor],
    ['suoid', values.checkedAs],
    ['scid', values.correlation],
    ['sig', signature],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])).join('&');
}

/** Fields in the documented order, each on a line, empty where there is nothing to say. */
export function stringToSign(values: SignatureValues, key: DelegationKey): string {
  const none = '';
  return [
    values.permissions,
    none, // start: at once, since clocks differ
    values.expiry,
    `/blob/${values.account}/${values.container}${values.path === '' ? '' : `/${values.path}`}`,
    key.objectId,
    key.tenantId,
    key.start,
    key.expiry,
    key.service,
    key.version,
    values.authorizedFor ?? none,
    values.checkedAs ?? none,
    values.correlation,
    none, // addresses
    'https',
    VERSION,
    values.kind,
    none, // time of a snapshot
    none, // encryption scope
    none, // five headers of the answer
    none,
    none,
    none,
    none,
  ].join('\n');
}

/** The GUID of a task, the same wherever it is computed, so that the logs of an account can be searched for it. */
export function correlationOf(attribution: Attribution): string {
  const hex = createHash('sha256')
    .update(`agentic-iam ${sourceIdentityOf(attribution)}`)
    .digest('hex')
    .slice(0, 32);
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
