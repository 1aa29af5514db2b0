import { showSymbols } from '../../../core/review/glob';
import type { AwsPolicy, PolicyText } from '../model';
import type { PrincipalDraft } from './estate-draft';
import { fieldsOf, listOf, member, tagsOf } from './json';
import { readPolicy } from './read-policy';
import type { TemplateReading, TemplateResource } from './template';

const PRINCIPAL_TYPES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

/** Reads roles, users, groups, managed policies and instance profiles. */
export function readPrincipals(template: TemplateReading): void {
  for (const resource of template.ofType(...PRINCIPAL_TYPES)) readPrincipal(template, resource);
  for (const resource of template.ofType('AWS::IAM::ManagedPolicy')) readManagedPolicy(template, resource);
}

/** Joins policies, groups and profiles to the principals they name; after the principals of every template were read. */
export function readAttachments(template: TemplateReading): void {
  for (const resource of template.ofType('AWS::IAM::Policy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy')) {
    for (const principal of named(template, resource)) {
      const name = template.text(resource, 'PolicyName') ?? resource.physical.logicalId;
      principal.policies.push(inline(template, resource, { name, principal }));
    }
  }
  for (const resource of template.ofType('AWS::IAM::ManagedPolicy')) {
    for (const principal of named(template, resource)) principal.managed.add(resource.physical.ref);
  }
  for (const resource of template.ofType('AWS::IAM::UserToGroupAddition')) {
    const group = find(template, 'group', template.text(resource, 'GroupName'));
    for (const user of template.texts(resource, 'Users')) find(template, 'user', user)?.groups.add(group?.arn ?? '');
  }
  for (const resource of template.ofType('AWS::IAM::User')) {
    const user = template.draft.principals.get(resource.physical.arn ?? '');
    for (const name of template.texts(resource, 'Groups')) user?.groups.add(find(template, 'group', name)?.arn ?? name);
  }
  for (const resource of template.ofType('AWS::IAM::InstanceProfile')) {
    const role = find(template, 'role', template.texts(resource, 'Roles')[0]);
    if (!role || !resource.physical.arn) continue;
    role.instanceProfiles.add(resource.physical.arn);
    template.draft.profiles.set(resource.physical.arn, role.arn);
  }
}

function readPrincipal(template: TemplateReading, resource: TemplateResource): void {
  const { physical, construct } = resource;
  if (!physical.arn) return;
  const principal = template.draft.principal(physical.arn, template.input.file);
  principal.construct ??= construct;
  principal.tags = { ...principal.tags, ...tagsOf(template.values.read(member(resource.properties, 'Tags')).value) };
  for (const sentence of template.existence(resource)) principal.unknowns.add(`About ${title(principal)}: ${sentence}`);
  for (const row of policyRows(template, resource, principal)) {
    principal.policies.push(inlineOf(template, resource, { name: row.name, principal, document: row.document }));
  }
  const attached = template.values.read(member(resource.properties, 'ManagedPolicyArns'));
  for (const arn of listOf(attached.value)) if (typeof arn === 'string') principal.managed.add(arn);
  for (const doubt of attached.doubts) principal.unknowns.add(`In the managed policies of ${title(principal)}: ${doubt}`);
  const boundary = template.values.read(member(resource.properties, 'PermissionsBoundary'));
  if (typeof boundary.value === 'string') principal.boundary = boundary.value;
  for (const doubt of boundary.doubts) principal.unknowns.add(`In the permissions boundary of ${title(principal)}: ${doubt}`);
  const trust = template.values.read(member(resource.properties, 'AssumeRolePolicyDocument'));
  if (physical.type === 'AWS::IAM::Role' && trust.value !== undefined) {
    const name = `trust policy of ${title(principal)}`;
    principal.trust = readPolicy(trust.value, { ...template.place(resource, 'trust'), name, doubts: trust.doubts });
  }
}

/** The `Policies` property; a list that a condition decides as a whole is a doubt about the principal. */
function policyRows(template: TemplateReading, resource: TemplateResource, principal: PrincipalDraft) {
  const raw = member(resource.properties, 'Policies');
  if (raw !== undefined && !Array.isArray(raw)) {
    for (const doubt of template.values.read(raw).doubts) principal.unknowns.add(`In the policies of ${title(principal)}: ${doubt}`);
    const { value } = template.values.read(raw);
    return listOf(value).flatMap((row) => rowOf(template, row));
  }
  return listOf(raw).flatMap((row) => {
    const fields = fieldsOf(row);
    // A policy that a condition decides is read as a whole, so that the doubt is said once.
    if (fields && 'PolicyDocument' in fields) return rowOf(template, row);
    const read = template.values.read(row);
    for (const doubt of read.doubts) principal.unknowns.add(`In the policies of ${title(principal)}: ${doubt}`);
    return read.value === undefined ? [] : rowOf(template, read.value);
  });
}

function rowOf(template: TemplateReading, row: unknown): { readonly name: string; readonly document: unknown }[] {
  const fields = fieldsOf(row);
  return fields ? [{ name: template.values.text(fields.PolicyName) ?? 'without a name', document: fields.PolicyDocument }] : [];
}

function readManagedPolicy(template: TemplateReading, resource: TemplateResource): void {
  const { physical, properties } = resource;
  const { value, doubts } = template.values.read(properties.PolicyDocument);
  const name = `managed policy '${showSymbols(physical.name)}'`;
  const place = { ...template.place(resource, 'identity'), name, arn: physical.ref, doubts: [...doubts, ...template.existence(resource)] };
  template.draft.managed.set(physical.ref, readPolicy(value, place));
}

interface InlinePolicy {
  readonly name: string;
  readonly principal: PrincipalDraft;
}

function inline(template: TemplateReading, resource: TemplateResource, policy: InlinePolicy): AwsPolicy {
  return inlineOf(template, resource, { ...policy, document: resource.properties.PolicyDocument });
}

function inlineOf(
  template: TemplateReading,
  resource: TemplateResource,
  { name, principal, document }: InlinePolicy & { readonly document: unknown },
): AwsPolicy {
  const { value, doubts } = template.values.read(document);
  const place = template.place(resource, 'identity');
  const title_ = `inline policy '${showSymbols(name)}' of ${title(principal)}`;
  return readPolicy(value, { ...place, name: title_, doubts: [...doubts, ...template.existence(resource)] });
}

/** Whom a policy resource names. One that is made elsewhere is added: what this template gives it is worth a review. */
function named(template: TemplateReading, resource: TemplateResource): readonly PrincipalDraft[] {
  const ways = [
    ['role', ['Roles', 'RoleName']],
    ['user', ['Users', 'UserName']],
    ['group', ['Groups', 'GroupName']],
  ] as const;
  return ways.flatMap(([kind, properties]) =>
    properties
      .flatMap((property) => template.texts(resource, property))
      .flatMap((name) => find(template, kind, name) ?? elsewhere(template, kind, name)),
  );
}

function elsewhere(template: TemplateReading, kind: PrincipalDraft['kind'], name: PolicyText): PrincipalDraft {
  const { partition, account } = template.values.scope;
  const made = template.draft.principal(`arn:${partition}:iam::${account}:${kind}/${name}`, template.input.file);
  made.unknowns.add(`${title(made)} is made elsewhere; only what this template gives it is known.`);
  return made;
}

function find(template: TemplateReading, kind: PrincipalDraft['kind'], name: PolicyText | undefined): PrincipalDraft | undefined {
  return name === undefined ? undefined : template.draft.byName(kind, name, template.account);
}

function title({ kind, name }: PrincipalDraft): string {
  return `${kind} '${showSymbols(name)}'`;
}
