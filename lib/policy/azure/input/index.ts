import type { AccessOrigin } from '../../../core/review/access';
import { showSymbols } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { fieldsOf, rowsOf, textOf, textsOf, withoutMarks } from '../../../core/review/json-fields';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import { parseAbac } from '../engine/abac';
import { builtInRole, builtInRoleNamed, type RoleFact } from '../facts';
import type { Assignment, AzureEstate, AzurePrincipal, AzureResource, DenyAssignment, FederatedCredential, GraphGrant } from '../model';
import { joinAgents } from './agents';
import { rightOf } from './graph-rights';
import catalog from './types.json';
import { Values } from './values';

const TYPES: Readonly<Record<string, { readonly identity?: boolean; readonly credentials?: boolean; readonly kind?: string }>> =
  catalog.types;

/** One Terraform file that was opened. */
export interface Opened {
  readonly file: string;
  readonly stack: string;
  readonly values: Values;
}

/** Reads Terraform and manifests into one estate. What can not be understood is a sentence in `unknowns`. */
export function readAzure(inputs: readonly ReviewInput[]): AzureEstate {
  const opened = inputs
    .filter(({ kind }) => kind === 'terraform-stack' || kind === 'terraform-plan')
    .map((input): Opened => {
      const prefixes = ['azurerm_', 'azuread_', 'azapi_', 'msgraph_'];
      const source = openTerraform({ ...input, json: withoutMarks(input.json) }, { prefixes, provider: 'azurerm' });
      const stack = input.stack?.name ?? '';
      return { file: input.file, stack, values: new Values(source, stack) };
    });
  const draft = new Draft();
  for (const one of opened) draft.readRoles(one);
  for (const one of opened) draft.read(one);
  for (const input of inputs) if (input.kind === 'manifest') joinAgents(input, opened, draft);
  return draft.finish(inputs.flatMap(({ kind, json }) => (kind === 'principals' && Array.isArray(json) ? json.map(String) : [])));
}

/** The estate while files are read. */
export class Draft {
  readonly principals = new Map<string, AzurePrincipal>();
  readonly unknowns = new Set<string>();
  readonly customRoles = new Map<string, RoleFact>();
  private readonly assignments: Assignment[] = [];
  private readonly denials: DenyAssignment[] = [];
  private readonly resources: AzureResource[] = [];
  private readonly federated: FederatedCredential[] = [];
  private readonly graph: GraphGrant[] = [];

  readRoles({ values }: Opened): void {
    for (const resource of values.source.resources) {
      if (!/^azurerm_(role_definition|cosmosdb_sql_role_definition)$/.test(resource.type) || resource.isData) continue;
      const role = {
        name: values.text(resource, 'name') ?? resource.address,
        permissions: rowsOf(resource.values.permissions).map(permissionOf),
      };
      this.customRoles.set(values.idOf(resource), role);
      const guid = values.text(resource, 'role_definition_id');
      if (guid !== undefined) this.customRoles.set(guid, role);
    }
  }

  read({ file, values }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      const at = { values, file, origin: originOf(resource, file) };
      if (resource.type === 'azurerm_user_assigned_identity') this.readIdentity(resource, at);
      else if (resource.type === 'azuread_service_principal') this.readServicePrincipal(resource, at);
      else if (/^azurerm_(role_assignment|pim_active_role_assignment|cosmosdb_sql_role_assignment)$/.test(resource.type))
        this.readAssignment(resource, at);
      else if (resource.type === 'azurerm_federated_identity_credential') this.readFederated(resource, at);
      else if (resource.type === 'azuread_app_role_assignment') this.readGraph(resource, at);
      else if (resource.type === 'azuread_group_member')
        this.unknowns.add(`Members of groups are not followed, so what ${resource.address} gives in '${file}' is not counted.`);
      else this.readResource(resource, at);
    }
  }

  private readIdentity(resource: TerraformResource, { values, file, origin }: At): void {
    const id = values.reference(`${resource.address}.principal_id`);
    this.principals.set(id, {
      id,
      name: values.text(resource, 'name') ?? resource.address,
      kind: 'managed-identity',
      resource: values.idOf(resource),
      source: file,
      containedBy: [],
      ...pick('construct', origin.construct),
    });
  }

  private readServicePrincipal(resource: TerraformResource, { values, file, origin }: At): void {
    const id = values.reference(`${resource.address}.object_id`);
    const name = showSymbols(values.text(resource, 'description') ?? resource.address);
    this.principals.set(id, { id, name, kind: 'service-principal', source: file, containedBy: [], ...pick('construct', origin.construct) });
  }

  private readAssignment(resource: TerraformResource, { values, file, origin }: At): void {
    const principal = values.text(resource, 'principal_id');
    const scope = values.text(resource, 'scope');
    const roleId = values.text(resource, 'role_definition_id');
    const named = values.text(resource, 'role_definition_name');
    if (principal === undefined || scope === undefined || (roleId === undefined && named === undefined)) {
      this.unknowns.add(`${resource.address} in '${file}' does not say who is given which role where, so it was left out.`);
      return;
    }
    const custom = roleId === undefined ? undefined : this.customRole(roleId);
    const role = custom ?? (roleId === undefined ? builtInRoleNamed(named ?? '') : builtInRole(roleId));
    const condition = values.text(resource, 'condition');
    this.assignments.push({
      principal,
      scope,
      origin,
      roleName: role?.name ?? named ?? roleId ?? '',
      roleId: roleId ?? named ?? '',
      custom: custom !== undefined,
      ...pick('role', role),
      ...pick('condition', condition === undefined ? undefined : parseAbac(condition)),
    });
    if (!this.principals.has(principal)) {
      this.principals.set(principal, { id: principal, name: showSymbols(principal), kind: 'principal', source: file, containedBy: [] });
    }
  }

  customRole(id: string): RoleFact | undefined {
    return this.customRoles.get(id) ?? this.customRoles.get(id.split('/').at(-1) ?? id);
  }

  private readFederated(resource: TerraformResource, { values, origin }: At): void {
    const parent = values.text(resource, 'parent_id') ?? values.text(resource, 'user_assigned_identity_id');
    const principal = [...this.principals.values()].find((one) => one.resource !== undefined && one.resource === parent);
    const [issuer, subject] = [values.text(resource, 'issuer'), values.text(resource, 'subject')];
    if (principal && issuer !== undefined && subject !== undefined)
      this.federated.push({ principal: principal.id, issuer, subject, origin });
  }

  private readGraph(resource: TerraformResource, { values, origin }: At): void {
    const principal = values.text(resource, 'principal_object_id');
    const right = rightOf(values.text(resource, 'app_role_id') ?? '');
    if (principal !== undefined && right !== undefined) this.graph.push({ principal, right, origin });
  }

  private readResource(resource: TerraformResource, { values }: At): void {
    const shape = Object.hasOwn(TYPES, resource.type) ? TYPES[resource.type] : undefined;
    if (!shape) return;
    this.resources.push({
      id: values.idOf(resource),
      name: values.text(resource, 'name') ?? resource.address,
      type: resource.type,
      identities: shape.identity ? this.identitiesOf(resource, values) : [],
      holdsCredentials: shape.credentials ?? false,
    });
  }

  /** Managed identities by their ids as resources, and the one that is the resource's own. */
  private identitiesOf(resource: TerraformResource, values: Values): readonly string[] {
    const blocks = [...rowsOf(resource.values.identity)];
    const assigned = blocks.flatMap((block) => textsOf(block.identity_ids).map((one) => values.fill(one)));
    const named = assigned.flatMap((id) => [...this.principals.values()].find((one) => one.resource === id)?.id ?? []);
    const own = blocks.some(({ type }) => textOf(type)?.includes('SystemAssigned'));
    return [...named, ...(own ? [values.reference(`${resource.address}.identity[0].principal_id`)] : [])];
  }

  finish(asked: readonly string[]): AzureEstate {
    return {
      principals: [...this.principals.values()],
      resources: this.resources,
      assignments: this.assignments,
      denials: this.denials,
      federated: this.federated,
      graph: this.graph,
      reviewed: new Set(asked),
      unknowns: [...this.unknowns],
    };
  }
}

interface At {
  readonly values: Values;
  readonly file: string;
  readonly origin: AccessOrigin;
}

function permissionOf(row: Readonly<Record<string, unknown>>): RoleFact['permissions'][number] {
  return {
    actions: textsOf(row.actions),
    notActions: textsOf(row.not_actions),
    dataActions: textsOf(row.data_actions),
    notDataActions: textsOf(row.not_data_actions),
  };
}

function originOf({ address, values }: TerraformResource, source: string): AccessOrigin {
  const construct = textOf(fieldsOf(fieldsOf(values['//'])?.metadata)?.path);
  return { statement: address, layer: 'assignment', source, ...pick('construct', construct) };
}

function pick<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
