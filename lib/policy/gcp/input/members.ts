import { listOf } from '../../../core/json-fields';
import type { TerraformResource } from '../../../core/review/terraform-source';
import type { Values } from './values';

/** Whom a grant is given to. */
export interface Members {
  readonly known: readonly string[];
  /** Kinds of those that can not be told; an empty text is any kind. */
  readonly hidden: readonly string[];
}

/** Reads `member` or `members` of a resource; what can not be told is said and never left out. */
export function membersOf(resource: TerraformResource, path: 'member' | 'members', values: Values): Members {
  const given = values.given(resource, path);
  const written = readMembers(given, values);
  const list = listOf(given);
  const open = list.length - list.filter((one) => typeof one === 'string').length;
  if (list.length > 0 && open === 0) return written;
  const named = values.named(resource, path);
  const several = path === 'member' && named.length > 1;
  const found = named.map((name) => memberAt(name, values));
  const told = found.flatMap((one) => (one.member === undefined ? [] : [one.member]));
  const isShort = list.length > 0 ? told.length < open : named.length === 0 && (path === 'member' || values.isOpen(resource, path));
  const hidden = found.flatMap(({ kind }) => (kind === undefined ? [] : [kind]));
  return {
    known: [...written.known, ...(several ? [] : told)],
    hidden: [...new Set([...written.hidden, ...hidden, ...(several || isShort ? [''] : [])])],
  };
}

/** Members that are written out, references filled in. Whatever is no text is of a kind that can not be told. */
export function readMembers(given: unknown, values: Values): Members {
  const filled = listOf(given).map((one) => (typeof one === 'string' ? values.fill(one) : undefined));
  return {
    known: filled.filter((one) => one !== undefined),
    hidden: filled.includes(undefined) ? [''] : [],
  };
}

/** A plan tells of `serviceAccount:${...email}` only that it refers to the account. */
function memberAt(name: string, values: Values): { readonly member?: string; readonly kind?: string } {
  const made = values.at(name);
  if (made?.type === 'google_service_account' && !made.isData) return { member: values.reference(`${made.address}.member`) };
  if (made?.type === 'google_iam_workload_identity_pool') return { kind: 'principal' };
  const text = values.reference(name);
  if (made && !values.isHidden(text)) return { member: /^[a-zA-Z]+:/.test(text) ? text : `serviceAccount:${text}` };
  return { kind: /(^|\.)google_service_account\./.test(name) ? 'serviceAccount' : '' };
}

/** The kind of a member of which not all is known: what is written before the first reference. */
export function kindOf(member: string): string {
  const kind = /^([a-zA-Z]+):/.exec(member)?.[1] ?? '';
  return kind.startsWith('principal') ? 'principal' : kind;
}
