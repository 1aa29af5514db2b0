import { CelScalar, celEnv, celMethod, parse, plan } from '@bufbuild/cel';
import type { Federation } from '../model';

/** A role of AWS that asks a pool for a token. */
export interface Stranger {
  readonly account: string;
  readonly role: string;
}

/** Any session of the role: who takes it chooses the name. */
const SESSION = 'any-session';

/** What Google Cloud maps where a provider for AWS says nothing. @see https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds */
const USUAL: Readonly<Record<string, string>> = {
  'google.subject': 'assertion.arn',
  'attribute.account': 'assertion.account',
  'attribute.aws_role':
    "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
};

/** `'a/b/c'.extract('a/{x}/')` is `b`; nothing where the text does not fit. */
const EXTRACT = celMethod('extract', CelScalar.STRING, [CelScalar.STRING], CelScalar.STRING, function (template) {
  const [, before = '', after = ''] = /^([^{]*)\{[^}]*\}(.*)$/s.exec(template) ?? [];
  const from = this.indexOf(before);
  if (from < 0) return '';
  const start = from + before.length;
  const end = after === '' ? this.length : this.indexOf(after, start);
  return end < 0 ? '' : this.slice(start, end);
});
const ENV = celEnv({ funcs: [EXTRACT] });

/**
 * The ids of federated principals and sets that a role of AWS is one of at a provider; none where the provider does not let it in, or
 * where that can not be told.
 */
export function membersFor({ account, role }: Stranger, { pool, awsAccount, condition, mapping = USUAL }: Federation): readonly string[] {
  if (awsAccount !== account) return [];
  const assertion = { arn: `arn:aws:sts::${account}:assumed-role/${role}/${SESSION}`, account, userid: `AROA0000000000000000:${SESSION}` };
  const google: Record<string, string> = {};
  const attribute: Record<string, string> = {};
  for (const [key, text] of Object.entries(mapping)) {
    const value = evaluate(text, { assertion });
    const [, kind, name = ''] = /^(google|attribute)\.(\w+)$/.exec(key) ?? [];
    if (typeof value === 'string') (kind === 'google' ? google : attribute)[name] = value;
  }
  if (google.subject === undefined) return [];
  if (condition !== undefined && evaluate(condition, { assertion, google, attribute }) !== true) return [];
  const at = `//iam.googleapis.com/${pool}`;
  return [
    `principalSet:${at}/*`,
    `principal:${at}/subject/${google.subject}`,
    ...Object.entries(attribute).map(([name, value]) => `principalSet:${at}/attribute.${name}/${value}`),
  ];
}

function evaluate(text: string, values: Readonly<Record<string, Readonly<Record<string, string>>>>): unknown {
  try {
    return plan(ENV, parse(text))(values);
  } catch {
    return undefined;
  }
}
