import type { EscalationStep } from '../../../core/review/world';
import { managedPolicyFact } from '../facts/managed-policies';
import type { AwsPolicy, AwsPrincipal, PolicyText } from '../model';
import { Attacker, type Granted } from './attacker';
import { wantedTags } from './attacker-context';
import { about as keysOf } from './credentials';
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
  readonly granted: readonly Granted[];
  readonly after: AwsPrincipal;
}

/** Changes that are tried at once, and who then acts. */
interface Trial {
  readonly actor: PolicyText;
  readonly drafts: readonly Draft[];
}

const made = new WeakMap<Attacker, Map<string, readonly EscalationStep[]>>();

/**
 * Steps that a principal could not make before a policy was attached to it or a tag was set: the change and what it opens are one step.
 * Changes that make an administrator at once are no matter here. Of those that are held, only who makes the change and whom it is about
 * act, so that each pair is asked once.
 */
export function composeSteps({ from, held, attacker }: Actor, take: Taker): readonly EscalationStep[] {
  if (!CHANGES.some((technique) => attacker.mayEver(from, actionOf(technique))) || attacker.world.isAdmin(from)) return [];
  const known = made.get(attacker) ?? new Map<string, readonly EscalationStep[]>();
  made.set(attacker, known);
  return [...held].flatMap((target) => {
    const key = JSON.stringify([from, target]);
    const steps = known.get(key) ?? compose(from, target, { attacker, take });
    known.set(key, steps);
    return steps.filter(({ toId, to }) => to === 'admin' || !held.has(toId));
  });
}

const CHANGES: readonly IdentityTechnique[] = ['iam-attach-user-policy', 'iam-attach-role-policy', 'iam-tag-user', 'iam-tag-role'];

/** Changes of one that is held and, by the principal itself, of others that it may then use. */
function compose(
  from: PolicyText,
  target: PolicyText,
  { attacker, take }: { readonly attacker: Attacker; readonly take: Taker },
): readonly EscalationStep[] {
  const actor = { from, held: new Set([from, target]), attacker };
  // Of others only what the principal does by itself.
  const about = target === from ? undefined : target;
  const drafts = [...attachments(actor, about ?? from), ...tags(actor, about)];
  const ofTarget = drafts.filter((draft) => draft.target.arn === target).map((draft): Trial => ({ actor: target, drafts: [draft] }));
  const others = drafts.filter((draft) => draft.target.arn !== target);
  const trials = others.length > 0 ? [...ofTarget, { actor: from, drafts: others }] : ofTarget;
  return trials.flatMap((trial) => open(trial, actor, take));
}

/** What changes open to the one that then acts. Of changes of others only those count that the step is about. */
function open({ actor, drafts }: Trial, { from, held, attacker }: Actor, take: Taker): readonly EscalationStep[] {
  const after = new Map(drafts.map((draft) => [draft.after.arn, draft.after]));
  const principals = attacker.world.estate.principals.map((one) => after.get(one.arn) ?? one);
  const before = new Set(take(actor, held, attacker).map(keyOf));
  const opened = take(actor, held, inEstate(principals, attacker)).filter((step) => !before.has(keyOf(step)) && step.assumed !== true);
  return opened.flatMap((step) => {
    const draft = drafts.find(({ target }) => target.arn === actor || target.arn === step.toId);
    return draft ? [joinTo(draft, from, step)] : [];
  });
}

function joinTo({ technique, target, granted }: Draft, from: PolicyText, step: EscalationStep): EscalationStep {
  const change = makeStep(from, { to: step.to, toId: step.toId, technique, sentence: saysOf(technique, target.name), granted });
  return {
    ...change,
    sentence: `${change.sentence}, and then ${step.sentence}`,
    requests: [...change.requests, ...step.requests],
    allowedBy: [...change.allowedBy, ...step.allowedBy],
  };
}

const changedBy = new WeakMap<Attacker, Map<string, Attacker>>();

/** Many ask for the same change of the same principal. */
function inEstate(principals: Principals, attacker: Attacker): Attacker {
  const { estate } = attacker.world;
  const changed = principals.filter((one, at) => one !== estate.principals[at]);
  const key = JSON.stringify(changed.map(({ arn, policies, tags: own }) => [arn, policies.map(({ arn: id, name }) => id ?? name), own]));
  const all = changedBy.get(attacker) ?? new Map<string, Attacker>();
  changedBy.set(attacker, all);
  const found = all.get(key) ?? Attacker.in({ ...estate, principals }, attacker.lucky);
  all.set(key, found);
  return found;
}

function keyOf({ to, toId, technique }: EscalationStep): string {
  return JSON.stringify([to, toId, technique]);
}

/** Policies of AWS that lead to more, though they do not allow everything. */
const OF_AWS = ['arn:aws:iam::aws:policy/IAMFullAccess', 'arn:aws:iam::aws:policy/PowerUserAccess'];

function attachments({ from, attacker }: Actor, arn: PolicyText): readonly Draft[] {
  const { estate, judge } = attacker.world;
  const attach = { user: 'iam-attach-user-policy', role: 'iam-attach-role-policy' } as const;
  if (!Object.values(attach).some((technique) => attacker.mayEver(from, actionOf(technique)))) return [];
  const atHand = [...estate.managedPolicies, ...OF_AWS.flatMap((arn) => managedPolicyFact(arn) ?? [])];
  const target = judge.principal(arn);
  if (!target || target.kind === 'group' || isProtected(target)) return [];
  const technique = attach[target.kind];
  // Who may attach what allows everything needs nothing less.
  const all = { action: actionOf(technique), resource: arn, context: { ...keysOf(target), 'iam:PolicyARN': ADMINISTRATOR } };
  if (attacker.try(from, all)) return [];
  const found = atHand.flatMap((policy): readonly (readonly [AwsPolicy, Granted])[] => {
    if (policy.arn === undefined || target.policies.some((one) => one.arn === policy.arn)) return [];
    const context = { ...keysOf(target), 'iam:PolicyARN': policy.arn };
    const granted = attacker.try(from, { action: actionOf(technique), resource: arn, context });
    return granted ? [[policy, granted]] : [];
  });
  if (found.length === 0) return [];
  const after = { ...target, policies: [...target.policies, ...found.map(([policy]) => policy)] };
  return [{ technique, target, granted: found.map(([, granted]) => granted), after }];
}

/** Tags that conditions ask for: of the caller, and of roles that are assumed or passed. */
function tags({ from, held, attacker }: Actor, about: PolicyText | undefined): readonly Draft[] {
  const { estate, judge } = attacker.world;
  const tag = { user: 'iam-tag-user', role: 'iam-tag-role' } as const;
  if (!Object.values(tag).some((technique) => attacker.mayEver(from, actionOf(technique)))) return [];
  const trusts = estate.principals.flatMap(({ trust }) => trust ?? []);
  const targets = about === undefined ? estate.principals : estate.principals.filter(({ arn }) => arn === about);
  return targets.flatMap((target): readonly Draft[] => {
    if (target.kind === 'group' || isProtected(target)) return [];
    const mine = held.has(target.arn);
    const wanted = wantedTags(mine ? [...target.policies, ...trusts] : (judge.principal(from)?.policies ?? []), mine ? 'caller' : 'target');
    const technique = tag[target.kind];
    const found = wanted.flatMap(({ key, value }): readonly (readonly [string, string, Granted])[] => {
      if (target.tags[key] === value) return [];
      const context = { ...keysOf(target), [`aws:RequestTag/${key}`]: value, 'aws:TagKeys': key };
      const granted = attacker.try(from, { action: actionOf(technique), resource: target.arn, context });
      return granted ? [[key, value, granted]] : [];
    });
    if (found.length === 0) return [];
    const after = { ...target, tags: { ...target.tags, ...Object.fromEntries(found.map(([key, value]) => [key, value])) } };
    return [{ technique, target, granted: found.map(([, , granted]) => granted), after }];
  });
}
