import { Token } from 'aws-cdk-lib';
import { emptyField } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { openTrust, unresolvedToken } from '../../../core/native-errors';

const OTHERS = 'with a wildcard others than the one you mean could become the agent';

/** A value that must match exactly: a literal that is not empty, holds no wildcard and nothing a policy reads as more than itself. */
export function exact(agent: string, field: string, value: unknown): string {
  const subject = `agent '${agent}'`;
  if (typeof value !== 'string' || value.trim() === '') {
    throw emptyField(subject, field, 'without it others than the one you mean could become the agent');
  }
  if (Token.isUnresolved(value)) throw unresolvedToken(subject, field);
  if (/[*?]/.test(value)) throw openTrust(agent, { field, value, reason: OTHERS });
  return checkLiteral(subject, field, value);
}
