import { Construct, type IConstruct } from 'constructs';
import { GovernanceBook } from '../../core/governance/book';
import { shortHash } from '../../core/names';
import { resolveTokens, TerraformStack } from '../../terraform/core';
import { ProjectIamCustomRole } from '../../terraform/google';
import { CATALOG, LIMITS } from '../catalog';
import { countOne } from './quota';

/** What a custom role is made of; two agents of one fleet and stack that want the same share it. */
export interface CustomRoleProps {
  readonly fleet: string;
  /** Project the role is made in: that of the thing it is granted on. @default - the project of the provider */
  readonly project?: string;
  /** Each once, in order. */
  readonly permissions: readonly string[];
}

const ID = 'AgenticIamRoles';

/** The custom roles of one stack. */
export class CustomRoles extends Construct {
  /** The registry of the construct's stack; made at the first call. */
  static of(construct: IConstruct): CustomRoles {
    const stack = TerraformStack.of(construct);
    return (stack.node.tryFindChild(ID) as CustomRoles | undefined) ?? new CustomRoles(stack, ID);
  }

  private readonly names = new Map<string, string>();

  /**
   * Full name of the role with exactly these permissions, made at the first call. Its id is derived from them: a deleted
   * id stays blocked for up to 37 days, so one id must never mean two sets of permissions.
   *
   * @see https://docs.cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
   */
  nameFor({ fleet, project, permissions }: CustomRoleProps): string {
    const where = project === undefined ? '' : String(resolveTokens(this, project));
    const key = JSON.stringify([fleet, where, permissions]);
    const known = this.names.get(key) ?? this.make({ fleet, project, permissions }, where);
    this.names.set(key, known);
    return known;
  }

  private make({ fleet, project, permissions }: CustomRoleProps, where: string): string {
    const hash = shortHash(TerraformStack.of(this).node.path, where, ...permissions);
    const roleId = `agentic_iam.${fleet.replaceAll('-', '_')}.${hash}`;
    countOne(this, {
      what: 'custom roles',
      where: where ? `project '${where}'` : "the provider's project",
      local: where === '' || where.includes('${'),
      limit: LIMITS.customRoles.perProject,
    });
    GovernanceBook.of(this.node.root).claim(`${this.node.path}/${roleId}`, { control: 'access-as-declared', cloud: CATALOG.cloud, fleet });
    return new ProjectIamCustomRole(this, roleId, {
      roleId,
      title: titleOf(fleet, permissions),
      description: `Made by agentic-iam. Shared by the agents of fleet ${fleet} that need exactly these permissions.`,
      permissions: [...permissions],
      ...(project === undefined ? {} : { project }),
    }).name;
  }
}

/** A hundred characters at most, so a longer list is only counted. */
function titleOf(fleet: string, permissions: readonly string[]): string {
  const [first = '', ...more] = permissions;
  const full = `agentic-iam ${fleet}: ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  return full.length > LIMITS.customRoles.titleLength ? `agentic-iam ${fleet}: ${permissions.length} permissions` : full;
}
