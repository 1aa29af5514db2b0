import type { ReviewInput } from '../../core/review/input';

/** What a JSON document is, by its content: what a review reads, or what people give in its place. */
export type DocumentKind = ReviewInput['kind'] | 'terraform-state-file' | 'saved-review' | 'saved-diff' | 'other';

/** What each kind is called where a file is refused. */
export const KIND_NAMES: Readonly<Record<DocumentKind, string>> = {
  template: 'a CloudFormation template',
  'terraform-stack': 'a Terraform stack that cdktf wrote',
  'terraform-plan': 'the output of terraform show -json',
  'account-details': 'the details of an account',
  resources: 'a list of resources',
  manifest: 'a manifest of agents',
  governance: 'a governance record',
  principals: 'a list of principals',
  'terraform-state-file': "Terraform's own state file",
  'saved-review': 'a saved review',
  'saved-diff': 'a saved diff',
  other: 'something else',
};

type Fields = Readonly<Record<string, unknown>>;

const DETAIL_LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'];

/** Tells documents apart by their members; a file's name says nothing about what is in it. */
export function kindOf(json: unknown): DocumentKind {
  if (Array.isArray(json)) return json.length > 0 && json.every(isResourceLine) ? 'resources' : 'other';
  const fields = fieldsOf(json);
  if (!fields) return 'other';
  if (fields['schemaVersion'] !== undefined && Array.isArray(fields['principals']))
    return fieldsOf(fields['graph']) ? 'saved-review' : 'other';
  if (fields['compared'] !== undefined && Array.isArray(fields['principals'])) return 'saved-diff';
  if (fields['schemaVersion'] !== undefined && Array.isArray(fields['agents'])) return 'manifest';
  if (fields['schemaVersion'] !== undefined && Array.isArray(fields['parts'])) return 'governance';
  if (fieldsOf(fields['Resources'])) return 'template';
  if (DETAIL_LISTS.some((list) => Array.isArray(fields[list]))) return 'account-details';
  if (typeof fields['format_version'] === 'string') return 'terraform-plan';
  if (typeof fields['terraform_version'] === 'string' && Array.isArray(fields['resources'])) return 'terraform-state-file';
  if (['resource', 'provider', 'terraform', 'data', 'module'].some((block) => fieldsOf(fields[block]))) return 'terraform-stack';
  return isResourceLine(fields) ? 'resources' : 'other';
}

function isResourceLine(value: unknown): boolean {
  return typeof fieldsOf(value)?.['arn'] === 'string';
}

/** The value as an object, or undefined where it is none. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
