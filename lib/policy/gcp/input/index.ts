import { fieldsOf, rowsOf, textOf, withoutMarks } from '../../../core/json-fields';
import { compileGlob, hasSymbol, showSymbols, symbol } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import type { WorldSecret } from '../../../core/review/world';
import { canonicalPermission, permissionsOfRole } from '../facts';
import type { Binding, DenyRule, Federation, Fence, GcpEstate, GcpPrincipal, GcpResource, GcpSecret, Unread } from '../model';
import { joinAgents } from './agents';
import { bindingsOf, denyRulesOf, type Granted, isUnknownGrant, originOf } from './bindings';
import { entitlementOf } from './entitlements';
import { fenceOf } from './fences';
import { Groups } from './groups';
import { Hierarchy } from './hierarchy';
import { kindOf } from './members';
import catalog from './scopes.json';
import { Tags } from './tags';
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
  readonly secrets: GcpSecret[] = [];
  readonly outsideSecrets: WorldSecret[] = [];
  private readonly unread: Unread[] = [];
  private readonly groups = new Groups();
  private readonly hierarchy = new Hierarchy();
  private readonly fences: Fence[] = [];
  private readonly tags = new Tags();
  private readonly bindings: Binding[] = [];
  private readonly denies: DenyRule[] = [];
  private readonly resources: GcpResource[] = [];
  private readonly federations: Federation[] = [];

  read({ file, values }: Opened): void {
    for (const resource of values.source.resources) {
      if (resource.isData) continue;
      const granted = bindingsOf(resource, values, file) ?? entitlementOf(resource, values, file);
      if (granted) this.grant(granted, `${showSymbols(resource.address)} in '${file}'`, values);
      else if (isUnknownGrant(resource.type))
        this.unread.push({ sentence: `What ${showSymbols(resource.address)} in '${file}' grants on is not known, so it was left out.` });
      else this.readOne(resource, values, file);
    }
  }

  private grant({ bindings, hidden }: Granted, at: string, values: Values): void {
    this.bindings.push(...bindings);
    if (bindings.length === 0 && hidden.length === 0)
      this.unread.push({ sentence: `What ${at} grants, and on what, can not be told, so it was left out.` });
    for (const kind of hidden) this.unread.push({ sentence: hiddenMember(at), kind });
    for (const { member } of bindings)
      if (values.isHidden(member)) this.unread.push({ sentence: hiddenMember(at), kind: kindOf(member), unlessMade: member });
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
        const { texts, isWhole } = values.texts(resource, 'permissions');
        // A role that is only known in part is one that is not known.
        if (isWhole) this.customRoles.set(values.reference(`${resource.address}.name`), texts.map(canonicalPermission));
        return;
      }
      case 'google_cloud_identity_group':
      case 'google_cloud_identity_group_membership':
        this.groups.read(resource, values, file);
        return;
      case 'google_project':
      case 'google_folder':
        this.hierarchy.read(resource, values);
        return;
      case 'google_iam_projects_policy_binding': {
        const fence = fenceOf(resource, values, file);
        if (fence) this.fences.push(fence);
        return;
      }
      case 'google_tags_tag_value':
      case 'google_tags_tag_binding':
      case 'google_tags_location_tag_binding':
        this.tags.read(resource, values);
        return;
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
    if (resource.type === 'google_bigquery_dataset' && (rowsOf(resource.values.access).length > 0 || resource.values.dynamic !== undefined))
      this.unread.push({ sentence: `The access list of ${showSymbols(resource.address)} is not read, so it may grant to anyone.` });
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
    const made = [...this.principals.values()];
    const groups = this.groups.ofMembers();
    const members = new Set(bindings.map(({ member }) => member));
    for (const { member, origin } of bindings) this.addMember(member, origin.source ?? '');
    const unread = [
      ...this.unread.filter(({ unlessMade }) => unlessMade === undefined || !made.some(({ id }) => id === unlessMade)),
      ...this.groups.unread,
      ...lookAlikes(made, members),
    ];
    return {
      principals: [...this.principals.values()],
      resources: this.resources,
      secrets: this.secrets,
      outsideSecrets: this.outsideSecrets,
      bindings,
      denies: this.denies.filter((rule) => !this.tags.isWaiting(rule)).flatMap((rule) => this.hierarchy.placeRule(rule)),
      fences: this.fences,
      federations: this.federations,
      customRoles: this.customRoles,
      reviewed: new Set(asked),
      groups,
      unread,
      unknowns: [...new Set([...this.unknowns, ...unread.map(({ sentence }) => sentence)])],
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

function hiddenMember(at: string): string {
  return `Whom ${at} grants to is not known, so it may be anyone.`;
}

/** Members that may be an account that is made here under a name that only shows at apply. */
function lookAlikes(made: readonly GcpPrincipal[], members: ReadonlySet<string>): readonly Unread[] {
  const open = made.filter(({ id }) => hasSymbol(id));
  return open.flatMap(({ id }) =>
    [...members].flatMap((member): Unread[] => {
      if (hasSymbol(member) || !member.startsWith('serviceAccount:') || compileGlob(member).matches(id) === 'no') return [];
      return [{ sentence: `Whether '${member}' is '${showSymbols(id)}' is not known.`, only: id }];
    }),
  );
}

function mappingOf(value: unknown): Readonly<Record<string, string>> | undefined {
  const fields = fieldsOf(value);
  return fields && Object.fromEntries(Object.entries(fields).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}

function pick<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V });
}
