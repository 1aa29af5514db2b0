import type { EscalationStep } from '../../../core/review/world';
import { matchPrincipal } from '../engine';
import type { AwsPrincipal, PolicyStatement, PolicyText } from '../model';
import type { Attacker, Granted } from './attacker';
import { makeStep, stepToPrincipal, tagKeys } from './steps';

const ASSUME = 'sts:AssumeRole';

/**
 * Roles whose credentials a principal can ask for: its own side and the role's trust are both decided, in one account and across.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRoles(from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  const { estate, judge } = attacker.world;
  const able = attacker.mayEver(from, ASSUME);
  const caller = judge.callerOf(from);
  const steps = estate.principals.flatMap((role): EscalationStep[] => {
    if (role.kind !== 'role' || role.arn === from || !role.trust?.document.statements.some(isForPrincipals)) return [];
    // A trust that names the caller itself needs nothing of the caller's side, in one account; any other does.
    if (!able && !role.trust.document.statements.some(({ principals }) => principals && matchPrincipal(principals, caller).match !== 'no'))
      return [];
    const asked = attacker.try(from, { action: ASSUME, resource: role.arn, ...withTags(role) });
    const granted = asked && withLeave(asked, { from, attacker });
    if (!granted) return [];
    return [
      stepToPrincipal(from, role.arn, {
        world: attacker.world,
        technique: 'sts-assume-role',
        sentence: `assumes the role '${role.name}', which trusts it`,
        granted,
      }),
    ];
  });
  return [...steps, ...assumed(from, attacker)];
}

/**
 * Tags of a session need leave of their own, on both sides.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */
function withLeave(
  asked: Granted,
  { from, attacker }: { readonly from: PolicyText; readonly attacker: Attacker },
): readonly Granted[] | undefined {
  const context = Object.entries(asked.request.context ?? {});
  const plain = context.filter(([key]) => !TAGS_OF_SESSION.test(key));
  if (plain.length === context.length) return [asked];
  const without = { ...asked.request, context: Object.fromEntries(plain) };
  const { effect, origins } = attacker.world.judge.decideIf(from, without, {});
  if (effect === 'allowed') return [{ request: without, origins }];
  const tagged = attacker.try(from, { ...asked.request, action: 'sts:TagSession' });
  return tagged && [asked, tagged];
}

const TAGS_OF_SESSION = /^(aws:(requesttag\/|tagkeys$)|sts:transitivetagkeys$)/i;

/** Most roles are for services alone. */
function isForPrincipals({ principals }: PolicyStatement): boolean {
  return !principals || principals.any || principals.negated || principals.aws.length > 0;
}

function withTags({ tags }: AwsPrincipal): { readonly context?: Readonly<Record<string, string>> } {
  return Object.keys(tags).length > 0 ? { context: tagKeys(tags) } : {};
}

/** A wildcard over roles that are not in view: one that trusts the account and holds more is taken to exist. */
function assumed(from: PolicyText, attacker: Attacker): readonly EscalationStep[] {
  const principal = attacker.world.judge.principal(from);
  if (!principal || attacker.world.estate.accountsInFull.has(principal.account)) return [];
  const granted = attacker.tryIdentity(from, ASSUME);
  if (!granted) return [];
  return [
    makeStep(from, {
      to: 'admin',
      toId: from,
      technique: 'sts-assume-role',
      sentence: 'assumes any role of the account that trusts the account',
      granted: [granted],
      assumed: true,
    }),
  ];
}
