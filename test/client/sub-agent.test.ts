import { subAgentSession } from '../../lib/client';

const REQUEST = { roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader', parent: 'desk', child: 'reader', task: 't-1' };

test('where a chain begins the call carries all that the trust of the sub-agent asks for', () => {
  expect(subAgentSession(REQUEST)).toEqual({
    RoleArn: REQUEST.roleArn,
    RoleSessionName: 'desk@t-1',
    DurationSeconds: 900,
    SourceIdentity: 'desk@t-1',
    Tags: [
      { Key: 'agentic-iam:begun-by', Value: 'desk' },
      { Key: 'agentic-iam:task', Value: 't-1' },
      { Key: 'agentic-iam:chain', Value: 'desk/reader' },
    ],
    TransitiveTagKeys: ['agentic-iam:begun-by', 'agentic-iam:task', 'agentic-iam:chain'],
  });
});

test('where it goes on nothing is set again', () => {
  expect(subAgentSession({ ...REQUEST, continues: true, seconds: 1800 })).toEqual({
    RoleArn: REQUEST.roleArn,
    RoleSessionName: 'desk@t-1',
    DurationSeconds: 1800,
  });
});

test('a task of another form is refused', () => {
  expect(() => subAgentSession({ ...REQUEST, task: 'a b' })).toThrow(/invalid-task-id/);
});
