import { supportsRcps } from '../../../lib/policy/aws/engine/service-data';
import classes from './exceptions.json';
import type { Scenario } from './scenario';

type Json = Record<string, unknown>;
type Rewrite = (scenario: Scenario) => Scenario;

/** Rules on which AWS's pages and the simulator differ. */
export const EXCEPTIONS: readonly { readonly id: string; readonly page: string; readonly rule: string }[] = classes;

/**
 * For each rule: the scenario in words that mean under AWS's rule what the original means to the simulator. A difference is explained by
 * rules only where our answer to the rewritten scenario is the simulator's answer to the original.
 */
const REWRITES: Readonly<Record<string, Rewrite>> = {
  'session-named': (one) => (one.session ? withResourcePolicy(one, ({ Effect }) => Effect !== 'Allow') : one),
  'root-user': (one) =>
    one.principal.kind === 'root'
      ? { ...one, principal: { ...one.principal, kind: 'user', arn: `arn:aws:iam::${one.principal.account}:user/root` } }
      : one,
  'rcp-service': (one) => (supportsRcps(one.action) || !one.rcps ? one : rcpsAsResourcePolicy(one)),
  'wildcard-past-colon': (one) => everyStatement(one, (statement) => segmentWise(statement, one.resource)),
  'not-principal': (one) => withResourcePolicy(one, ({ Effect, NotPrincipal }) => !(Effect === 'Deny' && NotPrincipal !== undefined)),
  'everybody-is-services-too': (one) =>
    one.principal.kind === 'service' ? withResourcePolicy(one, ({ Principal }) => !isAwsStar(Principal)) : one,
  'whole-address-range': (one) => replaceText(one, '"0.0.0.0/0"', '"192.0.2.255/32"'),
  'other-ip-version': (one) => everyStatement(one, (statement) => addOtherVersion(statement, one.context['aws:SourceIp'])),
  'old-version': (one) => replaceText(one, '"2008-10-17"', '"2012-10-17"'),
  'any-value-if-exists': (one) => JSON.parse(JSON.stringify(one).replace(/"(ForAnyValue:\w+?)IfExists"/g, '"$1"')) as Scenario,
  'variable-without-value': (one) => everyStatement(one, (statement) => withoutOpenVariables(statement, one)),
};

/** The rules that explain a difference, joined by `+`; undefined where none do. */
export function explain(scenario: Scenario, theirs: string, decide: (one: Scenario) => string): string | undefined {
  const applicable = Object.entries(REWRITES).filter(([, rewrite]) => JSON.stringify(rewrite(scenario)) !== JSON.stringify(scenario));
  for (let subset = 1; subset < 1 << applicable.length; subset++) {
    const chosen = applicable.filter((_, index) => subset & (1 << index));
    const rewritten = chosen.reduce((one, [, rewrite]) => rewrite(one), scenario);
    if (decide(rewritten) === theirs) return chosen.map(([id]) => id).join('+');
  }
  return undefined;
}

function replaceText(scenario: Scenario, from: string, to: string): Scenario {
  return JSON.parse(JSON.stringify(scenario).replaceAll(from, to)) as Scenario;
}

function statementsOf(policy: object): Json[] {
  const { Statement } = policy as { Statement: Json | Json[] };
  return Array.isArray(Statement) ? Statement : [Statement];
}

/** Rewrites every statement; one that becomes undefined is left out. */
function everyStatement(scenario: Scenario, change: (statement: Json) => Json | undefined): Scenario {
  const inPolicy = (policy: object): object => ({ ...policy, Statement: statementsOf(policy).flatMap((one) => change(one) ?? []) });
  const { identity, boundary, session, resourcePolicy, scps, rcps } = scenario;
  return {
    ...scenario,
    identity: identity.map(inPolicy),
    ...(boundary && { boundary: inPolicy(boundary) }),
    ...(session && { session: inPolicy(session) }),
    ...(resourcePolicy && { resourcePolicy: inPolicy(resourcePolicy) }),
    ...(scps && { scps: scps.map((level) => level.map(inPolicy)) }),
    ...(rcps && { rcps: rcps.map((level) => level.map(inPolicy)) }),
  };
}

function withResourcePolicy(scenario: Scenario, keep: (statement: Json) => boolean): Scenario {
  if (!scenario.resourcePolicy) return scenario;
  return { ...scenario, resourcePolicy: { ...scenario.resourcePolicy, Statement: statementsOf(scenario.resourcePolicy).filter(keep) } };
}

function rcpsAsResourcePolicy(scenario: Scenario): Scenario {
  const { rcps = [], resourcePolicy = { Version: '2012-10-17', Statement: [] }, ...rest } = scenario;
  return {
    ...rest,
    resourcePolicy: { ...resourcePolicy, Statement: [...statementsOf(resourcePolicy), ...rcps.flat().flatMap(statementsOf)] },
  };
}

function isAwsStar(principal: unknown): boolean {
  const { AWS } = typeof principal === 'object' && principal !== null ? (principal as { AWS?: unknown }) : {};
  return AWS === '*' || (Array.isArray(AWS) && AWS.includes('*'));
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : [value]) as string[];

/** Takes out patterns that match the resource only past a colon. */
function segmentWise(statement: Json, resource: string): Json {
  const key = 'Resource' in statement ? 'Resource' : 'NotResource' in statement ? 'NotResource' : undefined;
  if (!key) return statement;
  const kept = list(statement[key]).map((pattern) =>
    pattern === '*' || matchesBySegment(pattern, resource) ? pattern : 'arn:aws:none:::none',
  );
  return { ...statement, [key]: kept };
}

function matchesBySegment(pattern: string, resource: string): boolean {
  if (pattern.includes('${')) return true;
  const parts = pattern.split(':');
  const values = resource.split(':');
  if (parts.length < 6 || values.length < 6) return false;
  const six = (all: readonly string[]) => [...all.slice(0, 5), all.slice(5).join(':')];
  return six(parts).every((part, index) => {
    const source = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${source}$`).test(six(values)[index] ?? '');
  });
}

/** To the simulator an address of the other version is in every block of a negated test. */
function addOtherVersion(statement: Json, address: unknown): Json {
  const all = String(address).includes(':') ? '::/0' : '0.0.0.0/0';
  const block = statement['Condition'] as Record<string, Json> | undefined;
  if (!block) return statement;
  const changed = Object.entries(block).map(([operator, keys]) => {
    if (!operator.startsWith('NotIpAddress')) return [operator, keys];
    return [operator, Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, otherVersionOnly(list(values), all)]))];
  });
  return { ...statement, Condition: Object.fromEntries(changed) };
}

function otherVersionOnly(blocks: readonly string[], all: string): readonly string[] {
  const isV6 = all === '::/0';
  return blocks.some((block) => block.includes(':') !== isV6) ? [...blocks, all] : blocks;
}

/** Leaves a statement out that hangs on a variable without a value. */
function withoutOpenVariables(statement: Json, { context }: Scenario): Json | undefined {
  const known = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const text = JSON.stringify([statement['NotResource'], inverted(statement['Condition'])]);
  const open = [...text.matchAll(/\$\{([^}*?$,]+)\}/g)].some(([, key]) => !known.has((key ?? '').toLowerCase()));
  return open ? undefined : statement;
}

function inverted(condition: unknown): unknown {
  return Object.entries((condition ?? {}) as Json).filter(([operator]) => /Not/.test(operator));
}
