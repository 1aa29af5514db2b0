import type { JsonValue } from '../../../core/json';
import { readPolicy } from '../input/read-policy';
import type { AwsPolicy } from '../model';
import catalog from './managed-policies.json';

interface PolicyFact {
  readonly version: string;
  readonly document: unknown;
}

const POLICIES: Readonly<Record<string, PolicyFact>> = catalog.policies;
const read = new Map<string, AwsPolicy>();

/** The AWS managed policy of that ARN, in any partition, or undefined where the catalog does not hold it. */
export function managedPolicyFact(arn: string): AwsPolicy | undefined {
  const fact = factOf(arn);
  if (!fact) return undefined;
  const known = read.get(arn);
  if (known) return known;
  const name = `AWS managed policy '${arn.split('/').at(-1)}' (${fact.version})`;
  const policy = readPolicy(fact.document, { layer: 'identity', name, arn });
  read.set(arn, policy);
  return policy;
}

/** Its document as AWS published it; undefined where the catalog does not hold it. */
export const managedPolicyDocument = (arn: string): JsonValue | undefined => factOf(arn)?.document as JsonValue | undefined;

function factOf(arn: string): PolicyFact | undefined {
  const key = arn.replace(/^arn:aws(-[a-z-]+)?:iam::aws:/, 'arn:aws:iam::aws:');
  return Object.hasOwn(POLICIES, key) ? POLICIES[key] : undefined;
}
