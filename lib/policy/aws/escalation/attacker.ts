import type { AccessOrigin, AccessRequest, EffectiveAccess } from '../../../core/review/access';
import { compileGlob } from '../../../core/review/glob';
import { canName } from '../engine';
import { actionCatalog } from '../engine/action-space';
import { AdminTest } from '../facts/admin';
import { splitArn } from '../input/arn';
import { readPolicy } from '../input/read-policy';
import { type Change, Judge } from '../judge';
import type { AwsEstate, AwsPolicy, AwsResource, PolicyText } from '../model';
import { contextsFor, plainContext, regionsIn } from './attacker-context';
import { companionsOf, NONE } from './companions';

/** A request that is allowed, and what allows it. */
export interface Granted {
  readonly request: AccessRequest;
  readonly origins: readonly AccessOrigin[];
}

/** What a step asks of the world. */
export interface World {
  readonly estate: AwsEstate;
  readonly judge: Judge;
  readonly admin: AdminTest;
  readonly access: (arn: PolicyText) => EffectiveAccess;
  readonly isAdmin: (arn: PolicyText) => boolean;
}

/** Where the attacker works, if it may choose. */
export const REGION = 'us-east-1';

/** A name that no policy is about: what is allowed on it is allowed on anything. */
const NOBODYS = 'any-name';

/** Asks what an attacker who holds a principal may do: every answer is by all layers, in the context that the attacker would choose. */
export class Attacker {
  private readonly globs = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** `lucky` where whatever depends on something that is not known turns out well for the attacker. */
  constructor(
    readonly world: World,
    readonly lucky = false,
  ) {}

  /** An attacker of what an estate holds. */
  static in(estate: AwsEstate, lucky = false): Attacker {
    const judge = new Judge(estate);
    const admin = new AdminTest(judge);
    const access = remember((arn) => judge.access(arn));
    return new Attacker({ estate, judge, admin, access, isAdmin: remember((arn) => admin.holds(arn)) }, lucky);
  }

  /**
   * The request, where the principal may make it in some context that it can bring about, on that resource and on whatever else the action
   * is about at once.
   */
  try(by: PolicyText, request: AccessRequest, change: Omit<Change, 'missing'> = {}): Granted | undefined {
    const granted = this.tryOne(by, request, change);
    const others = companionsOf(request);
    if (!granted || others.length === 0) return granted;
    const globs = this.globsOf(by).get(request.action) ?? [];
    const origins = [...granted.origins];
    for (const { type, names } of others) {
      const open = formatsOf(request.action).filter((format) => typeOf(format) === type);
      const named = globs.flatMap((glob) => (glob === '*' ? [] : this.instance(glob, by))).filter((arn) => typeOf(arn) === type);
      const free = open.flatMap((format) => this.fill(format, by, NOBODYS));
      const able = [...names(this.partsOf(by)), ...(names === NONE ? named : []), ...free]
        .map((resource) => this.tryOne(by, { ...request, resource }, change))
        .find(Boolean);
      if (!able) return undefined;
      origins.push(...able.origins);
    }
    return { ...granted, origins };
  }

  private tryOne(by: PolicyText, request: AccessRequest, change: Omit<Change, 'missing'>): Granted | undefined {
    if (!this.globsOf(by).has(request.action) && change.resourcePolicy === undefined) return undefined;
    for (const context of contextsFor(request, this.policiesFor(by, request, change), this.variablesOf(by))) {
      const asked = { ...request, context };
      const decision = this.world.judge.decideIf(by, asked, change);
      if (decision.effect === 'allowed') return { request: Object.keys(context).length > 0 ? asked : request, origins: decision.origins };
    }
    if (!this.lucky) return undefined;
    const asked = { ...request, context: { ...plainContext(request), ...request.context } };
    const { effect, origins } = this.world.judge.decideIf(by, asked, { ...change, missing: 'unknown' });
    return effect === 'allowed' || effect === 'depends' ? { request, origins } : undefined;
  }

  /** Whether the principal's policies name the action at all: a quick no for most. */
  mayEver(by: PolicyText, action: string): boolean {
    return this.globsOf(by).has(action);
  }

  /** The action on some resource that the attacker picks. */
  tryAny(by: PolicyText, action: string): Granted | undefined {
    for (const resource of new Set(this.resourcesFor(by, action))) {
      const granted = this.try(by, { action, resource });
      if (granted) return granted;
    }
    return undefined;
  }

  /** Assuming a role that nobody has named, were its trust to leave it to the account: what the caller's own side says of it. */
  tryIdentity(by: PolicyText, action: string): Granted | undefined {
    const account = this.partsOf(by)[4] ?? '';
    return this.tryNobodys(by, action, { resourcePolicy: leftTo(account) });
  }

  /** The action on something nobody has named: allowed on this, it is allowed on whatever there is. */
  tryNobodys(by: PolicyText, action: string, { type, context, resourcePolicy }: Nobodys = {}): Granted | undefined {
    if (!this.globsOf(by).has(action)) return undefined;
    const formats = formatsOf(action).filter((format) => type === undefined || typeOf(format) === type);
    for (const resource of formats.length > 0 ? formats.flatMap((format) => this.fill(format, by, NOBODYS)) : ['*']) {
      const granted = this.try(by, { action, resource, ...(context ? { context } : {}) }, resourcePolicy ? { resourcePolicy } : {});
      if (granted) return granted;
    }
    return undefined;
  }

  /** Resources of an action that its statements name or leave open. */
  resourcesFor(by: PolicyText, action: string, globs = this.globsOf(by).get(action) ?? []): readonly string[] {
    const formats = formatsOf(action);
    if (formats.length === 0) return ['*'];
    const main = MAIN[action];
    const wanted = main ? formats.filter((format) => main.includes(typeOf(format))) : formats;
    const open = wanted.flatMap((format) => this.fill(format, by, 'example'));
    const named = globs.flatMap((glob) => (glob === '*' ? [] : this.instance(glob, by)));
    return [...named, ...open].filter((arn) => canName(action, arn) && (!main || main.includes(typeOf(arn))));
  }

  /**
   * Where an action changes something that must be there: the resources in view that it can be about, and where `unlisted` something that
   * nobody has named. Undefined where the action is about something else.
   */
  standing(by: PolicyText, action: string, { existing = [], unlisted = [] }: Standing): readonly AwsResource[] | undefined {
    const formats = formatsOf(action).filter((format) => [...existing, ...unlisted].includes(typeOf(format)));
    if (formats.length === 0) return undefined;
    const types = new Set(formats.map(typeOf));
    const open = formats.filter((format) => unlisted.includes(typeOf(format))).flatMap((format) => this.fill(format, by, NOBODYS));
    return [
      ...this.world.estate.resources.filter(({ arn }) => types.has(typeOf(arn)) && canName(action, arn)),
      ...open.map((arn) => ({ arn, type: typeOf(arn), source: '' })),
    ];
  }

  /** What stands in a format's place of partition, region, account and name; in each region that the attacker may have to work in. */
  private fill(format: string, by: PolicyText, name: string): string[] {
    const [, partition = 'aws', , , account = ''] = this.partsOf(by);
    const [arn = 'arn', own = '', service = '', region = '', owner = '', ...rest] = format.split(':');
    return (region === '*' ? this.regionsOf(by) : [region]).map((where) =>
      [arn, own === '*' ? partition : own, service, where, owner === '*' ? account : owner, rest.join(':').replaceAll('*', name)].join(':'),
    );
  }

  private instance(glob: string, by: PolicyText): string[] {
    const parts = splitArn(glob);
    if (!parts) return [];
    const [, partition = 'aws', , , account = ''] = this.partsOf(by);
    const pick = (text: string, instead: string): string => (/[*?]/.test(text) ? instead : text);
    const matching = this.regionsOf(by).filter((region) => compileGlob(parts.region).matches(region) === 'yes');
    return (matching.length > 0 ? matching : [pick(parts.region, REGION)]).map((region) =>
      [
        'arn',
        pick(parts.partition, partition),
        parts.service,
        region,
        pick(parts.account, account),
        parts.resource.replace(/\\([\s\S])|[*?]/g, (_, literal: string | undefined) => literal ?? 'x'),
      ].join(':'),
    );
  }

  private readonly regionsOf = remember((by) => [...new Set([...regionsIn(this.layersOf(by)), REGION])]);

  private partsOf(by: PolicyText): readonly string[] {
    const parts = splitArn(by);
    return parts ? ['arn', parts.partition, parts.service, parts.region, parts.account] : [];
  }

  /** The actions that a principal is allowed at all, each with the resource patterns it is allowed on. */
  private globsOf(by: PolicyText): ReadonlyMap<string, readonly string[]> {
    const known = this.globs.get(by);
    if (known) return known;
    const made = new Map<string, string[]>();
    for (const { actions, region } of this.world.access(by).entries) {
      const [list = ['*']] = [...region.resources].sort((a, b) => a.length - b.length);
      for (const action of actions) {
        const globs = made.get(action);
        if (globs) globs.push(...list);
        else made.set(action, [...list]);
      }
    }
    this.globs.set(by, made);
    return made;
  }

  private variablesOf(by: PolicyText): Readonly<Record<string, string>> {
    const principal = this.world.judge.principal(by);
    return principal?.kind === 'user' ? { 'aws:username': principal.name } : {};
  }

  private policiesFor(
    by: PolicyText,
    { resource }: AccessRequest,
    { resourcePolicy, add = [] }: Omit<Change, 'missing'>,
  ): readonly AwsPolicy[] {
    const { judge } = this.world;
    const target = judge.principal(resource)?.trust ?? judge.resourceOf(resource)?.policy;
    return [...this.layersOf(by), ...(resourcePolicy ? [resourcePolicy] : target ? [target] : []), ...add];
  }

  /** Policies that have a say in whatever a principal asks for. */
  private readonly layersOf = remember((by): readonly AwsPolicy[] => {
    const { judge, estate } = this.world;
    const principal = judge.principal(by);
    const groups = (principal?.groups ?? []).flatMap((group) => judge.principal(group)?.policies ?? []);
    return [
      ...(principal?.policies ?? []),
      ...groups,
      ...(principal?.boundary ? [principal.boundary] : []),
      ...(estate.scps?.[principal?.account ?? ''] ?? []).flat(),
    ];
  });
}

interface Nobodys {
  /** Only resources of this type. @default - of any that the action can name */
  readonly type?: string;
  readonly context?: AccessRequest['context'];
  /** Policy that the resource is taken to have. @default - none */
  readonly resourcePolicy?: AwsPolicy;
}

/** Types of what must be there already. */
export interface Standing {
  /** @default - none */
  readonly existing?: readonly string[];
  /** Those that need not be listed. @default - none */
  readonly unlisted?: readonly string[];
}

/** A trust policy that leaves it to an account who may assume the role. */
function leftTo(account: PolicyText): AwsPolicy {
  const document = { Statement: [{ Effect: 'Allow', Action: 'sts:*', Principal: { AWS: account } }] };
  return readPolicy(document, { layer: 'trust', name: 'a trust policy that names the account' });
}

/** Of actions that name several kinds of resources, those without which nothing is done. */
const MAIN: Readonly<Record<string, readonly string[]>> = {
  'ec2:RunInstances': ['ec2:instance'],
  'ec2:RequestSpotInstances': ['ec2:spot-instances-request', 'ec2:instance'],
  'ec2:CreateFleet': ['ec2:fleet', 'ec2:instance'],
  'ssm:SendCommand': ['ec2:instance', 'ssm:managed-instance'],
  'ssm:StartSession': ['ec2:instance', 'ssm:managed-instance', 'ecs:task'],
  'sagemaker:CreateTrainingJob': ['sagemaker:training-job'],
};

function formatsOf(action: string): readonly string[] {
  const { actions, indexOf } = actionCatalog();
  const index = indexOf.get(action.toLowerCase());
  return index === undefined ? [] : (actions[index]?.formats ?? []);
}

/** `ec2:instance` of `arn:aws:ec2:...:instance/i-1`; the service alone where the resource has no type before its name. */
export function typeOf(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [type = '', name] = rest.join(':').split(/[:/]/);
  return name === undefined ? service : `${service}:${type}`;
}

/** Answers once for each id. */
export function remember<T>(make: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>();
  return (id) => {
    if (!known.has(id)) known.set(id, make(id));
    return known.get(id) as T;
  };
}
