import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { identityName } from '../../core/names';
import { deriveBoundary } from './boundary';
import { LateDocument } from './late-document';
import { sizeIn } from './policy-size';
import type { Statement } from './statement';

const ROLE_NAME_LIMIT = 64;

export interface ServiceRoleProps {
  /** What it is, as part of its name. */
  readonly name: string;
  readonly fleet: string;
  /** Not the path of agents: what stops agents must not take this for one. */
  readonly path: string;
  readonly description: string;
  /** Whether it changes who may do what: then its boundary denies what was not granted, and not all administration. @default false */
  readonly mayAdminister?: boolean;
  /** Name in the account, where somebody else must know it beforehand. @default - made by CloudFormation */
  readonly roleName?: string;
  /** @default - functions of this account */
  readonly assumedBy?: iam.IPrincipal;
  /** Asked when the template is written. */
  readonly statements: () => readonly Statement[];
}

/** The role of one of this library's own functions: what it may do, and a boundary that denies everything else. */
export function serviceRole(scope: Construct, id: string, props: ServiceRoleProps): iam.Role {
  const { name, fleet, path, description, statements } = props;
  const stack = Stack.of(scope);
  const roleName = identityName(fleet, name, ROLE_NAME_LIMIT);
  const role = new iam.Role(scope, id, {
    path,
    description,
    ...(props.roleName === undefined ? {} : { roleName: props.roleName }),
    assumedBy:
      props.assumedBy ??
      new iam.ServicePrincipal('lambda.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
  });
  const policy = new iam.Policy(scope, `${id}Policy`, { document: new LateDocument(statements), roles: [role] });
  const boundary = new iam.ManagedPolicy(scope, `${id}Boundary`, {
    path,
    description: `Boundary of ${roleName}`,
    document: new LateDocument(() =>
      deriveBoundary({ agent: name, granted: statements(), regions: [stack.region], sizeOf: sizeIn(scope) }).statements.filter(
        ({ Sid }) => !(props.mayAdminister && Sid === 'DenyAdministration'),
      ),
    ),
  });
  (role.node.defaultChild as iam.CfnRole).permissionsBoundary = boundary.managedPolicyArn;
  policy.node.addDependency(boundary);
  return role;
}
