import { checkWindow, defaultFleet } from '../../lib/core/window';
import { messageOf } from '../fixtures/agents';

const START = '2027-01-01T00:00:00Z';
const END = '2027-02-01T00:00:00Z';

test('a window keeps the ends that are given, and none is no window', () => {
  expect(checkWindow('reader', { notBefore: START, notAfter: END })).toEqual({ notBefore: START, notAfter: END });
  expect(checkWindow('reader', { notAfter: END })).toEqual({ notAfter: END });
  expect(checkWindow('reader', {})).toBeUndefined();
});

test.each([
  ['its end before its start', { notBefore: END, notAfter: START }],
  ['its end at its start', { notBefore: START, notAfter: START }],
])('a window with %s is refused', (_what, window) => {
  expect(messageOf(() => checkWindow('reader', window))).toContain("agent 'reader' needs 'notBefore' to lie before 'notAfter'");
});

test.each(['2027-01-31', '2027-01-31T00:00:00+01:00', '2027-13-01T00:00:00Z', '2027-02-31T00:00:00Z', 'tomorrow', ''])(
  'the instant %j is refused',
  (notAfter) => {
    expect(messageOf(() => checkWindow('reader', { notAfter }))).toContain("needs 'notAfter' as an ISO 8601 instant in UTC");
  },
);

test('the fleet is the environment, where there is one', () => {
  expect([defaultFleet('prod'), defaultFleet(undefined)]).toEqual(['prod', 'main']);
});
