import { Construct } from 'constructs';
import { shortHash } from '../../core/names';
import { CosmosdbSqlRoleAssignment, RoleAssignment, RoleDefinition } from '../../terraform/azurerm';
import { Aspects, Lazy, resolveTokens, TerraformStack } from '../../terraform/core';
import type { IAgentIdentity } from '../agent-identity';
import { nameBasedId } from './name-based-id';
import { RoleDefinitions } from './role-definitions';

const PREFIX = 'Microsoft.Authorization/roleAssignments';

const COSMOS = 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments';

export interface RightsProps {
  readonly fleet: string;
  /** What the function is called: part of the names of its roles. */
  readonly who: 'responder' | 'governor';
  readonly subscription: string;
  /** Object id of the function. */
  readonly principalId: string;
  /** Whether it may take roles from agents and give them theirs; else it only reads them. */
  readonly mayGive: boolean;
  /** Whether it may also take the fleet's own custom roles from whoever has them, an identity that no agent owns among them. @default false */
  readonly mayTakeOwn?: boolean;
  /** What it may do to the identity of each agent. */
  readonly onIdentity: readonly string[];
  /** Whether it takes away what agents were given inside of Cosmos DB accounts, which no condition can bind: it may only delete there. */
  readonly onCosmos: boolean;
}

/** What a role holds. */
interface Permissions {
  readonly actions?: readonly string[];
  readonly dataActions?: readonly string[];
}

/**
 * What a function of the library may do about identities. It takes roles from the agents that are registered, and from nobody else but where `mayTakeOwn` says so; it
 * gives them none but the fleet's own custom roles: the condition of its assignment says so, and Azure holds it to that.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-overview
 */
export class FleetRights extends Construct {
  private readonly props: RightsProps;
  private readonly identities: IAgentIdentity[] = [];
  private readonly late: (() => void)[] = [];

  constructor(scope: Construct, id: string, props: RightsProps) {
    super(scope, id);
    this.props = props;
    if (props.mayGive) {
      const roles = this.role('roles', { actions: [`${PREFIX}/delete`, `${PREFIX}/read`, `${PREFIX}/write`] });
      this.assign('Roles', { scope: props.subscription, role: roles, condition: Lazy.stringValue({ produce: () => this.condition() }) });
    }
    // What agents were given in Cosmos DB is known once all their roles were made.
    if (props.onCosmos) this.later(() => this.addCosmos());
    Aspects.of(TerraformStack.of(this)).add({
      visit: (node) => {
        if (node === this) for (const add of this.late) add();
      },
    });
  }

  /** One more agent whose roles may be taken away, and whose federation may be cut. */
  add(identity: IAgentIdentity, identityId: string | undefined): void {
    this.identities.push(identity);
    if (identityId === undefined || this.props.onIdentity.length === 0) return;
    this.assign(`Identity-${identity.agent.name}`, { scope: identityId, role: this.role('identity', { actions: this.props.onIdentity }) });
  }

  /** What it may do everywhere in the subscription, by its name. */
  addEverywhere(name: string, actions: readonly string[]): RoleDefinition {
    const role = this.role(name.toLowerCase(), { actions });
    this.assign(name, { scope: this.props.subscription, role });
    return role;
  }

  /** Actions on one thing. */
  addOn(id: string, scope: string, actions: readonly string[]): void {
    this.assign(id, { scope, role: this.role(`work-${shortHash(...actions)}`, { actions }) });
  }

  /** Permissions on one thing, however many agents they are for: Azure refuses the same assignment a second time. */
  addOnce(name: string, scope: string, permissions: Permissions): void {
    const text = String(resolveTokens(this, scope));
    // Azure tells no ids apart by their case; Terraform does tell its references apart.
    const id = `${name}-${shortHash(text.includes('${') ? text : text.toLowerCase())}`;
    if (!this.node.tryFindChild(`May-${id}`)) this.assign(id, { scope, role: this.role(name.toLowerCase(), permissions) });
  }

  /** Rights that depend on what agents were given, which is known once all their roles were made. May be called more than once. */
  later(add: () => void): void {
    this.late.push(add);
  }

  /** Actions on what is in each of some things, which are known once all access was granted. */
  addDataOn(name: string, scopes: () => readonly string[], dataActions: readonly string[]): void {
    this.later(() => {
      for (const scope of scopes()) this.addOnce(name, scope, { dataActions });
    });
  }

  private addCosmos(): void {
    const { subscription } = this.props;
    const own = new Set(this.identities.map(({ principalId }) => String(resolveTokens(this, principalId))));
    const accounts = this.node.root.node
      .findAll()
      .filter((node): node is CosmosdbSqlRoleAssignment => node instanceof CosmosdbSqlRoleAssignment)
      .filter((node) => own.has(String(resolveTokens(node, node.principalIdInput))))
      .map(
        ({ resourceGroupNameInput: group = '', accountNameInput: account = '' }) =>
          `${subscription}/resourceGroups/${group}/providers/Microsoft.DocumentDB/databaseAccounts/${account}`,
      );
    for (const account of accounts) this.addOnce('Cosmos', account, { actions: [`${COSMOS}/delete`, `${COSMOS}/read`] });
  }

  private role(name: string, { actions = [], dataActions = [] }: Permissions): RoleDefinition {
    const known = this.node.tryFindChild(`Role-${name}`) as RoleDefinition | undefined;
    const { fleet, subscription, who } = this.props;
    return (
      known ??
      new RoleDefinition(this, `Role-${name}`, {
        name: `agentic-iam ${fleet} ${who} ${name} ${shortHash(this.node.path)}`,
        roleDefinitionId: nameBasedId(subscription, fleet, `${who} ${name}`),
        description: `What the ${who} of fleet ${fleet} needs. Made by agentic-iam; do not assign by hand.`,
        scope: subscription,
        assignableScopes: [subscription],
        permissions: [{ actions: [...actions], notActions: [], dataActions: [...dataActions], notDataActions: [] }],
      })
    );
  }

  private assign(id: string, { scope, role, condition }: { scope: string; role: RoleDefinition; condition?: string }): void {
    const { principalId, fleet, who } = this.props;
    new RoleAssignment(this, `May-${id}`, {
      name: nameBasedId(scope, principalId, `${who} ${id}`),
      scope,
      roleDefinitionId: role.roleDefinitionResourceId,
      principalId,
      principalType: 'ServicePrincipal',
      skipServicePrincipalAadCheck: true,
      description: `agentic-iam: ${who} of fleet ${fleet}`,
      ...(condition === undefined ? {} : { condition, conditionVersion: '2.0' }),
    });
  }

  private condition(): string {
    const list = (ids: readonly string[]): string => `{${ids.join(', ')}}`;
    const nobody = '00000000-0000-0000-0000-000000000000';
    const principals = this.identities.map((identity) => String(resolveTokens(this, identity.principalId)));
    const roles = RoleDefinitions.of(this).roleIds();
    const who = list(principals.length > 0 ? principals : [nobody]);
    const what = list(roles.length > 0 ? roles : [nobody]);
    const of = (action: string, source: string, more = ''): string =>
      `((!(ActionMatches{'${PREFIX}/${action}'})) OR (@${source}[${PREFIX}:PrincipalId] ForAnyOfAnyValues:GuidEquals ${who}${more}))`;
    return [
      of('write', 'Request', ` AND @Request[${PREFIX}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${what}`),
      of(
        'delete',
        'Resource',
        this.props.mayTakeOwn ? ` OR @Resource[${PREFIX}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${what}` : '',
      ),
    ].join(' AND ');
  }
}
