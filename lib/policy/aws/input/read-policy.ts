import { AgenticIamError } from '../../../core/errors';
import type { AccessOrigin } from '../../../core/review/access';
import { parsePolicy } from '../engine';
import type { AwsPolicy } from '../model';
import { unpack } from './json';

/** Where a policy was found. */
export interface PolicyPlace extends Omit<AccessOrigin, 'statement'> {
  /** As a person would find it: `inline policy 'Read' of role 'reader'`. */
  readonly name: string;
  /** ARN of a managed policy. @default - inline */
  readonly arn?: string;
  /** Why the text may be more than it seems. @default [] */
  readonly doubts?: readonly string[];
}

/**
 * Reads a policy that is an object, JSON text, or URL-encoded JSON text. What can not be read is said, never thrown: such a policy has
 * no statements, and an unknown.
 */
export function readPolicy(document: unknown, { name, arn, doubts = [], ...origin }: PolicyPlace): AwsPolicy {
  try {
    const parsed = parsePolicy(unpack(document), { ...origin, name });
    const unknowns = [...parsed.unknowns, ...doubts.map((doubt) => `In ${name}: ${doubt}`)];
    return { name, arn, document: { ...parsed, unknowns } };
  } catch (error) {
    if (!(error instanceof AgenticIamError)) throw error;
    return {
      name,
      arn,
      document: { version: '2012-10-17', statements: [], unknowns: [`The text of ${name} could not be read: ${error.message}.`] },
    };
  }
}

/** Whether nothing of the policy could be read. As a boundary, such a policy would seem to deny everything. */
export function isUnread(policy: AwsPolicy): boolean {
  return policy.document.statements.length === 0 && policy.document.unknowns.length > 0;
}

/** One policy that says what two say. */
export function joinPolicies(first: AwsPolicy, second: AwsPolicy): AwsPolicy {
  return {
    ...first,
    document: {
      version: second.document.version === '2012-10-17' ? second.document.version : first.document.version,
      statements: [...first.document.statements, ...second.document.statements],
      unknowns: [...first.document.unknowns, ...second.document.unknowns],
    },
  };
}
