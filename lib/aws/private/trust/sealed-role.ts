import { Resource } from 'aws-cdk-lib';
import {
  type AddToPrincipalPolicyResult,
  ArnPrincipal,
  Grant,
  type IManagedPolicy,
  type IPrincipal,
  type IRole,
  type Policy,
  type PolicyStatement,
  type PrincipalPolicyFragment,
  type RoleReference,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { lostGrant } from '../../../core/native-errors';

/** A role that this app cannot change. */
export interface SealedRoleProps {
  readonly agent: string;
  readonly roleArn: string;
  readonly roleName: string;
}

/**
 * An imported role that cannot be changed from here. CDK's own drops what is granted to such a role without a word; this one
 * makes synth fail and names what would be lost.
 */
export class SealedRole extends Resource implements IRole {
  readonly roleArn: string;
  readonly roleName: string;
  readonly grantPrincipal: IPrincipal = this;
  readonly assumeRoleAction = 'sts:AssumeRole';
  readonly principalAccount: string;
  readonly policyFragment: PrincipalPolicyFragment;
  private readonly agent: string;
  private readonly lost: string[] = [];

  constructor(scope: Construct, id: string, props: SealedRoleProps) {
    super(scope, id, { environmentFromArn: props.roleArn });
    this.agent = props.agent;
    this.roleArn = props.roleArn;
    this.roleName = props.roleName;
    this.principalAccount = this.env.account;
    this.policyFragment = new ArnPrincipal(props.roleArn).policyFragment;
    this.node.addValidation({ validate: () => this.lost.map((what) => lostGrant(this.agent, what).message) });
  }

  get roleRef(): RoleReference {
    return { roleArn: this.roleArn, roleName: this.roleName };
  }

  addToPolicy(statement: PolicyStatement): boolean {
    return this.addToPrincipalPolicy(statement).statementAdded;
  }

  addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.lost.push(`${statement.actions.join(', ')} on ${this.stack.resolve(statement.resources).map(show).join(', ')}`);
    return { statementAdded: false };
  }

  attachInlinePolicy(policy: Policy): void {
    this.lost.push(`inline policy ${policy.node.path}`);
  }

  addManagedPolicy(policy: IManagedPolicy): void {
    this.lost.push(`managed policy ${show(this.stack.resolve(policy.managedPolicyArn))}`);
  }

  grant(grantee: IPrincipal, ...actions: string[]): Grant {
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.roleArn], scope: this });
  }

  grantPassRole(grantee: IPrincipal): Grant {
    return this.grant(grantee, 'iam:PassRole');
  }

  grantAssumeRole(grantee: IPrincipal): Grant {
    return this.grant(grantee, 'sts:AssumeRole');
  }
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
