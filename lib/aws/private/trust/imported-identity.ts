import { Arn, ArnFormat, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { type IPrincipal, type IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { invalidName } from '../../../core/errors';
import { Fleets } from '../../../core/fleet';
import type { JsonValue } from '../../../core/json';
import { checkLiteral } from '../../../core/names';
import { lostGrant } from '../../../core/native-errors';
import type { IAgentIdentity } from '../../agent-identity';
import { CATALOG } from '../../catalog';
import { writeManifestOnSynth } from '../manifest-writer';
import { nativeGrants } from '../native-grants';
import { reviewOnSynth } from '../review-plugin';
import { ROLE_SESSION } from './facts';
import { SealedRole } from './sealed-role';

export interface ImportedIdentityProps {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly roleArn: string;
  /** @default - true in the role's own account, false elsewhere */
  readonly mutable?: boolean;
}

/** An agent's identity that was made elsewhere. In the manifest unless this app makes the identity itself. */
export class ImportedIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly role: IRole;
  readonly roleName: string;
  readonly roleArn: string;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: ImportedIdentityProps) {
    super(scope, id);
    this.agent = props.agent;
    this.fleet = props.fleet;
    const { account, name } = parse(props.agent.name, props.roleArn);
    this.roleArn = props.roleArn;
    this.roleName = name;
    const stack = Stack.of(this);
    this.role = isMutable(props.mutable, account, stack.account)
      ? this.watchAttachments(Role.fromRoleArn(this, 'Role', props.roleArn))
      : new SealedRole(this, 'Role', { agent: props.agent.name, roleArn: props.roleArn, roleName: name });
    this.grantPrincipal = this.role;
    this.register(stack);
  }

  /** The CDK attaches no policy from a stack of another account, and says nothing: synth fails and names it. */
  private watchAttachments(role: IRole): IRole {
    const lost: string[] = [];
    const attach = role.attachInlinePolicy.bind(role);
    role.attachInlinePolicy = (policy) => {
      if (Token.compareStrings(role.env.account, policy.env.account) === TokenComparison.DIFFERENT)
        lost.push(`inline policy ${policy.node.path}`);
      attach(policy);
    };
    this.node.addValidation({ validate: () => lost.map((what) => lostGrant(this.agent.name, what).message) });
    return role;
  }

  private register(stack: Stack): void {
    const fleets = Fleets.of(this.node.root);
    const { cloud, version } = CATALOG;
    if (fleets.tryFind(cloud, this.fleet, this.agent.name)) return;
    fleets.register({
      cloud,
      catalog: version,
      fleet: this.fleet,
      agent: this.agent,
      imported: true,
      construct: this.node.path,
      describe: () => ({
        kind: 'imported-iam-role',
        name: textOf(stack.resolve(this.roleName)),
        principal: stack.resolve(this.roleArn) as JsonValue,
        trust: [{ kind: 'imported', bounds: {} }],
        credentialLifeSeconds: ROLE_SESSION.ceiling,
        credentialLifeReason: 'its trust is defined elsewhere, and this is the longest any role session lives',
      }),
      native: () => nativeGrants(this.role),
      resolve: (value) => stack.resolve(value) as JsonValue,
    });
    writeManifestOnSynth(this);
    reviewOnSynth(this);
  }
}

/** A name that is known only at deployment is shown as the expression that gives it. */
function textOf(name: unknown): string {
  return typeof name === 'string' ? name : JSON.stringify(name);
}

/** Account and name in the ARN of a role; tokens where the ARN holds them. */
function parse(agent: string, arn: string): { readonly account: string | undefined; readonly name: string } {
  if (!Token.isUnresolved(arn)) {
    checkLiteral(`agent '${agent}'`, 'roleArn', arn);
    if (!/^arn:[^:]+:iam::\d{12}:role\/.*[^/]$/.test(arn)) {
      throw invalidName(`the role of agent '${agent}'`, {
        rule: 'must be given by its ARN',
        reason: 'a user or a session cannot be an identity of an agent',
        value: arn,
        suggestion: '',
      });
    }
  }
  const { account, resourceName = '' } = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return { account, name: Token.isUnresolved(resourceName) ? resourceName : (resourceName.split('/').at(-1) ?? resourceName) };
}

function isMutable(wanted: boolean | undefined, account: string | undefined, here: string): boolean {
  if (wanted === false) return false;
  return account === undefined || Token.isUnresolved(account) || Token.isUnresolved(here) || account === here;
}
