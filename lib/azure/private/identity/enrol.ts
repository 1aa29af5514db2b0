import type { NativeScope } from '../../../core/access-plan';
import { Fleets } from '../../../core/fleet';
import { GovernanceBook } from '../../../core/governance/book';
import { byCodePoint, type JsonObject, type JsonValue } from '../../../core/json';
import type { ManifestNativeGrant, ManifestTrust } from '../../../core/manifest';
import { resolveTokens, TerraformStack } from '../../../terraform/core';
import { writeManifestOnSynth } from '../../../terraform/manifest-writer';
import { reviewOnSynth } from '../../../terraform/review';
import type { IAgentIdentity } from '../../agent-identity';
import { CATALOG } from '../../catalog';
import { worldOf } from '../access-world';
import { FACTS } from './facts';

/** Control that each part of an identity serves, by its path. */
const IDENTITY_PARTS = { '': 'own-identity', Watch: 'signals-watched', Contain: 'containment-armed' };

/** Access granted past the library. */
export interface NativeGrant {
  /** Construct path of what granted it. */
  readonly origin: string;
  /** Native operations, or the id of a built-in role. */
  readonly permissions: readonly string[];
  readonly scopes: readonly NativeScope[];
  /** Native conditions; all must hold. @default - none */
  readonly conditions?: readonly JsonObject[];
}

/** What the manifest shows of an identity beyond what it exposes itself. */
export interface Enrolment {
  readonly name: string;
  readonly trust: readonly ManifestTrust[];
  /** It only refers to an identity made elsewhere. @default false */
  readonly imported?: boolean;
}

/** Puts an identity into its fleet and the manifest, and gives the place where its native grants are written down. */
export function enrol(identity: IAgentIdentity, { name, trust, imported = false }: Enrolment): (grant: NativeGrant) => void {
  const native: NativeGrant[] = [];
  const resolve = (value: unknown): JsonValue => resolveTokens(identity, value) as JsonValue;
  const life = FACTS.credentialLife[identity.kind];
  Fleets.of(identity.node.root).register({
    cloud: CATALOG.cloud,
    catalog: CATALOG.version,
    fleet: identity.fleet,
    agent: identity.agent,
    imported,
    construct: identity.node.path,
    describe: () => ({
      kind: identity.kind,
      name,
      principal: resolve({ principalId: identity.principalId, clientId: identity.clientId }),
      trust: resolve(trust) as unknown as readonly ManifestTrust[],
      credentialLifeSeconds: life.seconds,
      credentialLifeReason: life.reason,
    }),
    native: () => native.map((grant) => toManifest(grant, resolve)),
    resolve,
  });
  const whom = { cloud: CATALOG.cloud, fleet: identity.fleet, agent: identity.agent.name };
  GovernanceBook.of(identity.node.root).claimAll(identity.node.path, whom, IDENTITY_PARTS);
  writeManifestOnSynth(TerraformStack.of(identity));
  reviewOnSynth(identity, worldOf);
  return (grant) => {
    native.push(grant);
  };
}

function toManifest(
  { origin, permissions, scopes, conditions = [] }: NativeGrant,
  resolve: (value: unknown) => JsonValue,
): ManifestNativeGrant {
  return { origin, permissions: [...permissions].sort(byCodePoint), scopes: scopes.map(resolve), conditions: conditions.map(resolve) };
}
