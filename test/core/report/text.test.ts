import fc from 'fast-check';
import { plain, shorten, shortName, wrap } from '../../../lib/core/report/text';
import { HOSTILE_VALUES } from './hostile-fixture';

test.each([
  ['a\nb\r\n\u2028c', 'a b c'],
  ['\u001b[31mred', '\\u{1b}[31mred'],
  ['\u202Eevil', '\\u{202e}evil'],
  ['\uE000Bucket.Arn\uE001/*', '${Bucket.Arn}/*'],
  ['\uE000 left open', '\\u{e000} left open'],
  ['half \uD800 pair', 'half \\u{d800} pair'],
  ['名前 🙂', '名前 🙂'],
])('%j is shown as %j', (text, shown) => expect(plain(text)).toBe(shown));

test('no text reaches a report with a character that moves a cursor or turns its direction', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_VALUES));
  fc.assert(fc.property(text, (value) => !/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069\uE000\uE001]/u.test(plain(value))));
});

test('wrapped lines fit, and lose no character but the spaces they were broken at', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (text, width) => {
      const lines = wrap(text, width);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});

test('a long name is broken after what separates its parts', () => {
  expect(wrap('arn:aws:iam::111122223333:role/nightly-builder', 30)).toEqual(['arn:aws:iam::111122223333:', 'role/nightly-builder']);
});

test('a shortened text keeps both its ends', () => {
  expect(['abcdefghij', 'abc'].map((text) => shorten(text, 7))).toEqual(['abc…hij', 'abc']);
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (text, length) => shorten(text, length).length <= Math.max(length, 1)),
  );
});

test.each([
  ['invoices', 'invoices'],
  ['${support-desk.InboxA8E05DC3}', 'InboxA8E05DC3'],
  ['arn:aws:iam::111122223333:user/*', '…111122223333:user/*'],
  ['arn:aws:lambda:eu-central-1:111122223333:function:pay-*', '…function:pay-*'],
  ['/subscriptions/0/resourceGroups/finance/secrets/erp-token/*', '…secrets/erp-token/*'],
  ['arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.cl…251001-v1:0'],
  ['payments-nightly-reconciliation-worker-17', 'payments-nig…n-worker-17'],
])('%s goes by %s in a box', (name, shown) => expect(shortName(name, 24)).toBe(shown));

test('a short name fits, and is the whole one where that fits', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/', '*', '$', '{', '}', '.') });
  fc.assert(fc.property(name, fc.integer({ min: 5, max: 30 }), (text, length) => shortName(text, length).length <= length));
});
