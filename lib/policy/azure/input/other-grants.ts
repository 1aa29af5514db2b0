import { listOf, rowsOf, textOf, textsOf } from '../../../core/json-fields';
import type { TerraformResource } from '../../../core/review/terraform-source';
import type { RoleFact } from '../facts';
import policies from './access-policies.json';
import catalog from './other-grants.json';
import type { Values } from './values';

const PRINCIPALS: Readonly<Record<string, string>> = catalog.principals;
const ANYONE: Readonly<Record<string, string>> = catalog.anyone;
const OWNERS = new Set(catalog.owners);
/** Kinds of assignments that the catalog does not name. Policies of Azure are assigned too, and grant nothing. */
const LIKELY =
  /^(azurerm|azuread)_(?!.*_policy_assignment$|role_assignment$|pim_active_role_assignment$|cosmosdb_sql_role_assignment$).*(role_assignment|role_member|principal_assignment|access_policy_assignment)$/;
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = policies.kinds;

/** Something that is given in a way that is not told apart here: to whom, where that is known. */
export interface OtherGrant {
  readonly principal?: string;
  readonly how: string;
}

/** What a resource gives outside the roles of Azure. */
export function otherGrantsOf(resource: TerraformResource, values: Values): readonly OtherGrant[] {
  const { type } = resource;
  const path = Object.hasOwn(PRINCIPALS, type) ? PRINCIPALS[type] : undefined;
  const owners = OWNERS.has(type) ? ownersOf(resource, values) : [];
  if (path !== undefined) {
    const principal = values.text(resource, path);
    // A server without an administrator of the directory gives nothing.
    if (principal === undefined && path.includes('.')) return owners;
    return [...owners, grant(principal, `what ${resource.address} gives is not counted`)];
  }
  if (Object.hasOwn(ANYONE, type) && mayGrant(resource, ANYONE[type] ?? ''))
    return [grant(undefined, `what ${resource.address} grants is not read`)];
  if (LIKELY.test(type)) return [grant(undefined, `whom ${resource.address} grants what is not known`)];
  return owners;
}

function grant(principal: string | undefined, how: string): OtherGrant {
  return principal === undefined ? { how } : { principal, how };
}

/** Who owns an application may give it a password of their own; who owns a group, put anyone into it. */
function ownersOf(resource: TerraformResource, values: Values): readonly OtherGrant[] {
  return values
    .texts(resource, 'owners')
    .filter((owner) => !values.isHidden(owner))
    .map((principal) => ({ principal, how: `it owns ${resource.address}, which it may change` }));
}

/** A template without assignments of roles grants nothing; one that is not at hand may. */
function mayGrant({ values }: TerraformResource, argument: string): boolean {
  if (!argument.startsWith('template')) return true;
  const text = textOf(values[argument]);
  return text === undefined || text.includes('${') || /roleAssignments|accessPolicies|Microsoft\.Resources\/deployments"/i.test(text);
}

/** One access policy of a key vault: the data operations it allows somebody. */
export interface VaultPolicy {
  /** @default - not known */
  readonly principal?: string;
  /** @default - not known */
  readonly scope?: string;
  readonly role: RoleFact;
}

/**
 * The access policies that a resource makes. A vault that is known to ask roles alone does not look at them.
 * @see https://learn.microsoft.com/en-us/azure/key-vault/general/assign-access-policy
 */
export function vaultPoliciesOf(resource: TerraformResource, values: Values): readonly VaultPolicy[] {
  if (resource.type === 'azurerm_key_vault_access_policy') {
    const scope = values.text(resource, 'key_vault_id');
    return policyOf(resource.values, { principal: values.text(resource, 'object_id'), scope });
  }
  if (resource.type !== 'azurerm_key_vault') return [];
  const { enable_rbac_authorization: old, rbac_authorization_enabled: current } = resource.values;
  if (old === true || current === true) return [];
  const blocks = rowsOf(resource.values.access_policy);
  const hidden = listOf(resource.values.access_policy).length > blocks.length || hasDynamic(resource, 'access_policy');
  return [
    ...blocks.flatMap((block) => {
      const principal = textOf(block.object_id);
      return policyOf(block, { principal: principal === undefined ? undefined : values.fill(principal), scope: values.idOf(resource) });
    }),
    ...(hidden ? [{ role: roleOf(['Microsoft.KeyVault/vaults/*']) }] : []),
  ];
}

/** Blocks that Terraform makes out of a list. */
export function hasDynamic({ values }: TerraformResource, block: string): boolean {
  return rowsOf(values.dynamic).some((row) => Object.hasOwn(row, block));
}

function policyOf(
  block: Readonly<Record<string, unknown>>,
  { principal, scope }: { readonly principal: string | undefined; readonly scope: string | undefined },
): readonly VaultPolicy[] {
  const operations = Object.entries(KINDS).flatMap(([kind, known]) =>
    textsOf(block[kind]).map(
      (name) => (Object.hasOwn(known, name.toLowerCase()) ? known[name.toLowerCase()] : undefined) ?? known.other ?? '',
    ),
  );
  return [{ role: roleOf(operations), ...(principal === undefined ? {} : { principal }), ...(scope === undefined ? {} : { scope }) }];
}

function roleOf(dataActions: readonly string[]): RoleFact {
  return {
    name: 'an access policy',
    permissions: [{ actions: [], notActions: [], dataActions: [...new Set(dataActions)], notDataActions: [] }],
  };
}
