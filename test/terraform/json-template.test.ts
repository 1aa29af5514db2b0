import fc from 'fast-check';
import { jsonTemplate } from '../../lib/terraform/json-template';

test.each<[string, unknown, string]>([
  ['text', { a: 'say "b"', c: [1, true, null] }, '{"a":"say \\"b\\"","c":[1,true,null]}'],
  ['a reference', ['x/${google_storage_bucket.b.name}"'], '["x/${google_storage_bucket.b.name}\\""]'],
  ['quotes of an expression', '${split("/", google_storage_bucket.b.name)[0]} "', '"${split("/", google_storage_bucket.b.name)[0]} \\""'],
  ['braces of an expression', '"${{ a = "}" }.a}"', '"\\"${{ a = "}" }.a}\\""'],
  ['an expression in a string of one', '"${join("-${x["k"]}", y)}"', '"\\"${join("-${x["k"]}", y)}\\""'],
  ['an escaped quote in a string of one', '"${f("\\"}")}"', '"\\"${f("\\"}")}\\""'],
  ['what is doubled, and is text', '$${"a"}', '"$${\\"a\\"}"'],
  ['an opening without an end', '${"', '"${""'],
  ['what is not there', { a: undefined, b: 1 }, '{"b":1}'],
])('%s', (_, value, expected) => {
  expect(jsonTemplate(value)).toBe(expected);
});

test('without expressions it is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('${'));
      expect(jsonTemplate(value)).toBe(JSON.stringify(value));
    }),
  );
});
