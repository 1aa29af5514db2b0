import type { ReviewInput } from '../../../core/review/input';
import type { AwsEstate } from '../model';
import { type AccountListing, readAccountDetails } from './account-details';
import { readAgents } from './agents';
import { EstateDraft } from './estate-draft';
import { withoutMarks } from './json';
import { readPrincipalList } from './principal-list';
import { readResourceLines } from './resource-lines';
import { UNKNOWN_ACCOUNT } from './stack-scope';
import type { TemplateReading } from './template';
import { readAttachments, readPrincipals } from './template-principals';
import { readResources } from './template-resources';
import { openTemplates } from './templates';
import { readTerraform } from './terraform';

/**
 * Reads templates, account details, resource lines, Terraform and manifests into one estate.
 *
 * What can not be understood is a sentence in `unknowns`, of the estate, of a principal or of a policy.
 * @throws AgenticIamError for a file that is not what it was given as, and for a principal to review that is in no file
 */
export function readAws(inputs: readonly ReviewInput[]): AwsEstate {
  const draft = new EstateDraft();
  const of = (kind: ReviewInput['kind']): readonly ReviewInput[] =>
    inputs.filter((input) => input.kind === kind).map((input) => ({ ...input, json: withoutMarks(input.json) }));
  const listings = of('account-details').map((input) => readAccountDetails(input, draft));
  const templates = openTemplates(of('template'), { draft, account: onlyAccount(listings) });
  for (const template of templates) readPrincipals(template);
  for (const input of [...of('terraform-plan'), ...of('terraform-stack')]) readTerraform(input, draft, onlyAccount(listings));
  for (const template of templates) readAttachments(template);
  for (const template of templates) readResources(template);
  for (const input of of('resources')) readResourceLines(input, draft);
  for (const input of of('manifest')) readAgents(input, templates, draft);
  const asked = of('principals').flatMap((input) => readPrincipalList(input, draft));
  return {
    principals: draft.finishPrincipals(),
    resources: [...draft.resources.values()],
    secrets: draft.secrets,
    outsideSecrets: draft.outsideSecrets,
    managedPolicies: [...draft.managed.values()],
    accountsInFull: inFull(listings, asked),
    resourcesInFull: of('resources').length > 0,
    reviewed: new Set(asked.length > 0 || hasAgents(draft) ? asked : newInTemplates(templates, listings)),
    unknowns: [...draft.unknowns],
  };
}

/** A template that is bound to no account, read beside the details of one account, is taken to be meant for that one. */
function onlyAccount(listings: readonly AccountListing[]): string {
  const accounts = new Set(listings.flatMap((listing) => [...listing.accounts]));
  const [only] = accounts;
  return accounts.size === 1 && only ? only : UNKNOWN_ACCOUNT;
}

/**
 * An account that lists no role but those under review does not look like a whole account: every real one has roles that AWS made. There,
 * wildcards may reach roles that are not in view.
 */
function inFull(listings: readonly AccountListing[], asked: readonly string[]): ReadonlySet<string> {
  const full = new Set<string>();
  for (const { accounts, roles, truncated } of truncatedLast(listings)) {
    for (const account of accounts) {
      if (truncated) full.delete(account);
      else if (roles.some((role) => role.includes(`::${account}:`) && !asked.includes(role))) full.add(account);
    }
  }
  return full;
}

function truncatedLast(listings: readonly AccountListing[]): readonly AccountListing[] {
  return [...listings].sort((a, b) => Number(a.truncated) - Number(b.truncated));
}

function hasAgents(draft: EstateDraft): boolean {
  return [...draft.principals.values()].some(({ agent }) => agent !== undefined);
}

/** Where templates are read beside account details, it is the templates that are to be judged. */
function newInTemplates(templates: readonly TemplateReading[], listings: readonly AccountListing[]): readonly string[] {
  if (listings.length === 0) return [];
  return templates.flatMap((template) => template.ofType('AWS::IAM::Role', 'AWS::IAM::User').flatMap(({ physical }) => physical.arn ?? []));
}
