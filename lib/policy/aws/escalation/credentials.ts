import type { EscalationStep } from '../../../core/review/world';
import { readPolicy } from '../input/read-policy';
import type { AwsPolicy, AwsPrincipal, PolicyText } from '../model';
import type { Attacker } from './attacker';
import { actionOf, type IdentityTechnique, saysOf } from './identity-facts';
import { isProtected } from './pass-role';
import { makeStep, stepToPrincipal, tagKeys } from './steps';

const OF_USERS: readonly IdentityTechnique[] = ['iam-create-access-key', 'iam-create-login-profile', 'iam-update-login-profile'];

const TRUST: IdentityTechnique = 'iam-update-trust';

/** Principals whose credentials can be made: keys and passwords of users, and roles whose trust can be rewritten. */
export function takeCredentials(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  if (![...OF_USERS, TRUST].some((technique) => attacker.mayEver(from, actionOf(technique)))) return [];
  const { estate } = attacker.world;
  const others = estate.principals.filter(({ arn }) => arn !== from && !held.has(arn));
  const users = others.filter(({ kind }) => kind === 'user');
  return [
    ...OF_USERS.flatMap((technique) => [
      ...users.flatMap((user) => through(technique, user, { from, attacker })),
      ...assumed(technique, from, attacker),
    ]),
    ...others.flatMap((role) => (role.kind === 'role' ? rewriteTrust(role, from, attacker) : [])),
    ...assumedTrust(from, attacker),
  ];
}

interface Actor {
  readonly from: PolicyText;
  readonly attacker: Attacker;
}

function through(technique: IdentityTechnique, user: AwsPrincipal, { from, attacker }: Actor): EscalationStep[] {
  const granted = attacker.try(from, { action: actionOf(technique), resource: user.arn, context: about(user) });
  if (!granted) return [];
  return [
    stepToPrincipal(from, user.arn, { world: attacker.world, technique, sentence: saysOf(technique, user.name), granted: [granted] }),
  ];
}

/** What conditions may ask of a principal that is changed. */
export function about({ tags, boundary }: AwsPrincipal): Readonly<Record<string, string>> {
  return { ...tagKeys(tags), ...(boundary?.arn ? { 'iam:PermissionsBoundary': boundary.arn } : {}) };
}

/** After the trust names the caller, only a denial of the caller's own side can stop it. */
function rewriteTrust(role: AwsPrincipal, from: PolicyText, attacker: Attacker): EscalationStep[] {
  const technique = 'iam-update-trust';
  if (isProtected(role)) return [];
  const changed = attacker.try(from, { action: actionOf(technique), resource: role.arn, context: about(role) });
  if (!changed) return [];
  const assumed = attacker.try(
    from,
    { action: 'sts:AssumeRole', resource: role.arn, context: tagKeys(role.tags) },
    { resourcePolicy: naming(from) },
  );
  if (!assumed) return [];
  return [
    stepToPrincipal(from, role.arn, {
      world: attacker.world,
      technique,
      sentence: saysOf(technique, role.name),
      granted: [changed, assumed],
    }),
  ];
}

/** A trust policy that names one principal. */
export function naming(principal: PolicyText): AwsPolicy {
  const document = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: principal } }] };
  return readPolicy(document, { layer: 'trust', name: 'the trust policy that the attacker writes' });
}

function isInFull(from: PolicyText, { world: { estate, judge } }: Attacker): boolean {
  const principal = judge.principal(from);
  return !principal || estate.accountsInFull.has(principal.account);
}

function assumed(technique: IdentityTechnique, from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  const granted = isInFull(from, attacker) ? undefined : attacker.tryNobodys(from, actionOf(technique));
  if (!granted) return [];
  const sentence = saysOf(technique, '{any}').replace("the user '{any}'", 'any user of the account');
  return [makeStep(from, { to: 'admin', toId: from, technique, sentence, granted: [granted], assumed: true })];
}

function assumedTrust(from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  const technique = 'iam-update-trust';
  const granted = isInFull(from, attacker) ? undefined : attacker.tryNobodys(from, actionOf(technique));
  if (!granted) return [];
  const sentence = saysOf(technique, '{any}').replace("the role '{any}'", 'any role of the account');
  return [makeStep(from, { to: 'admin', toId: from, technique, sentence, granted: [granted], assumed: true })];
}
