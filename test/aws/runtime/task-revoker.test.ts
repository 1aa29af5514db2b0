import type { IAMClient } from '@aws-sdk/client-iam';
import { stopChain } from '../../../lib/aws/runtime/task-revoker/chain-policy';
import { makeRevoker, type RevokerPorts } from '../../../lib/aws/runtime/task-revoker/handler';
import { CALLER_SESSION } from './ports';

const ARN = 'arn:aws:iam::111122223333:policy/agentic-iam/main/main--chain-x';

/** A policy as IAM keeps it: versions, the oldest first, one of them in force. */
class Policy {
  readonly versions: { id: string; document: string }[] = [];
  default = 'v1';
  private next = 1;
  /** What somebody else writes right after our next write. */
  interferes: readonly string[] | undefined;

  constructor(first: object) {
    this.add(JSON.stringify(first));
  }

  get stopped(): unknown {
    const { document } = this.versions.find(({ id }) => id === this.default) ?? { document: '{}' };
    return (JSON.parse(document) as { Statement: { Condition: { StringLike: Record<string, unknown> } }[] }).Statement[0]?.Condition
      .StringLike['aws:SourceIdentity'];
  }

  private add(document: string): void {
    const id = `v${this.next++}`;
    this.versions.push({ id, document });
    this.default = id;
  }

  readonly client = {
    send: async (command: { constructor: { name: string }; input: Record<string, string> }) => {
      const { input } = command;
      switch (command.constructor.name) {
        case 'GetPolicyCommand':
          return { Policy: { DefaultVersionId: this.default } };
        case 'GetPolicyVersionCommand':
          return {
            PolicyVersion: { Document: encodeURIComponent(this.versions.find(({ id }) => id === input['VersionId'])?.document ?? '') },
          };
        case 'ListPolicyVersionsCommand':
          return {
            Versions: this.versions.map(({ id }, index) => ({
              VersionId: id,
              IsDefaultVersion: id === this.default,
              CreateDate: new Date(index),
            })),
          };
        case 'DeletePolicyVersionCommand':
          if (input['VersionId'] === this.default) throw new Error('the version in force');
          this.versions.splice(
            this.versions.findIndex(({ id }) => id === input['VersionId']),
            1,
          );
          return {};
        case 'CreatePolicyVersionCommand':
          if (this.versions.length >= 5) throw new Error('LimitExceeded');
          this.add(input['PolicyDocument'] ?? '');
          if (this.interferes) {
            this.versions.pop();
            this.add(JSON.stringify(stopping(this.interferes)));
            this.interferes = undefined;
          }
          return {};
        default:
          throw new Error(command.constructor.name);
      }
    },
  } as unknown as IAMClient;
}

const stopping = (list: string | readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'DenyChains', Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringLike: { 'aws:SourceIdentity': list } } }],
});

test('a task is added to those that are stopped, and nobody goes', async () => {
  const policy = new Policy(stopping('-@-'));
  expect(await stopChain(policy.client, ARN, 'desk@t-1')).toEqual({ version: 'v2', dropped: 0 });
  await stopChain(policy.client, ARN, 'desk@t-2');
  expect(policy.stopped).toEqual(['desk@t-1', 'desk@t-2']);
});

test('what is stopped already is not written again', async () => {
  const policy = new Policy(stopping(['desk@t-1']));
  expect(await stopChain(policy.client, ARN, 'desk@t-1')).toEqual({ version: 'v1', dropped: 0 });
  expect(policy.versions).toHaveLength(1);
});

test('of five versions the oldest that is not in force goes', async () => {
  const policy = new Policy(stopping('-@-'));
  for (let task = 1; task <= 12; task += 1) await stopChain(policy.client, ARN, `desk@t-${task}`);
  expect(policy.versions.map(({ id }) => id)).toEqual(['v9', 'v10', 'v11', 'v12', 'v13']);
  expect(policy.stopped).toHaveLength(12);
});

test('what somebody else writes at the same time is kept, and ours is written again', async () => {
  const policy = new Policy(stopping('-@-'));
  policy.interferes = ['writer@*'];
  await stopChain(policy.client, ARN, 'desk@t-1');
  expect(policy.stopped).toEqual(['writer@*', 'desk@t-1']);
});

test('a policy that is full lets the oldest tasks go, and never an agent', async () => {
  const tasks = Array.from({ length: 200 }, (_, index) => `agent-with-a-long-name@task-number-${index}`);
  const policy = new Policy(stopping(['writer@*', ...tasks]));
  const { dropped } = await stopChain(policy.client, ARN, 'desk@t-1');
  expect(dropped).toBeGreaterThan(0);
  expect(policy.stopped).toEqual(['writer@*', ...tasks.slice(dropped), 'desk@t-1']);
});

test('another policy is left as it is', async () => {
  const other = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const policy = new Policy(other);
  await expect(stopChain(policy.client, ARN, 'desk@t-1')).rejects.toThrow(/is not one that stops chains/);
  expect(policy.versions).toHaveLength(1);
});

async function send(body: unknown, more: Partial<RevokerPorts> = {}, userArn = CALLER_SESSION) {
  const noted: string[] = [];
  const lines: object[] = [];
  const ports: RevokerPorts = {
    revoke: async (agent, task, at) => void noted.push(`revoke ${agent} ${task} ${at}`),
    stop: async (identity) => {
      noted.push(`stop ${identity}`);
      return [{ version: 'v2', dropped: 0 }];
    },
    now: () => new Date('2026-11-25T12:00:00.000Z'),
    ...more,
  };
  const event = { body: JSON.stringify(body), requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn } } } };
  const answer = await makeRevoker(ports, (line) => lines.push(line))(event);
  return { status: answer.statusCode, body: JSON.parse(answer.body) as Record<string, unknown>, noted, log: JSON.stringify(lines) };
}

test('a task ends for the broker first, and then for its sessions', async () => {
  const { status, body, noted, log } = await send({ agent: 'desk', task: 't-1' });
  expect([status, body]).toEqual([200, { sourceIdentity: 'desk@t-1', revokedAt: '2026-11-25T12:00:00.000Z', policies: 1 }]);
  expect(noted).toEqual(['revoke desk t-1 2026-11-25T12:00:00.000Z', 'stop desk@t-1']);
  expect(log).toContain('"caller":"arn:aws:iam::111122223333:role/runner"');
});

test.each<readonly [string, unknown, string, number, string]>([
  ['every task of an agent', { agent: 'desk', task: '*' }, CALLER_SESSION, 400, 'invalid-request'],
  ['every agent', { agent: '*', task: 't-1' }, CALLER_SESSION, 400, 'invalid-name'],
  ['nothing', {}, CALLER_SESSION, 400, 'invalid-request'],
  ['a task, by a user', { agent: 'desk', task: 't-1' }, 'arn:aws:iam::111122223333:user/anna', 403, 'unknown-caller'],
])('asked to end %s, it ends nothing', async (_, body, userArn, status, code) => {
  const seen = await send(body, {}, userArn);
  expect([seen.status, seen.body['code'], seen.noted]).toEqual([status, code, []]);
});

test('where the policy cannot be written, it says that the task may still run', async () => {
  const seen = await send({ agent: 'desk', task: 't-1' }, { stop: async () => Promise.reject(new Error('AccessDenied')) });
  expect([seen.status, seen.body['code'], seen.noted]).toEqual([500, 'failed', ['revoke desk t-1 2026-11-25T12:00:00.000Z']]);
});
