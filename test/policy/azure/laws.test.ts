import fc from 'fast-check';
import type { EffectiveAccess } from '../../../lib/core/review/access';
import { accessWithin } from '../../../lib/core/review/proof';
import { proveReadOnly } from '../../../lib/core/review/read-only';
import { isInside } from '../../../lib/core/review/region-search';
import { AZURE_FACTS } from '../../../lib/policy/azure/facts';
import { assigned, DEV, holding, STORE, SUBSCRIPTION, worldOf } from './stack';

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const PLACES = [SUBSCRIPTION, `${SUBSCRIPTION}/resourceGroups/data`, STORE, `${STORE}2`, `${STORE}/blobServices/default/containers/a`];
/** Two that the catalog knows of each plane, and two of each that it does not. */
const CONTROL = [
  'Microsoft.Storage/storageAccounts/read',
  'Microsoft.Storage/storageAccounts/write',
  'Microsoft.New/things/read',
  'Microsoft.New/things/secret/action',
];
const DATA = [`${BLOBS}/read`, `${BLOBS}/write`, 'Microsoft.New/things/data/read', 'Microsoft.New/things/data/write'];
const UNIVERSE = [...CONTROL.slice(0, 2), ...DATA.slice(0, 2)];

const control = fc.constantFrom(
  ...CONTROL,
  '*',
  '*/read',
  'Microsoft.New/*',
  'Microsoft.New/things/*',
  'Microsoft.Storage/*',
  '*/secret/*',
);
const data = fc.constantFrom(...DATA, '*', '*/read', 'Microsoft.New/*', `${BLOBS}/*`, 'Microsoft.New/*/write');
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 2 });
const permissions = fc.record({
  actions: some(control),
  not_actions: some(control),
  data_actions: some(data),
  not_data_actions: some(data),
});
type Permissions = { readonly [K in 'actions' | 'not_actions' | 'data_actions' | 'not_data_actions']: readonly string[] };

/** What Azure says of names: `*` is any text, and what is taken out is out. */
function permits({ actions, not_actions, data_actions, not_data_actions }: Permissions, name: string): boolean {
  const hit = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i').test(name));
  return CONTROL.includes(name) ? hit(actions) && !hit(not_actions) : hit(data_actions) && !hit(not_data_actions);
}

function lists({ entries }: EffectiveAccess, action: string, resource: string): boolean {
  return entries.some(
    ({ actions, region, except }) => actions.includes(action) && isInside({ region, except }, { resource, context: {} }) === 'yes',
  );
}

test('what is listed is what is allowed, and what Azure says', () => {
  fc.assert(
    fc.property(permissions, fc.constantFrom(...PLACES), fc.constantFrom(...PLACES), (role, scope, resource) => {
      const world = worldOf(holding(role, { scope }));
      for (const action of UNIVERSE) {
        const expected = permits(role, action) && (resource === scope || resource.startsWith(`${scope}/`));
        expect([action, world.decide(DEV, { action, resource }).effect === 'allowed']).toEqual([action, expected]);
        expect([action, lists(world.access(DEV), action, resource)]).toEqual([action, expected]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a role is never proven to be within another that lacks an operation of it, known or not', () => {
  fc.assert(
    fc.property(permissions, permissions, (a, b) => {
      const [inner, outer] = [worldOf(holding(a)).access(DEV), worldOf(holding(b)).access(DEV)];
      if (accessWithin(inner.entries, outer.entries).verdict !== 'proven') return;
      expect([...CONTROL, ...DATA].filter((name) => permits(a, name) && !permits(b, name))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test.each<readonly [readonly string[], readonly string[], string]>([
  [[], ['Microsoft.New/things/secret/action'], 'refuted'],
  [['Microsoft.New/things/secret/action'], [], 'proven'],
  [['Microsoft.New/things/secret/action'], ['Microsoft.New/things/secret/action'], 'proven'],
  [['Microsoft.New/other/*'], ['Microsoft.New/things/*'], 'refuted'],
])('all but %j within all but %j of a provider: %s', (a, b, verdict) => {
  const of = (without: readonly string[]) => worldOf(holding({ actions: ['Microsoft.New/*'], not_actions: without })).access(DEV).entries;
  expect(accessWithin(of(a), of(b)).verdict).toBe(verdict);
});

test('read-only is never proven of a role that writes, known or not', () => {
  fc.assert(
    fc.property(permissions, (role) => {
      if (proveReadOnly(DEV, worldOf(holding(role))).verdict !== 'proven') return;
      expect([...CONTROL, ...DATA].filter((name) => permits(role, name) && !name.endsWith('/read'))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test.each<readonly [string, string, boolean]>([
  ['Contributor', 'Owner', true],
  ['Reader', 'Contributor', true],
  ['Owner', 'Contributor', false],
  ['Storage Blob Data Reader', 'Storage Blob Data Contributor', true],
  ['Storage Blob Data Contributor', 'Storage Blob Data Reader', false],
  ['Storage Blob Data Reader', 'Owner', false],
])('%s within %s: %s', (inner, outer, within) => {
  const of = (name: string) => worldOf(assigned({ role_definition_name: name })).access(DEV).entries;
  expect(accessWithin(of(inner), of(outer)).verdict).toBe(within ? 'proven' : 'refuted');
});

type Condition =
  | { readonly kind: 'leaf'; readonly text: string; readonly holds: (action: string, name: string | undefined) => boolean }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly [Condition, Condition] };

const NAME = '@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name]';
const leaf = (text: string, holds: (action: string, name: string | undefined) => boolean): Condition => ({ kind: 'leaf', text, holds });
const LEAVES = [
  leaf(`ActionMatches{'${BLOBS}/read'}`, (action) => action === `${BLOBS}/read`),
  leaf(`ActionMatches{'${BLOBS}/*'}`, (action) => action.startsWith(BLOBS)),
  leaf(`${NAME} StringEquals 'invoices'`, (_, name) => name === 'invoices'),
  leaf(`${NAME} StringEqualsIgnoreCase 'Invoices'`, (_, name) => name?.toLowerCase() === 'invoices'),
  leaf(`${NAME} StringStartsWith 'inv'`, (_, name) => name?.startsWith('inv') === true),
  leaf(`${NAME} StringLike '*ces'`, (_, name) => name?.endsWith('ces') === true),
  leaf(`${NAME} ForAnyOfAnyValues:StringEquals {'invoices', 'orders'}`, (_, name) => name === 'invoices' || name === 'orders'),
];
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...LEAVES),
    tie('condition').map((part): Condition => ({ kind: 'not', part })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('condition'), tie('condition'))
      .map(([kind, a, b]): Condition => ({ kind, parts: [a, b] })),
  ),
}));

function write(one: Condition): string {
  if (one.kind === 'leaf') return one.text;
  if (one.kind === 'not') return `!(${write(one.part)})`;
  return `((${write(one.parts[0])}) ${one.kind.toUpperCase()} (${write(one.parts[1])}))`;
}

function evaluate(one: Condition, action: string, name: string | undefined): boolean {
  if (one.kind === 'leaf') return one.holds(action, name);
  if (one.kind === 'not') return !evaluate(one.part, action, name);
  const [a, b] = one.parts.map((part) => evaluate(part, action, name));
  return one.kind === 'and' ? a === true && b === true : a === true || b === true;
}

test('a condition lets through what it says, whichever way it is put together', () => {
  fc.assert(
    fc.property(
      condition,
      fc.constantFrom('read', 'write'),
      fc.constantFrom('invoices', 'INVOICES', 'invalid', 'orders', 'other'),
      (one, verb, name) => {
        const world = worldOf(assigned({ role_definition_name: 'Storage Blob Data Contributor' }, { scope: STORE, condition: write(one) }));
        const action = `${BLOBS}/${verb}`;
        const expected = evaluate(one, action, name) ? 'allowed' : 'implicitly-denied';
        expect(world.decide(DEV, { action, resource: STORE, context: { [NAME]: name } }).effect).toBe(expected);
        const listed = world
          .access(DEV)
          .entries.some(
            ({ actions, region, except }) =>
              actions.includes(action) && isInside({ region, except }, { resource: STORE, context: { [NAME]: [name] } }) === 'yes',
          );
        expect(listed).toBe(expected === 'allowed');
      },
    ),
    { numRuns: 80 },
  );
});

test.each<readonly [string, string | undefined, string, boolean]>([
  ['*/read', 'read', 'data', false],
  ['*', 'permissions', 'credentials', true],
  ['data *', 'permissions', 'credentials', true],
  ['Microsoft.Storage/*', 'delete', 'credentials', false],
  ['Microsoft.New/thi*', 'delete', 'credentials', false],
  ['data Microsoft.New/*/read', 'read', 'data', false],
  ['Microsoft.Compute/virtualMachines/read', 'read', 'metadata', false],
  ['Microsoft.Compute/virtualMachines/delete', 'delete', 'metadata', false],
  ['Microsoft.Compute/virtualMachines/runCommand/action', 'write', 'metadata', true],
  ['Microsoft.Resources/deployments/write', 'write', 'metadata', false],
  ['Microsoft.Resources/deploymentScripts/write', 'write', 'metadata', true],
  ['Microsoft.Storage/storageAccounts/listkeys/action', 'read', 'credentials', false],
  ['Microsoft.CognitiveServices/accounts/ContentSafety/blocklists/delete', 'delete', 'metadata', false],
  ['Microsoft.Authorization/roleAssignments/write', 'permissions', 'metadata', false],
])('%s is of level %s, reads %s and runs code: %s', (action, level, reads, runsCode) => {
  expect([AZURE_FACTS.level(action), AZURE_FACTS.reads(action), AZURE_FACTS.runsCode(action)]).toEqual([level, reads, runsCode]);
});
