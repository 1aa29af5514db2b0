import type { CloudPosture } from '../core/governance/posture';
import type { ReviewInput } from '../core/review/input';
import type { ClaimVerdict } from '../core/review/result';
import { reviewWorlds } from '../core/review/review';
import type { AccessWorld, WorldPrincipal } from '../core/review/world';
import { awsPostureOf } from './aws/posture';
import { azurePostureOf } from './azure/posture';
import { gcpPostureOf } from './gcp/posture';

type PostureMaker = (
  inputs: readonly ReviewInput[],
  world: AccessWorld,
  claimsOf: (principal: WorldPrincipal) => readonly ClaimVerdict[],
) => CloudPosture;

const CLOUDS: Readonly<Record<string, PostureMaker>> = { aws: awsPostureOf, azure: azurePostureOf, gcp: gcpPostureOf };

/** What the inputs show of every agent, on every cloud. The worlds are those of the same inputs. */
export function posturesOf(inputs: readonly ReviewInput[], worlds: readonly AccessWorld[]): readonly CloudPosture[] {
  const { principals } = reviewWorlds(worlds, { sources: [] });
  const claims = new Map(principals.map(({ id, claims: decided }) => [id, decided]));
  return worlds.flatMap((world) => {
    const make = CLOUDS[world.cloud];
    return make && world.principals.some(({ agent }) => agent) ? [make(inputs, world, ({ id }) => claims.get(id) ?? [])] : [];
  });
}
