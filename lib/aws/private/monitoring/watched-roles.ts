import { Lazy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { IAgentIdentity } from '../../agent-identity';
import { roleName, rolePath } from '../trust/role-name';

/**
 * Which roles are those of a fleet's agents, as rules and trails ask for it: by the path and the beginning of the name that all of them share, so
 * that one pattern is enough for a thousand agents; and one by one where a role was made elsewhere under a name of its own.
 */
export class WatchedRoles {
  private readonly others: IAgentIdentity[] = [];
  private readonly stack: Stack;

  constructor(
    scope: Construct,
    private readonly fleet: string,
  ) {
    this.stack = Stack.of(scope);
  }

  add(identity: IAgentIdentity): void {
    if (identity.roleName !== roleName(this.fleet, identity.agent)) this.others.push(identity);
  }

  /** Patterns for the ARN of a role. */
  rolePatterns(): readonly object[] {
    const resourceName = rolePath(this.fleet).slice(1);
    const path = this.stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
    return [{ prefix: path }, ...this.others.map(({ roleArn }) => roleArn as unknown as object)];
  }

  /** How the ARNs of their sessions begin, which do not have the path. */
  sessionPrefixes(): string[] {
    const start = (name: string): string =>
      this.stack.formatArn({ service: 'sts', region: '', resource: 'assumed-role', resourceName: name });
    return Lazy.list({ produce: () => [start(`${this.fleet}--`), ...this.others.map(({ roleName: name }) => start(`${name}/`))] });
  }
}
