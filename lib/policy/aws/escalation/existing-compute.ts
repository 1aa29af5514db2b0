import { showSymbols } from '../../../core/review/glob';
import type { EscalationStep } from '../../../core/review/world';
import { canName } from '../engine';
import type { AwsPrincipal, AwsResource, PolicyText } from '../model';
import { type Attacker, type Granted, typeOf } from './attacker';
import catalog from './existing-compute.json';
import { isProtected, trusts } from './pass-role';
import { makeStep, resourceKeys, stepToPrincipal } from './steps';

/** One way to run code on compute that exists; members are explained in the catalog. */
interface Takeover {
  readonly id: string;
  readonly match: readonly string[];
  readonly services: readonly string[];
  readonly does: string;
  readonly requests: readonly string[];
  readonly samePass?: boolean;
  readonly assumedOnly?: boolean;
  readonly inViewOnly?: boolean;
  readonly anyRole?: boolean;
}

const TECHNIQUES: readonly Takeover[] = catalog.techniques;

interface Actor {
  readonly from: PolicyText;
  readonly held: ReadonlySet<PolicyText>;
  readonly attacker: Attacker;
}

/** Roles that a principal gets by taking over what runs as them. */
export function takeOvers(actor: Actor): readonly EscalationStep[] {
  const { from, attacker } = actor;
  const { estate } = attacker.world;
  return TECHNIQUES.filter(({ requests, samePass }) =>
    [...requests, ...(samePass ? ['iam:PassRole'] : [])].every((action) => attacker.mayEver(from, action)),
  ).flatMap((technique) => {
    const compute = technique.assumedOnly
      ? []
      : estate.resources.filter(({ arn, role }) => (role !== undefined || technique.anyRole) && technique.match.includes(typeOf(arn)));
    const real = compute.flatMap((target) => takeOver(target, technique, actor));
    const inView = technique.inViewOnly || (estate.resourcesInFull && !technique.assumedOnly);
    return inView ? real : [...real, ...assumed(technique, actor)];
  });
}

function takeOver(target: AwsResource, technique: Takeover, actor: Actor): EscalationStep[] {
  const { from, held, attacker } = actor;
  const roles = rolesOf(target, technique, actor).filter((role) => !held.has(role) && role !== from);
  if (roles.length === 0) return [];
  const granted = requestsOn(target, technique, { from, attacker });
  if (!granted) return [];
  return roles.map((role) => {
    const name = attacker.world.judge.principal(role)?.name ?? role;
    const sentence = technique.does.replaceAll('{target}', shortName(target.arn)).replaceAll('{role}', name);
    return stepToPrincipal(from, role, { world: attacker.world, technique: technique.id, sentence, granted });
  });
}

/** The role that it runs as, and those that the change may put in its place. */
function rolesOf(target: AwsResource, technique: Takeover, { from, held, attacker }: Actor): readonly PolicyText[] {
  const own = target.role === undefined ? [] : [target.role];
  const account = target.arn.split(':')[4];
  if (!technique.anyRole) return own;
  const fitting = attacker.world.estate.principals.filter(
    (role) => role.account === account && fits(role, technique, { from, held, attacker }),
  );
  return [...new Set([...own, ...fitting.map(({ arn }) => arn)])];
}

/** Whether a role can be what such compute runs as. */
function fits(role: AwsPrincipal, { services }: Takeover, { held, attacker }: Actor): boolean {
  return (
    role.kind === 'role' &&
    !held.has(role.arn) &&
    !isProtected(role) &&
    (services.every((service) => service !== 'ec2.amazonaws.com') || role.instanceProfiles.length > 0) &&
    services.some((service) => trusts(role, service, attacker))
  );
}

function requestsOn(
  resource: AwsResource,
  { requests, samePass, services }: Takeover,
  { from, attacker }: Pick<Actor, 'from' | 'attacker'>,
): readonly Granted[] | undefined {
  const { arn, role = '' } = resource;
  const about = resourceKeys(resource);
  const found: Granted[] = [];
  for (const action of requests) {
    const context = about ? { context: about } : {};
    const granted =
      canName(action, arn) && arn !== '*' ? attacker.try(from, { action, resource: arn, ...context }) : attacker.tryAny(from, action);
    if (!granted) return undefined;
    found.push(granted);
  }
  if (!samePass) return found;
  const passed = services
    .map((service) => attacker.try(from, { action: 'iam:PassRole', resource: role, context: { 'iam:PassedToService': service } }))
    .find(Boolean);
  return passed ? [...found, passed] : undefined;
}

/** Where not all compute is in view and any may be taken over, some is taken to run as any role that its service may assume. */
function assumed(technique: Takeover, { from, held, attacker }: Actor): readonly EscalationStep[] {
  const { estate, judge } = attacker.world;
  const account = judge.principal(from)?.account;
  if (account === undefined) return [];
  const granted: Granted[] = [];
  for (const action of technique.requests) {
    const one = attacker.tryNobodys(from, action, typeFor(action, technique));
    if (!one) return [];
    granted.push(one);
  }
  if (technique.samePass) {
    const passed = technique.services
      .map((service) => attacker.tryNobodys(from, 'iam:PassRole', { context: { 'iam:PassedToService': service } }))
      .find(Boolean);
    if (!passed) return [];
    granted.push(passed);
  }
  const what = (role: string): string =>
    technique.does.replaceAll("'{target}'", `a resource of type ${technique.match[0]}`).replaceAll("'{role}'", role);
  if (!estate.accountsInFull.has(account)) {
    const sentence = what('a role that holds more');
    return [makeStep(from, { to: 'admin', toId: from, technique: technique.id, sentence, granted, assumed: true })];
  }
  const likely = estate.principals.filter((role) => role.account === account && fits(role, technique, { from, held, attacker }));
  return likely.map((role) =>
    stepToPrincipal(from, role.arn, {
      world: attacker.world,
      technique: technique.id,
      sentence: what(`'${role.name}'`),
      granted,
      assumed: true,
    }),
  );
}

/** The kind of resource that is taken over, where the action can name it. */
function typeFor(action: string, { match }: Takeover): { readonly type?: string } {
  const type = match.find((one) => canName(action, exampleOf(one)));
  return type === undefined ? {} : { type };
}

function exampleOf(type: string): string {
  const [service = '', kind = ''] = type.split(':');
  const separator = service === 'lambda' || service === 'states' ? ':' : '/';
  return `arn:aws:${service}:us-east-1:111122223333:${kind}${separator}x`;
}

function shortName(arn: PolicyText): string {
  return showSymbols(arn).split(':').slice(5).join(':');
}
