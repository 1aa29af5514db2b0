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
const ACT_AS = 'iam.serviceAccounts.actAs';

interface Actor {
  readonly from: string;
  readonly held: ReadonlySet<string>;
  readonly attacker: Attacker;
  readonly isAdmin: (id: string) => boolean;
}

/** The steps of an attacker on Google Cloud. Each permission of a step is decided with conditions and deny policies. */
export function makeSteps(attacker: Attacker, isAdmin: (id: string) => boolean): AccessWorld['steps'] {
  return (from, held): readonly EscalationStep[] => {
    if (!attacker.estate.principals.some(({ id }) => id === from)) return federateFrom(from, attacker.estate, isAdmin);
    const actor: Actor = { from, held, attacker, isAdmin };
    return [...TECHNIQUES.flatMap((technique) => stepsOf(technique, actor)), ...takeOvers(actor), ...openResources(actor)];
  };
}

function stepsOf(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const needed = [...(technique.account ?? []), ...(technique.project ?? [])];
  if (!needed.every((permission) => attacker.mayEver(from, permission))) return [];
  if (technique.kind === 'account') return [...toAccounts(technique, actor), ...toAssumed(technique, actor)];
  if (technique.kind === 'role') return toRoles(technique, actor);
  return attacker.projects.flatMap((project): EscalationStep[] => {
    const granted = attacker.tryAll(from, technique.project ?? [], `projects/${project}`);
    if (!granted) return [];
    if (technique.kind === 'credentials')
      return [make(actor, { to: 'credentials', toId: `projects/${project}/apiKeys`, technique, says: technique.does, granted })];
    return [make(actor, { to: 'admin', toId: from, technique, says: technique.does, granted, assumed: technique.kind === 'default' })];
  });
}

/** Service accounts in view: what is asked of the account on it, what is asked of its project on that. */
function toAccounts(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  return attacker.accounts().flatMap((account): EscalationStep[] => {
    if (account.id === from || held.has(account.id)) return [];
    const granted = grantedFor(technique, account, actor);
    return granted ? [toPrincipal(account, { actor, technique, granted, says: technique.does })] : [];
  });
}

/** Code runs in any project that the attacker may use, not only in that of the account. */
function grantedFor(
  { account = [], project = [], id }: Technique,
  target: { readonly resource: string; readonly project?: string },
  { from, attacker }: Actor,
): readonly Granted[] | undefined {
  const own = attacker.tryAll(from, account, target.resource);
  if (!own) return undefined;
  if (project.length === 0) return own;
  const places = id === 'hmac-key' ? [target.project ?? ''] : attacker.projects;
  for (const place of places) {
    const granted = attacker.tryAll(from, project, `projects/${place}`);
    if (granted) return [...own, ...granted];
  }
  return undefined;
}

/** Terraform never shows a whole project: what may be done to any account of it may be done to one that holds more. */
function toAssumed(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  for (const project of attacker.projects) {
    const granted = grantedFor(technique, { resource: attacker.nobodysAccount(project), project }, actor);
    if (!granted) continue;
    const says = technique.does.replaceAll("'{target}'", 'any service account of the project');
    return [make(actor, { to: 'admin', toId: from, technique, says, granted, assumed: true })];
  }
  return [];
}

/** Custom roles that the attacker is granted, which it can widen where they are defined. */
function toRoles(technique: Technique, actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const custom = [...new Set(attacker.judge.bindingsOf(from).flatMap(({ role }) => (/\/roles\//.test(role) ? [role] : [])))];
  return custom.flatMap((role): EscalationStep[] => {
    const granted = attacker.tryAll(from, technique.project ?? [], role.startsWith('projects/') ? role : 'projects/any');
    if (!granted) return [];
    return [
      make(actor, {
        to: 'admin',
        toId: from,
        technique,
        says: technique.does.replaceAll('{target}', role.split('/').at(-1) ?? role),
        granted,
      }),
    ];
  });
}

function takeOvers(actor: Actor): readonly EscalationStep[] {
  const { from, held, attacker } = actor;
  return catalog.takeovers.flatMap((technique) => {
    if (!technique.permissions.every((permission) => attacker.mayEver(from, permission))) return [];
    return attacker.estate.resources.flatMap((resource): EscalationStep[] => {
      const target = attacker.accounts().find(({ id }) => id === resource.runsAs);
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
