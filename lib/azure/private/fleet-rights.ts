import { Construct } from 'constructs';
import { shortHash } from '../../../core/names';
import { RoleAssignment, RoleDefinition } from '../../../terraform/azurerm';
import { Lazy, resolveTokens } from '../../../terraform/core';
import type { IAgentIdentity } from '../../agent-identity';
import { nameBasedId } from '../name-based-id';
import { RoleDefinitions } from '../role-definitions';

const PREFIX = 'Microsoft.Authorization/roleAssignments';
const IDENTITY = 'Microsoft.ManagedIdentity/userAssignedIdentities';

export interface RightsProps {
  readonly fleet: string;
  readonly subscription: string;
  /** Object id of the responder. */
  readonly principalId: string;
}

/**
 * What the responder may do about identities. It takes roles from the agents that are registered, and from nobody else; it gives them none but the fleet's own
 * custom roles: the condition of its assignment says so, and Azure holds it to that.
 * @see https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-overview
 */
export class ResponderRights extends Construct {
  private readonly props: RightsProps;
  private readonly identities: IAgentIdentity[] = [];

  constructor(scope: Construct, id: string, props: RightsProps) {
    super(scope, id);
    this.props = props;
    const roles = this.role('roles', [`${PREFIX}/delete`, `${PREFIX}/read`, `${PREFIX}/write`]);
    this.assign('Roles', { scope: props.subscription, role: roles, condition: Lazy.stringValue({ produce: () => this.condition() }) });
  }

  /** One more agent whose roles may be taken away, and whose federation may be cut. */
  add(identity: IAgentIdentity, identityId: string | undefined): void {
    this.identities.push(identity);
    if (identityId === undefined) return;
    const actions = [
      `${IDENTITY}/federatedIdentityCredentials/delete`,
      `${IDENTITY}/federatedIdentityCredentials/read`,
      `${IDENTITY}/read`,
      'Microsoft.Resources/tags/read',
      'Microsoft.Resources/tags/write',
    ];
    this.assign(`Identity-${identity.agent.name}`, { scope: identityId, role: this.role('identity', actions) });
  }

  /** Actions on one thing that works for an agent. */
  addWork(id: string, scope: string, actions: readonly string[]): void {
    this.assign(id, { scope, role: this.role(`work-${shortHash(...actions)}`, actions) });
  }

  private role(name: string, actions: readonly string[]): RoleDefinition {
    const known = this.node.tryFindChild(`Role-${name}`) as RoleDefinition | undefined;
    const { fleet, subscription } = this.props;
    return (
      known ??
      new RoleDefinition(this, `Role-${name}`, {
        name: `agentic-iam ${fleet} responder ${name} ${shortHash(this.node.path)}`,
        roleDefinitionId: nameBasedId(subscription, fleet, `responder ${name}`),
        description: `What the responder of fleet ${fleet} needs. Made by agentic-iam; do not assign by hand.`,
        scope: subscription,
        assignableScopes: [subscription],
        permissions: [{ actions: [...actions], notActions: [], dataActions: [], notDataActions: [] }],
      })
    );
  }

  private assign(id: string, { scope, role, condition }: { scope: string; role: RoleDefinition; condition?: string }): void {
    const { principalId, fleet } = this.props;
    new RoleAssignment(this, `May-${id}`, {
      name: nameBasedId(scope, principalId, `responder ${id}`),
      scope,
      roleDefinitionId: role.roleDefinitionResourceId,
      principalId,
      principalType: 'ServicePrincipal',
      skipServicePrincipalAadCheck: true,
      description: `agentic-iam: responder of fleet ${fleet}`,
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
      of('delete', 'Resource'),
    ].join(' AND ');
  }
}
