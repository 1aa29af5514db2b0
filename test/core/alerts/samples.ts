import fc from 'fast-check';
import type { Detection } from '../../../lib/core/detection/types';
import { ANSWER, detect, event, reader, session } from '../detection/story';

/** Detections as the engine makes them: of every signal, with and without sessions, tasks and chains. */
export const DETECTIONS: readonly Detection[] = [
  ...detect([
    event(0, 'id:grant', 'role/x', {
      account: '111122223333',
      region: 'eu-central-1',
      source: '203.0.113.9',
      outcome: 'denied',
      error: 'AccessDenied',
    }),
    event(1, 'store:get', 'payroll/1', { task: 't1', chain: ['desk', 'reader'], session: 's', source: 'lambda.amazonaws.com' }),
  ]),
  ...detect(session('list ask'), { agent: reader({ workflows: [ANSWER] }) }),
  ...detect(
    Array.from({ length: 6 }, (_, index) => event(index, 'store:get', `docs/${index}`)),
    { agent: reader({ limits: { callsPerMinute: 5 } }) },
  ),
];

/** The same with names of any length and any sign in them: what an attacker chooses. */
export const hostile: fc.Arbitrary<Detection> = fc
  .record({
    of: fc.constantFrom(...DETECTIONS),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: 4_000 }),
    list: fc.array(fc.string({ minLength: 1, maxLength: 2_000 }), { maxLength: 40 }),
  })
  .map(({ of, text, list }) => ({
    ...of,
    principal: text,
    summary: text,
    broke: text,
    owner: text,
    session: text,
    events: of.events.map((one) => ({ ...one, resources: list, error: text, source: text })),
  }));
