import type { PlannedGrant } from '../../core/access-plan';
import { AccessLevel } from '../../core/enums';
import { invalidTrust } from '../../core/native-errors';
import { exact } from './trust/exact';
import { OUTBOUND } from './trust/facts';

/**
 * Leave to ask for tokens by which other clouds know the agent, for these audiences alone and signed so that each of them can verify it.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
 */
export function outboundGrants(agent: string, audiences: readonly string[]): readonly PlannedGrant[] {
  if (audiences.length === 0) return [];
  const { actions, keys, algorithm, longestSeconds } = OUTBOUND;
  const named = audiences.map((audience) => exact(agent, 'outboundAudiences', audience));
  const odd = named.find((one) => one.length > LONGEST_AUDIENCE);
  if (odd !== undefined)
    throw invalidTrust(agent, {
      rule: `needs each of 'outboundAudiences' to be at most ${LONGEST_AUDIENCE} characters`,
      reason: 'STS takes no longer one',
      value: odd,
      fix: 'name the audience as the other cloud does',
    });
  return [
    {
      capability: 'identity:federate',
      resource: 'other-clouds',
      kind: 'identity-token',
      target: 'token',
      level: AccessLevel.READ,
      permissions: actions,
      scopes: ['*'],
      conditions: [
        {
          'ForAllValues:StringEquals': { [keys.audience]: [...new Set(named)].sort() },
          Null: { [keys.audience]: 'false' },
          StringEquals: { [keys.algorithm]: algorithm },
          NumericLessThanEquals: { [keys.seconds]: String(longestSeconds) },
        },
      ],
      wide: false,
      traits: [],
    },
  ];
}

const LONGEST_AUDIENCE = 1000;
