import { Construct } from 'constructs';
import { invalidName } from '../../../core/errors';
import { stableStringify } from '../../../core/json';
import { invalidTrust, unresolvedToken } from '../../../core/native-errors';
import { resolveTokens, TerraformStack, Token } from '../../../terraform/core';
import { IamWorkloadIdentityPool, IamWorkloadIdentityPoolProvider } from '../../../terraform/google';
import { limit } from './limits';
import { poolId, providerId } from './names';
import type { ProviderSource, ProviderSpec } from './provider-spec';
import { sharedPrincipal } from './shared-principal';

export interface FleetPoolProps {
  readonly agent: string;
  readonly fleet: string;
  readonly project: string;
  /** @default - derived from fleet and stack */
  readonly poolId?: string;
}

/** One agent's claim to a subject of the pool. */
export interface Admission {
  readonly agent: string;
  /** Factory of `AgentTrust`. */
  readonly kind: string;
  readonly spec: ProviderSpec;
  /** Whether the subject is itself the agent's identity, which no two agents share. */
  readonly direct: boolean;
}

/**
 * The workload identity pool of one fleet in one stack. Disabling it stops every external workload of the fleet at once,
 * tokens already issued included; that is why fleets do not share one, and why Terraform leaves `disabled` alone.
 *
 * @see https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers
 */
export class FleetPool extends Construct {
  /** The pool of this fleet; made at the first call. Refuses a project or id that differs from that of the first. */
  static of(scope: Construct, props: FleetPoolProps): FleetPool {
    const stack = TerraformStack.of(scope);
    const id = idOf(props.fleet);
    const known = stack.node.tryFindChild(id) as FleetPool | undefined;
    if (!known) return new FleetPool(stack, id, props);
    known.checkSame(props);
    return known;
  }

  /** The pool of a fleet in the construct's stack, if somebody comes in by it. */
  static tryFind(construct: Construct, fleet: string): FleetPool | undefined {
    return TerraformStack.of(construct).node.tryFindChild(idOf(fleet)) as FleetPool | undefined;
  }

  /** Agents that somebody becomes by this pool. */
  readonly agents = new Set<string>();
  private readonly pool: IamWorkloadIdentityPool;
  private readonly admitted = new Map<string, Admission & { readonly provider: IamWorkloadIdentityPoolProvider }>();

  private constructor(
    stack: TerraformStack,
    id: string,
    private readonly props: FleetPoolProps,
  ) {
    super(stack, id);
    const { fleet, project } = props;
    const poolIdOfFleet = props.poolId === undefined ? poolId(fleet, stack.node.path) : checkPoolId(props);
    takePoolId(this, props, poolIdOfFleet);
    this.pool = new IamWorkloadIdentityPool(this, 'Pool', {
      workloadIdentityPoolId: poolIdOfFleet,
      displayName: this.displayName,
      description: `External workloads that may become agents of fleet '${fleet}'. Disable it to stop them all.`,
      project,
      lifecycle: { ignoreChanges: ['disabled'] },
    });
  }

  /** `projects/NUMBER/locations/global/workloadIdentityPools/ID`, as a reference. */
  get name(): string {
    return this.pool.name;
  }

  /** What the pool is called. */
  get displayName(): string {
    return `agents of ${this.props.fleet}`;
  }

  /** Project of the pool. */
  get project(): string {
    return this.props.project;
  }

  /**
   * Admits one subject, and gives the IAM member it is and the resource name of its provider. Agents may share a
   * subject whose trust is the same to the letter, each under its own service account.
   */
  admit(admission: Admission): { readonly member: string; readonly provider: string } {
    const { spec } = admission;
    this.agents.add(admission.agent);
    const known = this.admitted.get(spec.subject);
    if (known) checkShared(known, admission);
    const provider = known?.provider ?? this.makeProvider(spec);
    if (!known) this.admitted.set(spec.subject, { ...admission, provider });
    return { member: `principal://iam.googleapis.com/${this.pool.name}/subject/${spec.subject}`, provider: provider.name };
  }

  private makeProvider(spec: ProviderSpec): IamWorkloadIdentityPoolProvider {
    const id = providerId(spec.prefix, spec.subject);
    return new IamWorkloadIdentityPoolProvider(this, id, {
      workloadIdentityPoolId: this.pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: id,
      displayName: id,
      description: `Admits exactly ${spec.subject}`,
      attributeMapping: { ...spec.mapping },
      attributeCondition: spec.condition,
      project: this.props.project,
      ...nativeSource(spec.source),
      lifecycle: { ignoreChanges: ['disabled'] },
    });
  }

  private checkSame({ agent, fleet, project, poolId: id }: FleetPoolProps): void {
    const first = { project: this.props.project, poolId: this.props.poolId };
    const differing = project !== first.project ? 'poolProject' : id !== first.poolId ? 'poolId' : undefined;
    if (!differing) return;
    throw invalidTrust(agent, {
      rule: `needs the same '${differing}' as agent '${this.props.agent}' of fleet '${fleet}'`,
      reason: 'a fleet has one pool in a stack, so that disabling it stops the fleet',
      value: differing === 'poolId' ? (id ?? 'derived') : project,
      fix: `set '${differing}' alike on all of them, or give this agent another 'fleet'`,
    });
  }
}

const idOf = (fleet: string): string => `AgenticIamPool-${fleet}`;

function nativeSource(source: ProviderSource): object {
  if ('aws' in source) return { aws: source.aws };
  if ('oidc' in source) {
    const { issuerUri, allowedAudiences } = source.oidc;
    return { oidc: { issuerUri, ...(allowedAudiences ? { allowedAudiences: [...allowedAudiences] } : {}) } };
  }
  const { trustAnchorPem, intermediatePems } = source.x509;
  const intermediateCas = intermediatePems.map((pemCertificate) => ({ pemCertificate }));
  const trustAnchors = [{ pemCertificate: trustAnchorPem }];
  return { x509: { trustStore: { trustAnchors, ...(intermediateCas.length > 0 ? { intermediateCas } : {}) } } };
}

/** One subject is one principal whichever provider admits it, so a second way to it would be a way into the first agent. */
function checkShared(known: Admission, next: Admission): void {
  const same = (admission: Admission): string => stableStringify([admission.kind, admission.spec]);
  if (same(known) !== same(next)) {
    throw invalidTrust(next.agent, {
      rule: `must not trust a subject that agent '${known.agent}' trusts by other means`,
      reason: 'in one pool they are one principal, so either could become both agents',
      value: next.spec.subject,
      fix: "use the same trust for both, or give this agent another 'fleet'",
    });
  }
  if (known.direct || next.direct) throw sharedPrincipal(next.agent, known.agent, next.spec.subject);
}

/** Pools by project and id, by the root of the app. */
const POOLS = new WeakMap<object, Map<string, string>>();

/** Takes the id of a pool, and refuses it to a second one: the second could not be made. */
function takePoolId(pool: FleetPool, { agent, fleet, project }: FleetPoolProps, id: string): void {
  const { root } = pool.node;
  const taken = POOLS.get(root) ?? new Map<string, string>();
  POOLS.set(root, taken);
  const key = `${resolveTokens(pool, project)} ${id}`;
  const holder = taken.get(key);
  if (holder !== undefined) {
    throw invalidTrust(agent, {
      rule: "needs a 'poolId' that no other pool of the project has",
      reason: `${holder} has it, and each fleet has a pool of its own in each stack`,
      value: id,
      fix: "give each its own 'poolId', or leave it out",
    });
  }
  taken.set(key, `fleet '${fleet}' in stack '${TerraformStack.of(pool).node.path}'`);
}

function checkPoolId({ agent, poolId: id = '' }: FleetPoolProps): string {
  if (Token.isUnresolved(id)) throw unresolvedToken(`agent '${agent}'`, 'poolId');
  const min = limit('poolIdMin');
  const max = limit('poolIdMax');
  if (id.length >= min && id.length <= max && /^[a-z0-9-]+$/.test(id) && !id.startsWith('gcp-')) return id;
  throw invalidName(`'poolId' of agent '${agent}'`, {
    rule: `must be ${min} to ${max} of [a-z0-9-] and not start with 'gcp-'`,
    reason: 'Google reserves that prefix and refuses the rest',
    value: id,
    suggestion: 'agents-prod-2',
  });
}
