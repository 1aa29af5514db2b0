import type { PolicyText } from '../model';

/** The parts of an ARN, symbols included. */
export interface ArnParts {
  readonly partition: PolicyText;
  readonly service: PolicyText;
  readonly region: PolicyText;
  readonly account: PolicyText;
  /** All after the fifth colon. */
  readonly resource: PolicyText;
}

/** The parts of an ARN, or undefined where the text is none. A symbol never holds a colon that counts. */
export function splitArn(text: PolicyText): ArnParts | undefined {
  const [arn, partition, service, region, account, ...rest] = splitOutsideSymbols(text, ':');
  if (arn !== 'arn' || partition === undefined || service === undefined || region === undefined || account === undefined) return undefined;
  return rest.length > 0 ? { partition, service, region, account, resource: rest.join(':') } : undefined;
}

/** Splits at every separator that is not inside a symbol. */
export function splitOutsideSymbols(text: PolicyText, separator: string): string[] {
  if (!text.includes('\uE000')) return text.split(separator);
  const pieces: string[] = [''];
  for (const part of text.split(/(\uE000[^\uE001]*\uE001)/)) {
    const [first = '', ...more] = part.startsWith('\uE000') ? [part] : part.split(separator);
    pieces[pieces.length - 1] += first;
    pieces.push(...more);
  }
  return pieces;
}

/** What the ARN of a role, user or group says of it. */
export interface PrincipalName {
  readonly account: PolicyText;
  readonly kind: 'user' | 'role' | 'group';
  readonly path: PolicyText;
  readonly name: PolicyText;
}

/** Reads `arn:aws:iam::ACCOUNT:role/PATH/NAME`, and `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` as its role (whose path it hides). */
export function readPrincipalArn(text: PolicyText): PrincipalName | undefined {
  const arn = splitArn(text);
  if (!arn) return undefined;
  const [type, ...rest] = splitOutsideSymbols(arn.resource, '/');
  if (arn.service === 'sts' && type === 'assumed-role' && rest[0]) return { account: arn.account, kind: 'role', path: '', name: rest[0] };
  const name = rest.at(-1);
  if (arn.service !== 'iam' || !name || (type !== 'role' && type !== 'user' && type !== 'group')) return undefined;
  return {
    account: arn.account,
    kind: type,
    path: `/${rest
      .slice(0, -1)
      .map((part) => `${part}/`)
      .join('')}`,
    name,
  };
}
