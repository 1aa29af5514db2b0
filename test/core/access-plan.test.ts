import { Capability } from '../../lib';
import { planAccess } from '../../lib/core/access-plan';
import type { Catalog } from '../../lib/core/catalog';
import { AccessLevel } from '../../lib/core/enums';
import { messageOf, reader } from '../fixtures/agents';

const fact = { source: 'https://example.com', checked: '2026-11-23' };
const catalog: Catalog = {
  cloud: 'nimbus',
  version: '2026-11-23',
  kinds: {},
  capabilities: {
    'objects:list': { grants: [{ kinds: ['box'], permissions: ['box.list'], on: 'box', level: AccessLevel.LIST, ...fact }] },
    'objects:read': {
      grants: [
        { kinds: ['box', 'crate'], permissions: ['box.get'], on: 'content', level: AccessLevel.READ, conditions: { fresh: true }, ...fact },
        { kinds: ['box'], permissions: ['key.open'], on: 'key', level: AccessLevel.READ, optional: true, ...fact },
      ],
    },
    'tables:read': { unsupported: { reason: 'there are no tables', nearest: "'objects:read'", ...fact } },
  },
};
const box = { kind: 'box', targets: { box: { scopes: ['b1'] }, content: { scopes: ['b1/c'], conditions: { prefix: 'x/' } } } };

test('each capability becomes the permissions of its catalog entry on the targets of what is bound', () => {
  const plan = planAccess(reader(), catalog, { invoices: box });
  expect(plan.grants.map(({ capability, permissions, scopes, conditions }) => ({ capability, permissions, scopes, conditions }))).toEqual([
    { capability: 'objects:list', permissions: ['box.list'], scopes: ['b1'], conditions: [] },
    { capability: 'objects:read', permissions: ['box.get'], scopes: ['b1/c'], conditions: [{ fresh: true }, { prefix: 'x/' }] },
  ]);
});

test('an optional grant joins only where the bound resource has its target', () => {
  const locked = { ...box, targets: { ...box.targets, key: { scopes: ['k1'] } } };
  const permissions = planAccess(reader(), catalog, { invoices: locked }).grants.flatMap((grant) => grant.permissions);
  expect(permissions).toEqual(['box.list', 'box.get', 'key.open']);
});

test('an unbound, surplus, wrong or unsupported resource is refused by name', () => {
  const texts = [
    () => planAccess(reader(), catalog, {}),
    () => planAccess(reader(), catalog, { invoices: box, orders: box }),
    () => planAccess(reader(), catalog, { invoices: { kind: 'crate', targets: { content: { scopes: ['c'] } } } }),
    () => planAccess(reader(), catalog, { invoices: { kind: 'box', targets: { box: { scopes: ['b'] } } } }),
    () => planAccess(reader({ capabilities: [Capability.readTable('orders')] }), catalog, { orders: box }),
    () => planAccess(reader({ capabilities: [Capability.readSecret('token')] }), catalog, { token: box }),
    () => planAccess(reader({ capabilities: [Capability.readObjects('constructor')] }), catalog, {}),
  ].map(messageOf);
  expect(texts).toMatchInlineSnapshot(`
[
  "agent 'invoice-reader' needs every resource it names to be bound, got: 'invoices'; add 'invoices' to 'resources' (bound: none) [unbound-resource]",
  "agent 'invoice-reader' must not be bound to a resource it does not name, because a binding without a capability is a mistake in one of the two, got: 'orders'; remove it from 'resources', or add a capability (named: 'invoices') [surplus-resource]",
  "agent 'invoice-reader' cannot use capability 'objects:list' on 'invoices', because it is bound to kind 'crate'; bind it to one of: 'box' [wrong-kind]",
  "agent 'invoice-reader' cannot use capability 'objects:read' on 'invoices', because it is bound to kind 'box'; bind it to one of: 'box', 'crate' [wrong-kind]",
  "agent 'invoice-reader' cannot use capability 'tables:read' on nimbus, because there are no tables; nearest alternative: 'objects:read' [unsupported-capability]",
  "agent 'invoice-reader' cannot use capability 'secrets:read' on nimbus, because its catalog does not know it; nearest alternative: another cloud [unsupported-capability]",
  "agent 'invoice-reader' needs every resource it names to be bound, got: 'constructor'; add 'constructor' to 'resources' (bound: none) [unbound-resource]",
]
`);
});

test('a sub-agent is bound under its own name, and under no other', () => {
  const child = reader({ name: 'summariser' });
  const delegating: Catalog = {
    ...catalog,
    capabilities: {
      ...catalog.capabilities,
      'agents:delegate': { grants: [{ kinds: ['badge'], permissions: ['badge.wear'], on: 'badge', level: AccessLevel.READ, ...fact }] },
    },
  };
  const badgeOf = (agent: string) => ({ kind: 'badge', agent, targets: { badge: { scopes: [agent] } } });
  const plan = (agent: string) => planAccess(reader({ delegatesTo: [child] }), delegating, { invoices: box, summariser: badgeOf(agent) });
  expect(plan('summariser').grants.at(-1)?.permissions).toEqual(['badge.wear']);
  expect(messageOf(() => plan('payer'))).toMatchInlineSnapshot(
    `"agent 'invoice-reader' needs 'summariser' bound to the identity of that sub-agent, because it would be let into an identity it never declared, got: 'payer'; pass the identity of 'summariser' to AgentResource.agent() [wrong-delegate]"`,
  );
});

test('a scope is wide where it is everything, or where its binding says so', () => {
  const wide = (target: object): boolean[] => {
    const bound = { kind: 'crate', targets: { content: { scopes: ['c'], ...target } } };
    const agent = reader({ capabilities: [Capability.readObjects('invoices')] });
    return planAccess(agent, catalog, { invoices: bound }).grants.map((grant) => grant.wide);
  };
  expect(wide({})).toEqual([false]);
  expect(wide({ scopes: ['*'] })).toEqual([true]);
  expect(wide({ wide: true })).toEqual([true]);
});
