import { symbol } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { rowsOf, textOf, withoutMarks } from '../../../core/review/json-fields';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import { canonicalPermission, permissionsOfRole } from '../facts';
import type { Binding, DenyRule, Federation, GcpEstate, GcpPrincipal, GcpResource } from '../model';
import { joinAgents } from './agents';
import { bindingsOf, denyRulesOf, isUnknownGrant, originOf } from './bindings';
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
  private readonly bindings: Binding[] = [];
  private readonly denies: DenyRule[] = [];
  private readonly resources: GcpResource[] = [];
  private readonly federations: Federation[] = [];

  read({ file, values }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      const granted = bindingsOf(resource, values, file);
      if (granted) this.bindings.push(...granted);
      else if (isUnknownGrant(resource.type))
        this.unknowns.add(`What ${resource.address} in '${file}' grants on is not known, so it was left out.`);
      else this.readOne(resource, values, file);
    }
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
    const bindings = this.bindings.map((binding) => this.withPermissions(binding));
    for (const { member, origin } of bindings) this.addMember(member, origin.source ?? '');
    return {
      principals: [...this.principals.values()],
      resources: this.resources,
      bindings,
      denies: this.denies,
      federations: this.federations,
      customRoles: this.customRoles,
      reviewed: new Set(asked),
      unknowns: [...this.unknowns],
    };
  }

  private withPermissions(binding: Binding): Binding {
    const permissions = this.customRoles.get(binding.role) ?? permissionsOfRole(binding.role);
    return permissions === undefined ? binding : { ...binding, permissions };
  }

  private addMember(member: string, source: string): void {
    if (/^(group|domain|projectOwner|projectEditor|projectViewer|principalSet):|^(allUsers|allAuthenticatedUsers)$/.test(member)) {
      if (member.startsWith('group:'))
        this.unknowns.add(`Who is in '${member}' is not known, so what it is granted is not counted for anyone.`);
      return;
    }
    if (this.principals.has(member)) return;
    const [kind = '', name = member] = /^(\w+):(.*)$/.exec(member)?.slice(1) ?? [];
    const kinds: Readonly<Record<string, string>> = { serviceAccount: 'service-account', user: 'user', principal: 'federated-principal' };
    this.principals.set(member, {
      id: member,
      name: kind === 'principal' ? (name.split('/').at(-1) ?? name) : name,
      kind: kinds[kind] ?? 'principal',
      source,
      containedBy: [],
      ...pick('project', /@([\w-]+)\.iam\.gserviceaccount\.com$/.exec(member)?.[1]),
    });
  }
}

function pick<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
