import fc from 'fast-check';
import { type PeerEvent, peerEventOf, readPeerEvent } from '../../../lib/core/containment/peer';
import { STAGES } from '../../../lib/core/containment/types';

const NOW = new Date('2026-11-26T10:00:00.000Z');
const EVENT: PeerEvent = {
  schemaVersion: 1,
  id: '0123456789abcdef',
  agent: 'reader',
  fleet: 'main',
  cloud: 'aws',
  stage: 'braked',
  at: '2026-11-26T09:59:00.000Z',
};

test('what one responder says another one reads', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STAGES), fc.integer({ min: 0, max: 1_000_000 }), (stage, before) => {
      const openedAt = new Date(NOW.getTime() - before).toISOString();
      const said = peerEventOf({ name: 'reader', fleet: 'main', cloud: 'gcp' }, { id: 'abc123', stage, openedAt });
      expect(readPeerEvent(JSON.parse(JSON.stringify(said)), NOW)).toEqual(said);
    }),
  );
});

test.each([
  ['schemaVersion', 2, "'schemaVersion' of a containment elsewhere must be 1."],
  ['stage', 'released', "'stage' of a containment elsewhere must be one of restricted, braked, quarantined."],
  ['agent', 'Reader;drop', "'agent' of a containment elsewhere must be of the form ^[a-z][a-z0-9-]{0,40}$."],
  ['fleet', '', "'fleet' of a containment elsewhere must be of the form ^[a-z][a-z0-9-]{0,40}$."],
  ['id', 'a b', "'id' of a containment elsewhere must be of the form ^[A-Za-z0-9_-]{1,64}$."],
  ['at', '2026-11-26T11:00:00Z', "'at' of a containment elsewhere must be a time that has been."],
  ['at', '2026-99-99T99:99:99Z', "'at' of a containment elsewhere must be a time that has been."],
  ['at', 'yesterday', "'at' of a containment elsewhere must be of the form"],
])('%s of %j is refused', (field, value, message) => {
  expect(() => readPeerEvent({ ...EVENT, [field]: value }, NOW)).toThrow(message);
});

test.each([undefined, null, 7, 'text', []])('%j is no event', (value) => {
  expect(() => readPeerEvent(value, NOW)).toThrow("'schemaVersion' of a containment elsewhere must be 1.");
});

test('nothing that it does not name gets through', () => {
  expect(Object.keys(readPeerEvent({ ...EVENT, response: 'notify', mayAct: true }, NOW)).sort()).toEqual(Object.keys(EVENT).sort());
});
