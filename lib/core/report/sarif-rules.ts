import { CHECKS } from '../checks';
import { type Finding, Severity } from '../finding';
import { ruleOf } from '../review/rules';
import { plain } from './text';

/** What SARIF says of a rule. */
export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly tags: readonly string[]; readonly precision: string; readonly 'security-severity': string };
}

/** Code scanning shows these as high, medium and low. @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const SCORES: Readonly<Record<Severity, string>> = { [Severity.ERROR]: '8.0', [Severity.WARNING]: '5.0', [Severity.INFO]: '2.0' };
const LEVELS: Readonly<Record<Severity, string>> = { [Severity.ERROR]: 'error', [Severity.WARNING]: 'warning', [Severity.INFO]: 'note' };

/** The rule behind a finding: from the check of that id, from the rules of reviews, or from the finding itself. */
export function describeRule({ id, severity, fix }: Finding): SarifRule {
  const check = CHECKS.find((one) => one.id === id);
  const rule = check ? undefined : ruleOf(id);
  const title = check?.title ?? (rule ? `an agent ${rule.title}` : id.replaceAll('-', ' '));
  const why = check?.explanation ?? rule?.why ?? title;
  const help = check?.fix ?? rule?.fix ?? fix;
  return {
    id: plain(id),
    name: plain(id)
      .split('-')
      .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
      .join(''),
    shortDescription: { text: sentence(title) },
    fullDescription: { text: sentence(why) },
    help: { text: sentence(help), markdown: sentence(help).replace(/[\\`*_{}[\]<>()#+!|@~-]/g, '\\$&') },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['security', 'iam'], precision: 'very-high', 'security-severity': SCORES[severity] },
  };
}

function sentence(text: string): string {
  const clean = plain(text).trim();
  const begun = `${clean.charAt(0).toUpperCase()}${clean.slice(1)}`;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
