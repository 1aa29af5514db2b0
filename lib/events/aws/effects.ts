import { type CallEffect, EVERYONE } from '../../core/agent-event';
import { type Fields, fieldsOf, member as memberOf, textOf } from '../../core/json-fields';
import table from './effects.json';

const ADMINISTERS: ReadonlySet<string> = new Set(table.administers.policies);
const ATTACHES: ReadonlySet<string> = new Set(table.attaches);
const IDENTITY: Readonly<Record<string, string>> = table.identityPolicies;
const RESOURCE: Readonly<Record<string, string>> = table.resourcePolicies;
const ATTRIBUTE: Readonly<Record<string, readonly string[]>> = table.attributePolicies;
const NAMED: Readonly<Record<string, readonly string[]>> = table.namedPolicies;
const PRINCIPALS: Readonly<Record<string, readonly string[]>> = table.principals;
const SHARES: Readonly<Record<string, string>> = table.shares;
const PORTS: ReadonlySet<number> = new Set(table.ports);

const KNOWN: ReadonlySet<string> = new Set([
  ...ATTACHES,
  ...[IDENTITY, RESOURCE, ATTRIBUTE, NAMED, PRINCIPALS, SHARES].flatMap(Object.keys),
  'ec2:AuthorizeSecurityGroupIngress',
]);

/** What the parameters of a call do that its action alone does not say; undefined for nearly all calls. */
export function effectsOf(action: string, parameters: unknown): readonly CallEffect[] | undefined {
  if (!KNOWN.has(action)) return undefined;
  const given = fieldsOf(parameters);
  if (!given) return undefined;
  const found = [...administration(action, given), ...lettingIn(action, given).map((to): CallEffect => ({ kind: 'lets-in', to }))];
  return found.length > 0 ? found : undefined;
}

function administration(action: string, given: Fields): readonly CallEffect[] {
  if (ATTACHES.has(action)) {
    const name = textOf(given['policyArn'])?.split('/').at(-1) ?? '';
    return ADMINISTERS.has(name) ? [{ kind: 'administers', to: name }] : [];
  }
  const statements = statementsOf(given[IDENTITY[action] ?? '']);
  const admin = statements.some(
    (statement) =>
      statement['Effect'] === 'Allow' && listOf(statement['Action']).some(isEverything) && listOf(statement['Resource']).includes('*'),
  );
  return admin ? [{ kind: 'administers', to: 'its own document' }] : [];
}

const isEverything = (action: unknown): boolean => typeof action === 'string' && /^(\*|iam:\*|\*:\*)$/i.test(action);

function lettingIn(action: string, given: Fields): readonly string[] {
  const policies = [given[RESOURCE[action] ?? ''], ...attributePolicy(action, given)];
  const shared = memberOf(memberOf(given[SHARES[action] ?? ''], 'add'), 'items');
  const named = (PRINCIPALS[action] ?? []).flatMap((field) => listOf(given[field]));
  const all = [
    ...policies.flatMap(statementsOf).flatMap(principalsOf),
    ...listOf(shared).map((item) => textOf(memberOf(item, 'userId')) ?? (memberOf(item, 'group') === 'all' ? '*' : undefined)),
    ...named,
    ...(action === 'ec2:AuthorizeSecurityGroupIngress' && opensPorts(given) ? ['*'] : []),
  ];
  return [...new Set(all.flatMap((one) => accountOf(one) ?? []))];
}

function attributePolicy(action: string, given: Fields): readonly unknown[] {
  const path = ATTRIBUTE[action];
  if (path) return [path.reduce<unknown>((value, key) => memberOf(value, key), given)];
  const [field = '', name, value = ''] = NAMED[action] ?? [];
  return name !== undefined && given[field] === name ? [given[value]] : [];
}

/** An account, or everyone; a service, a user pool or a role of an unknown form lets no account in. */
function accountOf(principal: unknown): string | undefined {
  if (typeof principal !== 'string') return undefined;
  if (principal === '*' || principal === 'all') return EVERYONE;
  return /^\d{12}$/.exec(principal)?.[0] ?? /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
}

function principalsOf(statement: Fields): readonly unknown[] {
  if (statement['Effect'] !== 'Allow') return [];
  const principal = statement['Principal'];
  // Whoever is not named is let in.
  if ('NotPrincipal' in statement) return ['*'];
  const named = principal === '*' ? ['*'] : listOf(memberOf(principal, 'AWS'));
  // Everyone under a condition is whoever meets it, which a record does not say.
  return statement['Condition'] === undefined ? named : named.filter((one) => one !== '*');
}

function statementsOf(policy: unknown): readonly Fields[] {
  const document = typeof policy === 'string' ? parse(policy) : policy;
  return objectsOf(memberOf(document, 'Statement'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function opensPorts(given: Fields): boolean {
  const rules: readonly Fields[] = [given, ...objectsOf(memberOf(given['ipPermissions'], 'items'))];
  return rules.some((rule) => {
    const ranges = [
      rule['cidrIp'],
      rule['cidrIpv6'],
      ...listOf(memberOf(rule['ipRanges'], 'items')).map((range) => memberOf(range, 'cidrIp')),
      ...listOf(memberOf(rule['ipv6Ranges'], 'items')).map((range) => memberOf(range, 'cidrIpv6')),
    ];
    return ranges.some((range) => typeof range === 'string' && range.endsWith('/0')) && opensOne(rule);
  });
}

function opensOne(rule: Fields): boolean {
  const [from, to] = [Number(rule['fromPort'] ?? -1), Number(rule['toPort'] ?? -1)];
  if (String(rule['ipProtocol']) === '-1' || from < 0) return true;
  return [...PORTS].some((port) => from <= port && port <= Math.max(from, to));
}

function objectsOf(value: unknown): readonly Fields[] {
  return listOf(value)
    .map(fieldsOf)
    .filter((one) => one !== undefined);
}
