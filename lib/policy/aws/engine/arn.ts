/** A reference in a string, or its hidden end, whose text is no part of the string; see `core/review/symbols`. */
const SPAN = '\\uE000[^\\uE001]*\\uE001|\\uE002[^\\uE003]*\\uE003';
/** Text up to a colon, and text up to a slash. */
const PART = `((?:${SPAN}|[^:])*)`;
const NAME = `((?:${SPAN}|[^/])+)`;
const ANY_SPAN = new RegExp(SPAN);
const PIECES = new RegExp(`${SPAN}|[^]`, 'g');

const ROOT = new RegExp(`^arn:${PART}:iam::${PART}:root$`);
const SESSION = new RegExp(`^arn:${PART}:sts::${PART}:assumed-role/${NAME}/${NAME}$`);

/** Cuts text at a separator, but for separators within a reference. */
export function cutAt(text: string, separator: ':' | '/'): string[] {
  if (!ANY_SPAN.test(text)) return text.split(separator);
  const parts = [''];
  for (const piece of text.match(PIECES) ?? []) {
    if (piece === separator) parts.push('');
    else parts[parts.length - 1] += piece;
  }
  return parts;
}

/** The six parts of an ARN, or undefined for text of fewer. */
export function splitArn(text: string): readonly string[] | undefined {
  const parts = cutAt(text, ':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** The account of an ARN, or undefined where it has none or a wildcard. */
export function accountOf(arn: string): string | undefined {
  if (!arn.startsWith('arn:')) return undefined;
  const account = cutAt(arn, ':')[4];
  return account === undefined || account === '' || account === 'aws' || /[*?]/.test(account) ? undefined : account;
}

/** The account that the ARN of a root user stands for. */
export function rootAccount(arn: string): string | undefined {
  return ROOT.exec(arn)?.[2];
}

/** What the ARN of a role session says. */
export function parseSession(arn: string): { readonly partition: string; readonly account: string; readonly role: string } | undefined {
  const [, partition, account, role] = SESSION.exec(arn) ?? [];
  return partition === undefined || account === undefined || role === undefined ? undefined : { partition, account, role };
}

/** The last part of a path. */
export function nameOf(arn: string): string {
  return cutAt(arn, '/').at(-1) ?? '';
}
