import type { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { sessionOutOfRange } from '../../../core/errors';
import { Fleets } from '../../../core/fleet';
import { GovernanceBook } from '../../../core/governance/book';
import type { JsonObject, JsonValue } from '../../../core/json';
import type { ManifestIdentity, ManifestTrust } from '../../../core/manifest';
import { checkName } from '../../../core/names';
import { defaultFleet } from '../../../core/window';
import { resolveTokens, TerraformStack } from '../../../terraform/core';
import { writeManifestOnSynth } from '../../../terraform/manifest-writer';
import { reviewOnSynth } from '../../../terraform/review';
import { CATALOG } from '../../catalog';
import { worldOf } from '../access-world';
import { limit } from './limits';
import type { NativeGrant } from './native-grant';
import { takeMember } from './shared-principal';
import type { BoundWay } from './trust-way';

/** What an identity tells the registry. */
export interface Registration {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly kind: string;
  readonly name: string;
  /** IAM member. */
  readonly member: string;
  readonly trust: readonly BoundWay[];
  readonly life: CredentialLife;
}

/** How long one credential lives, and why. */
export interface CredentialLife {
  readonly seconds: number;
  readonly reason: string;
}

/** Lives of the credentials GCP issues. */
export const LIFE = {
  serviceAccount: {
    seconds: limit('accessTokenLife'),
    reason: 'an access token of a service account lives up to 1 h; who asks for one may choose less, and IAM cannot demand it',
  },
  federated: {
    seconds: limit('federatedTokenLife'),
    reason: 'an access token of a federated principal lives up to 1 h, and no setting of the pool shortens it',
  },
  agentIdentity: {
    seconds: limit('agentTokenLife'),
    reason: 'an access token of an agent identity lives up to 1 h, bound to the certificate of its runtime; no setting shortens it',
  },
} satisfies Record<string, CredentialLife>;

/** Gives the checked fleet of an agent, and refuses an agent whose `maxSession` no GCP credential can reach. */
export function checkAgent(agent: AgentSpec, fleet: string | undefined): string {
  if (agent.maxSessionSeconds > limit('accessTokenLife')) {
    throw sessionOutOfRange(agent.name, {
      seconds: agent.maxSessionSeconds,
      range: 'of at most 1 hour on GCP',
      reason: 'its access tokens live that long, and the organization policy that extends them extends stolen ones too',
    });
  }
  return checkName('fleet', fleet ?? defaultFleet(agent.scope.environment));
}

/** Control that each part of an identity serves, by its path. */
const IDENTITY_PARTS = { '': 'own-identity', Watch: 'signals-watched', Contain: 'containment-armed' };

/** Registers an identity with the fleets of its app, and gives the way to record native grants. */
export function register(construct: Construct, registration: Registration): (grant: NativeGrant) => void {
  const { agent, fleet } = registration;
  const native: NativeGrant[] = [];
  const resolve = (value: unknown): JsonValue => resolveTokens(construct, value) as JsonValue;
  const whom = { cloud: CATALOG.cloud, fleet, agent: agent.name };
  GovernanceBook.of(construct.node.root).claimAll(construct.node.path, whom, IDENTITY_PARTS);
  Fleets.of(construct.node.root).register({
    cloud: CATALOG.cloud,
    catalog: CATALOG.version,
    fleet,
    agent,
    imported: registration.trust.some((way) => way.kind === 'imported'),
    construct: construct.node.path,
    describe: () => describe(registration, resolve),
    native: () =>
      native.map(({ origin, permissions, scopes, conditions = [] }) => ({
        origin,
        permissions: permissions.map((one) => String(resolve(one))).sort(),
        scopes: scopes.map(resolve),
        conditions: conditions.map(resolve),
      })),
    resolve,
  });
  takeMember(construct, agent.name, resolve(registration.member));
  writeManifestOnSynth(TerraformStack.of(construct));
  reviewOnSynth(construct, worldOf);
  return (grant) => void native.push(grant);
}

function describe({ kind, name, member, trust, life }: Registration, resolve: (value: unknown) => JsonValue): ManifestIdentity {
  return {
    kind,
    name,
    principal: resolve(member),
    trust: trust.map(({ kind: factory, bounds }): ManifestTrust => ({ kind: factory, bounds: resolve(bounds) as JsonObject })),
    credentialLifeSeconds: life.seconds,
    credentialLifeReason: life.reason,
  };
}
