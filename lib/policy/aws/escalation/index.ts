import type { AccessRequest, Decision, EffectiveAccess } from '../../../core/review/access';
import type { AccessWorld, EscalationStep } from '../../../core/review/world';
import type { AwsEstate, AwsPrincipal } from '../model';

/** The questions that a step asks: each with every layer that the estate knows. Principals are ARNs. */
export interface Asked {
  readonly decide: (principal: string, request: AccessRequest) => Decision;
  readonly access: (principal: string) => EffectiveAccess;
  readonly isAdmin: (principal: string) => boolean;
}

/**
 * The steps of an attacker on AWS. Known so far: assuming a role, with the caller's side and the role's trust policy both decided.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function makeSteps(estate: AwsEstate, ask: Asked): AccessWorld['steps'] {
  const roles = estate.principals.filter(({ kind }) => kind === 'role');
  return (from) => roles.flatMap((role) => (role.arn === from ? [] : assume(from, role, ask)));
}

function assume(from: string, role: AwsPrincipal, ask: Asked): EscalationStep[] {
  const request: AccessRequest = { action: 'sts:AssumeRole', resource: role.arn };
  const decision = ask.decide(from, request);
  if (decision.effect !== 'allowed') return [];
  return [
    {
      from,
      to: ask.isAdmin(role.arn) ? 'admin' : 'principal',
      toId: role.arn,
      technique: 'sts-assume-role',
      sentence: `assumes the role '${role.name}', which trusts it`,
      requests: [request],
      allowedBy: decision.origins,
    },
  ];
}
