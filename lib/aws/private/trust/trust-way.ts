import type { Stack } from 'aws-cdk-lib';
import type { Conditions, IPrincipal, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IDependable } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';

/** How long one credential can live, and why. */
export interface CredentialLife {
  readonly seconds: number;
  readonly reason: string;
}

/** Who is to be trusted by whom. */
export interface TrustContext {
  readonly agent: AgentSpec;
  /** Stack of the role; gives partition, account and region. */
  readonly stack: Stack;
}

/** What a Roles Anywhere profile must hold. */
export interface ProfileSpec {
  /** @default - the role's own policies alone */
  readonly sessionPolicy?: PolicyDocument;
}

/** One way in, for one agent: checked, and ready to become one statement of the trust policy. */
export interface BoundTrust {
  /** Factory of `AgentTrust`. */
  readonly kind: string;
  /** What it is bound to, for the manifest; values may be tokens. */
  readonly bounds: Readonly<Record<string, unknown>>;
  readonly principal: IPrincipal;
  readonly actions: readonly string[];
  readonly conditions: Conditions;
  readonly life: CredentialLife;
  /** Agents at which a chain that comes in this way began. @default - sessions that come in this way belong to no chain */
  readonly starts?: readonly string[];
  /** What must exist before IAM accepts the policy. @default - nothing */
  readonly after?: IDependable;
  /** @default - no Roles Anywhere profile */
  readonly profile?: ProfileSpec;
}

/** A way in before it is known for which agent; several statements where one does not say all of it. */
export type TrustWay = (context: TrustContext) => BoundTrust | readonly BoundTrust[];
