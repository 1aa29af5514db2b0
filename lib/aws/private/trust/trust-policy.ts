import { Stack } from 'aws-cdk-lib';
import { type PolicyDocument, PolicyStatement, PrincipalBase, PrincipalPolicyFragment } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../../../core/json';
import type { ManifestTrust } from '../../../core/manifest';
import { invalidTrust, policyTooLarge } from '../../../core/native-errors';
import { sizeIn } from '../policy-size';
import { documentSize, type Statement } from '../statement';
import { ROLE_SESSION, TRUST_POLICY_LIMIT } from './facts';
import type { BoundTrust, CredentialLife } from './trust-way';

const NATIVE_LIFE: CredentialLife = {
  seconds: ROLE_SESSION.ceiling,
  reason: 'its trust was widened by native statements, and this is the longest any role session lives',
};

/** The whole trust policy of one agent: one statement per way in. */
export class TrustPolicy extends PrincipalBase {
  /** By statement id. Ids keep CDK from merging statements, and tell ours from those users add. */
  private readonly ways: ReadonlyMap<string, BoundTrust>;
  private readonly statements: readonly PolicyStatement[];
  readonly policyFragment = new PrincipalPolicyFragment({});

  constructor(
    private readonly agent: string,
    private readonly scope: IConstruct,
    ways: readonly BoundTrust[],
  ) {
    super();
    if (ways.length === 0) {
      throw invalidTrust(agent, {
        rule: 'needs at least one way in',
        reason: 'nobody could become it',
        value: [],
        fix: 'give AgentTrust.anyOf() one trust or more',
      });
    }
    this.ways = new Map(ways.map((way, index) => [statementId(way.kind, ways, index), way]));
    this.statements = [...this.ways].map(
      ([sid, { principal, actions, conditions }]) =>
        new PolicyStatement({ sid, principals: [principal], actions: [...actions], conditions }),
    );
    this.checkSize();
  }

  override addToAssumeRolePolicy(document: PolicyDocument): void {
    document.addStatements(...this.statements);
  }

  dedupeString(): undefined {
    return undefined;
  }

  /** Who may become the agent, what users added themselves included. */
  describe(document: PolicyDocument | undefined): readonly ManifestTrust[] {
    const stack = Stack.of(this.scope);
    const known = [...this.ways.values()].map(({ kind, bounds }) => ({ kind, bounds: stack.resolve(bounds) as JsonObject }));
    const added = this.addedTo(document).map((statement) => ({ kind: 'native', bounds: { statement } }));
    return [...known, ...added];
  }

  /** The longest life of a credential over all ways in. */
  life(document: PolicyDocument | undefined): CredentialLife {
    const lives = [...this.ways.values()].map((way) => way.life);
    const all = this.addedTo(document).length > 0 ? [...lives, NATIVE_LIFE] : lives;
    return all.reduce((longest, life) => (life.seconds > longest.seconds ? life : longest));
  }

  private addedTo(document: PolicyDocument | undefined): readonly JsonObject[] {
    const resolved = Stack.of(this.scope).resolve(document) as { readonly Statement: readonly JsonObject[] } | undefined;
    return (resolved?.Statement ?? []).filter(({ Sid }) => typeof Sid !== 'string' || !this.ways.has(Sid));
  }

  private checkSize(): void {
    const sizeOf = sizeIn(this.scope);
    const documents = this.statements.map((one) => ({ sid: one.sid ?? '', json: one.toStatementJson() as Statement }));
    const size = documentSize(
      documents.map(({ json }) => json),
      sizeOf,
    );
    if (size <= TRUST_POLICY_LIMIT) return;
    const largest = documents.reduce((a, b) => (sizeOf(b.json) > sizeOf(a.json) ? b : a));
    throw policyTooLarge(this.agent, { what: 'its trust policy', size, limit: TRUST_POLICY_LIMIT, largest: largest.sid });
  }
}

/** `Lambda`, and with a number where several ways have one kind: ids must differ within a policy. */
function statementId(kind: string, ways: readonly BoundTrust[], index: number): string {
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const alike = ways.filter((way) => way.kind === kind);
  return alike.length === 1 ? name : `${name}${ways.slice(0, index + 1).filter((way) => way.kind === kind).length}`;
}
