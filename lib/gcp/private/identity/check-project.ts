import { emptyField, invalidName } from '../../../core/errors';
import { Token } from '../../../terraform/core';

const PROJECT = /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/**
 * Gives a project id: literal, or a reference, whose value is not known yet.
 *
 * @see https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects
 */
export function checkProject(agent: string, field: string, value: string): string {
  if (Token.isUnresolved(value)) return value;
  if (typeof value !== 'string' || value.trim() === '') throw emptyField(`agent '${agent}'`, field, 'an identity belongs to one project');
  if (PROJECT.test(value)) return value;
  const rule = 'must be a project id: 6 to 30 lower-case letters, digits and hyphens, first a letter';
  throw invalidName(`'${field}' of agent '${agent}'`, {
    rule,
    reason: 'Google knows no other (a project number or name is not its id)',
    value,
    suggestion: 'finance-prod',
  });
}
