import type { IConfiguration, IEnvironment } from 'aws-cdk-lib/aws-appconfig';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';
import type { BoundResource } from '../../../core/access-plan';
import type { EncryptedOptions } from './messaging';
import { arnOf, exact, keyArnOf, keyThrough, on, subjectOf } from './shared';

export interface SecretOptions extends EncryptedOptions {
  /** Whether only the current version may be read, and the key used for this secret alone. `AgentSecret` binds itself so. @default false */
  readonly currentOnly?: boolean;
}

/** Secrets Manager ends every ARN with a hyphen and six characters that a reference by name cannot know. */
const UNKNOWN_SUFFIX = '-??????';

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html */
export function bindSecret(secret: ISecret, options: EncryptedOptions): BoundResource {
  const subject = subjectOf('secret', secret);
  const arn = secret.secretFullArn
    ? exact(subject, 'secretFullArn', secret.secretFullArn)
    : `${exact(subject, 'secretArn', secret.secretArn)}${UNKNOWN_SUFFIX}`;
  return {
    kind: 'secret',
    targets: { secret: on(arn), ...keyThrough('secretsmanager', options.key ?? secret.encryptionKey, secret.env) },
  };
}

/**
 * The current version of a secret alone. A request that names a version by its id asks for another; one that names no stage asks for the
 * current one. The key opens nothing but this secret.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function bindCurrentSecret(secret: ISecret, options: EncryptedOptions): BoundResource {
  const bound = bindSecret(secret, options);
  const arn = bound.targets['secret']?.scopes[0];
  const only = { StringEqualsIfExists: { 'secretsmanager:VersionStage': 'AWSCURRENT' }, Null: { 'secretsmanager:VersionId': 'true' } };
  const { key } = bound.targets;
  const opens = typeof arn === 'string' ? { StringEquals: { 'kms:EncryptionContext:SecretARN': arn } } : {};
  const via = key && (key.conditions as { readonly StringEquals?: object } | undefined)?.StringEquals;
  return {
    kind: bound.kind,
    targets: {
      secret: { scopes: bound.targets['secret']?.scopes ?? [], conditions: only },
      ...(key ? { key: { ...key, conditions: { StringEquals: { ...via, ...opens.StringEquals } } } } : {}),
    },
  };
}

export function bindParameter(parameter: IParameter, options: EncryptedOptions): BoundResource {
  // Not part of the interface, and known to one imported as a SecureString with its key.
  const { encryptionKey } = parameter as IParameter & { readonly encryptionKey?: IKey };
  const arn = exact(subjectOf('parameter', parameter), 'parameterArn', parameter.parameterArn);
  return { kind: 'parameter', targets: { parameter: on(arn), ...keyThrough('ssm', options.key ?? encryptionKey, parameter.env) } };
}

export function bindConfiguration(profile: IConfiguration, environment: IEnvironment): BoundResource {
  const { applicationId, environmentId } = environment;
  const resource = `application/${applicationId}/environment/${environmentId}/configuration/${profile.configurationProfileId}`;
  const arn = arnOf('appconfig', exact(subjectOf('configuration', profile), 'id', resource), environment.env);
  return { kind: 'configuration', targets: { configuration: on(arn) } };
}

export interface KeyOptions {
  /** Whether encrypting may also ask the key for data keys, as client-side envelope encryption does. @default false */
  readonly envelope?: boolean;
}

export function bindKey(key: IKey, options: KeyOptions): BoundResource {
  const arn = keyArnOf(key);
  return { kind: 'key', targets: { key: on(arn), ...(options.envelope ? { envelope: on(arn) } : {}) } };
}
