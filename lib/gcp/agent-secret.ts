import { Construct } from 'constructs';
import type { IDuration } from '../core/duration';
import { Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { unresolvedToken } from '../core/native-errors';
import { checkExpiry, checkInterval, checkReaders, checkSecretName } from '../core/secret';
import { invalidSecret } from '../core/secret-errors';
import { resolveTokens, TerraformStack, Token } from '../terraform/core';
import { SecretManagerSecret } from '../terraform/google';
import { writeManifestOnSynth } from '../terraform/manifest-writer';
import type { IAgentIdentity } from './agent-identity';
import { AgentResource } from './agent-resource';
import { CATALOG } from './catalog';

export interface AgentSecretProps {
  /** Agents that read it. Each declares `secrets:read`, and binds this secret's `resource`. */
  readonly agents: readonly IAgentIdentity[];
  /** Id of the secret: 1-255 of letters, digits, `-` and `_`. */
  readonly secretName: string;
  /** Project it lies in. @default - that of the provider */
  readonly project?: string;
  /** Key of yours that encrypts it, `projects/P/locations/global/keyRings/R/cryptoKeys/K`. @default - a key of Google's */
  readonly encryptionKey?: string;
  /** Pub/Sub topics that are told when it is to be rotated, `projects/P/topics/T`. @default - nobody is told */
  readonly rotationTopics?: readonly string[];
  /** How often it is to be rotated, from 1 hour. Used only with `rotationTopics` and `firstRotation`. @default - never */
  readonly rotateEvery?: IDuration;
  /** When it is to be rotated first, ISO 8601 in UTC. Used only with `rotateEvery`. @default - never */
  readonly firstRotation?: string;
  /** When it ends and is deleted, ISO 8601 in UTC. @default - it does not end */
  readonly expires?: string;
  /**
   * Native ids of the principals, on any cloud, whose credentials it holds: who reads it can become them, and the review follows that.
   * @default - none that is known
   */
  readonly holds?: readonly string[];
}

/** @see https://docs.cloud.google.com/secret-manager/docs/secret-rotation */
const ROTATION = { what: 'a rotation', min: 3600, max: 100 * 365 * 86_400, shown: '1 hour to 100 years' } as const;
const SECRET_ID = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * A secret for named agents. Terraform makes the secret without a version, so that no value is ever in its state: add the version by hand, by
 * the rotation, or by whoever knows it. Bind its `resource` in the agents' roles: the access lies on this secret alone; a window of the role
 * (`notAfter`) is a condition of it.
 *
 * Throws for agents that do not declare `secrets:read`, an id that is a pattern or a token, a rotation without topics, an end that is past.
 * @see https://docs.cloud.google.com/secret-manager/docs/access-control
 */
export class AgentSecret extends Construct {
  /** What `ScopedAgentRole` binds the agents' resource name to. */
  readonly resource: AgentResource;
  readonly secret: SecretManagerSecret;

  constructor(scope: Construct, id: string, props: AgentSecretProps) {
    super(scope, id);
    const readers = checkReaders(
      id,
      props.agents.map(({ agent }) => agent),
    );
    this.secret = new SecretManagerSecret(this, 'Secret', {
      secretId: idOf(id, props.secretName),
      ...(props.project === undefined ? {} : { project: props.project }),
      replication: { auto: props.encryptionKey === undefined ? {} : { customerManagedEncryption: { kmsKeyName: props.encryptionKey } } },
      ...rotationOf(id, props),
      ...(props.expires === undefined ? {} : { expireTime: checkExpiry(id, props.expires) }),
      deletionProtection: true,
    });
    this.resource = AgentResource.secret(this.secret);
    Fleets.of(this.node.root).registerSecret(() => ({
      cloud: CATALOG.cloud,
      construct: this.node.path,
      secret: resolveTokens(this, this.secret.id) as JsonValue,
      agents: readers,
      holds: (props.holds ?? []).map((one) => resolveTokens(this, one) as JsonValue),
    }));
    writeManifestOnSynth(TerraformStack.of(this));
  }
}

function idOf(id: string, name: string): string {
  if (Token.isUnresolved(name)) throw unresolvedToken(`secret '${id}'`, 'secretName');
  checkSecretName(id, name);
  if (SECRET_ID.test(name)) return name;
  const rule = "must have a 'secretName' of 1 to 255 letters, digits, '-' and '_'";
  throw invalidSecret(id, { rule, reason: 'Secret Manager takes no other', value: name, fix: 'rename it' });
}

/** A rotation only tells somebody that it is time: without a topic nobody hears of it. */
function rotationOf(id: string, { rotationTopics = [], rotateEvery, firstRotation }: AgentSecretProps) {
  const topics = rotationTopics.map((name) => ({ name }));
  if (!rotateEvery) return topics.length > 0 ? { topics } : {};
  if (topics.length === 0 || firstRotation === undefined) {
    const rule = "must have 'rotationTopics' and 'firstRotation' to be rotated";
    throw invalidSecret(id, {
      rule,
      reason: 'Secret Manager rotates nothing itself, it tells a topic',
      value: rotationTopics,
      fix: 'give both',
    });
  }
  const seconds = checkInterval(id, rotateEvery.toSeconds(), ROTATION);
  return { topics, rotation: { rotationPeriod: `${seconds}s`, nextRotationTime: checkExpiry(id, firstRotation) } };
}
