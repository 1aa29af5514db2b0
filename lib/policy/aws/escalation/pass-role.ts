import type { EscalationStep } from '../../../core/review/world';
import { canName } from '../engine';
import { splitArn } from '../input/arn';
import type { AwsPrincipal, PolicyText } from '../model';
import { type Attacker, type Granted, REGION, type Standing } from './attacker';
import catalog from './pass-role.json';
import { makeStep, resourceKeys, stepToPrincipal, tagKeys } from './steps';

/** One way to run something as a role that is passed; members are explained in the catalog. */
interface PassRole extends Standing {
  readonly id: string;
  readonly services: readonly string[];
  readonly federated?: string;
  readonly profile?: boolean;
  readonly does: string;
  readonly stages: readonly (readonly string[])[];
  readonly passWith?: number;
}

const TECHNIQUES: readonly PassRole[] = catalog.techniques;
const PASS = 'iam:PassRole';

/**
 * Roles that a principal can pass to a service which then runs what the principal wants.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passRoles(from: PolicyText, held: ReadonlySet<PolicyText>, attacker: Attacker): readonly EscalationStep[] {
  if (!attacker.mayEver(from, PASS)) return [];
  const able = TECHNIQUES.filter(({ stages, passWith = 0 }) =>
    stages.every((stage, at) =>
      stage.every((action) => [from, ...(at === passWith ? [] : held)].some((by) => attacker.mayEver(by, action))),
    ),
  );
  if (able.length === 0) return [];
  const { estate, judge } = attacker.world;
  const account = judge.principal(from)?.account;
  const roles = estate.principals.filter((one) => one.kind === 'role' && one.account === account && !isProtected(one));
  return able.flatMap((technique) => {
    const rest = stagesOf(technique, { from, held, attacker });
    if (!rest) return [];
    const steps = roles.flatMap((role): EscalationStep[] => {
      // Passing one's own role to code gives nothing that was not held.
      if (held.has(role.arn)) return [];
      const granted = passTo(role, technique, { from, attacker, receiver: receiverIn(rest, technique) });
      if (!granted) return [];
      return [
        stepToPrincipal(from, role.arn, {
          world: attacker.world,
          technique: technique.id,
          sentence: technique.does.replaceAll('{role}', role.name),
          granted: [...granted, ...rest],
        }),
      ];
    });
    return [...steps, ...assumed(technique, rest, { from, attacker })];
  });
}

export function isProtected({ path }: AwsPrincipal): boolean {
  return path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');
}

interface Actor {
  readonly from: PolicyText;
  readonly attacker: Attacker;
}

/** The role is passed to the service, trusts it, and can be handed over as the service wants it. */
function passTo(
  role: AwsPrincipal,
  technique: PassRole,
  { from, attacker, receiver }: Actor & { readonly receiver: string | undefined },
): readonly Granted[] | undefined {
  const profile = technique.profile && role.instanceProfiles.length === 0 ? ownProfile(from, attacker) : [];
  if (!profile) return undefined;
  for (const service of technique.services) {
    if (!trusts(role, service, attacker) && !(technique.federated && trustsProvider(role, technique.federated))) continue;
    const context = { 'iam:PassedToService': service, ...tagKeys(role.tags) };
    const request = { action: PASS, resource: role.arn, context };
    const granted =
      attacker.try(from, request) ??
      (receiver && attacker.try(from, { ...request, context: { ...context, 'iam:AssociatedResourceArn': receiver } }));
    if (granted) return [...profile, granted];
  }
  return undefined;
}

/** What the role is passed to, which a condition may ask for. */
function receiverIn(rest: readonly Granted[], { stages, passWith = 0 }: PassRole): string | undefined {
  const arn = rest.find(({ request }) => stages[passWith]?.includes(request.action))?.request.resource;
  return arn === '*' ? undefined : arn;
}

/**
 * An instance profile that the attacker makes for a role that is in none; putting a role into it asks for leave to pass the role.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
 */
function ownProfile(from: PolicyText, attacker: Attacker): readonly Granted[] | undefined {
  for (const resource of attacker.resourcesFor(from, 'iam:AddRoleToInstanceProfile')) {
    const made = attacker.try(from, { action: 'iam:CreateInstanceProfile', resource });
    const filled = made && attacker.try(from, { action: 'iam:AddRoleToInstanceProfile', resource });
    if (made && filled) return [made, filled];
  }
  return undefined;
}

/** Whether a role lets a service assume it for something of the role's own account that the attacker may name. */
export function trusts(role: AwsPrincipal, service: string, { world: { judge } }: Attacker): boolean {
  const plain = { 'aws:SourceAccount': role.account, 'aws:PrincipalServiceName': service };
  const contexts = [plain, ...sourcesIn(role, service).map((arn) => ({ ...plain, 'aws:SourceArn': arn }))];
  return contexts.some((context) => judge.decide(service, { action: 'sts:AssumeRole', resource: role.arn, context }).effect === 'allowed');
}

/**
 * What of the service may act, as the trust asks: only where it leaves the name open, since a thing of an exact name may not be there.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function sourcesIn({ trust, account }: AwsPrincipal, service: string): readonly string[] {
  const wanted = trust?.document.statements.flatMap(({ effect, conditions }) =>
    effect === 'Allow' ? conditions.filter(({ key }) => key.toLowerCase() === 'aws:sourcearn').flatMap(({ values }) => values) : [],
  );
  return (wanted ?? []).flatMap((value) => {
    const parts = splitArn(value);
    if (!parts || parts.service !== service.split('.')[0] || !/[*?]/.test(parts.resource)) return [];
    const fill = (text: string, own: string): string => (/[*?]/.test(text) ? own : text);
    if (fill(parts.account, account) !== account) return [];
    const place = [fill(parts.partition, 'aws'), parts.service, fill(parts.region, REGION), fill(parts.account, account)];
    return [['arn', ...place, parts.resource.replace(/[*?]/g, 'x')].join(':')];
  });
}

function trustsProvider(role: AwsPrincipal, provider: string): boolean {
  return (
    role.trust?.document.statements.some(({ effect, principals }) => effect === 'Allow' && principals?.federated.includes(provider)) ??
    false
  );
}

/** The requests of every stage; those that are about one thing are about the same one. */
function stagesOf(
  { stages, passWith = 0, ...standing }: PassRole,
  { from, held, attacker }: Actor & { readonly held: ReadonlySet<PolicyText> },
): readonly Granted[] | undefined {
  const wanted = stages.flatMap((stage, at) => stage.map((action) => ({ action, by: at === passWith ? [from] : [from, ...held] })));
  const place = (at: number, used: readonly string[]): readonly Granted[] | undefined => {
    const next = wanted[at];
    if (!next) return [];
    const { action } = next;
    const same = used.find((arn) => arn !== '*' && canName(action, arn));
    for (const by of new Set(next.by)) {
      const later = wanted.slice(at + 1).flatMap((one) => one.by.flatMap((who) => attacker.resourcesFor(who, one.action)));
      const there = attacker.world.estate.resourcesInFull ? attacker.standing(by, action, standing) : undefined;
      const made = [...attacker.resourcesFor(by, action), ...later.filter((arn) => canName(action, arn))];
      const candidates = same === undefined ? (there?.map(({ arn }) => arn) ?? made) : [same];
      for (const resource of new Set(candidates)) {
        const tagged = there?.find(({ arn }) => arn === resource);
        const context = tagged && resourceKeys(tagged);
        const granted = attacker.try(by, { action, resource, ...(context ? { context } : {}) });
        const rest = granted && place(at + 1, [...used, resource]);
        if (granted && rest) return [granted, ...rest];
      }
    }
    return undefined;
  };
  return place(0, []);
}

/** Where not all roles are in view, and any may be passed, one that trusts the service and holds more is taken to exist. */
function assumed(technique: PassRole, rest: readonly Granted[], { from, attacker }: Actor): readonly EscalationStep[] {
  const principal = attacker.world.judge.principal(from);
  if (!principal || attacker.world.estate.accountsInFull.has(principal.account)) return [];
  for (const service of technique.services) {
    const granted = attacker.tryNobodys(from, PASS, { context: { 'iam:PassedToService': service } });
    if (!granted) continue;
    const sentence = technique.does.replaceAll("'{role}'", `a role that trusts ${service}`);
    return [makeStep(from, { to: 'admin', toId: from, technique: technique.id, sentence, granted: [granted, ...rest], assumed: true })];
  }
  return [];
}
