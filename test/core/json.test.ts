import fc from 'fast-check';
import { deepFreeze, stableStringify } from '../../lib/core/json';

test('equal values give equal text, whatever the order their members were written in', () => {
  expect(stableStringify({ b: 1, a: [{ d: 2, c: undefined }], B: 3 })).toBe('{"B":3,"a":[{"d":2}],"b":1}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(stableStringify(reversed)).toBe(stableStringify(value));
    }),
  );
});

test('the order of a list is kept', () => {
  expect(stableStringify(['b', 'a'])).toBe('["b","a"]');
});

test('a frozen value is frozen to its depths', () => {
  const value = deepFreeze({ list: [{ inner: 1 }] });
  expect(() => Object.assign(value.list[0] ?? {}, { inner: 2 })).toThrow(TypeError);
});
