import { isBeyond } from '../../../core/review/difference';
import type { EscalationStep } from '../../../core/review/world';
import type { Change } from '../judge';
import type { AwsPolicy, AwsPrincipal, PolicyText } from '../model';
import type { Attacker, Granted } from './attacker';
import { about } from './credentials';
import { ADMINISTRATOR, adminPolicies, EVERYTHING } from './everything';
import { actionOf, type IdentityTechnique, saysOf } from './identity-facts';
import { isProtected } from './pass-role';
import { makeStep } from './steps';

interface Actor {
  readonly from: PolicyText;
  readonly held: ReadonlySet<PolicyText>;
  readonly attacker: Attacker;
}

/**
 * Changes of IAM by which a principal gives something that the attacker holds more than it had. What a boundary, a denial or an
 * organisation still holds back is not gained.
 */
export function changeIdentities(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  const actor = { from, held, attacker };
  const { judge } = attacker.world;
  const owned = [...held].flatMap((arn) => judge.principal(arn) ?? []).filter((one) => !isProtected(one));
  const groups = new Map(
    owned.flatMap((user) =>
      user.groups.flatMap((group) => judge.principal(group) ?? []).map((group) => [group.arn, { group, user }] as const),
    ),
  );
  return [
    ...owned.flatMap((target) => changesOf(target, actor)),
    ...[...groups.values()].flatMap(({ group, user }) => changesOfGroup(group, user, actor)),
    ...owned.filter(({ kind }) => kind === 'user').flatMap((user) => joinGroups(user, actor)),
    ...assumed(actor),
  ];
}

function changesOf(target: AwsPrincipal, actor: Actor): readonly EscalationStep[] {
  const user = target.kind === 'user';
  const end = { ...actor, end: target };
  const more = [
    ...write(user ? 'iam-put-user-policy' : 'iam-put-role-policy', target, end),
    ...attach(user ? 'iam-attach-user-policy' : 'iam-attach-role-policy', target, end),
    ...rewritePolicies(target, target, actor),
  ];
  const unbound =
    target.boundary === undefined
      ? []
      : [
          ...write(user ? 'iam-delete-user-boundary' : 'iam-delete-role-boundary', target, end),
          ...widenBoundary(user ? 'iam-put-user-boundary' : 'iam-put-role-boundary', target, actor),
          ...rewriteBoundary(target, actor),
        ];
  // Few may make such a change; what it would yield is asked for these alone.
  const widened = more.length > 0 && widens(target, { add: [EVERYTHING] }, actor.attacker) ? more : [];
  const unbounded = unbound.length > 0 && widens(target, { unbounded: true }, actor.attacker) ? unbound : [];
  const older = olderVersions(target, target, actor);
  if (widened.length + unbounded.length + older.length > 0) return [...widened, ...unbounded, ...older];
  const [first] = unbound;
  return first && more.length > 0 && widens(target, { add: [EVERYTHING], unbounded: true }, actor.attacker)
    ? more.map((step) => joined(first, step))
    : [];
}

/** Two changes of one principal that only together lead anywhere. */
function joined(first: EscalationStep, second: EscalationStep): EscalationStep {
  return {
    ...second,
    sentence: `${first.sentence}, and ${second.sentence}`,
    requests: [...first.requests, ...second.requests],
    allowedBy: [...first.allowedBy, ...second.allowedBy],
  };
}

/** Whether a change makes an administrator of a principal, and gives one that nearly is some more. */
function widens(
  target: AwsPrincipal,
  change: Pick<Change, 'add' | 'unbounded'>,
  { world: { admin, judge, access, isAdmin } }: Attacker,
): boolean {
  if (!admin.holds(target.arn, change)) return false;
  return !isAdmin(target.arn) || isBeyond(judge.access(target.arn, change).entries, access(target.arn).entries);
}

function changesOfGroup(group: AwsPrincipal, user: AwsPrincipal, actor: Actor): readonly EscalationStep[] {
  const more = [
    ...write('iam-put-group-policy', group, { ...actor, end: user }),
    ...attach('iam-attach-group-policy', group, { ...actor, end: user }),
    ...rewritePolicies(group, user, actor),
  ];
  const widened = more.length > 0 && widens(user, { add: [EVERYTHING] }, actor.attacker) ? more : [];
  return [...widened, ...olderVersions(group, user, actor)];
}

type Ending = Actor & { readonly end: AwsPrincipal };

function write(technique: IdentityTechnique, target: AwsPrincipal, { from, attacker, end }: Ending): EscalationStep[] {
  const granted = attacker.try(from, { action: actionOf(technique), resource: target.arn, context: about(target) });
  return granted ? [toAdmin(technique, target.name, { from, end, granted: [granted] })] : [];
}

function attach(technique: IdentityTechnique, target: AwsPrincipal, { from, attacker, end }: Ending): EscalationStep[] {
  for (const policy of [ADMINISTRATOR, ...adminPolicies(attacker)]) {
    const granted = attacker.try(from, {
      action: actionOf(technique),
      resource: target.arn,
      context: { ...about(target), 'iam:PolicyARN': policy },
    });
    if (granted) return [toAdmin(technique, target.name, { from, end, granted: [granted] })];
  }
  return [];
}

/** Policies of the account's own that are attached to a target. */
function rewritePolicies(target: AwsPrincipal, end: AwsPrincipal, actor: Actor): readonly EscalationStep[] {
  return target.policies.flatMap((policy) => rewrite('iam-create-policy-version', policy, { ...actor, end }));
}

/** The policy that bounds a target, where it is the account's own. */
function rewriteBoundary({ boundary, ...target }: AwsPrincipal, actor: Actor): readonly EscalationStep[] {
  return boundary ? rewrite('iam-create-policy-version', boundary, { ...actor, end: target }) : [];
}

/** Earlier versions of what is attached to a target, where one of them allows more than the one in force. */
function olderVersions(target: AwsPrincipal, end: AwsPrincipal, actor: Actor): readonly EscalationStep[] {
  return target.policies
    .filter(({ otherVersions = [] }) => otherVersions.some((version) => version.document.statements.length > 0))
    .flatMap((policy) => {
      const steps = rewrite('iam-set-default-policy-version', policy, { ...actor, end });
      const wider = (version: AwsPolicy): boolean => widens(end, { add: [version] }, actor.attacker);
      return steps.length > 0 && policy.otherVersions?.some(wider) ? steps : [];
    });
}

/** Policies of AWS cannot be changed. */
function rewrite(technique: IdentityTechnique, { arn }: AwsPolicy, { from, attacker, end }: Ending): EscalationStep[] {
  if (arn === undefined || /:iam::aws:policy\//.test(arn)) return [];
  const granted = attacker.try(from, { action: actionOf(technique), resource: arn });
  return granted ? [toAdmin(technique, nameOf(arn), { from, end, granted: [granted] })] : [];
}

function widenBoundary(technique: IdentityTechnique, target: AwsPrincipal, { from, attacker }: Actor): readonly EscalationStep[] {
  const context = { ...about(target), 'iam:PermissionsBoundary': ADMINISTRATOR };
  const granted = attacker.try(from, { action: actionOf(technique), resource: target.arn, context });
  return granted ? [toAdmin(technique, target.name, { from, end: target, granted: [granted] })] : [];
}

/** A group whose policies give more; where they make an administrator the path ends there, else it goes on with what the group may do. */
function joinGroups(user: AwsPrincipal, { from, held, attacker }: Actor): readonly EscalationStep[] {
  const technique = 'iam-add-user-to-group';
  const { estate } = attacker.world;
  if (!attacker.mayEver(from, actionOf(technique))) return [];
  return estate.principals.flatMap((group): EscalationStep[] => {
    if (group.kind !== 'group' || group.account !== user.account || user.groups.includes(group.arn) || held.has(group.arn)) return [];
    const granted = attacker.try(from, { action: actionOf(technique), resource: group.arn });
    if (!granted) return [];
    if (isHeldIn(user, attacker) && !addsTo(user, group, attacker)) return [];
    if (widens(user, { add: group.policies }, attacker)) return [toAdmin(technique, group.name, { from, end: user, granted: [granted] })];
    return [makeStep(from, { to: 'principal', toId: group.arn, technique, sentence: saysOf(technique, group.name), granted: [granted] })];
  });
}

/** Whether something keeps a user from what a group gives: what nothing holds in is the group's own. */
function isHeldIn(user: AwsPrincipal, { world: { estate, judge } }: Attacker): boolean {
  const policies = [...user.policies, ...user.groups.flatMap((group) => judge.principal(group)?.policies ?? [])];
  const denied = policies.some(({ document }) => document.statements.some(({ effect }) => effect === 'Deny'));
  return denied || user.boundary !== undefined || (estate.scps?.[user.account] ?? []).length > 0;
}

function addsTo(user: AwsPrincipal, group: AwsPrincipal, { world: { judge, access } }: Attacker): boolean {
  return isBeyond(judge.access(user.arn, { add: group.policies }).entries, access(user.arn).entries);
}

interface Arrival {
  readonly from: PolicyText;
  readonly end: AwsPrincipal;
  readonly granted: readonly Granted[];
}

function toAdmin(technique: IdentityTechnique, target: string, { from, end, granted }: Arrival): EscalationStep {
  return makeStep(from, { to: 'admin', toId: end.arn, technique, sentence: saysOf(technique, target), granted });
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** Changes that need something which is not in view: another user, a group, a policy that is attached, a boundary. */
const ASSUMED: readonly IdentityTechnique[] = [
  'iam-put-user-policy',
  'iam-put-role-policy',
  'iam-put-group-policy',
  'iam-attach-user-policy',
  'iam-attach-role-policy',
  'iam-attach-group-policy',
  'iam-create-policy-version',
  'iam-set-default-policy-version',
  'iam-add-user-to-group',
  'iam-delete-user-boundary',
  'iam-delete-role-boundary',
  'sso-attach-policy',
  'sso-put-policy',
];

/** Path of the roles that IAM Identity Center makes of permission sets. */
const OF_PERMISSION_SETS = '/aws-reserved/sso.amazonaws.com/';

/** Where the account is not in full view, what a wildcard takes in is taken to exist. */
function assumed({ from, attacker }: Actor): readonly EscalationStep[] {
  const { estate, judge, admin } = attacker.world;
  const principal = judge.principal(from);
  if (!principal) return [];
  const inFull = estate.accountsInFull.has(principal.account);
  // Permission sets are never in view; the roles that they become are.
  const sets =
    !inFull || estate.principals.some(({ account, path }) => account === principal.account && path.startsWith(OF_PERMISSION_SETS));
  const able = ASSUMED.filter((technique) => (technique.startsWith('sso-') ? sets && !attacker.world.isAdmin(from) : !inFull));
  let capped: boolean | undefined;
  return able.flatMap((technique): EscalationStep[] => {
    const attaches = technique.includes('attach');
    const granted = attacker.tryNobodys(from, actionOf(technique), attaches ? { context: { 'iam:PolicyARN': ADMINISTRATOR } } : {});
    if (!granted) return [];
    // What caps the attacker itself caps what it gives itself; others may not be capped, and only these then count.
    if (technique.startsWith('iam-') && technique.includes(principal.kind)) {
      capped ??= !admin.holds(from, { add: [EVERYTHING] });
      if (capped) return [];
    }
    // Who is no role and may assume none has no use for what a role may.
    if (technique === 'iam-delete-role-boundary' && principal.kind === 'user' && !attacker.tryNobodys(from, 'sts:AssumeRole', {}))
      return [];
    const sentence = saysOf(technique, '{any}').replace(/the (\w+) '\{any\}'/, 'any $1 of the account');
    return [makeStep(from, { to: 'admin', toId: from, technique, sentence, granted: [granted], assumed: true })];
  });
}
