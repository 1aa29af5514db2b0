import type { NativeNames } from '../../core/detection/from-manifest';
import { watchedAgent } from '../../core/detection/from-manifest';
import type { WatchedAgent } from '../../core/detection/registry';
import type { JsonValue } from '../../core/json';
import type { ManifestAgent, ManifestTrust } from '../../core/manifest';

/** Values of references, by what the template calls them: `Ref` of a logical id, or `LogicalId.Attribute`. */
export type TemplateValues = ReadonlyMap<string, string>;

/** What the detector is to know of an agent on AWS. References without a value are `*`: their part of an ARN is then not watched. */
export function awsWatched(agent: ManifestAgent, values: TemplateValues = new Map()): WatchedAgent {
  return watchedAgent(agent, namesWith(values));
}

/** How entries of the manifest are named on AWS, with references replaced by values or `*`. */
export function namesWith(values: TemplateValues): NativeNames {
  const pattern = (scope: JsonValue): string => patternOf(scope, values);
  return {
    patterns: (scope) => [pattern(scope)],
    principals: ({ identity }) => [pattern(identity.principal)],
    enteredBy: ({ identity }) => {
      const ways = identity.trust.map((trust) => entryOf(trust, pattern));
      return ways.every((way) => way !== undefined) && ways.length > 0 ? ways : undefined;
    },
    isIndirect: ({ conditions, via }) => via !== undefined || conditions.some(isThroughService),
    accounts: ({ identity }) => {
      const [, account] = /^arn:[^:]+:iam::(\d{12}):/.exec(pattern(identity.principal)) ?? [];
      return account === undefined ? undefined : [account];
    },
  };
}

/**
 * The pattern that a value of a template stands for.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
function patternOf(value: JsonValue, values: TemplateValues): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '*';
  const [[name, inner] = ['', null]] = Object.entries(value);
  if (name === 'Ref' && typeof inner === 'string') return values.get(inner) ?? '*';
  if (name === 'Fn::GetAtt') return values.get(Array.isArray(inner) ? inner.join('.') : String(inner)) ?? '*';
  if (name === 'Fn::Join' && Array.isArray(inner) && Array.isArray(inner[1]))
    return inner[1].map((part) => patternOf(part, values)).join(String(inner[0]));
  if (name === 'Fn::Sub' && typeof inner === 'string')
    return inner.replace(/\$\{([^!}][^}]*)\}/g, (_, key: string) => values.get(key) ?? '*');
  return '*';
}

/** Who enters, as records of `AssumeRole` name them. */
function entryOf({ bounds }: ManifestTrust, pattern: (value: JsonValue) => string): string | undefined {
  const { service, principal, issuer, subject, audience } = bounds;
  if (typeof service === 'string') return service;
  if (principal !== undefined) return pattern(principal);
  if (issuer === undefined || subject === undefined) return undefined;
  // Who brings a token is named by its issuer, audience and subject.
  return `*${pattern(issuer)}:${audience === undefined ? '*' : pattern(audience)}:${pattern(subject)}`;
}

function isThroughService(condition: JsonValue): boolean {
  return /"(kms:ViaService|aws:CalledVia[A-Za-z]*)"/.test(JSON.stringify(condition));
}
