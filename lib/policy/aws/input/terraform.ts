import { showSymbols } from '../../../core/review/glob';
import type { ReviewInput } from '../../../core/review/input';
import { openTerraform, type TerraformResource } from '../../../core/review/terraform-source';
import type { AwsPolicy, PolicyText } from '../model';
import type { EstateDraft, PrincipalDraft } from './estate-draft';
import { rowsOf, tagsOf, textOf } from './json';
import { type PolicyPlace, readPolicy } from './read-policy';
import { roleOf } from './runs-as';
import catalog from './terraform-types.json';
import { TerraformValues, terraformType } from './terraform-values';

const POLICIES: Readonly<Record<string, { readonly target: string; readonly document: string }>> = catalog.policies;
const PRINCIPALS = { aws_iam_role: 'role', aws_iam_user: 'user', aws_iam_group: 'group' } as const;

/**
 * Reads what Terraform makes of AWS.
 * @throws AgenticIamError where the file is none of Terraform's
 */
export function readTerraform(input: ReviewInput, draft: EstateDraft, account: string): void {
  const values = new TerraformValues(openTerraform(input, { prefixes: ['aws_'], provider: 'aws' }), account);
  new TerraformReading(input, values, draft).read();
}

class TerraformReading {
  constructor(
    private readonly input: ReviewInput,
    private readonly values: TerraformValues,
    private readonly draft: EstateDraft,
  ) {}

  read(): void {
    this.each(Object.keys(PRINCIPALS), (resource) => this.principal(resource));
    this.each(['aws_iam_policy'], (resource) => this.managedPolicy(resource));
    this.each(['aws_iam_instance_profile'], (resource) => this.profile(resource));
    for (const kind of ['role', 'user', 'group'] as const) {
      this.each([`aws_iam_${kind}_policy`], (resource) => this.inline(resource, kind));
      this.each([`aws_iam_${kind}_policy_attachment`], (resource) => this.attach(resource, kind));
    }
    this.each(['aws_iam_policy_attachment'], (resource) => this.attachMany(resource));
    this.each(['aws_iam_user_group_membership', 'aws_iam_group_membership'], (resource) => this.membership(resource));
    for (const resource of this.managed()) this.resource(resource);
    this.each(Object.keys(POLICIES), (resource) => this.policyOn(resource));
  }

  private managed(): readonly TerraformResource[] {
    return this.values.source.resources.filter(({ isData }) => !isData);
  }

  private each(types: readonly string[], visit: (resource: TerraformResource) => void): void {
    for (const resource of this.managed()) if (types.includes(resource.type)) visit(resource);
  }

  private principal(resource: TerraformResource): void {
    const arn = this.values.arn(resource);
    if (!arn) return;
    const principal = this.draft.principal(arn, this.input.file);
    principal.construct ??= resource.address;
    principal.tags = tagsOf(resource.values.tags_all ?? resource.values.tags);
    principal.boundary = this.values.text(resource, 'permissions_boundary') ?? principal.boundary;
    for (const managed of this.values.texts(resource, 'managed_policy_arns')) principal.managed.add(managed);
    for (const row of rowsOf(this.values.read(resource, 'inline_policy').value)) {
      const name = `inline policy '${textOf(row.name) ?? ''}' of ${title(principal)}`;
      if (row.policy) principal.policies.push(readPolicy(row.policy, { ...this.place(resource, 'identity'), name }));
    }
    if (resource.type === 'aws_iam_role') {
      const name = `trust policy of ${title(principal)}`;
      principal.trust = this.policy(resource, { argument: 'assume_role_policy', layer: 'trust', name });
    }
  }

  private managedPolicy(resource: TerraformResource): void {
    const arn = this.values.arn(resource);
    const name = `managed policy '${showSymbols(this.values.name(resource))}'`;
    if (arn) this.draft.managed.set(arn, this.policy(resource, { argument: 'policy', layer: 'identity', name, arn }));
  }

  private profile(resource: TerraformResource): void {
    const arn = this.values.arn(resource);
    const role = this.named('role', this.values.text(resource, 'role'));
    if (!arn || !role) return;
    role.instanceProfiles.add(arn);
    this.draft.profiles.set(arn, role.arn);
  }

  private inline(resource: TerraformResource, kind: PrincipalDraft['kind']): void {
    const principal = this.named(kind, this.values.text(resource, kind));
    if (!principal) return;
    const name = `inline policy '${this.values.text(resource, 'name') ?? resource.address}' of ${title(principal)}`;
    principal.policies.push(this.policy(resource, { argument: 'policy', layer: 'identity', name }));
  }

  private attach(resource: TerraformResource, kind: PrincipalDraft['kind']): void {
    const principal = this.named(kind, this.values.text(resource, kind));
    const arn = this.values.text(resource, 'policy_arn');
    if (arn) principal?.managed.add(arn);
    else principal?.unknowns.add(`Which policy '${resource.address}' attaches to ${title(principal)} is not known.`);
  }

  private attachMany(resource: TerraformResource): void {
    const arn = this.values.text(resource, 'policy_arn');
    for (const kind of ['role', 'user', 'group'] as const) {
      for (const name of this.values.texts(resource, `${kind}s`)) if (arn) this.named(kind, name)?.managed.add(arn);
    }
  }

  private membership(resource: TerraformResource): void {
    const users = [...this.values.texts(resource, 'users'), ...this.values.texts(resource, 'user')];
    const groups = [...this.values.texts(resource, 'groups'), ...this.values.texts(resource, 'group')];
    for (const user of users) {
      for (const group of groups) this.named('user', user)?.groups.add(this.named('group', group)?.arn ?? group);
    }
  }

  private resource(resource: TerraformResource): void {
    const type = terraformType(resource.type);
    const arn = this.values.arn(resource);
    if (!type || !arn || type.type.startsWith('AWS::IAM::')) return;
    const role = type.role && this.values.text(resource, type.role);
    const hasPolicy = type.policy !== undefined && this.values.read(resource, type.policy).value !== undefined;
    this.draft.resource({
      arn,
      type: type.type,
      account: this.values.account,
      role: role ? roleOf(this.draft, role, this.values) : undefined,
      policy:
        hasPolicy && type.policy ? this.policy(resource, { argument: type.policy, layer: 'resource', name: policyTitle(arn) }) : undefined,
      tags: tagsOf(resource.values.tags_all ?? resource.values.tags),
      construct: resource.address,
      source: this.input.file,
    });
  }

  private policyOn(resource: TerraformResource): void {
    const type = POLICIES[resource.type];
    const target = type && this.values.text(resource, type.target);
    if (!type || !target) return;
    const made = this.managed().find(
      (one) => this.values.arn(one) === target || (terraformType(one.type) && this.values.name(one) === target),
    );
    const arn = (made && this.values.arn(made)) ?? (target.startsWith('arn:') ? target : undefined);
    if (!arn) return;
    const policy = this.policy(resource, { argument: type.document, layer: 'resource', name: policyTitle(arn) });
    this.draft.resource({ arn, type: '', policy, account: this.values.account, source: this.input.file });
  }

  private policy(
    resource: TerraformResource,
    at: { readonly argument: string; readonly layer: string; readonly name: string; readonly arn?: string },
  ): AwsPolicy {
    const { value, doubts } = this.values.read(resource, at.argument);
    return readPolicy(value, { ...this.place(resource, at.layer), name: at.name, arn: at.arn, doubts });
  }

  private place(resource: TerraformResource, layer: string): Omit<PolicyPlace, 'name'> {
    return { layer, construct: resource.address, source: this.input.file };
  }

  /** A principal by name or ARN; one that is made elsewhere is added, with what is not known of it. */
  private named(kind: PrincipalDraft['kind'], name: string | undefined): PrincipalDraft | undefined {
    if (name === undefined) return undefined;
    const { account, partition } = this.values;
    const found = this.draft.principals.get(name) ?? this.draft.byName(kind, name, account);
    if (found) return found;
    const made = this.draft.principal(name.startsWith('arn:') ? name : `arn:${partition}:iam::${account}:${kind}/${name}`, this.input.file);
    made.unknowns.add(`${title(made)} is made elsewhere; only what '${this.input.file}' gives it is known.`);
    return made;
  }
}

function title({ kind, name }: PrincipalDraft): string {
  return `${kind} '${showSymbols(name)}'`;
}

function policyTitle(arn: PolicyText): string {
  return `resource policy of '${showSymbols(arn)}'`;
}
