import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { IDuration } from '../core/duration';
import { Fleets } from '../core/fleet';
import type { JsonValue } from '../core/json';
import { unresolvedToken } from '../core/native-errors';
import { checkInterval, checkReaders, checkSecretName } from '../core/secret';
import { invalidSecret } from '../core/secret-errors';
import type { IAgentIdentity } from './agent-identity';
import { AgentResource } from './agent-resource';
import { CATALOG } from './catalog';
import { writeManifestOnSynth } from './private/manifest-writer';

export interface AgentSecretProps {
  /** Agents that read it. Each declares `secrets:read`, and binds this secret's `resource`. */
  readonly agents: readonly IAgentIdentity[];
  /** Name of the secret. @default - made up by CloudFormation */
  readonly secretName?: string;
  /** Key of yours that encrypts it. @default - the key that AWS manages */
  readonly encryptionKey?: IKey;
  /** Function that rotates it, with a role of its own: never an agent's. @default - it is not rotated */
  readonly rotateBy?: IFunction;
  /** How often it is rotated, from 4 hours to 1000 days. Used only with `rotateBy`. @default 30 days */
  readonly rotateEvery?: IDuration;
  /**
   * Native ids of the principals, on any cloud, whose credentials it holds: who reads it can become them, and the review follows that.
   * @default - none that is known
   */
  readonly holds?: readonly string[];
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html */
const ROTATION = { what: 'a rotation', min: 4 * 3600, max: 1000 * 86_400, shown: '4 hours to 1000 days' } as const;
const USUAL_ROTATION_SECONDS = 30 * 86_400;

/**
 * A secret for named agents. It is made with a random value, and never takes one from a template: put the real one in by hand, by its
 * rotation, or by whoever knows it. Its own policy keeps out every principal but the agents and the function that rotates it; who manages
 * the account can still change that policy, and so is not locked out.
 *
 * Bind its `resource` in the agents' roles: it allows reading the current version alone, under the exact ARN, and the key only for this
 * secret.
 *
 * Throws for agents that do not declare `secrets:read`, a name with a wildcard or token, a rotation by an agent or out of range.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 */
export class AgentSecret extends Construct {
  /** What `ScopedAgentRole` binds the agents' resource name to. */
  readonly resource: AgentResource;
  readonly secret: secretsmanager.Secret;
  readonly secretArn: string;

  constructor(scope: Construct, id: string, props: AgentSecretProps) {
    super(scope, id);
    const readers = checkReaders(
      id,
      props.agents.map(({ agent }) => agent),
    );
    const { Secret } = require('aws-cdk-lib/aws-secretsmanager') as typeof secretsmanager;
    this.secret = new Secret(this, 'Secret', {
      description: `Read by ${readers.join(', ')}`.slice(0, 2048),
      ...(props.secretName === undefined ? {} : { secretName: nameOf(id, props.secretName) }),
      ...(props.encryptionKey ? { encryptionKey: props.encryptionKey } : {}),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.secretArn = this.secret.secretArn;
    this.rotate(id, props);
    this.secret.addToResourcePolicy(this.keepOut(props));
    this.resource = AgentResource.secret(this.secret, { currentOnly: true, ...(props.encryptionKey ? { key: props.encryptionKey } : {}) });
    this.register(readers, props.holds ?? []);
  }

  private rotate(id: string, { rotateBy, rotateEvery, agents }: AgentSecretProps): void {
    if (!rotateBy) return;
    if (!rotateBy.role || agents.some(({ role }) => role === rotateBy.role)) {
      const reason = 'an agent that rotates its own secret can keep an old one, or make one for others';
      const fix = "give 'rotateBy' a function with a role of its own";
      throw invalidSecret(id, { rule: 'must be rotated by a role that is no agent', reason, value: rotateBy.node.path, fix });
    }
    const seconds = checkInterval(id, rotateEvery?.toSeconds() ?? USUAL_ROTATION_SECONDS, ROTATION);
    this.secret.addRotationSchedule('Rotation', { rotationLambda: rotateBy, automaticallyAfter: Duration.seconds(seconds) });
  }

  /** Sessions of a role have the role's ARN as `aws:PrincipalArn`. Reading alone is denied: managing the secret is not. */
  private keepOut({ agents, rotateBy }: AgentSecretProps): iam.PolicyStatement {
    const readers = [...agents.map(({ roleArn }) => roleArn), ...(rotateBy?.role ? [rotateBy.role.roleArn] : [])];
    return new iam.PolicyStatement({
      sid: 'KeepOthersOut',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['secretsmanager:GetSecretValue'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': [...new Set(readers)] } },
    });
  }

  private register(agents: readonly string[], holds: readonly string[]): void {
    const stack = Stack.of(this);
    Fleets.of(this.node.root).registerSecret(() => ({
      cloud: CATALOG.cloud,
      construct: this.node.path,
      secret: stack.resolve(this.secretArn) as JsonValue,
      agents,
      holds: holds.map((one) => stack.resolve(one) as JsonValue),
    }));
    writeManifestOnSynth(this);
  }
}

function nameOf(id: string, name: string): string {
  if (Token.isUnresolved(name)) throw unresolvedToken(`secret '${id}'`, 'secretName');
  return checkSecretName(id, name);
}
