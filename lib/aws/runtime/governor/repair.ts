import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { type Drift, putBackAll, type Repaired } from '../../../core/governance/look-after';
import type { JsonObject } from '../../../core/json';
import { makeRoom } from '../task-revoker/chain-policy';
import { documentsOf, type ExpectedAgent } from './expected';

/** What comes first: what takes access away, then what holds it, then what gives it. A repair that fails half-way leaves less access, not more. */
const rank = ({ what, problem }: Drift): number =>
  problem === 'undeclared' ? 0 : what === 'boundary' || what.startsWith('managed') ? 1 : 2;

/** Puts back what synth made, one thing after the other. */
export function repair(iam: IAMClient, agent: ExpectedAgent, found: readonly Drift[]): Promise<readonly Repaired[]> {
  return putBackAll(found, { rank, putBack: (drift) => putBack(iam, agent, drift) });
}

async function putBack(iam: IAMClient, agent: ExpectedAgent, { what, problem }: Drift): Promise<string> {
  const { roleName: RoleName, boundary } = agent;
  const wanted = documentsOf(agent);
  const text = (where: string): string => JSON.stringify(wanted.get(where) as JsonObject);
  const [kind = '', name = ''] = what.split(' ');
  if (kind === 'trust') {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: text('trust') }));
    return 'its trust is as it was synthesised';
  }
  if (kind === 'boundary') {
    // Its own rights say so, too: whoever may take boundaries away may take any.
    if (boundary === undefined) throw new Error('taking a boundary away only a deployment does');
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: boundary }));
    return 'its boundary is as it was synthesised';
  }
  if (kind === 'inline') {
    if (problem === 'undeclared') await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: name }));
    else await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: name, PolicyDocument: text(what) }));
    return problem === 'undeclared' ? `policy ${name}, which nobody declared, is gone` : `policy ${name} says what was synthesised`;
  }
  if (kind === 'attached') {
    if (problem === 'undeclared') await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: name }));
    else await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: name }));
    return problem === 'undeclared' ? `${name}, which nobody declared, is detached` : `${name} is attached again`;
  }
  if (kind === 'managed' && problem === 'changed') {
    await makeRoom(iam, name);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn: name, PolicyDocument: text(what), SetAsDefault: true }));
    return `${name} says what was synthesised`;
  }
  throw new Error('only a deployment makes it again');
}
