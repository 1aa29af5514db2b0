import { AccessLevel } from '../../../lib/core/enums';
import type { ManifestAgent } from '../../../lib/core/manifest';
import type { AccessEntry, AccessRequest, Decision, EffectiveAccess, KeyConstraint } from '../../../lib/core/review/access';
import { compileGlob } from '../../../lib/core/review/glob';
import type { AccessWorld, EscalationStep, WorldPrincipal } from '../../../lib/core/review/world';

/** A right: an action on what a glob matches, and a condition that no request of a step meets. */
export interface Right {
  readonly may: string;
  readonly on: string;
  readonly if?: string;
  /** Who says so. @default identity */
  readonly by?: string;
}

export interface ToyPrincipal {
  readonly id: string;
  readonly rights?: readonly (Right | string)[];
  readonly account?: string;
  /** What was declared for an agent; makes it one. */
  readonly declares?: readonly string[];
  readonly native?: readonly string[];
  readonly delegatesTo?: readonly string[];
  readonly mode?: string;
  readonly unknowns?: readonly string[];
  readonly reviewed?: boolean;
  readonly more?: Partial<ManifestAgent>;
}

export interface Toy {
  readonly cloud?: string;
  readonly principals: readonly ToyPrincipal[];
  readonly resources?: readonly string[];
  readonly secrets?: readonly string[];
  readonly unknowns?: readonly string[];
  /** Ids that can be held and that no list names. */
  readonly groups?: readonly string[];
}

/** level, what it reads, whether it runs code. An action that is not here is not known. */
const ACTIONS: Readonly<Record<string, readonly [AccessLevel, 'metadata' | 'data' | 'credentials', boolean?]>> = {
  look: [AccessLevel.LIST, 'metadata'],
  read: [AccessLevel.READ, 'data'],
  open: [AccessLevel.READ, 'credentials'],
  write: [AccessLevel.WRITE, 'metadata'],
  tag: [AccessLevel.TAGGING, 'metadata'],
  delete: [AccessLevel.DELETE, 'metadata'],
  become: [AccessLevel.PERMISSIONS, 'metadata'],
  pass: [AccessLevel.PERMISSIONS, 'metadata'],
  grant: [AccessLevel.PERMISSIONS, 'metadata'],
  run: [AccessLevel.WRITE, 'metadata', true],
};
const EVERY = Object.keys(ACTIONS);

/**
 * A cloud small enough to be searched by brute force. `become X`: hold X. `pass X` with `run` of anybody held: hold X. `grant X` where X is
 * held: full control. `open` a secret: credentials. `* *`: an administrator.
 */
export function toyWorld(toy: Toy): AccessWorld {
  const { cloud = 'toy', principals, resources = [], secrets = [], unknowns = [], groups = [] } = toy;
  const byId = new Map(principals.map((one) => [one.id, one]));
  const entries = new Map(principals.map((one) => [one.id, (one.rights ?? []).map(entryOf)]));
  const access = new Map<string, EffectiveAccess>(
    principals.map((one) => [one.id, { principal: one.id, entries: entries.get(one.id) ?? [], unknowns: one.unknowns ?? [] }]),
  );
  const decide = (id: string, { action, resource }: AccessRequest): Decision => {
    const hits = (entries.get(id) ?? []).filter(
      ({ actions, region }) =>
        actions.includes(action) && region.resources.every((list) => list.some((glob) => compileGlob(glob).matches(resource) === 'yes')),
    );
    const sure = hits.filter(({ region }) => region.when.length === 0);
    const effect = sure.length > 0 ? 'allowed' : hits.length > 0 ? 'depends' : 'implicitly-denied';
    return { effect, origins: (sure.length > 0 ? sure : hits).flatMap(({ origins }) => origins), reason: effect };
  };
  const isAdmin = (id: string): boolean => byId.get(id)?.rights?.includes('* *') ?? false;
  const targets = [...principals.map(({ id }) => id), ...groups];
  const may = (id: string, action: string, resource: string): boolean => decide(id, { action, resource }).effect === 'allowed';
  const steps = (from: string, held: ReadonlySet<string>): EscalationStep[] => {
    if (!byId.has(from)) return [];
    const step = (technique: string, to: EscalationStep['to'], toId: string, requests: readonly AccessRequest[]): EscalationStep => ({
      from,
      to: to === 'principal' && isAdmin(toId) ? 'admin' : to,
      toId,
      technique,
      sentence: `${technique}s ${toId}`,
      requests,
      allowedBy: decide(from, requests[0] ?? { action: '', resource: '' }).origins,
    });
    const runner = [from, ...held].find((id) => may(id, 'run', 'code'));
    return targets.flatMap((id) => [
      ...(id !== from && may(from, 'become', id) ? [step('become', 'principal', id, [{ action: 'become', resource: id }])] : []),
      ...(id !== from && runner !== undefined && may(from, 'pass', id)
        ? [
            step('pass', 'principal', id, [
              { action: 'pass', resource: id },
              { action: 'run', resource: 'code' },
            ]),
          ]
        : []),
      ...(held.has(id) && may(from, 'grant', id) ? [step('grant', 'admin', id, [{ action: 'grant', resource: id }])] : []),
    ]);
  };
  return {
    cloud,
    facts: {
      level: (action) => ACTIONS[action]?.[0],
      reads: (action) => ACTIONS[action]?.[1] ?? 'metadata',
      runsCode: (action) => ACTIONS[action]?.[2] ?? false,
      count: EVERY.length,
    },
    principals: principals.map((one) => principalOf(one, cloud)),
    resources: [
      ...resources.map((id) => ({ id, name: id, type: 'box' })),
      ...secrets.map((id) => ({ id, name: id, type: 'safe', holdsCredentials: true })),
    ],
    unknowns,
    access: (id) => access.get(id) ?? { principal: id, entries: groups.includes(id) ? [entryOf('read groups/*')] : [], unknowns: [] },
    decide,
    isAdmin,
    steps,
    touches: (id) =>
      [...resources, ...secrets].flatMap((resource) =>
        ['read', 'open', 'write', 'delete'].flatMap((action) => {
          const decision = decide(id, { action, resource });
          return decision.effect === 'allowed' || decision.effect === 'depends'
            ? [{ resource, request: { action, resource }, decision }]
            : [];
        }),
      ),
  };
}

function entryOf(right: Right | string): AccessEntry {
  const [may = '', on = ''] = typeof right === 'string' ? right.split(' ') : [right.may, right.on];
  const { if: condition = undefined, by = 'identity' } = typeof right === 'string' ? {} : right;
  const when: readonly KeyConstraint[] =
    condition === undefined ? [] : [{ key: 'toy', test: { kind: 'opaque', text: condition }, whenAbsent: false, text: condition }];
  return {
    actions: may === '*' ? EVERY : [may],
    region: { resources: [[on]], notResources: [], when },
    except: [],
    origins: [{ statement: `${may} ${on}`, layer: by }],
  };
}

function principalOf({ id, account, declares, native = [], reviewed = true, ...one }: ToyPrincipal, cloud: string): WorldPrincipal {
  const agent: ManifestAgent | undefined = declares && {
    name: id,
    cloud,
    fleet: 'fleet',
    construct: `App/${id}`,
    owner: 'o',
    purpose: 'p',
    mode: one.mode ?? 'READ_WRITE',
    scope: {},
    limits: {},
    maxSessionSeconds: 900,
    delegatesTo: one.delegatesTo ?? [],
    workflows: [],
    identity: { kind: 'k', name: id, principal: id, trust: [], credentialLifeSeconds: 900, credentialLifeReason: 'r' },
    access: [],
    native: [],
    findings: [],
    ...one.more,
  };
  const grant = { capability: 'c', resource: 'r', kind: 'k', level: 'read', permissions: [], scopes: [], conditions: [] };
  return {
    id,
    name: id,
    kind: 'role',
    ...(account === undefined ? {} : { account }),
    ...(agent
      ? {
          agent,
          declared: [
            ...(declares ?? []).map((right) => ({ grant, entries: [entryOf(right)] })),
            ...native.map((right) => ({ entries: [entryOf(right)] })),
          ],
        }
      : {}),
    source: 'toy.json',
    reviewed,
  };
}
