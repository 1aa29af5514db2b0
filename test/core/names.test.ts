import fc from 'fast-check';
import { checkLiteral, checkName, identityName, shortenName, uuidV5 } from '../../lib/core/names';
import { messageOf } from '../fixtures/agents';

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const name = fc
  .array(word, { minLength: 1, maxLength: 4 })
  .map((words) => words.join('-'))
  .filter((text) => text.length >= 2);
const agent = name.filter((text) => text.length <= 30);
const fleet = name.filter((text) => text.length <= 20);
const pair = fc.tuple(fleet, agent);

test('different fleets and agents never share a native name, on any cloud', () => {
  fc.assert(
    fc.property(pair, pair, fc.constantFrom(30, 64, 128), (a, b, limit) => {
      fc.pre(a.join('/') !== b.join('/'));
      expect(identityName(a[0], a[1], limit)).not.toBe(identityName(b[0], b[1], limit));
    }),
    { numRuns: 2000 },
  );
});

test('pairs that read alike when joined stay apart', () => {
  const pairs = [
    ['a-b', 'cc'],
    ['a', 'b-cc'],
    ['a-b-cc', 'dd'],
    ['a', 'b-cc-dd'],
  ] as const;
  expect(new Set(pairs.map(([f, a]) => identityName(f, a, 30))).size).toBe(pairs.length);
});

test('a thousand long names stay apart after shortening', () => {
  const names = Array.from({ length: 1000 }, (_, index) => identityName('production-europe-1', `a-very-long-agent-name-${index}`, 30));
  expect(new Set(names).size).toBe(1000);
});

test('a native name fits its limit and suits the narrowest cloud', () => {
  fc.assert(
    fc.property(pair, ([f, a]) => {
      expect(identityName(f, a, 30)).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
    }),
  );
});

test('a name that fits is left alone, and a longer one keeps its beginning', () => {
  expect(identityName('prod', 'invoice-reader', 64)).toBe('prod--invoice-reader');
  expect(identityName('production-europe', 'invoice-reader', 30)).toMatchInlineSnapshot(`"production-europe-qwyuraejib"`);
  expect(shortenName('short', 30)).toBe('short');
});

test('a name-based UUID is version 5, and the same for the same parts only', () => {
  const id = uuidV5('role', 'reader');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidV5('role', 'reader')).toBe(id);
  expect(uuidV5('rolere', 'ader')).not.toBe(id);
});

test.each([
  ['InvoiceReader', 'invoice-reader'],
  ['invoice_reader', 'invoice-reader'],
  ['9lives', 'lives'],
  ['Ünïcode agent', 'unicode-agent'],
])('%s is refused and %s suggested', (given, suggestion) => {
  const text = messageOf(() => checkName('agent', given));
  expect(text).toContain(`'${suggestion}'`);
  expect(checkName('agent', suggestion)).toBe(suggestion);
});

test.each([['${aws:username}'], ['%{if true}'], ['invoices/*'], ['invoices?'], ['a"b'], ["a'b"], ['a\\b'], ['a\nb']])(
  'the literal %j is refused, because a policy would read it as more than itself',
  (value) => {
    expect(messageOf(() => checkLiteral("resource 'invoices'", 'prefix', value))).toContain('[unsafe-value]');
  },
);

test('a plain literal passes unchanged', () => {
  expect(checkLiteral("resource 'invoices'", 'prefix', 'invoices/2026 (final)/')).toBe('invoices/2026 (final)/');
});
