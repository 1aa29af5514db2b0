import { Capability } from '../../lib';
import { CATALOG } from '../../lib/azure/catalog';
import { translateAccess } from '../../lib/azure/private/translate-access';
import { planAccess } from '../../lib/core/access-plan';
import { stableStringify } from '../../lib/core/json';
import { reader } from '../fixtures/agents';

test('a resource in several places has an assignment at each, under addresses of their own', () => {
  const agent = reader({ capabilities: [Capability.readSecret('token')] });
  const bound = { kind: 'key-vault-secret', targets: { secret: { scopes: ['/one', '/two'] } } };
  const { roles } = translateAccess(planAccess(agent, CATALOG, { token: bound }), { keyOf: stableStringify });
  expect(roles.map(({ id, scope }) => [id, scope])).toEqual([
    ['token-secret', '/one'],
    ['token-secret-2', '/two'],
  ]);
});

test('the order of capabilities changes neither addresses nor conditions, which would make assignments anew', () => {
  const capabilities = ['b', 'a', 'c'].flatMap((name) => [Capability.readObjects(name), Capability.listObjects(name)]);
  const bound = (prefix: string) => ({
    kind: 'storage-container',
    targets: { container: { scopes: ['/same'], conditions: { prefix } } },
  });
  const resources = { a: bound('a/'), b: bound('b/'), c: bound('c/') };
  const translated = (ordered: readonly Capability[]) =>
    translateAccess(planAccess(reader({ capabilities: ordered }), CATALOG, resources), { keyOf: stableStringify });
  expect(translated([...capabilities].reverse())).toEqual(translated(capabilities));
  expect(translated(capabilities).roles.map(({ id }) => id)).toEqual(['a-container']);
});
