import type { NativeScope } from '../../../core/access-plan';
import type { JsonObject } from '../../../core/json';

/** Access that the user's own code gives an agent past its capabilities. Shown in the manifest and counted as a finding. */
export interface NativeGrant {
  /** Path of the construct that grants it: `grant.node.path`. */
  readonly origin: string;
  /** Permissions, or the role that holds them. */
  readonly permissions: readonly string[];
  /** Resource names it holds on; may be references. */
  readonly scopes: readonly NativeScope[];
  /** IAM conditions, all of which must hold. @default - none */
  readonly conditions?: readonly JsonObject[];
}
