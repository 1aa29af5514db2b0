import { createHash } from 'node:crypto';
import type { JsonValue } from '../json';
import { stableStringify } from '../json';
import type { ManifestAgent } from '../manifest';

/** SHA-256 of all that an agent may do and who may become it: what its owner looked at when it was recertified. */
export function accessDigest({ access, native, outside, identity, delegatesTo, mode, window }: ManifestAgent): string {
  const seen = { access, native, outside, trust: identity.trust, delegatesTo, mode, window };
  return createHash('sha256')
    .update(stableStringify(JSON.parse(JSON.stringify(seen)) as JsonValue))
    .digest('hex');
}
