import { fieldsOf, listOf, rowsOf, textOf, textsOf, withoutMarks } from '../../../core/json-fields';
import type { AccessOrigin } from '../../../core/review/access';
import { showSymbols } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import type { WorldSecret } from '../../../core/review/world';
import { parseAbac } from '../engine/abac';
import { builtInRole, builtInRoleNamed, type RoleFact } from '../facts';
import type {
  Assignment,
  AzureEstate,
  AzurePrincipal,
  AzureResource,
  AzureSecret,
  DenyAssignment,
  FederatedCredential,
  GraphGrant,
} from '../model';
import { joinAgents } from './agents';
import { rawAssignment } from './azapi';
import { denyAssignmentOf, isDenyAssignment } from './deny-assignments';
import { rightNamed, rightOf } from './graph-rights';
import { Groups } from './groups';
import { hasDynamic, otherGrantsOf, type VaultPolicy, vaultPoliciesOf } from './other-grants';
import catalog from './types.json';
import { Values } from './values';

const TYPES: Readonly<
  Record<string, { readonly identity?: boolean; readonly credentials?: boolean; readonly kind?: string; readonly part?: boolean }>
> = catalog.types;

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
  /** What may be anybody's. */
  private readonly unread = new Set<string>();
  /** What is not known of one principal. */
  private readonly doubts = new Map<string, string[]>();
  /** Managed identities by their ids as resources. */
  private readonly identities = new Map<string, string>();
  private readonly groups = new Groups();
  private readonly assignments: Assignment[] = [];
  private readonly denials: DenyAssignment[] = [];
  private readonly resources: AzureResource[] = [];
  readonly secrets: AzureSecret[] = [];
  readonly outsideSecrets: WorldSecret[] = [];
  private readonly federated: FederatedCredential[] = [];
  private readonly graph: GraphGrant[] = [];

  /** Roles and identities, which others refer to. */
  readRoles({ values, file }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      if (/^azurerm_(role_definition|cosmosdb_sql_role_definition)$/.test(resource.type)) this.readRole(resource, values);
      else if (resource.type === 'azurerm_user_assigned_identity')
        this.readIdentity(resource, { values, file, origin: originOf(resource, file) });
    }
  }

  private readRole(resource: TerraformResource, values: Values): void {
    const blocks = rowsOf(resource.values.permissions);
    const texts = blocks.flatMap((block) => Object.values(permissionOf(block)).flat());
    const hidden =
      blocks.length < listOf(resource.values.permissions).length ||
      hasDynamic(resource, 'permissions') ||
      values.isOpen(resource, 'permissions') ||
      (blocks.length === 0 && !Array.isArray(resource.values.permissions)) ||
      blocks.some((block) => Object.values(block).some((list) => list !== null && !isTexts(list))) ||
      texts.some((text) => text.includes('${'));
    // What a role permits that is only known in part is not known.
    if (hidden) return;
    const name = values.text(resource, 'name') ?? resource.address;
    const role = { name, permissions: blocks.map(permissionOf) };
    const id = values.idOf(resource);
    const guid = values.text(resource, 'role_definition_id');
    for (const key of [id, id.split('|')[0] ?? id, guid, name]) if (key !== undefined) this.customRoles.set(key.toLowerCase(), role);
  }

  read({ file, values }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      const at = { values, file, origin: originOf(resource, file) };
      if (isDenyAssignment(resource)) {
        const denial = denyAssignmentOf(resource, values, at.origin);
        if (denial) this.denials.push(denial);
        continue;
      }
      const raw = rawAssignment(resource);
      if (raw === 'unread')
        this.unread.add(`What ${showSymbols(resource.address)} in '${file}' grants is not read, so it may be anything.`);
      else if (raw) this.readAssignment(raw, at);
      else this.readOne(resource, at);
    }
  }

  private readOne(resource: TerraformResource, at: At): void {
    const { type } = resource;
    for (const { principal, how } of otherGrantsOf(resource, at.values)) this.doubt(principal, how, at);
    for (const policy of vaultPoliciesOf(resource, at.values)) this.readVaultPolicy(policy, at);
    if (this.groups.read(resource, at.values)) return;
    if (type === 'azuread_service_principal') this.readServicePrincipal(resource, at);
    else if (/^azurerm_(role_assignment|pim_active_role_assignment|cosmosdb_sql_role_assignment)$/.test(type))
      this.readAssignment(resource, at);
    else if (/^azure(rm|ad_application)_federated_identity_credential$/.test(type)) this.readFederated(resource, at);
    else if (type === 'azuread_app_role_assignment') this.readGraph(resource, at);
    else this.readResource(resource, at);
  }

  /** Notes what is not known of a principal, or of anyone where it is not known of whom. */
  private doubt(principal: string | undefined, how: string, { values, file }: Pick<At, 'values' | 'file'>): void {
    const said = showSymbols(how);
    if (principal === undefined || values.isHidden(principal)) {
      this.unread.add(`Of a principal that is not known, ${said}, so it may be anyone's ('${file}').`);
      return;
    }
    this.addPrincipal(principal, file);
    const list = this.doubts.get(principal) ?? [];
    list.push(`Of '${showSymbols(principal)}', ${said} ('${file}').`);
    this.doubts.set(principal, list);
  }

  private addPrincipal(id: string, source: string): void {
    if (!this.principals.has(id)) this.principals.set(id, { id, name: showSymbols(id), kind: 'principal', source, containedBy: [] });
  }

  private readVaultPolicy({ principal, scope, role }: VaultPolicy, { values, file, origin }: At): void {
    if (principal === undefined || scope === undefined || values.isHidden(principal)) {
      this.unread.add(`Whom the access policy of ${showSymbols(origin.statement)} in '${file}' lets in is not known, so it may be anyone.`);
      return;
    }
    const statement = { ...origin, layer: 'access policy' };
    this.assignments.push({ principal, scope, origin: statement, roleName: role.name, roleId: role.name, custom: false, role });
    this.addPrincipal(principal, file);
  }

  private readIdentity(resource: TerraformResource, { values, file, origin }: At): void {
    const id = values.reference(`${resource.address}.principal_id`);
    this.identities.set(values.idOf(resource), id);
    this.principals.set(id, {
      id,
      name: showSymbols(values.text(resource, 'name') ?? resource.address),
      kind: 'managed-identity',
      resource: values.idOf(resource),
      ...pick('group', values.groupOf(resource)),
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
    const scope = placeOf(values.text(resource, 'scope'));
    const roleId = values.text(resource, 'role_definition_id');
    const named = values.text(resource, 'role_definition_name');
    if (principal === undefined || scope === undefined || (roleId === undefined && named === undefined) || values.isHidden(principal)) {
      const how = `it is not known who is given which role where by ${resource.address}`;
      this.doubt(principal === undefined || values.isHidden(principal) ? undefined : principal, how, { values, file });
      if (principal === undefined || scope === undefined || (roleId === undefined && named === undefined)) return;
    }
    const custom = this.customRole(roleId ?? named ?? '');
    const role = custom ?? (roleId === undefined ? builtInRoleNamed(named ?? '') : (builtInRole(roleId) ?? dataRole(resource, values)));
    const condition =
      values.text(resource, 'condition') ?? (values.isOpen(resource, 'condition') ? 'only known when it is applied' : undefined);
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
    this.addPrincipal(principal, file);
  }

  customRole(id: string): RoleFact | undefined {
    const key = id.toLowerCase();
    return this.customRoles.get(key) ?? this.customRoles.get(key.split('/').at(-1) ?? key);
  }

  private readFederated(resource: TerraformResource, { values, origin }: At): void {
    const parent = values.text(resource, 'parent_id') ?? values.text(resource, 'user_assigned_identity_id');
    const application = values.text(resource, 'application_id');
    const principals = application === undefined ? [this.identities.get(parent ?? '')] : principalsOfApplication(application, values);
    const [issuer, subject] = [values.text(resource, 'issuer'), values.text(resource, 'subject')];
    for (const principal of principals)
      if (principal !== undefined && issuer !== undefined && subject !== undefined)
        this.federated.push({ principal, issuer, subject, origin });
  }

  private readGraph(resource: TerraformResource, { values, origin }: At): void {
    const principal = values.text(resource, 'principal_object_id');
    const role = values.text(resource, 'app_role_id') ?? '';
    // A role of an application is mostly taken from a map, by its name.
    const right = rightOf(role) ?? rightNamed(showSymbols(role));
    if (principal !== undefined && right !== undefined) this.graph.push({ principal, right, origin });
  }

  private readResource(resource: TerraformResource, { values }: At): void {
    const shape = Object.hasOwn(TYPES, resource.type) ? TYPES[resource.type] : undefined;
    if (!shape) return;
    this.resources.push({
      id: values.idOf(resource),
      name: showSymbols(values.text(resource, 'name') ?? resource.address),
      type: resource.type,
      ...pick('group', values.groupOf(resource)),
      identities: shape.identity ? this.identitiesOf(resource, values) : [],
      holdsCredentials: shape.credentials ?? false,
      part: shape.part ?? false,
    });
  }

  /** Managed identities by their ids as resources, and the one that is the resource's own. */
  private identitiesOf(resource: TerraformResource, values: Values): readonly string[] {
    const blocks = [...rowsOf(resource.values.identity)];
    const assigned = blocks.flatMap((block) => textsOf(block.identity_ids).map((one) => values.fill(one)));
    const named = assigned.flatMap((id) => this.identities.get(id) ?? []);
    const own = blocks.some(({ type }) => textOf(type)?.includes('SystemAssigned'));
    return [...named, ...(own ? [values.reference(`${resource.address}.identity[0].principal_id`)] : [])];
  }

  finish(asked: readonly string[]): AzureEstate {
    this.addMembers();
    return {
      principals: [...this.principals.values()],
      resources: this.resources,
      secrets: this.secrets,
      outsideSecrets: this.outsideSecrets,
      assignments: this.assignments,
      doubts: this.doubts,
      unread: [...this.unread],
      denials: this.denials,
      federated: this.federated,
      graph: this.graph,
      reviewed: new Set(asked),
      unknowns: [...this.unknowns, ...this.unread],
    };
  }

  /** What groups are assigned, for everyone in them. */
  private addMembers(): void {
    const granted = new Set(this.assignments.map(({ principal }) => principal));
    for (const address of this.groups.openOf(granted))
      this.unread.add(`Whom ${showSymbols(address)} puts into a group with roles is not known, so it may be anyone.`);
    for (const assignment of this.groups.assignmentsOfMembers(this.assignments)) {
      this.assignments.push(assignment);
      this.addPrincipal(assignment.principal, assignment.origin.source ?? '');
    }
    for (const { group, member } of this.groups.membersOfOthers) {
      const list = this.doubts.get(member) ?? [];
      list.push(`What the group '${showSymbols(group)}' is granted elsewhere is not known, and '${showSymbols(member)}' is in it.`);
      this.doubts.set(member, list);
    }
  }
}

/** A scope in one spelling. */
function placeOf(scope: string | undefined): string | undefined {
  return scope?.replace(/(?<=.)\/+$/, '').replace(/\/resourcegroups\//i, '/resourceGroups/');
}

/** Whether a value is texts alone. */
function isTexts(value: unknown): boolean {
  return Array.isArray(value) ? value.every((one) => typeof one === 'string') : typeof value === 'string';
}

/** The built-in role that data looks up by its name. */
function dataRole(assignment: TerraformResource, values: Values): RoleFact | undefined {
  const written = textOf(assignment.values.role_definition_id) ?? assignment.references.role_definition_id?.[0] ?? '';
  const address = /^(?:\$\{)?(.*?)\}?$/.exec(written)?.[1] ?? '';
  const data = values.at(address);
  if (!data?.isData || data.type !== 'azurerm_role_definition') return undefined;
  const [id, name] = [textOf(data.values.role_definition_id), textOf(data.values.name)];
  return id === undefined ? builtInRoleNamed(name ?? '') : builtInRole(id);
}

/** The service principals that are made of an application. */
function principalsOfApplication(application: string, values: Values): readonly string[] {
  return values.source.resources
    .filter(({ type, isData }) => type === 'azuread_service_principal' && !isData)
    .filter((principal) => {
      const client = values.text(principal, 'client_id') ?? values.text(principal, 'application_id');
      const made = values.source.resources.find(
        ({ type, address }) => type === 'azuread_application' && client === values.reference(`${address}.client_id`),
      );
      return made !== undefined && values.idOf(made) === application;
    })
    .map(({ address }) => values.reference(`${address}.object_id`));
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
