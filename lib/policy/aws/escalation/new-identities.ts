import type { EscalationStep } from '../../../core/review/world';
import { canName } from '../engine';
import { splitArn } from '../input/arn';
import type { PolicyText } from '../model';
import type { Attacker, Granted } from './attacker';
import { naming } from './credentials';
import { ADMINISTRATOR, adminPolicies, allowsEverything, EVERYTHING } from './everything';
import { actionOf, type IdentityTechnique, saysOf } from './identity-facts';
import { makeStep } from './steps';

interface Actor {
  readonly from: PolicyText;
  readonly held: ReadonlySet<PolicyText>;
  readonly attacker: Attacker;
}

/** What is asked of a new role or user, in turn. */
interface Recipe {
  readonly technique: IdentityTechnique;
  readonly write: string;
  readonly attach: string;
}

const ROLE: Recipe = { technique: 'iam-create-role', write: 'iam:PutRolePolicy', attach: 'iam:AttachRolePolicy' };
const USER: Recipe = { technique: 'iam-create-user', write: 'iam:PutUserPolicy', attach: 'iam:AttachUserPolicy' };
const KEYS = ['iam:CreateAccessKey', 'iam:CreateLoginProfile'];

/**
 * Roles and users that the attacker makes itself, gives every right, and uses. What must be made with a boundary is left out: the
 * boundary that would be asked for caps it.
 */
export function makeIdentities(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  const actor = { from, held, attacker };
  const { isAdmin } = attacker.world;
  const able = [ROLE, USER].filter(({ technique }) => attacker.mayEver(from, actionOf(technique)));
  if (able.length === 0 || isAdmin(from) || isCapped(actor)) return [];
  return able.flatMap((recipe) => make(recipe, actor));
}

/** What an organisation denies its account, it denies whoever is made in it. */
function isCapped({ from, attacker: { world } }: Actor): boolean {
  const { account = '' } = world.judge.principal(from) ?? {};
  const scps = world.estate.scps?.[account] ?? [];
  return scps.length > 0 && !world.admin.holds(from, { add: [EVERYTHING], unbounded: true });
}

function make(recipe: Recipe, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const action = actionOf(recipe.technique);
  for (const resource of namesFor(recipe, actor)) {
    const made = attacker.try(from, { action, resource });
    const widened = made && widen(recipe, resource, actor);
    const used = widened && use(recipe, resource, actor);
    if (!used) continue;
    const sentence = saysOf(recipe.technique, splitArn(resource)?.resource.split('/').at(-1) ?? resource);
    return [makeStep(from, { to: 'admin', toId: from, technique: recipe.technique, sentence, granted: [made, ...widened, ...used] })];
  }
  return [];
}

/** Names that its policies leave to the attacker, and that are free. */
function namesFor({ technique, write, attach }: Recipe, { from, held, attacker }: Actor): readonly PolicyText[] {
  const { judge } = attacker.world;
  const account = judge.principal(from)?.account;
  const own = [actionOf(technique), write, attach].flatMap((action) => attacker.resourcesFor(from, action));
  const others = [...held].flatMap((by) => [write, attach].flatMap((action) => attacker.resourcesFor(by, action)));
  return [...new Set([...own, ...others])].filter(
    (arn) => canName(actionOf(technique), arn) && splitArn(arn)?.account === account && !judge.principal(arn),
  );
}

function widen({ write, attach, technique }: Recipe, resource: PolicyText, actor: Actor): readonly Granted[] | undefined {
  const { attacker } = actor;
  const written = byAny(actor, { action: write, resource });
  if (written) return [written];
  for (const policy of [ADMINISTRATOR, ...adminPolicies(attacker)]) {
    const attached = byAny(actor, { action: attach, resource, context: { 'iam:PolicyARN': policy } });
    if (attached) return [attached];
  }
  return technique === 'iam-create-user' ? join(resource, actor) : undefined;
}

/** A group that has every right takes the new user in. */
function join(user: PolicyText, actor: Actor): readonly Granted[] | undefined {
  const { estate } = actor.attacker.world;
  const account = splitArn(user)?.account;
  for (const group of estate.principals) {
    if (group.kind !== 'group' || group.account !== account || !group.policies.some(allowsEverything)) continue;
    const joined = byAny(actor, { action: 'iam:AddUserToGroup', resource: group.arn });
    if (joined) return [joined];
  }
  return undefined;
}

function use({ technique }: Recipe, resource: PolicyText, actor: Actor): readonly Granted[] | undefined {
  const { from, attacker } = actor;
  if (technique === 'iam-create-role') {
    const assumed = attacker.try(from, { action: 'sts:AssumeRole', resource }, { resourcePolicy: naming(from) });
    return assumed && [assumed];
  }
  const key = KEYS.map((action) => byAny(actor, { action, resource })).find(Boolean);
  return key && [key];
}

function byAny({ from, held, attacker }: Actor, request: Granted['request']): Granted | undefined {
  for (const by of new Set([from, ...held])) {
    const granted = attacker.try(by, request);
    if (granted) return granted;
  }
  return undefined;
}
