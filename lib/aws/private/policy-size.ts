import { CfnParameter, CfnResource, DefaultTokenResolver, Reference, Stack, StringConcat, Token, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import limits from '../catalog/limits.json';
import type { SizeOf, Statement } from './statement';

interface NameLimit {
  readonly max: number;
  /** Properties that make up the name, the last being the name itself. @default - the name cannot be given */
  readonly given?: readonly string[];
  /** What the service adds to a given name. @default 0 */
  readonly suffix?: number;
}

const { arnParts, generatedName, unknownLength } = limits;
const NAMES: Readonly<Record<string, NameLimit | undefined>> = limits.names;
const ARN_PREFIX = 'arn:::::/'.length + arnParts.partition + arnParts.service + arnParts.region + arnParts.account + arnParts.type;
/** Longest name of a resource type that is not listed: that of a table, which few exceed. */
const USUAL_NAME = 255;
/** What an attribute such as `StreamArn` adds to the ARN. */
const ATTRIBUTE_SUFFIX = 64;

const PSEUDO: Readonly<Record<string, number | undefined>> = {
  'AWS::Partition': arnParts.partition,
  'AWS::Region': arnParts.region,
  'AWS::AccountId': arnParts.account,
  'AWS::URLSuffix': arnParts.urlSuffix,
  'AWS::StackName': generatedName.stackName,
};

/**
 * Measures statements as IAM will count them. What a reference will stand for is not known before deployment, so the
 * longest text it can become is counted: the longest ARN and name of its resource type, or the name that is given.
 */
export function sizeIn(scope: IConstruct): SizeOf {
  return (statement: Statement) => {
    const known = SIZES.get(statement);
    if (known !== undefined) return known;
    const measured: unknown = Tokenization.resolve(statement, { scope, resolver: new LongestText(), preparing: false });
    const size = JSON.stringify(settle(measured)).length;
    SIZES.set(statement, size);
    return size;
  };
}

/** A statement is measured for the role's policies and again for the boundary. */
const SIZES = new WeakMap<Statement, number>();

/** Replaces every token by a text of the greatest length it can take. */
class LongestText extends DefaultTokenResolver {
  constructor() {
    super(new StringConcat());
  }

  override resolveToken(...[token, context, postProcessor]: Parameters<DefaultTokenResolver['resolveToken']>): unknown {
    if (Reference.isReference(token)) return filler(referenceLength(token));
    return settle(super.resolveToken(token, context, postProcessor));
  }
}

const filler = (length: number): string => 'x'.repeat(length);

function referenceLength({ target, displayName }: Reference): number {
  const pseudo = PSEUDO[displayName];
  if (pseudo !== undefined) return pseudo;
  if (target instanceof CfnParameter) return target.maxLength ?? unknownLength.characters;
  if (!CfnResource.isCfnResource(target)) return unknownLength.characters;
  const arn = ARN_PREFIX + nameLength(target);
  return displayName === 'Ref' || displayName === 'Arn' ? arn : arn + ATTRIBUTE_SUFFIX;
}

function nameLength(resource: CfnResource): number {
  const { max, given = [], suffix = 0 }: NameLimit = NAMES[resource.cfnResourceType] ?? { max: USUAL_NAME };
  const parts = given.map((property) => (resource as unknown as Record<string, unknown>)[property]);
  if (parts.some((part) => typeof part === 'string' && Token.isUnresolved(part))) return max;
  const lengths = parts.map((part) => (typeof part === 'string' ? part.length : 0));
  const prefix = lengths.slice(0, -1).reduce((sum, length) => sum + length, 0);
  const own = lengths.at(-1) || generatedLength(resource);
  return Math.min(max, prefix + own + suffix);
}

/** Making a logical id takes a hash, and one bucket is measured for each agent that reads it. */
const GENERATED = new WeakMap<CfnResource, number>();

/** A name that CloudFormation makes up. */
function generatedLength(resource: CfnResource): number {
  const known = GENERATED.get(resource);
  if (known !== undefined) return known;
  const stack = Stack.of(resource);
  const stackName = Token.isUnresolved(stack.stackName) ? generatedName.stackName : stack.stackName.length;
  const logicalId: unknown = stack.resolve(resource.logicalId);
  const length = stackName + String(logicalId).length + generatedName.random;
  GENERATED.set(resource, length);
  return length;
}

/** Replaces intrinsic functions by texts of the greatest length they can give. */
function settle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settle);
  if (typeof value !== 'object' || value === null) return value;
  const [first, ...more] = Object.entries(value);
  if (first && more.length === 0 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) return filler(intrinsicLength(...first));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settle(inner)]));
}

function intrinsicLength(name: string, argument: unknown): number {
  if (name === 'Ref') return PSEUDO[String(argument)] ?? unknownLength.characters;
  if (name === 'Fn::Sub') return substitutedLength(argument);
  if (!Array.isArray(argument)) return unknownLength.characters;
  const lengths = argument.slice(1).map(textLength);
  if (name === 'Fn::If') return Math.max(...lengths);
  const [head, list] = argument as readonly unknown[];
  if (name === 'Fn::Select' || name === 'Fn::Split') return Array.isArray(list) ? Math.max(...list.map(textLength)) : textLength(list);
  if (name === 'Fn::Join' && Array.isArray(list))
    return list.reduce((sum: number, part) => sum + textLength(part) + String(head).length, 0);
  return unknownLength.characters;
}

function textLength(value: unknown): number {
  const settled = settle(value);
  return typeof settled === 'string' ? settled.length : unknownLength.characters;
}

function substitutedLength(argument: unknown): number {
  const [template, given] = (Array.isArray(argument) ? argument : [argument]) as readonly unknown[];
  const values = given as Readonly<Record<string, unknown>> | undefined;
  const text = String(template);
  const names = Array.from(text.matchAll(/\$\{([^!}][^}]*)\}/g), ([, name]) => name ?? '');
  return names.reduce((sum, name) => sum + (PSEUDO[name] ?? textLength(values?.[name])), text.length);
}
