import fc from 'fast-check';
import { allOf, objectsUnder, onlyMemoriesOf, onlySessionsOf, onlyVersionsOf, within } from '../../lib/gcp/private/conditions';
import { bindBucket } from '../../lib/gcp/private/resources/storage';
import { messageOf } from '../fixtures/agents';

const WINDOW = { notBefore: '2027-01-01T00:00:00Z', notAfter: '2027-02-01T00:00:00Z' };
const CONTEXT = { project: 'p', timed: false };

test.each([
  [WINDOW, 'request.time >= timestamp("2027-01-01T00:00:00Z") && request.time <= timestamp("2027-02-01T00:00:00Z")'],
  [{ notBefore: WINDOW.notBefore }, 'request.time >= timestamp("2027-01-01T00:00:00Z")'],
  [{ notAfter: WINDOW.notAfter }, 'request.time <= timestamp("2027-02-01T00:00:00Z")'],
  [undefined, undefined],
])('window %j reads %s', (window, expression) => {
  expect(within(window)?.expression).toBe(expression);
});

test('conditions join into one that demands all of them, each once, with a title that follows from them', () => {
  const prefix = objectsUnder('books', 'invoices/');
  const window = within({ notAfter: WINDOW.notAfter });
  expect(allOf('agent', [prefix, prefix, ...(window ? [window] : [])])).toMatchInlineSnapshot(`
{
  "expression": "resource.name.startsWith("projects/_/buckets/books/objects/invoices/") && request.time <= timestamp("2027-02-01T00:00:00Z")",
  "title": "agentic-iam: prefix, window",
}
`);
  expect(allOf('agent', [])).toBeUndefined();
});

test('a parameter is not mistaken for one whose name begins like it', () => {
  expect(onlyVersionsOf('projects/1/locations/global/parameters/app').expression).toBe(
    'resource.name.startsWith("projects/1/locations/global/parameters/app/")',
  );
});

test('memory scopes are compared whole, in any order of keys', () => {
  const one = onlyMemoriesOf({ user_id: 'a1', app: 'desk' });
  expect(one).toEqual(onlyMemoriesOf({ app: 'desk', user_id: 'a1' }));
  expect(one.expression).toBe('api.getAttribute("aiplatform.googleapis.com/memoryScope", {}) == {"app": "desk", "user_id": "a1"}');
});

test('operators inside a literal are not counted, and those outside are', () => {
  const quoted = onlySessionsOf('a && b || !c');
  expect(allOf('agent', [quoted])?.expression).toBe(quoted.expression);
  const many = Array.from({ length: 14 }, (_, index) => onlySessionsOf(`u${index}`));
  expect(allOf('agent', many.slice(0, 13))).toBeDefined();
  expect(messageOf(() => allOf("agent 'reader'", many))).toMatchInlineSnapshot(
    `"agent 'reader' takes at most 12 logical operators in one condition, because the cloud refuses more, got: 13; remove some, or split the agent [too-many]"`,
  );
});

test('a prefix is refused or stands in its condition unchanged, as one literal', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (prefix) => {
      let bound: ReturnType<ReturnType<typeof bindBucket>>;
      try {
        bound = bindBucket({ name: 'books' }, { prefix })(CONTEXT);
      } catch {
        return prefix.trim() === '' || /[$%]\{|[*?"'\\`\p{Cc}]/u.test(prefix);
      }
      const expression = bound.targets.objects?.conditions?.expression;
      return expression === `resource.name.startsWith("projects/_/buckets/books/objects/${prefix}")` && !/["\\\n]|[$%]\{/.test(prefix);
    }),
  );
});
