import { compileGlob } from '../../../core/review/glob';
import type { EscalationStep } from '../../../core/review/world';
import type { AwsEstate, AwsPrincipal, PolicyStatement } from '../model';
import type { World } from './attacker';
import { stepToPrincipal } from './steps';

/**
 * Roles that let in a principal of another cloud by the token that its cloud gives it: the trust must name a subject, and that must be
 * this principal's.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function federateFrom(stranger: string, estate: AwsEstate, world: World): readonly EscalationStep[] {
  const names = namesOf(stranger);
  return estate.principals.flatMap((role) => {
    const statement = role.kind === 'role' ? role.trust?.document.statements.find((one) => letsIn(one, names)) : undefined;
    return statement ? [stepInto(role, statement, { stranger, world })] : [];
  });
}

/** An id as another cloud's token may name it. */
function namesOf(stranger: string): readonly string[] {
  return [...new Set([stranger, stranger.replace(/^[a-zA-Z]+:/, ''), stranger.split('/').at(-1) ?? stranger])];
}

/** The subject is named, and so is whoever else the statement asks for; another condition is taken not to hold. */
function letsIn({ effect, principals, conditions }: PolicyStatement, names: readonly string[]): boolean {
  if (effect !== 'Allow' || !principals || principals.federated.length === 0 || principals.negated) return false;
  const subjects = conditions.filter(({ key, operator }) => /:(sub|email|oid)$/i.test(key) && /^String(Equals|Like)$/i.test(operator));
  const others = conditions.filter((one) => !subjects.includes(one) && !/:(aud|oaud|amr|azp)$/i.test(one.key));
  if (subjects.length === 0 || others.length > 0) return false;
  return subjects.every(({ values, operator }) =>
    values.some((value) => names.some((name) => (/like/i.test(operator) ? compileGlob(value).matches(name) === 'yes' : value === name))),
  );
}

function stepInto(
  role: AwsPrincipal,
  statement: PolicyStatement,
  { stranger, world }: { readonly stranger: string; readonly world: World },
): EscalationStep {
  return stepToPrincipal(stranger, role.arn, {
    world,
    technique: 'sts-web-identity',
    sentence: `exchanges its token for credentials of the role '${role.name}', which trusts it`,
    granted: [{ request: { action: 'sts:AssumeRoleWithWebIdentity', resource: role.arn }, origins: [statement.origin] }],
  });
}
