import { showSymbols, symbol } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { fieldsOf, rowsOf, textOf, withoutMarks } from '../../../core/review/json-fields';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import { canonicalPermission, permissionsOfRole } from '../facts';
import type { Binding, DenyRule, Federation, Fence, GcpEstate, GcpPrincipal, GcpResource } from '../model';
import { joinAgents } from './agents';
import { bindingsOf, denyRulesOf, isUnknownGrant, originOf } from './bindings';
import { fenceOf } from './fences';
import { Hierarchy } from './hierarchy';
import catalog from './scopes.json';
import { Values } from './values';

const RESOURCES: Readonly<Record<string, { readonly name: string; readonly runsAs?: string; readonly credentials?: boolean }>> =
  catalog.resources;

/** One Terraform file that was opened. */
export interface Opened {
  readonly file: string;
  readonly stack?: string;
  readonly values: Values;
}

/** Reads Terraform and manifests into one estate. What can not be understood is a sentence in `unknowns`. */
export function readGcp(inputs: readonly ReviewInput[]): GcpEstate {
  const opened = inputs
    .filter(({ kind }) => kind === 'terraform-stack' || kind === 'terraform-plan')
    .map((input): Opened => {
      const source = openTerraform({ ...input, json: withoutMarks(input.json) }, { prefixes: ['google_'], provider: 'google' });
      return { file: input.file, ...(input.stack ? { stack: input.stack.name } : {}), values: new Values(source, input.stack?.name) };
    });
  const draft = new Draft();
  for (const one of opened) draft.read(one);
  for (const input of inputs) if (input.kind === 'manifest') joinAgents(input, opened, draft);
  return draft.finish(inputs.flatMap(({ kind, json }) => (kind === 'principals' && Array.isArray(json) ? json.map(String) : [])));
}

/** The estate while files are read. */
export class Draft {
  readonly principals = new Map<string, GcpPrincipal>();
  readonly unknowns = new Set<string>();
  readonly customRoles = new Map<string, readonly string[]>();
  /** Grants that may be anybody's. */
  readonly unread = new Set<string>();
  private readonly hierarchy = new Hierarchy();
  private readonly fences: Fence[] = [];
  private readonly bindings: Binding[] = [];
  private readonly denies: DenyRule[] = [];
  private readonly resources: GcpResource[] = [];
  private readonly federations: Federation[] = [];

  read({ file, values }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      const granted = bindingsOf(resource, values, file);
      const at = `${showSymbols(resource.address)} in '${file}'`;
      if (granted) {
        this.bindings.push(...granted);
        if (granted.length === 0) this.unread.add(`What ${at} grants, and on what, can not be told, so it was left out.`);
        if (granted.some(({ member }) => isHidden(member))) this.unread.add(`Whom ${at} grants to is not known, so it may be anyone.`);
      } else if (isUnknownGrant(resource.type)) this.unread.add(`What ${at} grants on is not known, so it was left out.`);
      else this.readOne(resource, values, file);
    }
  }

  /** Whether a member is made here or granted anything here. */
  knows(member: string): boolean {
    return this.principals.has(member) || this.bindings.some((binding) => binding.member === member);
  }

  private readOne(resource: TerraformResource, values: Values, file: string): void {
    switch (resource.type) {
      case 'google_service_account':
        this.readAccount(resource, values, file);
        return;
      case 'google_project_iam_custom_role':
      case 'google_organization_iam_custom_role': {
        const name = values.reference(`${resource.address}.name`);
        this.customRoles.set(name, values.texts(resource, 'permissions').map(canonicalPermission));
        return;
      }
      case 'google_project':
      case 'google_folder':
        this.hierarchy.read(resource, values);
        return;
      case 'google_iam_projects_policy_binding': {
        const fence = fenceOf(resource, values, file);
        if (fence) this.fences.push(fence);
        return;
      }
      case 'google_iam_deny_policy':
        this.denies.push(...denyRulesOf(resource, values, file));
        return;
      case 'google_iam_workload_identity_pool_provider': {
        const pool =
          values.name('projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}', resource) ??
          symbol(resource.address);
        const [aws] = rowsOf(resource.values.aws);
        const [oidc] = rowsOf(resource.values.oidc);
        this.federations.push({
          pool,
          source: file,
          ...pick('awsAccount', textOf(aws?.account_id)),
          ...pick('issuer', textOf(oidc?.issuer_uri)),
          ...pick('condition', textOf(resource.values.attribute_condition)),
          ...pick('mapping', mappingOf(resource.values.attribute_mapping)),
        });
        return;
      }
      default:
        this.readResource(resource, values);
    }
  }

  private readAccount(resource: TerraformResource, values: Values, file: string): void {
    const id = values.reference(`${resource.address}.member`);
    const { construct } = originOf(resource, file, 'identity');
    this.principals.set(id, {
      id,
      name: values.text(resource, 'account_id') ?? resource.address,
      kind: 'service-account',
      project: values.projectOf(resource),
      resource: values.reference(`${resource.address}.name`),
      source: file,
      containedBy: [],
      ...pick('construct', construct),
    });
  }

  private readResource(resource: TerraformResource, values: Values): void {
    if (resource.type === 'google_bigquery_dataset' && rowsOf(resource.values.access).length > 0)
      this.unread.add(`The access list of ${showSymbols(resource.address)} is not read, so it may grant to anyone.`);
    const shape = Object.hasOwn(RESOURCES, resource.type) ? RESOURCES[resource.type] : undefined;
    const name = shape && values.name(shape.name, resource);
    if (!shape || name === undefined) return;
    const email = shape.runsAs === undefined ? undefined : values.text(resource, shape.runsAs);
    this.resources.push({
      name,
      shown: name.split('/').at(-1) ?? name,
      type: resource.type,
      project: values.projectOf(resource),
      holdsCredentials: shape.credentials ?? false,
      ...pick('runsAs', email === undefined ? undefined : `serviceAccount:${email}`),
    });
  }

  finish(asked: readonly string[]): GcpEstate {
    const bindings = this.bindings.map((binding) => this.withPermissions(this.hierarchy.placeBinding(binding)));
    for (const { member, origin } of bindings) this.addMember(member, origin.source ?? '');
    return {
      principals: [...this.principals.values()],
      resources: this.resources,
      bindings,
      denies: this.denies.flatMap((rule) => this.hierarchy.placeRule(rule)),
      fences: this.fences,
      federations: this.federations,
      customRoles: this.customRoles,
      reviewed: new Set(asked),
      unread: [...this.unread],
      unknowns: [...this.unknowns, ...this.unread],
    };
  }

  private withPermissions(binding: Binding): Binding {
    const permissions = this.customRoles.get(binding.role) ?? permissionsOfRole(binding.role);
    return permissions === undefined ? binding : { ...binding, permissions };
  }

  private addMember(member: string, source: string): void {
    if (/^(group|domain|projectOwner|projectEditor|projectViewer):|^(allUsers|allAuthenticatedUsers)$/.test(member)) {
      if (member.startsWith('group:'))
        this.unknowns.add(`Who is in '${member}' is not known, so what it is granted is not counted for anyone.`);
      return;
    }
    if (this.principals.has(member)) return;
    const [kind = '', name = member] = /^(\w+):(.*)$/.exec(member)?.slice(1) ?? [];
    const kinds: Readonly<Record<string, string>> = {
      serviceAccount: 'service-account',
      user: 'user',
      principal: 'federated-principal',
      principalSet: 'federated-principals',
    };
    this.principals.set(member, {
      id: member,
      name: kind.startsWith('principal') ? (name.split('/').at(-1) ?? name) : name,
      kind: kinds[kind] ?? 'principal',
      source,
      containedBy: [],
      ...pick('project', /@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(member)?.[1]),
    });
  }
}

/** Whether who a member is only shows where Terraform runs: variables and what other stacks and modules made. */
function isHidden(member: string): boolean {
  return /\uE000[^\uE001]*\b(var|local|module|each|count|data)\.[^\uE001]*\uE001/.test(member);
}

function mappingOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const fields = fieldsOf(value);
  return fields && Object.fromEntries(Object.entries(fields).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

function pick<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
