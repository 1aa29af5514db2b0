import { Token } from 'aws-cdk-lib';
import { emptyField } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { invalidTrust, openTrust, unresolvedToken } from '../../../core/native-errors';
import { isPolicyText, written } from '../policy-text';

const OTHERS = 'with a wildcard others than the one you mean could become the agent';

/** A value that must match exactly: a literal that is not empty, holds no wildcard and nothing a policy reads as more than itself. */
export function exact(agent: string, field: string, value: unknown): string {
  const subject = `agent '${agent}'`;
  if (typeof value !== 'string' || value.trim() === '') {
    throw emptyField(subject, field, 'without it others than the one you mean could become the agent');
  }
  if (Token.isUnresolved(value)) throw unresolvedToken(subject, field);
  return checkExact(agent, field, value);
}

/** An ARN, which may hold tokens: what is written out in it must match exactly too. */
export function exactArn(agent: string, field: string, arn: string): string {
  checkExact(agent, field, written(arn));
  return arn;
}

function checkExact(agent: string, field: string, value: string): string {
  if (/[*?]/.test(value)) throw openTrust(agent, { field, value, reason: OTHERS });
  if (!isPolicyText(value)) {
    const rule = `needs '${field}' in characters up to U+00FF`;
    throw invalidTrust(agent, { rule, reason: 'IAM takes no others in a policy', value, fix: 'trust a source that is named without them' });
  }
  return checkLiteral(`agent '${agent}'`, field, value);
}
