import type { EscalationStep } from '../../../core/review/world';
import { managedPolicyFact } from '../facts/managed-policies';
import type { AwsPolicy, AwsPrincipal, PolicyText } from '../model';
import { Attacker, type Granted } from './attacker';
import { wantedTags } from './attacker-context';
import { about } from './credentials';
import { ADMINISTRATOR } from './everything';
import { actionOf, type IdentityTechnique, saysOf } from './identity-facts';
import { isProtected } from './pass-role';
import { makeStep } from './steps';

type Principals = readonly AwsPrincipal[];
type Taker = (from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker) => readonly EscalationStep[];

interface Actor {
  readonly from: PolicyText;
  readonly held: ReadonlySet<PolicyText>;
  readonly attacker: Attacker;
}

/** A change that by itself is nothing gained. */
interface Draft {
  readonly technique: IdentityTechnique;
  readonly target: AwsPrincipal;
  /** Who then acts. */
  readonly actor: PolicyText;
  readonly granted: readonly Granted[];
  readonly after: AwsPrincipal;
}

/**
 * Steps that a principal could not make before a policy was attached to it or a tag was set: the change and what it opens are one step.
 * Changes that make an administrator at once are no matter here.
 */
export function composeSteps({ from, held, attacker }: Actor, take: Taker): readonly EscalationStep[] {
  const { estate, isAdmin } = attacker.world;
  if (isAdmin(from)) return [];
  const drafts = [...attachments({ from, held, attacker }), ...tags({ from, held, attacker })];
  return drafts.flatMap(({ actor, after, technique, target, granted }) => {
    const before = new Set(take(actor, held, attacker).map(keyOf));
    const principals = estate.principals.map((one) => (one.arn === after.arn ? after : one));
    const opened = take(actor, held, inEstate(principals, attacker)).filter((step) => !before.has(keyOf(step)) && step.assumed !== true);
    return opened.map((step) => {
      const change = makeStep(from, { to: step.to, toId: step.toId, technique, sentence: saysOf(technique, target.name), granted });
      return {
        ...change,
        sentence: `${change.sentence}, and then ${step.sentence}`,
        requests: [...change.requests, ...step.requests],
        allowedBy: [...change.allowedBy, ...step.allowedBy],
      };
    });
  });
}

const known = new WeakMap<Attacker, Map<string, Attacker>>();

/** Many ask for the same change of the same principal. */
function inEstate(principals: Principals, attacker: Attacker): Attacker {
  const { estate } = attacker.world;
  const changed = principals.filter((one, at) => one !== estate.principals[at]);
  const key = JSON.stringify(changed.map(({ arn, policies, tags: own }) => [arn, policies.map(({ arn: id, name }) => id ?? name), own]));
  const all = known.get(attacker) ?? new Map<string, Attacker>();
  known.set(attacker, all);
  const made = all.get(key) ?? Attacker.in({ ...estate, principals });
  all.set(key, made);
  return made;
}

function keyOf({ to, toId, technique }: EscalationStep): string {
  return JSON.stringify([to, toId, technique]);
}

/** Policies of AWS that lead to more, though they do not allow everything. */
const OF_AWS = ['arn:aws:iam::aws:policy/IAMFullAccess', 'arn:aws:iam::aws:policy/PowerUserAccess'];

function attachments({ from, held, attacker }: Actor): readonly Draft[] {
  const { estate, judge } = attacker.world;
  const attach = { user: 'iam-attach-user-policy', role: 'iam-attach-role-policy' } as const;
  if (!Object.values(attach).some((technique) => attacker.mayEver(from, actionOf(technique)))) return [];
  const atHand = [...estate.managedPolicies, ...OF_AWS.flatMap((arn) => managedPolicyFact(arn) ?? [])];
  return [...held].flatMap((arn): readonly Draft[] => {
    const target = judge.principal(arn);
    if (!target || target.kind === 'group' || isProtected(target)) return [];
    const technique = attach[target.kind];
    // Who may attach what allows everything needs nothing less.
    const all = { action: actionOf(technique), resource: arn, context: { ...about(target), 'iam:PolicyARN': ADMINISTRATOR } };
    if (attacker.try(from, all)) return [];
    const found = atHand.flatMap((policy): readonly (readonly [AwsPolicy, Granted])[] => {
      if (policy.arn === undefined || target.policies.some((one) => one.arn === policy.arn)) return [];
      const context = { ...about(target), 'iam:PolicyARN': policy.arn };
      const granted = attacker.try(from, { action: actionOf(technique), resource: arn, context });
      return granted ? [[policy, granted]] : [];
    });
    if (found.length === 0) return [];
    const after = { ...target, policies: [...target.policies, ...found.map(([policy]) => policy)] };
    return [{ technique, target, actor: arn, granted: found.map(([, granted]) => granted), after }];
  });
}

/** Tags that conditions ask for: of the caller, and of roles that are assumed or passed. */
function tags({ from, held, attacker }: Actor): readonly Draft[] {
  const { estate, judge } = attacker.world;
  const tag = { user: 'iam-tag-user', role: 'iam-tag-role' } as const;
  if (!Object.values(tag).some((technique) => attacker.mayEver(from, actionOf(technique)))) return [];
  const trusts = estate.principals.flatMap(({ trust }) => trust ?? []);
  return estate.principals.flatMap((target): readonly Draft[] => {
    if (target.kind === 'group' || isProtected(target)) return [];
    const mine = held.has(target.arn);
    const wanted = wantedTags(mine ? [...target.policies, ...trusts] : (judge.principal(from)?.policies ?? []), mine ? 'caller' : 'target');
    const technique = tag[target.kind];
    const found = wanted.flatMap(({ key, value }): readonly (readonly [string, string, Granted])[] => {
      if (target.tags[key] === value) return [];
      const context = { ...about(target), [`aws:RequestTag/${key}`]: value, 'aws:TagKeys': key };
      const granted = attacker.try(from, { action: actionOf(technique), resource: target.arn, context });
      return granted ? [[key, value, granted]] : [];
    });
    if (found.length === 0) return [];
    const after = { ...target, tags: { ...target.tags, ...Object.fromEntries(found.map(([key, value]) => [key, value])) } };
    return [{ technique, target, actor: mine ? target.arn : from, granted: found.map(([, , granted]) => granted), after }];
  });
}
