import { fieldsOf, listOf, rowsOf, textOf } from '../../../core/json-fields';
import type { AccessOrigin } from '../../../core/review/access';
import { hasSymbol } from '../../../core/review/glob';
import { isHiddenBelow, type TerraformResource } from '../../../core/review/terraform-source';
import { readCondition } from '../engine/cel';
import type { Binding, Condition, DenyRule, Place } from '../model';
import { type Members, membersOf, readMembers } from './members';
import catalog from './scopes.json';
import type { Values } from './values';

/** How one Terraform type names what it grants on; members are explained in the catalog. */
interface Scope {
  readonly name: string;
  readonly objects?: string;
  readonly level?: string;
  readonly type?: string;
}

export const SCOPES: Readonly<Record<string, Scope>> = catalog.scopes;

/** What one Terraform resource grants, and the kinds of those of whom it can not be told that they are granted it. */
export interface Granted {
  readonly bindings: readonly Binding[];
  readonly hidden: readonly string[];
}

/** The bindings of one Terraform resource, each place by place; undefined where it grants nothing. */
export function bindingsOf(resource: TerraformResource, values: Values, source: string): Granted | undefined {
  const [, base = '', form] = /^(google_\w+?)_iam_(member|binding|policy)$/.exec(resource.type) ?? [];
  const scope = Object.hasOwn(SCOPES, base) ? SCOPES[base] : undefined;
  if (!form || !scope) return undefined;
  const places = placesOf(scope, (template) => values.name(template, resource));
  const origin = originOf(resource, source, 'binding');
  if (form === 'policy') return policyBindings(resource, { values, places, origin });
  const role = values.text(resource, 'role') ?? '';
  const members = membersOf(resource, form === 'member' ? 'member' : 'members', values);
  const condition = conditionOf(resource.values.condition, values);
  return { bindings: eachPlace({ members, role, places, origin, ...(condition ? { condition } : {}) }), hidden: members.hidden };
}

interface Grant extends Omit<Binding, 'member' | 'place'> {
  readonly members: Members;
  readonly places: readonly Place[];
}

function eachPlace({ members, places, ...rest }: Grant): readonly Binding[] {
  return members.known.flatMap((member) => places.map((place) => ({ member, place, ...rest })));
}

/** Types that grant without a role of IAM's own resources: access lists, and templates that may hold anything. */
const OTHER_GRANTS =
  /^google_(bigquery_dataset_access|storage_bucket_(access_control|acl)|storage_object_(access_control|acl)|storage_default_object_(access_control|acl)|deployment_manager_deployment)$/;

/** Whether a type of Terraform grants in a way that is not known here. */
export function isUnknownGrant(type: string): boolean {
  const base = /^(google_\w+?)_iam_(member|binding|policy)$/.exec(type)?.[1];
  return base === undefined ? OTHER_GRANTS.test(type) : !Object.hasOwn(SCOPES, base);
}

/** The places that a scope takes in: a managed folder's policy also holds for the objects in it. */
export function placesOf({ name, objects, level = 'resource' }: Scope, fill: (template: string) => string | undefined): readonly Place[] {
  return [name, ...(objects ? [objects] : [])].flatMap((template) => {
    const filled = fill(template);
    return filled === undefined ? [] : [{ level: level as Place['level'], name: accountName(filled) }];
  });
}

/** `-` in place of the project of a service account, which its address tells. */
function accountName(name: string): string {
  return name.replace(/^projects\/-\/serviceAccounts\/(.+@([\w-]+)\.iam\.gserviceaccount\.com)$/, 'projects/$2/serviceAccounts/$1');
}

interface PolicyPlace {
  readonly values: Values;
  readonly places: readonly Place[];
  readonly origin: AccessOrigin;
}

/** A whole policy, as JSON text or made by a `google_iam_policy`; without a role or a text, whom it grants what is hidden. */
function policyBindings(resource: TerraformResource, { values, places, origin }: PolicyPlace): Granted {
  const text = textOf(resource.values.policy_data);
  const [reference] = text === undefined ? values.named(resource, 'policy_data') : [];
  const named = reference ?? /^\$\{(.*)\}$/.exec(text ?? '')?.[1];
  const made = named === undefined ? undefined : values.at(named);
  const given = made?.type === 'google_iam_policy' ? (textOf(made.values.policy_data) ?? made.values.binding) : text;
  const rows = typeof given === 'string' ? fieldsOf(tryParse(given))?.bindings : given;
  const isOpen =
    made !== undefined && typeof given !== 'string' && (isHiddenBelow(made.unknown, 'binding') || made.values.dynamic !== undefined);
  if (rows === undefined || rows === null) return { bindings: [], hidden: [''] };
  const granted = listOf(rows).map((one): Granted => {
    const row = fieldsOf(one);
    const role = textOf(row?.role);
    if (!row || role === undefined) return { bindings: [], hidden: [''] };
    const condition = conditionOf(row.condition, values);
    const members = readMembers(row.members, values);
    const grant = { members, role: values.fill(role), places, origin, ...(condition ? { condition } : {}) };
    return { bindings: eachPlace(grant), hidden: members.hidden };
  });
  return {
    bindings: granted.flatMap(({ bindings }) => bindings),
    hidden: [...new Set([...granted.flatMap(({ hidden }) => hidden), ...(isOpen ? [''] : [])])],
  };
}

function tryParse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function conditionOf(value: unknown, values: Values, exact = false): Condition | undefined {
  const [row] = rowsOf(value);
  if (!row) return undefined;
  const expression = textOf(row.expression);
  return readCondition(expression === undefined ? NOT_TOLD : values.fill(expression), exact);
}

/** No CEL, so that it is never decided. */
const NOT_TOLD = 'a condition that only apply fills in';

export function originOf({ address, values }: TerraformResource, source: string, layer: string): AccessOrigin {
  const metadata = fieldsOf(fieldsOf(values['//'])?.metadata);
  const construct = textOf(metadata?.path);
  return { statement: address, layer, source, ...(construct === undefined ? {} : { construct }) };
}

/**
 * The rules of a deny policy.
 * @see https://docs.cloud.google.com/iam/docs/deny-overview
 */
export function denyRulesOf(resource: TerraformResource, values: Values, source: string): readonly DenyRule[] {
  const parent = (values.text(resource, 'parent') ?? '').replace(/%2F/gi, '/');
  const name = parent.replace(/^cloudresourcemanager\.googleapis\.com\//, '');
  const level = name.startsWith('projects/') ? 'project' : name.startsWith('folders/') ? 'folder' : 'organization';
  return rowsOf(resource.values.rules).flatMap((rule) =>
    rowsOf(rule.deny_rule).map((deny): DenyRule => {
      const texts = (key: string): readonly string[] =>
        listOf(deny[key]).flatMap((one) => (typeof one === 'string' ? [values.fill(one)] : []));
      const isShort = (key: string): boolean => texts(key).length < listOf(deny[key]).length || values.isOpen(resource, 'rules');
      const condition = conditionOf(deny.denial_condition, values, true);
      const exceptions = texts('exception_principals').map(memberOf);
      const unsure =
        deny.dynamic !== undefined || isShort('exception_principals') || exceptions.some((one) => isSet(one) || values.isHidden(one));
      const excepted = texts('exception_permissions').map(permissionOf);
      const open = isShort('exception_permissions') || excepted.some((one) => hasSymbol(one));
      const doubt = unsure ? 'who is in the sets that it excepts' : open ? 'which permissions it excepts' : undefined;
      return {
        principals: texts('denied_principals').map(memberOf),
        exceptPrincipals: exceptions,
        permissions: texts('denied_permissions').map(permissionOf),
        exceptPermissions: excepted,
        place: /^projects\/\d+$/.test(name) ? { level: 'organization', name } : { level, name },
        origin: originOf(resource, source, 'deny'),
        ...(doubt === undefined ? {} : { doubt }),
        ...(condition ? { condition } : {}),
      };
    }),
  );
}

/** Sets of principals of which it is not known here who is in them. */
function isSet(member: string): boolean {
  return /^(group|principalSet):/.test(member);
}

/** Deny policies name principals by long identifiers; bindings by short ones. */
function memberOf(principal: string): string {
  const account = /^principal:\/\/iam\.googleapis\.com\/projects\/-\/serviceAccounts\/(.+)$/.exec(principal)?.[1];
  if (account !== undefined) return `serviceAccount:${account}`;
  const [, kind, name] = /^principal(?:Set)?:\/\/goog\/(subject|group)\/(.+)$/.exec(principal) ?? [];
  if (name !== undefined) return `${kind === 'group' ? 'group' : 'user'}:${name}`;
  return principal === 'principalSet://goog/public:all' ? 'allUsers' : principal;
}

/** `storage.googleapis.com/objects.get` is `storage.objects.get` in a role. */
function permissionOf(denied: string): string {
  const [, service = '', rest = ''] = /^([\w-]+)\.googleapis\.com\/(.*)$/.exec(denied) ?? [];
  if (service === '') return denied;
  return `${service === 'cloudresourcemanager' ? 'resourcemanager' : service}.${rest}`;
}
