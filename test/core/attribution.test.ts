import * as fc from 'fast-check';
import { chainText, checkTaskId, readChain, sourceIdentityOf, TASK_ID_LIMIT, tryReadSourceIdentity } from '../../lib/core/attribution';
import { NAME_LIMITS } from '../../lib/core/names';

const agents = fc.stringMatching(/^[a-z][a-z0-9]{1,10}(-[a-z0-9]{1,8})?$/);
const tasks = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/);

test('what is written is read back, and a task cannot be taken for another agent', () => {
  fc.assert(
    fc.property(agents, tasks, (agent, task) => {
      const text = sourceIdentityOf({ agent, task });
      expect(tryReadSourceIdentity(text)).toEqual({ agent, task });
      expect(text).toMatch(/^[\w+=,.@-]{2,64}$/); // what STS takes
    }),
  );
});

test('the longest agent and the longest task fit', () => {
  expect(sourceIdentityOf({ agent: 'a'.repeat(NAME_LIMITS.agent.max), task: 't'.repeat(TASK_ID_LIMIT) })).toHaveLength(63);
});

test.each(['', '*', 'a*', 'a/b', 'a@b', '${x}', '-a', 'a b', 'x'.repeat(33), '8f6e0c6a-2f0b-5d3c-9a41-7d5e3b1c2a90'])(
  'a task is refused the id %j',
  (value) => {
    expect(() => checkTaskId(value)).toThrow(/invalid-task-id/);
  },
);

test.each(['', 'reader', 'reader@', '@task', 'reader@a@b', 'Reader@a', 'reader@*', `reader@${'x'.repeat(33)}`])(
  '%j is no attribution',
  (text) => {
    expect(tryReadSourceIdentity(text)).toBeUndefined();
  },
);

test('a chain is read back', () => {
  expect(readChain(chainText(['coordinator', 'reader']))).toEqual(['coordinator', 'reader']);
  expect(readChain('')).toEqual([]);
  expect(() => chainText(['coordinator', 'a/b'])).toThrow(/invalid-name/);
});
