import { emptyField } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { invalidTrust, openTrust, unresolvedToken } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';

/** Characters that a CEL string, a principal and a Terraform string all take as themselves. */
const PLAIN = /^[A-Za-z0-9._~:/@=+,|!&;()[\]-]+$/;

/** Gives a value that trust may hang on: literal, not empty, no wildcard, nothing a policy would read as more than itself. */
export function exact(agent: string, field: string, value: unknown): string {
  const subject = `agent '${agent}'`;
  if (Token.isUnresolved(value)) throw unresolvedToken(subject, field);
  if (typeof value !== 'string' || value.trim() === '') throw emptyField(subject, field, 'without it anyone could become the agent');
  if (/[*?]/.test(value)) throw openTrust(agent, { field, value, reason: 'a wildcard would let others become the agent' });
  checkLiteral(subject, field, value);
  if (!PLAIN.test(value)) {
    const rule = `needs '${field}' of letters, digits and ._~:/@=+,|!&;()[]-`;
    throw invalidTrust(agent, {
      rule,
      reason: 'it becomes part of a principal, which spells nothing else',
      value,
      fix: 'rename what it refers to',
    });
  }
  return value;
}

/** What a field must look like, and what to write instead. */
export interface Shape {
  readonly pattern: RegExp;
  readonly rule: string;
  readonly fix: string;
}

/** As {@link exact}, and of the given shape. */
export function shaped(agent: string, [field, value]: readonly [string, unknown], { pattern, rule, fix }: Shape): string {
  const literal = exact(agent, field, value);
  if (!pattern.test(literal))
    throw invalidTrust(agent, { rule: `needs '${field}' ${rule}`, reason: 'anything else never matches a token', value: literal, fix });
  return literal;
}

/** Gives the one field that is set; refuses none and several. */
export function onlyOne(agent: string, fields: Readonly<Record<string, string | undefined>>): readonly [string, string] {
  const set = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const [only] = set;
  if (only && set.length === 1) return only;
  const names = Object.keys(fields).map((name) => `'${name}'`);
  throw invalidTrust(agent, {
    rule: `needs exactly one of ${names.join(', ')} in its trust`,
    reason: 'the subject is made of it',
    value: set.map(([name]) => name),
    fix: only ? 'keep one, and join several trusts with AgentTrust.anyOf' : 'set one of them',
  });
}

/** Shapes of what clouds and issuers call things. */
export const SHAPES = {
  awsAccount: { pattern: /^\d{12}$/, rule: 'of 12 digits', fix: 'give the account id without hyphens' },
  awsRole: { pattern: /^[\w+=,.@-]{1,64}$/, rule: 'as the name of a role', fix: 'give the name alone, without path or ARN' },
  uuid: {
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    rule: 'as a lower-case UUID',
    fix: 'copy the id from Microsoft Entra and write it in lower case',
  },
  issuer: {
    pattern: /^https:\/\/[a-z0-9.-]+(:\d+)?(\/[^\s&;]*)?$/,
    rule: 'as an https URL',
    fix: "give the token's 'iss' claim as it is",
  },
  repository: { pattern: /^[\w-]+\/[\w.-]+$/, rule: "as 'owner/name'", fix: 'write it as in the URL of the repository' },
  numericId: { pattern: /^\d+$/, rule: 'of digits', fix: 'ask the GitHub API for it: it is the number, not the name' },
  environment: { pattern: /^[^:]+$/, rule: 'without a colon', fix: 'GitHub encodes it in the subject: rename the environment' },
  ref: { pattern: /^(?!refs\/)/, rule: "without 'refs/'", fix: 'give the bare name; the library adds the rest' },
  label: {
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    rule: 'as a Kubernetes name',
    fix: 'use lower-case letters, digits and hyphens',
  },
  serviceAccount: {
    pattern: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
    rule: 'as a Kubernetes name',
    fix: 'use lower-case letters, digits, hyphens and dots',
  },
} satisfies Record<string, Shape>;
