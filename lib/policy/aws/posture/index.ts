import { orOwnRecords } from '../../../core/governance/output';
import type { AgentPosture, CloudPosture } from '../../../core/governance/posture';
import type { ManifestAgent } from '../../../core/manifest';
import type { ReviewInput } from '../../../core/review/input';
import type { ClaimVerdict } from '../../../core/review/result';
import type { AccessWorld, WorldPrincipal } from '../../../core/review/world';
import { boundsOf, roleOf } from './bounds';
import { brakeOf } from './brake';
import { continuousOf } from './continuous';
import { templateOutput } from './output';
import { dataPoints, managementPoints, reachOf, storesOf } from './records';
import { toolsOf } from './tools';
import { watchOf } from './watch';

/** What the templates show of each agent on AWS. @param claimsOf what was decided about the access of a principal */
export function awsPostureOf(
  inputs: readonly ReviewInput[],
  world: AccessWorld,
  claimsOf: (principal: WorldPrincipal) => readonly ClaimVerdict[],
): CloudPosture {
  const output = templateOutput(inputs);
  const agents = world.principals.flatMap(({ agent }) => (agent ? [agent] : []));
  const postureOf = (principal: WorldPrincipal, agent: ManifestAgent): AgentPosture => {
    const account = roleOf(output, agent)?.account;
    const whose = { world, principal, ...(account === undefined ? {} : { account }) };
    return {
      agent,
      unsupported: {},
      sharedWith: agents
        .filter((other) => other !== agent && JSON.stringify(other.identity.principal) === JSON.stringify(agent.identity.principal))
        .map(({ name }) => name),
      management: managementPoints(output, account),
      data: orOwnRecords(dataPoints(output, whose), world.access(principal.id).entries.length > 0 ? roleOf(output, agent) : undefined),
      stores: storesOf(output, account),
      reach: reachOf(output, whose),
      claims: claimsOf(principal),
      tools: toolsOf(output, agent),
      ...boundsOf(output, agent),
      ...watchOf(output, agent),
      ...brakeEntry(brakeOf(output, agent)),
      ...continuousOf(output, agent),
    };
  };
  return {
    cloud: world.cloud,
    agents: world.principals.flatMap((principal) => (principal.agent ? [postureOf(principal, principal.agent)] : [])),
  };
}

const brakeEntry = (brake: AgentPosture['brake']): Pick<AgentPosture, 'brake'> => (brake ? { brake } : {});
