import type { ResourceEnvironment } from 'aws-cdk-lib';
import { Arn, ArnFormat, Aws, Token } from 'aws-cdk-lib';
import type { IAlias, IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import type { NativeScope, ResourceTarget } from '../../../core/access-plan';
import { emptyField } from '../../../core/errors';
import type { JsonObject } from '../../../core/json';
import { checkLiteral } from '../../../core/names';
import { invalidBinding, unresolvedToken } from '../../../core/native-errors';
import { isPolicyText, written } from '../policy-text';

/** How an error names a bound construct. */
export const subjectOf = (kind: string, construct: IConstruct): string => `${kind} '${construct.node.path}'`;

/** A value that must be known at synth time, is not empty, and means no more than itself in a policy. */
export function literal(subject: string, field: string, value: string): string {
  if (Token.isUnresolved(value)) throw unresolvedToken(subject, field);
  if (value === '') throw emptyField(subject, field, 'an empty one would match more than was meant');
  return checkText(subject, field, value);
}

function checkText(subject: string, field: string, value: string): string {
  if (isPolicyText(value)) return checkLiteral(subject, field, value);
  throw invalidBinding(subject, {
    rule: `needs '${field}' in characters up to U+00FF`,
    reason: 'IAM takes no others in a policy',
    value,
    fix: 'bind a resource, or a wider part of it, that is named without them',
  });
}

/** Literals of a list that must not be empty. */
export function literals(subject: string, field: string, values: readonly string[]): readonly string[] {
  if (values.length === 0) throw emptyField(subject, field, 'nothing would be granted');
  return values.map((value) => literal(subject, field, value));
}

/**
 * A name or ARN that may hold tokens. Only what is written out is checked: an imported construct can carry a wildcard
 * that its owner typed, and the library alone adds wildcards.
 */
export function exact(subject: string, field: string, value: string): string {
  if (value === '') throw emptyField(subject, field, 'a policy must name something');
  checkText(subject, field, written(value));
  return value;
}

/** Where a resource lives. @default - region and account of the stack */
export type Place = Partial<Pick<ResourceEnvironment, 'region' | 'account'>>;

/** The region that an ARN names; undefined where it names none, or is known only at deployment. */
export function regionOf(arn: string): string | undefined {
  if (Token.isUnresolved(arn) || !arn.startsWith('arn:')) return undefined;
  return Arn.split(arn, ArnFormat.NO_RESOURCE_NAME).region || undefined;
}

/** An ARN in the partition of the stack. */
export function arnOf(service: string, resource: string, place: Place = {}): string {
  return `arn:${Aws.PARTITION}:${service}:${place.region ?? Aws.REGION}:${place.account ?? Aws.ACCOUNT_ID}:${resource}`;
}

/** A target with one or more scopes. */
export function on(scopes: NativeScope | readonly NativeScope[], conditions?: JsonObject): ResourceTarget {
  const list = Array.isArray(scopes) ? scopes : [scopes as NativeScope];
  return conditions ? { scopes: list, conditions } : { scopes: list };
}

/**
 * The ARN of a key, where an alias that knows its key stands for it. The ARN of any other alias is refused: a policy that
 * names one grants nothing.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function keyArnOf(key: IKey): string {
  const subject = subjectOf('key', key);
  const arn = exact(subject, 'keyArn', behindAlias(key).keyArn);
  if (!written(arn).includes(':alias/')) return arn;
  const reason = 'a policy that names an alias grants nothing';
  throw invalidBinding(subject, {
    rule: 'needs to be the key itself',
    reason,
    value: written(arn).split(':').pop(),
    fix: "pass the key behind the alias as 'key'",
  });
}

function behindAlias(key: IKey): IKey {
  if (!('aliasName' in key)) return key;
  try {
    return behindAlias((key as IAlias).aliasTargetKey);
  } catch {
    // An alias imported by its name throws: it knows no key.
    return key;
  }
}

/** Every caller of a service may use its AWS-managed key through it, by the policy of that key. */
const isAwsManaged = (key: IKey): boolean => written(key.keyArn).includes(':alias/aws/');

/**
 * The target `key` of a resource encrypted with a key of the user: the key may be used only through the service that
 * holds the resource, in the resource's own region. Nothing where there is no such key, or AWS manages it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function keyThrough(service: string, key: IKey | undefined, place: Place): Readonly<Record<string, ResourceTarget>> {
  if (!key || isAwsManaged(key)) return {};
  const via = `${service}.${place.region ?? Aws.REGION}.amazonaws.com`;
  return { key: on(keyArnOf(key), { StringEquals: { 'kms:ViaService': via } }) };
}

/** The condition that every value of a multi-valued key is one of these, and that there is one: alone, `ForAllValues` also holds for none. */
export function everyOneOf(key: string, values: readonly string[]): JsonObject {
  return { 'ForAllValues:StringEquals': { [key]: [...values] }, Null: { [key]: 'false' } };
}
