import type { Construct } from 'constructs';
import { invalidTrust } from '../../../core/native-errors';
import type { AgentIdentityProps } from '../../agent-identity';
import { checkProject } from './check-project';
import { FleetPool } from './fleet-pool';
import { type BoundWay, bindWay } from './trust-way';

/** What trust is bound to; see {@link AgentIdentityProps}. */
export interface TrustBinding extends AgentIdentityProps {
  readonly fleet: string;
  /** Whether roles are granted to the trusted principal itself. */
  readonly direct: boolean;
}

/** Binds every way of the trust; refuses two that let in the same workload. */
export function bindTrust(scope: Construct, binding: TrustBinding): readonly BoundWay[] {
  const { agent, fleet, project, direct } = binding;
  const pool = (): FleetPool =>
    FleetPool.of(scope, {
      agent: agent.name,
      fleet,
      project: checkProject(agent.name, 'poolProject', binding.poolProject ?? project),
      ...(binding.poolId === undefined ? {} : { poolId: binding.poolId }),
    });
  const bound = binding.trust.ways.map((way) => bindWay(way, { agent, scope, project, direct, pool }));
  const members = bound.flatMap(({ member }) => member ?? []);
  const twice = members.find((member, index) => members.indexOf(member) !== index);
  if (twice === undefined) return bound;
  throw invalidTrust(agent.name, {
    rule: 'must trust each workload once',
    reason: 'the second grant would be refused',
    value: twice,
    fix: 'remove one of the two',
  });
}
