import type { AccessWorld, EscalationStep, PathEnd } from '../../../core/review/world';
import type { GcpPrincipal } from '../model';
import type { Attacker, Granted } from './attacker';
import { federateFrom } from './federation';
import catalog from './techniques.json';

interface Technique {
  readonly id: string;
  readonly kind: string;
  readonly account?: readonly string[];
  readonly project?: readonly string[];
  readonly does: string;
}

const TECHNIQUES: readonly Technique[] = catalog.techniques;
const TOKEN = 'iam.serviceAccounts.getAccessToken';
const ACT_AS = 'iam.serviceAccounts.actAs';

interface Actor {
  readonly from: string;
  readonly held: ReadonlySet<string>;
  readonly attacker: Attacker;
  readonly isAdmin: (id: string) => boolean;
  /** Projects that the attacker has full control of, so that nothing is left to gain there. */
  readonly owned: ReadonlySet<string>;
}

/** The steps of an attacker on Google Cloud. Each permission of a step is decided with conditions and deny policies. */
export function makeSteps(attacker: Attacker, ownedBy: (id: string) => ReadonlySet<string>): AccessWorld['steps'] {
  const isAdmin = (id: string): boolean => ownedBy(id).size > 0;
  const known = new Set(attacker.estate.principals.map(({ id }) => id));
  return (from, held): readonly EscalationStep[] => {
    if (!known.has(from)) return federateFrom(from, attacker, isAdmin);
    const actor: Actor = { from, held, attacker, isAdmin, owned: ownedBy(from) };
    return [...TECHNIQUES.flatMap((technique) => stepsOf(technique, actor)), ...takeOvers(actor), ...openResources(actor)];
  };
}

function stepsOf(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const needed = [...(technique.account ?? []), ...(technique.project ?? [])];
  if (!needed.every((permission) => attacker.mayEver(from, permission))) return [];
  if (technique.kind === 'account') return [...toAccounts(technique, actor), ...toAssumed(technique, actor)];
  if (technique.kind === 'role') return toRoles(technique, actor);
  if (technique.kind === 'delegation') return [...toDelegates(technique, actor), ...toAssumed(technique, actor)];
  if (technique.kind === 'account-key') return [...toAccountKeys(technique, actor), ...toAssumed(technique, actor)];
  return attacker.projects.flatMap((project): EscalationStep[] => {
    if (actor.owned.has(project)) return [];
    const granted = attacker.tryAll(from, technique.project ?? [], `projects/${project}`);
    if (!granted) return [];
    if (technique.kind === 'credentials')
      return [make(actor, { to: 'credentials', toId: `projects/${project}/apiKeys`, technique, says: technique.does, granted })];
    return [
      make(actor, {
        to: 'admin',
        toId: from,
        technique,
        says: technique.does,
        granted,
        assumed: technique.kind === 'default' || isFarther(technique, granted),
      }),
    ];
  });
}

/** Whether a folder or organization is to be changed by what is only granted on a project, so that nobody knows of it. */
function isFarther({ project: [permission = ''] = [] }: Technique, granted: readonly Granted[]): boolean {
  if (!/^resourcemanager\.(folders|organizations)\./.test(permission)) return false;
  return granted.every(({ levels }) => !levels.some((level) => level === 'folder' || level === 'organization'));
}

/** Accounts behind an account: the first asks for a token of the second in the attacker's name. */
function toDelegates(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  const accounts = [...attacker.accounts.values()];
  return accounts.flatMap((between): EscalationStep[] => {
    const own = between.id === from ? undefined : attacker.tryAll(from, technique.account ?? [], between.resource);
    if (!own || !attacker.mayEver(between.id, TOKEN)) return [];
    return accounts.flatMap((target): EscalationStep[] => {
      if ([from, between.id].includes(target.id) || held.has(target.id)) return [];
      const token = attacker.try(between.id, TOKEN, target.resource);
      if (!token) return [];
      const says = `${technique.does.replaceAll('{target}', between.name)}, which yields a token of '${target.name}'`;
      return [toPrincipal(target, { actor, technique, granted: [...own, token], says })];
    });
  });
}

/** Keys that open one service only, and are worth something only where the account may use it. */
function toAccountKeys(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  return [...attacker.accounts.values()].flatMap((account): EscalationStep[] => {
    if (account.id === from || held.has(account.id)) return [];
    if (!attacker.judge.bindingsOf(account.id).some(({ permissions }) => permissions?.some(isOfObjects) === true)) return [];
    const granted = attacker.tryAll(from, technique.project ?? [], `projects/${account.project ?? ''}`);
    const says = technique.does.replaceAll('{target}', account.name);
    return granted ? [make(actor, { to: 'credentials', toId: `${account.resource}/hmacKeys`, technique, says, granted })] : [];
  });
}

function isOfObjects(permission: string): boolean {
  return permission.startsWith('storage.');
}

/** Service accounts in view: what is asked of the account on it, what is asked of its project on that. */
function toAccounts(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  return [...attacker.accounts.values()].flatMap((account): EscalationStep[] => {
    if (account.id === from || held.has(account.id)) return [];
    const granted = grantedFor(technique, account, actor);
    return granted ? [toPrincipal(account, { actor, technique, granted, says: technique.does })] : [];
  });
}

/** Code runs in any project that the attacker may use, not only in that of the account. */
function grantedFor(
  { account = [], project = [] }: Technique,
  target: { readonly resource: string; readonly project?: string },
  { from, attacker }: Actor,
): readonly Granted[] | undefined {
  const own = attacker.tryAll(from, account, target.resource);
  if (!own) return undefined;
  if (project.length === 0) return own;
  for (const place of attacker.projects) {
    const granted = attacker.tryAll(from, project, `projects/${place}`);
    if (granted) return [...own, ...granted];
  }
  return undefined;
}

/** Terraform never shows a whole project: what may be done to any account of it may be done to one that holds more. */
function toAssumed(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  for (const project of attacker.projects) {
    if (actor.owned.has(project)) continue;
    const granted = grantedFor(technique, { resource: attacker.nobodysAccount(project), project }, actor);
    if (!granted) continue;
    const says = technique.does.replaceAll("'{target}'", 'any service account of the project');
    if (technique.kind === 'account-key')
      return [make(actor, { to: 'credentials', toId: `projects/${project}/hmacKeys`, technique, says, granted, assumed: true })];
    return [make(actor, { to: 'admin', toId: from, technique, says, granted, assumed: true })];
  }
  return [];
}

/** Custom roles that the attacker is granted, which it can widen where they are defined. */
function toRoles(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const custom = [...new Set(attacker.judge.bindingsOf(from).flatMap(({ role }) => (/\/roles\//.test(role) ? [role] : [])))];
  return custom.flatMap((role): EscalationStep[] => {
    const granted = attacker.tryAll(from, technique.project ?? [], role);
    if (!granted) return [];
    const says = technique.does.replaceAll('{target}', role.split('/').at(-1) ?? role);
    const places = attacker
      .placesHeld(from, role)
      .filter(({ level, name }) => level !== 'project' || !actor.owned.has(name.slice('projects/'.length)));
    if (places.some(({ level }) => level !== 'resource')) return [make(actor, { to: 'admin', toId: from, technique, says, granted })];
    // A role that is held on one thing gives, however wide it is made, no more than that thing.
    return places.flatMap(({ name }) => [make(actor, { to: 'resource', toId: name, technique, says: `${says} on ${name}`, granted })]);
  });
}

function takeOvers(actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  return catalog.takeovers.flatMap((technique) => {
    if (!technique.permissions.every((permission) => attacker.mayEver(from, permission))) return [];
    return attacker.estate.resources.flatMap((resource): EscalationStep[] => {
      const target = attacker.accounts.get(resource.runsAs ?? '');
      if (!technique.types.includes(resource.type) || !target || held.has(target.id) || target.id === from) return [];
      const granted = attacker.tryAll(from, technique.permissions, resource.name);
      const acting = technique.actAs ? attacker.try(from, ACT_AS, target.resource) : undefined;
      if (!granted || (technique.actAs && !acting)) return [];
      const says = technique.does.replaceAll('{resource}', resource.shown);
      return [toPrincipal(target, { actor, technique, granted: [...granted, ...(acting ? [acting] : [])], says })];
    });
  });
}

/** Resources whose own policy the attacker may write, and which it may not use yet. */
function openResources(actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  return catalog.resources.flatMap((technique) => {
    if (!attacker.mayEver(from, technique.permission)) return [];
    return attacker.estate.resources.flatMap((resource): EscalationStep[] => {
      if (!technique.types.includes(resource.type)) return [];
      const granted = attacker.try(from, technique.permission, resource.name);
      if (!granted || attacker.try(from, technique.use, resource.name)) return [];
      const says = technique.does.replaceAll('{target}', resource.shown);
      return [
        make(actor, { to: technique.credentials ? 'credentials' : 'resource', toId: resource.name, technique, says, granted: [granted] }),
      ];
    });
  });
}

interface Draft {
  readonly to: PathEnd;
  readonly toId: string;
  readonly technique: { readonly id: string };
  readonly says: string;
  readonly granted: readonly Granted[];
  readonly assumed?: boolean;
}

function toPrincipal(
  target: GcpPrincipal,
  { actor, technique, granted, says }: { readonly actor: Actor } & Pick<Draft, 'technique' | 'granted' | 'says'>,
): EscalationStep {
  const sentence = says.replaceAll('{target}', target.name);
  return make(actor, { to: actor.isAdmin(target.id) ? 'admin' : 'principal', toId: target.id, technique, says: sentence, granted });
}

function make({ from }: Actor, { to, toId, technique, says, granted, assumed }: Draft): EscalationStep {
  return {
    from,
    to,
    toId,
    technique: technique.id,
    sentence: says,
    requests: granted.map(({ request }) => request),
    allowedBy: [...new Set(granted.flatMap(({ origins }) => origins))],
    ...(assumed ? { assumed } : {}),
  };
}
